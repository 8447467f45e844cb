/** Archives, answers and dumps of platforms are read as they are; what is not a post is left out, and counted. */
import { describe, expect, test } from "vitest";
import { readAll, testFile } from "../testing.ts";

const read = async (content: unknown, name = "a.json") => {
	const text = typeof content === "string" ? content : JSON.stringify(content);
	const { posts, leftOut, failed } = await readAll([testFile(name, text)]);
	return { posts: posts.map(({ id, text }) => [id, text]), leftOut, failed };
};
const lines = (...records: unknown[]) => records.map((record) => JSON.stringify(record)).join("\n");

describe("X", () => {
	test("tweets.js of an archive, with pictures of the same archive", async () => {
		const tweet = {
			id: "1234567890123456789",
			id_str: "1234567890123456789",
			full_text: "Ada &amp; Bob &lt;3 Rome https://t.co/x",
			extended_entities: { media: [{ media_url_https: "https://pbs.twimg.com/media/FooBar.jpg" }] },
		};
		const files = [
			testFile(
				"twitter/data/tweets.js",
				`window.YTD.tweets.part0 = [\n  {\n    "tweet" : ${JSON.stringify(tweet)}\n  }\n]`,
			),
			testFile("twitter/data/account.js", 'window.YTD.account.part0 = [{"account":{"text":"no"}}]'),
			testFile("twitter/data/tweets_media/1234567890123456789-FooBar.jpg", "picture"),
		];
		const { posts } = await readAll(files);
		expect(posts.map(({ id, text, picture }) => [id, text, picture?.path])).toEqual([
			["1234567890123456789", "Ada & Bob <3 Rome https://t.co/x", files[2]!.path],
		]);
	});
	test("long posts of an archive", async () => {
		const note = { noteTweet: { noteTweetId: "9", core: { text: "A long post" } } };
		expect((await read(`window.YTD.note_tweet.part0 = ${JSON.stringify([note])}`, "note-tweet.js")).posts).toEqual([
			["9", "A long post"],
		]);
	});
	test("pages of the API v2, one after the other, and the whole text of a long post", async () => {
		const page = (id: string) => ({
			data: [
				{ id, text: "short…", note_tweet: { text: "The long one" } },
				{ id: `${id}0`, text: "R&amp;D" },
			],
			includes: { media: [] },
			meta: { result_count: 2 },
		});
		expect((await read(lines(page("1"), page("2")), "a.jsonl")).posts).toEqual([
			["1", "The long one"],
			["10", "R&D"],
			["2", "The long one"],
			["20", "R&D"],
		]);
		expect((await read({ data: { id: "5", text: "Alone", edit_history_tweet_ids: ["5"] } })).posts).toEqual([
			["5", "Alone"],
		]);
	});
});

describe("Mastodon", () => {
	test("outbox.json: HTML becomes text whose pieces lead back, boosts are left out", async () => {
		const content =
			'<p>Hello <a href="https://x.y"><span class="invisible">https://</span>x.y</a> &amp; <b>Ada</b></p>' +
			"<p>Rome<br>Köln</p>";
		const note = {
			id: "https://m.s/1",
			type: "Note",
			content,
			attachment: [{ url: "/media_attachments/files/1/original/a.png" }],
		};
		const outbox = {
			"@context": "https://www.w3.org/ns/activitystreams",
			orderedItems: [
				{ type: "Create", object: note },
				{ type: "Announce", object: "https://m.s/2" },
				{ type: "Create", object: { ...note, id: "3", summary: "Food", content: "<p>Pizza</p>", attachment: [] } },
			],
		};
		const files = [
			testFile("archive/outbox.json", JSON.stringify(outbox)),
			testFile("archive/media_attachments/files/1/original/a.png", "x"),
		];
		const { posts, leftOut } = await readAll(files);
		expect(posts.map(({ id, text, picture }) => [id, text, picture?.path ?? null])).toEqual([
			["https://m.s/1", "Hello https://x.y & Ada\n\nRome\nKöln", files[1]!.path],
			["3", "Food\n\nPizza", null],
		]);
		expect(leftOut).toEqual(["Boosts of other people's posts"]);
		for (const { start, end, sourceStart, sourceEnd } of posts[0]!.source.pieces!) {
			const source = content.slice(sourceStart, sourceEnd).replace("&amp;", "&");
			expect(source).toBe(posts[0]!.text.slice(start, end));
		}
	});
	test("statuses of the API", async () => {
		const status = {
			id: "1",
			content: "<p>Ada</p>",
			account: {},
			visibility: "public",
			spoiler_text: "",
			media_attachments: [],
		};
		expect(await read([status, { ...status, id: "2", reblog: status }])).toMatchObject({
			posts: [["1", "Ada"]],
			leftOut: ["Boosts of other people's posts"],
		});
	});
});

describe("Bluesky", () => {
	const post = { $type: "app.bsky.feed.post", text: "Ada in Rome", createdAt: "2026-01-01" };
	const view = { uri: "at://did:plc:a/app.bsky.feed.post/1", record: post };
	test.each([
		["records", { records: [{ uri: view.uri, cid: "b", value: post }] }],
		["a feed", { feed: [{ post: view }, { post: view, reason: { by: {} } }] }],
		["a search", { posts: [view] }],
		["a thread", { thread: { post: view, replies: [] } }],
		["one record", { uri: view.uri, cid: "b", value: post }],
	])("%s", async (_, content) => {
		expect((await read(content)).posts).toEqual([[view.uri, "Ada in Rome"]]);
	});
	test("likes and follows are left out", async () => {
		const like = {
			did: "did:plc:a",
			commit: { collection: "app.bsky.feed.like", rkey: "1", record: { $type: "app.bsky.feed.like" } },
		};
		const event = { did: "did:plc:a", commit: { collection: "app.bsky.feed.post", rkey: "3k", record: post } };
		expect(await read(lines(like, event), "jetstream.jsonl")).toMatchObject({
			posts: [["3k", "Ada in Rome"]],
			leftOut: ["Records that are not posts, such as likes and follows"],
		});
	});
});

describe("Reddit", () => {
	test("dumps: title and text are joined, removed ones are left out", async () => {
		const dump = lines(
			{ id: "a", name: "t3_a", subreddit: "x", title: "Help", selftext: "It &amp; I", url: "https://i.redd.it/p.jpg" },
			{ id: "b", subreddit: "x", title: "Gone", selftext: "[removed]" },
			{ id: "c", subreddit: "x", link_id: "t3_a", body: "[deleted]" },
			{ id: "d", subreddit: "x", link_id: "t3_a", body: "An answer" },
		);
		expect(await read(dump, "RS_2026-01")).toMatchObject({
			posts: [
				["t3_a", "Help\n\nIt & I"],
				["b", "Gone"],
				["d", "An answer"],
			],
			leftOut: ["Deleted or removed"],
		});
	});
	test("a thread as the site gives it, answers to answers included", async () => {
		const listing = (...children: unknown[]) => ({ kind: "Listing", data: { children } });
		const comment = (id: string, replies: unknown) => ({
			kind: "t1",
			data: { name: id, body: `Answer ${id}`, link_id: "t3_a", replies },
		});
		const thread = [
			listing({ kind: "t3", data: { name: "t3_a", title: "Question", selftext: "", subreddit: "x" } }),
			listing(comment("t1_b", listing(comment("t1_c", ""))), { kind: "more", data: {} }),
		];
		expect((await read(thread)).posts.map(([id]) => id)).toEqual(["t3_a", "t1_b", "t1_c"]);
	});
});

test("YouTube: threads of the API, yt-dlp, downloaded comments, takeout", async () => {
	const comment = (id: string) => ({
		id,
		kind: "youtube#comment",
		snippet: { textDisplay: "Great &amp; <b>good</b><br>song" },
	});
	const page = {
		kind: "youtube#commentThreadListResponse",
		items: [
			{
				kind: "youtube#commentThread",
				id: "t",
				snippet: { topLevelComment: comment("1") },
				replies: { comments: [comment("2")] },
			},
		],
	};
	expect((await read(page)).posts).toEqual([
		["1", "Great & good\nsong"],
		["2", "Great & good\nsong"],
	]);
	const video = {
		id: "v",
		extractor: "youtube",
		description: "A video",
		comments: [{ id: "c", text: "First!", author: "a" }],
	};
	expect((await read(video)).posts).toEqual([["c", "First!"]]);
	expect(
		(await read(lines({ cid: "x", text: "Nice", votes: "1" }, { cid: "y", text: "Song" }), "a.json")).posts,
	).toEqual([
		["x", "Nice"],
		["y", "Song"],
	]);
});

test("Zeeschuimer: each platform's own fields", async () => {
	const item = (item_id: string, source_platform: string, data: unknown) => ({
		nav_index: "1:1:0",
		item_id,
		source_platform,
		data,
	});
	const file = lines(
		item("1", "twitter.com", { legacy: { full_text: "From X" } }),
		item("2", "tiktok.com", { desc: "From TikTok" }),
		item("3", "instagram.com", { caption: { text: "From Instagram" } }),
		item("4", "linkedin.com", { commentary: { text: { text: "From LinkedIn" } } }),
		item("5", "truthsocial.com", { content: "<p>From Truth</p>" }),
		item("6", "instagram.com", { caption: null }),
	);
	const { posts, failed } = await read(file, "zeeschuimer-export.ndjson");
	expect(posts.map(([id, text]) => `${id} ${text}`)).toEqual([
		"1 From X",
		"2 From TikTok",
		"3 From Instagram",
		"4 From LinkedIn",
		"5 From Truth",
	]);
	expect(failed).toEqual([[6, 'zeeschuimer-export.ndjson, line 6 has no "text".']]);
});

test("Telegram's export: messages whose text comes in pieces", async () => {
	const chat = {
		name: "c",
		messages: [
			{ id: 1, text: ["Ada ", { type: "bold", text: "in Rome" }] },
			{ id: 2, text: "Bob" },
		],
	};
	expect((await read(chat, "result.json")).posts).toEqual([
		[1, "Ada in Rome"],
		[2, "Bob"],
	]);
});
