/** Reads CSV, TSV and their relatives as posts, row by row, of any size. */
import { endingOf, nameOf } from "../files.ts";
import { openText, type TextSource } from "../text/decode.ts";
import type { Found, InputFile, Peek, Preview, Reader, ReadOptions } from "../types.ts";
import { formatOf, planOf, postOfRow, previewOf, sepLine, type TablePlan, tryPlan } from "./plan.ts";
import { MAX_ROW, type RowFormat, rowsOf, rowsOfText } from "./rows.ts";

const ENDINGS = new Set(["csv", "tsv", "tab"]);
/** Characters of a head that may end within a row. */
const LONG_HEAD = 16_000;
export const NO_TEXT = "Skipped because they have no text";

interface Opened {
	readonly source: TextSource;
	readonly format: RowFormat;
	/** Characters before the table: a `sep=` line. */
	readonly skip: number;
	/** The rows of the head, the last of which may be cut off. */
	readonly rows: readonly (readonly string[])[];
}

async function openTable(file: InputFile, options: ReadOptions): Promise<Opened> {
	const source = await openText(file, options.encoding);
	return { source, ...layoutOf(source.head, endingOf(file.path)) };
}

function layoutOf(whole: string, ending: string): Omit<Opened, "source"> {
	const sep = sepLine(whole);
	const skip = sep?.length ?? 0;
	const head = whole.slice(skip);
	const cut = (format: RowFormat) => {
		const rows = rowsOfText(head, format);
		// The last row of a longer file is probably cut off.
		return rows.length > 2 && head.length > LONG_HEAD ? rows.slice(0, -1) : rows;
	};
	const found = formatOf(head, ending, cut);
	const format = sep ? { ...found, delimiter: sep.delimiter } : found;
	// Cut again, now that the number of cells is known: quotation marks may be the text's own.
	const exact = { ...format, columns: cut(format)[0]?.length ?? 0 };
	return { format: exact, skip, rows: cut(exact) };
}

/** Whether a text without a telling name is a table: a heading with a known column, and rows of one width. */
function looksLikeTable({ text, ending }: Peek): boolean {
	const { rows, format } = layoutOf(text.slice(0, LONG_HEAD), ending);
	if (rows.length < 2 || format.delimiter === null) return false;
	return tryPlan(rows).named && rows.every(({ length }) => length === rows[0]?.length);
}

async function* readTable(file: InputFile, options: ReadOptions): AsyncGenerator<Found, void> {
	const { source, format, skip, rows } = await openTable(file, options);
	const plan = planOf(file.path, rows, options.columns);
	if (!plan.named) yield { kind: "note", text: chosenNote(file.path, plan) };
	let heading = plan.heading;
	for await (const { line, cells } of rowsOf(withoutStart(source.chunks(), skip), format)) {
		if (heading) {
			heading = false;
			continue;
		}
		yield foundIn(file, line + (skip > 0 ? 1 : 0), cells, plan, format);
	}
	const note = source.note();
	if (note !== null) yield { kind: "note", text: note };
}

/** Says which column was chosen by its content. */
export const chosenNote = (path: string, { names, text }: TablePlan): string =>
	`${nameOf(path)} names no column of texts: “${names[text]}” is read, which holds the longest ones.`;

function foundIn(
	{ path }: InputFile,
	line: number,
	all: readonly string[] | null,
	plan: TablePlan,
	{ columns, delimiter }: RowFormat,
): Found {
	const failed = (what: string): Found => ({
		kind: "failed",
		id: null,
		line,
		failure: { code: "input-record", what: `${nameOf(path)}, line ${line} ${what}.` },
	});
	if (all === null) return failed(`is longer than ${MAX_ROW >> 20} MiB`);
	const cells = fitting(all, plan, columns, delimiter);
	if (cells === null) return failed(`has ${all.length} cells, but there are ${columns} columns`);
	const post = postOfRow(cells, plan);
	return post === null ? { kind: "left-out", why: NO_TEXT } : { kind: "post", ...post, source: { file: path, line } };
}

/** Commas in an unquoted text at the end of a row make more cells than there are columns. */
function fitting(
	cells: readonly string[],
	{ text }: TablePlan,
	columns: number,
	delimiter: string | null,
): readonly string[] | null {
	if (cells.length <= columns) return cells;
	if (cells.slice(columns).every((cell) => cell.trim() === "")) return cells;
	if (text !== columns - 1) return null;
	const joined = cells.slice(text).join(delimiter ?? "");
	// Marks around the whole are the table's, those inside are the text's.
	const own = /^"(.*)"$/s.exec(joined.trim())?.[1]?.replaceAll('""', '"') ?? joined;
	return [...cells.slice(0, text), own];
}

async function* withoutStart(chunks: AsyncIterable<string>, skip: number): AsyncGenerator<string, void> {
	let left = skip;
	for await (const chunk of chunks) {
		const cut = Math.min(left, chunk.length);
		left -= cut;
		if (cut < chunk.length) yield chunk.slice(cut);
	}
}

async function previewTable(file: InputFile, options: ReadOptions): Promise<Preview> {
	const { source, rows } = await openTable(file, options);
	return previewOf(tryPlan(rows, options.columns), rows, source.encoding());
}

export const table = {
	title: "a table (CSV, TSV)",
	recognises: (peek: Peek) => ENDINGS.has(peek.ending) || looksLikeTable(peek),
	read: readTable,
	preview: previewTable,
} satisfies Reader;
