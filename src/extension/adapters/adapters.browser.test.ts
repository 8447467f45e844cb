/** Tests that each adapter finds a post in the markup of its site's replica and reads the right words. */
import { afterEach, describe, expect, test } from "vitest";
import type { SiteId } from "../common/sites.ts";
import { postText } from "../content/post-text.ts";
import { mainElement } from "./generic.ts";
import { ADAPTERS, adapterFor } from "./index.ts";

const REPLICAS = import.meta.glob<string>("../../../e2e/replicas/*.html", {
	query: "?raw",
	import: "default",
	eager: true,
});
const VALUES: Readonly<Record<string, string>> = {
	id: "42",
	author: "ada.example.org",
	name: "Ada Lovelace",
	title: "A title",
	text: "Ada met Charles in London",
	image: "data:image/gif;base64,R0lGODlhAQABAAAAACw=#/img/feed_thumbnail/feedshare/fbcdn/a.gif",
};

function show(name: string): void {
	const markup = REPLICAS[`../../../e2e/replicas/${name}.html`] ?? "";
	document.body.innerHTML = markup.replace(/%(\w+)%/g, (_, key: string) => VALUES[key] ?? "");
}

afterEach(() => {
	document.body.replaceChildren();
});

interface Read {
	readonly text: string;
	readonly author: string;
	readonly url: string;
	readonly images: number;
}

/** What each adapter reads of its replica. */
const READ: Readonly<Record<Exclude<SiteId, "generic">, Read>> = {
	x: { text: "Ada met Charles in London🎉", author: "@ada.example.org", url: "/ada.example.org/status/42", images: 1 },
	bluesky: {
		text: "Ada met Charles in London",
		author: "ada.example.org",
		url: "/profile/ada.example.org/post/42",
		images: 1,
	},
	mastodon: {
		text: "Ada met Charles in London\nexample.org/a/long",
		author: "@ada.example.org",
		url: "/@ada.example.org/42",
		images: 1,
	},
	reddit: {
		text: "A title\nAda met Charles in London",
		author: "ada.example.org",
		url: "/r/news/comments/42/",
		images: 1,
	},
	threads: {
		text: "Ada met Charles in London",
		author: "ada.example.org",
		url: "/@ada.example.org/post/42",
		images: 1,
	},
	linkedin: {
		text: "Ada met Charles in London",
		author: "Ada Lovelace",
		url: "https://www.linkedin.com/feed/update/urn:li:activity:42/",
		images: 1,
	},
	facebook: {
		text: "Ada met Charles in London",
		author: "Ada Lovelace",
		url: "https://www.facebook.com/ada.example.org/posts/42",
		images: 1,
	},
	instagram: { text: "Ada met Charles in London", author: "ada.example.org", url: "/p/42/", images: 1 },
	tiktok: {
		text: "Ada met Charles in London",
		author: "ada.example.org",
		url: "/@ada.example.org/video/42",
		images: 1,
	},
	youtube: { text: "Ada met Charles in London", author: "Ada Lovelace", url: "/post/42", images: 1 },
	"hacker-news": { text: "Ada met Charles in London", author: "ada.example.org", url: "item?id=42", images: 0 },
};

/** Other markup of the same sites: replica, site and what is read. */
const ALSO_READ: ReadonlyArray<readonly [string, SiteId, Read]> = [
	["linkedin-2025", "linkedin", READ.linkedin],
	[
		"x-article",
		"x",
		{
			text: "A title\nAda met Charles in London\nA heading\nThe end",
			author: "@ada.example.org",
			url: "/ada.example.org/status/42",
			images: 1,
		},
	],
	["old-reddit", "reddit", READ.reddit],
];

function expectRead(replica: string, site: SiteId, expected: Read): void {
	const adapter = ADAPTERS[site];
	show(`${replica}.post`);
	const [post, ...others] = adapter.find(document);
	expect(others).toEqual([]);
	const parts = adapter.read(post!);
	expect(postText(parts!.text, { skip: adapter.skip, limit: 1000 }).text.trim()).toBe(expected.text);
	expect(parts!.author).toBe(expected.author);
	expect(parts!.url).toBe(new URL(expected.url, document.baseURI).href);
	expect(parts!.images.length).toBe(expected.images);
}

test.each(ALSO_READ)("%s is read as %s, too", (replica, site, expected) => expectRead(replica, site, expected));

describe.each(Object.entries(READ))("%s", (site, expected) => {
	const adapter = ADAPTERS[site as SiteId];

	test("finds the post and reads its words, author, address and pictures", () =>
		expectRead(site, site as SiteId, expected));

	test("a post that is still empty is not read", () => {
		show(`${site}.post`);
		const [post] = adapter.find(document);
		post!.replaceChildren();
		expect(adapter.read(post!)).toBeNull();
	});
});

test("a reply inside a post has its own words", () => {
	document.body.innerHTML =
		'<shreddit-comment author="a"><p slot="comment">Outer</p>' +
		'<shreddit-comment author="b"><p slot="comment">Inner</p></shreddit-comment></shreddit-comment>';
	const read = ADAPTERS.reddit
		.find(document)
		.map((post) => ADAPTERS.reddit.read(post)!.text.map((part) => part.textContent));
	expect(read).toEqual([["Outer"], ["Inner"]]);
});

test("an article is read without what surrounds it", () => {
	show("article");
	const main = mainElement(document);
	expect(main.id).toBe("story");
	const parts = ADAPTERS.generic.read(main);
	expect(parts!.text.map((part) => part.textContent)).toEqual([
		"Storm closes the port of Hamburg",
		"Ada met Charles in London",
		"Waves in Hamburg on Monday",
		"Angela Merkel visited the harbour.",
	]);
	expect(parts!.images.length).toBe(1);
});

describe("adapterFor", () => {
	test("goes by a known host", () => {
		expect(adapterFor(new URL("https://twitter.com/a"), document).id).toBe("x");
		expect(adapterFor(new URL("https://example.org/"), document).id).toBe("generic");
	});
	test("recognises a Mastodon server by its page", () => {
		document.body.innerHTML = '<div id="mastodon" data-props="{}"></div>';
		expect(adapterFor(new URL("https://social.example.org/"), document).id).toBe("mastodon");
	});
});

test("a page that names its elements like methods of the document is still read", () => {
	show("x.post");
	document.body.insertAdjacentHTML(
		"beforeend",
		'<img name="querySelectorAll"><img name="querySelector"><form name="elementsFromPoint"></form>',
	);
	expect(() => document.querySelectorAll("a")).toThrow();
	expect(ADAPTERS.x.find(document).length).toBe(1);
	expect(adapterFor(new URL("https://social.example.org/"), document).id).toBe("generic");
});

test("a javascript: address is not taken for the address of a post", () => {
	document.body.innerHTML =
		'<div data-testid="feedItem-by-a"><a href="javascript:alert(1)//post/1">x</a>' +
		'<div data-testid="postText">Words</div></div>';
	const [post] = ADAPTERS.bluesky.find(document);
	document.querySelector("a")!.setAttribute("href", "javascript:alert(1)/post/1");
	expect(ADAPTERS.bluesky.read(post!)!.url).toBe(document.URL);
});

test("a name cannot change the writing direction of the text beside it", () => {
	document.body.innerHTML =
		'<div class="status"><span class="display-name__account">@a\u202Edcba\u0007</span>' +
		'<p class="status__content__text">Words</p></div>';
	expect(ADAPTERS.mastodon.read(ADAPTERS.mastodon.find(document)[0]!)!.author).toBe("@a dcba");
});
