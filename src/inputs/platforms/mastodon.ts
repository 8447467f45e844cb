/** Mastodon and its relatives: outbox.json of an archive (ActivityPub), and statuses of the API. Texts are HTML. */
import type { JsonRecord } from "../types.ts";
import { asRecord, baseOf, fieldOf, idAt, recordAt, recordsAt, textAt } from "./fields.ts";
import type { Platform, PlatformTools, Reading } from "./platform.ts";

const NOTES = new Set(["Note", "Article", "Question", "Page"]);

/** A content warning stands above the text, as readers see it. */
function readNote(
	note: JsonRecord,
	warning: string | null,
	attachments: readonly JsonRecord[],
	{ html }: PlatformTools,
): Reading {
	const content = textAt(note, "content");
	if (content === null && warning === null) return {};
	const { text, pieces } = html(content ?? "");
	const above = warning === null ? "" : `${warning}\n\n`;
	const pictures = attachments.flatMap((item) => {
		const address = textAt(item, "url") ?? textAt(item, "preview_url");
		return address === null ? [] : [address.replace(/^\//, ""), baseOf(address)];
	});
	const moved = pieces.map((piece) => ({ ...piece, start: piece.start + above.length, end: piece.end + above.length }));
	const whole = `${above}${text}`.trimEnd();
	return whole.trim() === ""
		? {}
		: { posts: [{ id: idAt(note, ["id"]), text: whole, pictures, pieces: moved, record: note }] };
}

export const activityPub: Platform = {
	title: "Mastodon archive",
	recognises: (record) =>
		Array.isArray(record.orderedItems) ||
		(typeof record.type === "string" && (record.object !== undefined || NOTES.has(record.type)) && hasContext(record)),
	read(record, tools) {
		if (Array.isArray(record.orderedItems)) return { records: recordsAt(record, "orderedItems").map(withContext) };
		if (record.type === "Announce") return { leftOut: "Boosts of other people's posts" };
		const note = NOTES.has(String(record.type)) ? record : asRecord(record.object);
		if (note === null || !NOTES.has(String(note.type))) return { leftOut: "Activities other than posts" };
		return readNote(note, textAt(note, "summary"), recordsAt(note, "attachment"), tools);
	},
};

const hasContext = (record: JsonRecord): boolean =>
	Object.hasOwn(record, "@context") || Object.hasOwn(record, "actor") || Object.hasOwn(record, "attributedTo");

/** Items of a collection have their context from it. */
const withContext = (item: JsonRecord): JsonRecord => (hasContext(item) ? item : { "@context": null, ...item });

export const mastodonStatus: Platform = {
	title: "Mastodon statuses",
	recognises: (record) =>
		typeof record.content === "string" &&
		recordAt(record, "account") !== null &&
		fieldOf(record, "visibility") !== null,
	read(record, tools) {
		if (recordAt(record, "reblog") !== null) return { leftOut: "Boosts of other people's posts" };
		return readNote(record, textAt(record, "spoiler_text"), recordsAt(record, "media_attachments"), tools);
	},
};
