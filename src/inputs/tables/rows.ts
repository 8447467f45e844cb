/**
 * Cuts a stream of text into the rows of a table, and says where each stood. Papa Parse is not used to read: a cell
 * that begins with a quotation mark but is not quoted makes it read on to the next one, and it does not count lines.
 */

export interface TableRow {
	/** Line of the file on which the row begins; the first is 1. */
	readonly line: number;
	/** null: longer than the limit, and left out. */
	readonly cells: readonly string[] | null;
}

/** Characters of the longest row, its line breaks included. */
export const MAX_ROW = 4 << 20;

/** What a row is cut at: the first row tells how many cells there should be. */
export interface RowFormat {
	/** One character; null: each line is one cell. */
	readonly delimiter: string | null;
	readonly newline: "\n" | "\r";
	/** Cells of the heading; 0: not known yet. */
	columns: number;
}

interface Cut {
	readonly cells: string[];
	/** Where the next row begins. */
	readonly end: number;
	/** A cell began with a quotation mark that does not quote it. */
	readonly loose: boolean;
}

/** More text is needed to tell where the row ends. */
const UNFINISHED = null;

/** Takes text piece by piece and gives the rows that are whole. */
class RowCutter {
	readonly #format: RowFormat;
	#rest = "";
	#line = 1;

	constructor(format: RowFormat) {
		this.#format = format;
	}

	/** @param final nothing comes behind this piece */
	*add(piece: string, final: boolean): Generator<TableRow, void> {
		const rest = this.#rest + piece;
		let from = 0;
		while (from < rest.length) {
			const next = nextRow(rest, from, this.#format, final);
			if (next === UNFINISHED) break;
			const { cells, end } = next;
			const line = this.#line;
			this.#line += countBreaks(rest, from, end, this.#format.newline);
			from = end;
			if (cells === null || cells.length > 1 || cells[0]!.trim() !== "") yield { line, cells };
		}
		this.#rest = rest.slice(from);
	}
}

export async function* rowsOf(chunks: AsyncIterable<string>, format: RowFormat): AsyncGenerator<TableRow, void> {
	const cutter = new RowCutter(format);
	for await (const chunk of chunks) yield* cutter.add(chunk, false);
	yield* cutter.add("", true);
}

/** The rows of a short text, without those that are too long. */
export function rowsOfText(text: string, format: RowFormat): (readonly string[])[] {
	return [...new RowCutter(format).add(text, true)].flatMap(({ cells }) => (cells === null ? [] : [cells]));
}

function nextRow(
	text: string,
	from: number,
	format: RowFormat,
	final: boolean,
): { readonly cells: string[] | null; readonly end: number } | null {
	const strict = cutRow(text, from, format, final, false);
	const lastPossible = text.length - from > MAX_ROW;
	if (strict === UNFINISHED) {
		if (!lastPossible) return UNFINISHED;
		// An opening quotation mark that nothing closes: the line alone is the row.
		const alone = cutRow(text, from, format, true, true);
		const end = alone!.end;
		return { cells: end - from > MAX_ROW ? null : alone!.cells, end };
	}
	if (strict.end - from > MAX_ROW) return { cells: null, end: strict.end };
	if (format.columns === 0) return strict;
	const quotedBreak = countBreaks(text, from, strict.end, format.newline) > 1;
	if (strict.cells.length === format.columns && !(quotedBreak && format.delimiter === "\t")) return strict;
	return better(text, from, strict, format) ?? strict;
}

/** Another reading of a row whose quotation marks may be the text's own: the one with the right number of cells. */
function better(text: string, from: number, strict: Cut, format: RowFormat): Cut | null {
	const literal = cutRow(text, from, format, true, true)!;
	if (strict.cells.length === format.columns) {
		// Tab-separated tables rarely quote: where every line is a row by itself, it is one.
		for (let at = from; at < strict.end; ) {
			const row = cutRow(text, at, format, true, true)!;
			if (row.cells.length !== format.columns) return null;
			at = row.end;
		}
		return literal;
	}
	if (literal.cells.length === format.columns) return literal;
	if (!strict.loose || format.delimiter === null) return null;
	const lenient = cutLenient(text, from, literal.end, format);
	return lenient.cells.length === format.columns ? lenient : null;
}

/** @param literal quotation marks are letters like others */
function cutRow(text: string, from: number, format: RowFormat, final: boolean, literal: boolean): Cut | null {
	const { delimiter, newline } = format;
	const cells: string[] = [];
	let loose = false;
	let at = from;
	let stop = -1;
	for (;;) {
		if (!literal && text[at] === '"') {
			const quoted = cutQuoted(text, at, format, final);
			if (quoted === UNFINISHED) return UNFINISHED;
			if (quoted !== "loose") {
				cells.push(quoted.value);
				at = quoted.end;
				if (at >= text.length) return { cells, end: at, loose };
				if (text[at] === delimiter) {
					at++;
					continue;
				}
				return { cells, end: at + (text.startsWith("\r\n", at) ? 2 : 1), loose };
			}
			loose = true;
		}
		// Searched once a line, and the delimiter inside of it only: a hostile row must not cost its length per cell.
		if (stop < at) stop = text.indexOf(newline, at);
		if (stop < 0 && !final) return UNFINISHED;
		const lineEnd = stop < 0 ? text.length : stop;
		if (stop < 0) stop = lineEnd;
		const comma = delimiter === null ? -1 : text.slice(at, lineEnd).indexOf(delimiter);
		if (comma >= 0) {
			cells.push(text.slice(at, at + comma));
			at += comma + 1;
			continue;
		}
		cells.push(text.slice(at, lineEnd > at && text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd));
		return { cells, end: Math.min(text.length, lineEnd + 1), loose };
	}
}

/** A quoted cell; "loose": the mark belongs to the text. `end` is at the delimiter or line break behind it. */
function cutQuoted(
	text: string,
	from: number,
	{ delimiter, newline }: RowFormat,
	final: boolean,
): { readonly value: string; readonly end: number } | "loose" | null {
	for (let at = from + 1; ; ) {
		const mark = text.indexOf('"', at);
		if (mark < 0 || mark - from > MAX_ROW) return final || text.length - from > MAX_ROW ? "loose" : UNFINISHED;
		if (text[mark + 1] === '"') {
			at = mark + 2;
			continue;
		}
		let end = mark + 1;
		while (text[end] === " ") end++;
		const cutOff = end >= text.length || (text[end] === "\r" && end + 1 === text.length);
		if (cutOff && !final) return UNFINISHED;
		const closes =
			end >= text.length || text[end] === delimiter || text[end] === newline || text.startsWith("\r\n", end);
		if (!closes) return "loose";
		return { value: text.slice(from + 1, mark).replaceAll('""', '"'), end };
	}
}

/** As programs write that put marks around a cell without doubling those inside: a mark closes before a delimiter. */
function cutLenient(text: string, from: number, end: number, { delimiter }: RowFormat): Cut {
	const line = text.slice(from, end).replace(/[\r\n]+$/, "");
	const cells: string[] = [];
	for (let at = 0; at <= line.length; ) {
		const quoted = line[at] === '"';
		const close = quoted ? line.indexOf(`"${delimiter}`, at + 1) : line.indexOf(delimiter!, at);
		const stop =
			close >= 0 ? close : quoted && line.endsWith('"') && line.length - 1 > at ? line.length - 1 : line.length;
		cells.push(quoted ? line.slice(at + 1, stop).replaceAll('""', '"') : line.slice(at, stop));
		if (close < 0) break;
		at = close + (quoted ? 2 : 1);
	}
	return { cells, end, loose: true };
}

function countBreaks(text: string, from: number, to: number, newline: string): number {
	let count = 0;
	for (let at = text.indexOf(newline, from); at >= 0 && at < to; at = text.indexOf(newline, at + 1)) count++;
	return count;
}
