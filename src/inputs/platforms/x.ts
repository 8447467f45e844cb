/** X, once Twitter: the archive a person downloads, the API's versions 1.1 and 2, and what scrapers write. */
import type { JsonRecord } from "../types.ts";
import { asRecord, baseOf, fieldOf, firstText, idAt, recordAt, recordsAt, textAt, unescaped } from "./fields.ts";
import type { Platform, PlatformPost } from "./platform.ts";

const IDS = ["id_str", "rest_id", "id", "tweetId"];
const TEXTS = [
	"note_tweet.text",
	"note_tweet.note_tweet_results.result.text",
	"extended_tweet.full_text",
	"full_text",
	"text",
	"legacy.full_text",
];

function postOf(tweet: JsonRecord, media: ReadonlyMap<string, JsonRecord> = new Map()): PlatformPost[] {
	const text = firstText(tweet, TEXTS);
	if (text === null) return [];
	const id = idAt(tweet, IDS);
	return [{ id, text: unescaped(text), pictures: picturesOf(tweet, id, media), record: tweet }];
}

/** An archive calls a picture TWEET-NAME; scrapers keep the NAME of its address. */
function picturesOf(tweet: JsonRecord, id: string | number | null, media: ReadonlyMap<string, JsonRecord>): string[] {
	const own = ["extended_entities.media", "entities.media", "legacy.extended_entities.media"].flatMap((path) =>
		recordsAt(tweet, path),
	);
	const keys = recordsAtKeys(tweet, media);
	const names = [...own, ...keys].flatMap((item) => {
		const address = firstText(item, ["media_url_https", "media_url", "url", "preview_image_url"]);
		return address === null ? [] : [baseOf(address)];
	});
	return [...new Set(names.flatMap((name) => [`${id}-${name}`, name]))];
}

function recordsAtKeys(tweet: JsonRecord, media: ReadonlyMap<string, JsonRecord>): JsonRecord[] {
	const keys = fieldOf(tweet, "attachments.media_keys");
	return Array.isArray(keys) ? keys.map((key) => media.get(String(key))).filter((item) => item !== undefined) : [];
}

const NOTES = { core: "noteTweet.core.text", id: "noteTweet.noteTweetId" } as const;

/** A download: `{"tweet": {…}}`, and long posts beside them in note-tweet.js. */
export const xArchive: Platform = {
	title: "X archive",
	recognises: (record) => textAt(record, "tweet.full_text") !== null || recordAt(record, "noteTweet.core") !== null,
	read(record) {
		const note = textAt(record, NOTES.core);
		if (note !== null) return { posts: [{ id: idAt(record, [NOTES.id]), text: note, record }] };
		return { posts: postOf(asRecord(record.tweet) ?? {}) };
	},
};

/** A page of the API v2: `data` and, for pictures, `includes.media`. One post has an object for `data`. */
export const xPage: Platform = {
	title: "X API v2",
	recognises: (record) =>
		(Array.isArray(record.data) || asRecord(record.data) !== null) &&
		(recordAt(record, "includes") !== null || fieldOf(record, "meta.result_count") !== null || isV2(record)),
	read(record) {
		const media = new Map(
			recordsAt(record, "includes.media").flatMap((item) => {
				const key = textAt(item, "media_key");
				return key === null ? [] : [[key, item] as const];
			}),
		);
		const one = asRecord(record.data);
		const tweets = one ? [one] : recordsAt(record, "data");
		if (tweets.length === 0 && fieldOf(record, "meta.result_count") === 0) return { leftOut: "Pages without posts" };
		return { posts: tweets.flatMap((tweet) => postOf(tweet, media)) };
	},
};

/** Every post of version 2 has this field. */
const isV2 = (record: JsonRecord): boolean =>
	[asRecord(record.data), ...recordsAt(record, "data").slice(0, 1)].some(
		(tweet) => tweet !== null && Object.hasOwn(tweet, "edit_history_tweet_ids"),
	);

/** A post by itself, as API and scrapers write them line by line. */
export const xPost: Platform = {
	title: "X posts",
	recognises: (record) =>
		textAt(record, "full_text") !== null ||
		textAt(record, "legacy.full_text") !== null ||
		(textAt(record, "text") !== null &&
			(Object.hasOwn(record, "id_str") || Object.hasOwn(record, "edit_history_tweet_ids"))),
	read: (record) => ({ posts: postOf(record) }),
};
