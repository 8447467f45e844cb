/**
 * Makes a page for a site by its name: posts in markup that we wrote from the site's public hooks, and their pictures.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (name: string): string => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");

const FEEDS = [
	"x",
	"x-article",
	"bluesky",
	"mastodon",
	"reddit",
	"old-reddit",
	"threads",
	"linkedin",
	"facebook",
	"instagram",
	"tiktok",
	"youtube",
	"hacker-news",
] as const;
export type Feed = (typeof FEEDS)[number];

/**
 * Pages and pictures come from the hosts the real sites use; the reddit replica's picture host does not let pages read
 * its pictures.
 */
export const HOSTS: Readonly<Record<Feed, string>> = {
	x: "https://x.com/",
	"x-article": "https://x.com/ada/status/1",
	bluesky: "https://bsky.app/",
	mastodon: "https://mastodon.social/",
	reddit: "https://www.reddit.com/",
	"old-reddit": "https://old.reddit.com/",
	threads: "https://www.threads.com/",
	linkedin: "https://www.linkedin.com/feed/",
	facebook: "https://www.facebook.com/",
	instagram: "https://www.instagram.com/",
	tiktok: "https://www.tiktok.com/",
	youtube: "https://www.youtube.com/",
	"hacker-news": "https://news.ycombinator.com/",
};
const MEDIA: Readonly<Record<Feed, string>> = {
	x: "https://pbs.twimg.com/media/",
	"x-article": "https://pbs.twimg.com/media/",
	bluesky: "https://cdn.bsky.app/img/feed_thumbnail/",
	mastodon: "https://mastodon.social/media/",
	reddit: "https://preview.redd.it/",
	"old-reddit": "https://preview.redd.it/",
	threads: "https://www.threads.com/media/",
	linkedin: "https://www.linkedin.com/media/feedshare-shrink_800/",
	facebook: "https://www.facebook.com/media/fbcdn/",
	instagram: "https://www.instagram.com/media/",
	tiktok: "https://www.tiktok.com/media/",
	youtube: "https://www.youtube.com/media/",
	"hacker-news": "https://news.ycombinator.com/",
};
export const PICTURES = ["basketball.jpg", "concert.jpg", "smoke.jpg"] as const;
/** Hosts that let no page read their pictures. */
export const PROTECTED = /^https:\/\/preview\.redd\.it\//;

const SENTENCES = [
	"Kyrie Irving and LeBron James celebrate with the Cavs after beating Golden State in Cleveland",
	"Angela Merkel met Barack Obama in Berlin on Tuesday",
	"The Salvation Army opened a shelter in New York after the storm",
	"Taylor Swift plays in London tonight with Ed Sheeran",
];

export interface FeedOptions {
	readonly count?: number;
	readonly pictures?: boolean;
	/** Run by the page before anything else. */
	readonly script?: string;
	readonly sentences?: readonly string[];
}

/** JSON inside a script element: "</script>" must not end it. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

export function feedPage(
	site: Feed,
	{ count = 500, pictures = true, script = "", sentences = SENTENCES }: FeedOptions = {},
): string {
	const media = pictures ? PICTURES.map((name) => MEDIA[site] + name) : [""];
	const replica = { site, template: read(`./${site}.post.html`), sentences, media, count };
	return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${site}</title><style>${read("./feed.css")}</style><script>${script}</script></head>
<body class="${site}">
<div id="bar">${site}</div>
<main id="feed"></main>
<script type="application/json" id="replica">${inScript(replica)}</script>
<script>${read("./feed.js")}</script>
</body>
</html>`;
}

/** Any page of writing. */
export function articlePage(text: string): string {
	const body = read("./article.html").replace("%text%", text).replace("%image%", "/media/concert.jpg");
	const head = '<meta charset="utf-8"><title>News</title><meta property="og:site_name" content="The News">';
	return `<!doctype html><html lang="en"><head>${head}</head><body>${body}</body></html>`;
}
