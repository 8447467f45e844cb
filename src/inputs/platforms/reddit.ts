/** Reddit: dumps of posts and comments line by line, and listings of the site's JSON. */
import type { JsonRecord } from "../types.ts";
import { asRecord, baseOf, fieldOf, idAt, recordAt, recordsAt, textAt, unescaped } from "./fields.ts";
import type { Platform } from "./platform.ts";

const GONE = new Set(["[deleted]", "[removed]", "[ Removed by Reddit ]", "[deleted by user]"]);
const REMOVED = "Deleted or removed";

const isPost = (record: JsonRecord): boolean =>
	typeof record.title === "string" && (typeof record.selftext === "string" || typeof record.subreddit === "string");
const isComment = (record: JsonRecord): boolean =>
	typeof record.body === "string" && (typeof record.link_id === "string" || typeof record.subreddit === "string");

/** Names of pictures as downloaders keep them: of the address, or of the post. */
function picturesOf(record: JsonRecord): string[] {
	const addresses = ["url_overridden_by_dest", "url"].flatMap((name) => textAt(record, name) ?? []);
	const gallery = recordsAt(record, "gallery_data.items").flatMap((item) => textAt(item, "media_id") ?? []);
	return [...new Set([...addresses.map(baseOf).filter((name) => /\.(jpe?g|png|gif|webp)$/i.test(name)), ...gallery])];
}

export const redditRecord: Platform = {
	title: "Reddit posts and comments",
	recognises: (record) => isPost(record) || isComment(record),
	read(record) {
		const id = idAt(record, ["name", "id"]);
		const body = (isPost(record) ? textAt(record, "selftext") : textAt(record, "body"))?.trim() ?? "";
		const title = isPost(record) ? (textAt(record, "title")?.trim() ?? "") : "";
		if (GONE.has(body) && (title === "" || GONE.has(title))) return { leftOut: REMOVED };
		const text = [title, GONE.has(body) ? "" : body].filter((part) => part !== "").join("\n\n");
		if (text === "") return {};
		return { posts: [{ id, text: unescaped(text), pictures: picturesOf(record), record }] };
	},
};

/** `{"kind": "Listing", "data": {"children": [{"kind": "t3", "data": {…}}]}}`; answers hang below their comment. */
export const redditListing: Platform = {
	title: "Reddit listings",
	recognises: (record) =>
		typeof record.kind === "string" && /^(Listing|t[1-6]|more)$/.test(record.kind) && recordAt(record, "data") !== null,
	read(record) {
		if (record.kind === "more") return { leftOut: "Comments that were not loaded" };
		const data = recordAt(record, "data") ?? {};
		if (record.kind === "Listing") return { records: recordsAt(data, "children") };
		const answers = asRecord(fieldOf(data, "replies"));
		return { records: [data, ...(answers ? [answers] : [])] };
	},
};
