/** YouTube comments: threads of the Data API, the comments of yt-dlp, and of comment downloaders. */
import type { JsonRecord } from "../types.ts";
import { idAt, recordAt, recordsAt, textAt } from "./fields.ts";
import type { Platform, PlatformTools, Reading } from "./platform.ts";

function readComment(record: JsonRecord, { html }: PlatformTools): Reading {
	const original = textAt(record, "snippet.textOriginal");
	const display = textAt(record, "snippet.textDisplay");
	const id = idAt(record, ["id"]);
	if (original !== null) return { posts: [{ id, text: original, record }] };
	if (display === null) return {};
	const { text, pieces } = html(display);
	return { posts: [{ id, text, pieces, record }] };
}

export const youtubeComment: Platform = {
	title: "YouTube comments",
	recognises: (record) =>
		textAt(record, "snippet.textDisplay") !== null || textAt(record, "snippet.textOriginal") !== null,
	read: readComment,
};

export const youtubeThread: Platform = {
	title: "YouTube comment threads",
	recognises: (record) => recordAt(record, "snippet.topLevelComment") !== null,
	read: (record) => ({
		records: [recordAt(record, "snippet.topLevelComment") ?? {}, ...recordsAt(record, "replies.comments")],
	}),
};

/** Answers of the API, and videos as yt-dlp describes them with `--write-comments`. */
export const youtubePage: Platform = {
	title: "YouTube pages",
	recognises: (record) =>
		/^youtube#comment(Thread)?ListResponse$/.test(String(record.kind)) ||
		(typeof record.extractor === "string" && Array.isArray(record.comments)),
	read: (record) => ({ records: recordsAt(record, Array.isArray(record.items) ? "items" : "comments") }),
};

/** `{"cid", "text", "author", "votes"}`, line by line. */
export const youtubeDownloaded: Platform = {
	title: "downloaded YouTube comments",
	recognises: (record) =>
		textAt(record, "cid") !== null && typeof record.text === "string" && !Object.hasOwn(record, "$type"),
	read(record) {
		const text = textAt(record, "text");
		return text === null ? {} : { posts: [{ id: idAt(record, ["cid"]), text, record }] };
	},
};
