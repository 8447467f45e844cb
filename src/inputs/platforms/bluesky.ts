/** Bluesky: records, feeds and threads of the API, and the stream of events; `archives/car.ts` reads repositories. */
import type { JsonRecord } from "../types.ts";
import { asRecord, idAt, recordAt, recordsAt, textAt } from "./fields.ts";
import type { Platform, Reading } from "./platform.ts";

const POST = "app.bsky.feed.post";

/** @param id an address `at://…`, or another name of the record */
export function readBlueskyPost(record: JsonRecord, id: string | number | null): Reading {
	const text = textAt(record, "text");
	if (text === null) return {};
	const images = [...recordsAt(record, "embed.images"), ...recordsAt(record, "embed.media.images")];
	const pictures = images.flatMap(({ image }) => linkOf(asRecord(image)?.ref) ?? []);
	return { posts: [{ id, text, pictures, record }] };
}

/** A reference to a blob: `{"$link": "bafk…"}` in JSON, a CID in a repository. */
function linkOf(ref: unknown): string | null {
	const link = asRecord(ref)?.$link;
	if (typeof link === "string") return link;
	return ref !== null && typeof ref === "object" && "asCID" in ref ? String(ref) : null;
}

const inside = (record: JsonRecord): JsonRecord | null =>
	[recordAt(record, "record"), recordAt(record, "value"), recordAt(record, "commit.record")].find(
		(found) => found?.$type === POST,
	) ?? null;

export const blueskyPost: Platform = {
	title: "Bluesky posts",
	recognises: (record) => record.$type === POST || inside(record) !== null,
	read(record) {
		const id = idAt(record, ["uri", "commit.rkey", "cid"]);
		return readBlueskyPost(inside(record) ?? record, id);
	},
};

/** Pages of the API: timelines, searches, lists of records, threads. */
export const blueskyPage: Platform = {
	title: "Bluesky pages",
	recognises: (record) =>
		["feed", "posts", "records"].some((name) => {
			const [first] = recordsAt(record, name);
			return first !== undefined && (inside(first) !== null || recordAt(first, "post") !== null || hasType(first));
		}) ||
		(recordAt(record, "post") !== null && inside(recordAt(record, "post")!) !== null) ||
		recordAt(record, "thread.post") !== null,
	read(record) {
		if (recordAt(record, "reason") !== null && recordAt(record, "post") !== null)
			return { leftOut: "Reposts of other people's posts" };
		const thread = recordAt(record, "thread") ?? (recordAt(record, "post") ? record : null);
		if (thread) return { records: [recordAt(thread, "post") ?? {}, ...recordsAt(thread, "replies")] };
		return { records: ["feed", "posts", "records"].flatMap((name) => recordsAt(record, name)) };
	},
};

const hasType = (record: JsonRecord): boolean => textAt(record, "value.$type") !== null;

/** Likes, follows and other records of a repository. */
export const blueskyOther: Platform = {
	title: "Bluesky records",
	recognises: (record) =>
		[record.$type, recordAt(record, "value")?.$type, recordAt(record, "commit")?.collection].some(
			(type) => typeof type === "string" && /^(app|chat)\.bsky\./.test(type) && type !== POST,
		),
	read: () => ({ leftOut: "Records that are not posts, such as likes and follows" }),
};
