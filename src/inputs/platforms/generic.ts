/** Records of no known platform: text, id and picture are found by the names of their fields, as in a table. */
import { COLUMN_NAMES } from "../tables/columns.ts";
import type { Columns, JsonRecord } from "../types.ts";
import { asRecord, fieldOf, idAt, recordsAt, textAt } from "./fields.ts";
import type { Reading } from "./platform.ts";

/** Lists that answers of other programs keep their records in. */
const LISTS = [
	"data",
	"items",
	"statuses",
	"tweets",
	"posts",
	"comments",
	"messages",
	"records",
	"results",
	"documents",
	"rows",
	"entries",
];

/** @param columns fields that a person chose; with dots they lead into objects */
export function readGeneric(record: JsonRecord, columns: Columns): Reading {
	const names = Object.keys(record);
	const field = (role: keyof Columns): string | null =>
		columns[role] ?? COLUMN_NAMES[role].flatMap((known) => firstFilled(record, names, known) ?? [])[0] ?? null;
	const name = field("text");
	const text = name === null ? null : written(fieldOf(record, name));
	if (text === null) {
		const records = LISTS.flatMap((list) => recordsAt(record, list));
		return records.length > 0 ? { records } : {};
	}
	const [id, picture] = [field("id"), field("picture")];
	const pictured = picture === null ? null : fieldOf(record, picture);
	return {
		posts: [
			{
				id: id === null ? null : idAt(record, [id]),
				text,
				pictures: typeof pictured === "string" || typeof pictured === "number" ? [String(pictured)] : [],
				record,
			},
		],
	};
}

/** A field by a name of the list, if it holds anything. */
function firstFilled(record: JsonRecord, names: readonly string[], known: string): string | null {
	const name = Object.hasOwn(record, known) ? known : namedColumnLike(names, known);
	const value = name === null ? null : record[name];
	const filled =
		typeof value === "number" || (typeof value === "string" && value.trim() !== "") || Array.isArray(value);
	return filled ? name : null;
}

function namedColumnLike(names: readonly string[], known: string): string | null {
	const same = (name: string) =>
		name
			.trim()
			.toLowerCase()
			.replace(/[\s_-]+/g, "") === known.replaceAll("_", "");
	return names.find(same) ?? null;
}

/** A text, or the pieces that Telegram writes one as: strings and `{"type", "text"}`. */
function written(value: unknown): string | null {
	if (typeof value === "string") return value.trim() === "" ? null : value;
	if (!Array.isArray(value)) return null;
	const text = value
		.map((part) => (typeof part === "string" ? part : (textAt(asRecord(part) ?? {}, "text") ?? "")))
		.join("");
	return text.trim() === "" ? null : text;
}
