/** CSV for spreadsheets: one table with a row for each record. */
import Papa from "papaparse";
import type { EventArgument, Region } from "../core/result.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

const COLUMNS = [
	"post",
	"record",
	"id",
	"type",
	"text",
	"start",
	"end",
	"score",
	"head",
	"head_text",
	"tail",
	"tail_text",
	"event",
	"role",
	"entity",
	"object",
	"x1",
	"y1",
	"x2",
	"y2",
	"thing",
	"link",
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

const corners = ({ object, box: [x1, y1, x2, y2] }: Region): Row => ({ object, x1, y1, x2, y2 });

function argumentRow(event: string, { role, span, entity, region, score }: EventArgument): Row {
	return {
		record: "argument",
		event,
		role,
		score,
		...(span ?? {}),
		...(entity !== null && { entity }),
		...(region && corners(region)),
	};
}

function rowsOf({ id: post, result }: ExportItem): Row[] {
	const { entities, relations, events, regions } = result;
	const textOf = new Map(entities.map(({ id, text }) => [id, text]));
	return [
		...entities.map(({ id, type, text, start, end, score, regions: seen, thing, entry }): Row => {
			const best = seen[0];
			const known = { ...(thing !== undefined && { thing }), ...(entry?.link && { link: entry.link }) };
			return { record: "entity", id, type, text, start, end, score, ...(best && corners(best)), ...known };
		}),
		...relations.map(({ id, type, head, tail, score }): Row => {
			return {
				record: "relation",
				id,
				type,
				score,
				head,
				head_text: textOf.get(head) ?? "",
				tail,
				tail_text: textOf.get(tail) ?? "",
			};
		}),
		...events.flatMap(({ id, type, trigger, score, arguments: parts }): Row[] => [
			{ record: "event", id, type, ...trigger, score },
			...parts.map((part) => argumentRow(id, part)),
		]),
		...regions.map((region): Row => ({ record: "region", score: region.score, ...corners(region) })),
	].map((row) => ({ post, ...row }));
}

/**
 * Cells that a spreadsheet may run as a formula: those that begin with a control character, and those whose first
 * visible character begins a formula, in ASCII, full-width or small form, whatever blanks, invisible or combining
 * characters stand before it.
 */
const FORMULA = /^(?:\p{Cc}|[\s\p{C}\p{M}\p{Default_Ignorable_Code_Point}]*[=+\-@＝＋－＠﹢﹣﹦﹫−])/u;

/**
 * RFC 4180 with a heading. `start` and `end` count UTF-16 units of the post; boxes are pixels.
 * A cell that a spreadsheet would run as a formula gets a leading apostrophe (OWASP, "CSV Injection").
 * The byte order mark tells spreadsheets that it is UTF-8.
 */
function writeCsv(items: readonly ExportItem[]): OutFile[] {
	const rows = items.flatMap(rowsOf).map((row) => COLUMNS.map((column) => row[column] ?? ""));
	const text = Papa.unparse({ fields: [...COLUMNS], data: rows }, { escapeFormulae: FORMULA, newline: "\r\n" });
	return [{ path: "umie.csv", text: `\uFEFF${text}\r\n` }];
}

export const csv: Format = {
	title: "CSV table",
	about: "One row per record, for spreadsheets",
	leavesOut: "the post’s text, model output, all but the first box of an entity",
	extension: ".csv",
	files: "one",
	mediaType: "text/csv",
	offsets: "utf-16",
	write: writeCsv,
};
