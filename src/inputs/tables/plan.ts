/** Settles how a table is read from its beginning: delimiter, heading, and the columns that count. */
import { Failure } from "../../core/failure.ts";
import { nameOf } from "../files.ts";
import type { Columns, Preview } from "../types.ts";
import { COLUMN_NAMES, isHeading, namedColumn, TITLE, writtenColumn } from "./columns.ts";
import type { RowFormat } from "./rows.ts";

const DELIMITERS = [",", "\t", ";", "|"] as const;
/** Rows that the choice is made from. */
const SAMPLE_ROWS = 200;
/** `sep=;`, which spreadsheets write and read as the first line. */
const SEP_LINE = /^sep=(.)\r?\n?/i;

/** How the rows of a table become posts. Indices are of cells; -1: there is none. */
export interface TablePlan {
	readonly names: readonly string[];
	/** The first row holds names. */
	readonly heading: boolean;
	readonly text: number;
	readonly id: number;
	readonly picture: number;
	readonly title: number;
	/** The column of texts was named, by the table or a person; else it was chosen by what stands in it. */
	readonly named: boolean;
}

/** @returns the delimiter that a first line `sep=;` names, and the length of that line; null: there is no such line */
export function sepLine(head: string): { readonly delimiter: string; readonly length: number } | null {
	const [line, delimiter] = SEP_LINE.exec(head) ?? [];
	return line === undefined || delimiter === undefined ? null : { delimiter, length: line.length };
}

/** @param head text without a `sep=` line @param rowsIn cuts the head with a format */
export function formatOf(
	head: string,
	ending: string,
	rowsIn: (format: RowFormat) => readonly (readonly string[])[],
): RowFormat {
	const newline = !head.includes("\n") && head.includes("\r") ? "\r" : "\n";
	let best: { readonly delimiter: string; readonly score: number } | null = null;
	for (const delimiter of DELIMITERS) {
		const rows = rowsIn({ delimiter, newline, columns: 0 }).slice(0, SAMPLE_ROWS);
		const width = rows[0]?.length ?? 0;
		if (width < 2) continue;
		const even = rows.filter(({ length }) => length === width).length / rows.length;
		const known = namedColumn("text", rows[0]!) === null ? 0 : 2;
		const fits = (ending === "tsv" || ending === "tab") === (delimiter === "\t") ? 0.5 : 0;
		const score = known + even + fits + Math.min(width, 50) / 1000;
		if (score > (best?.score ?? 0)) best = { delimiter, score };
	}
	return { delimiter: best?.delimiter ?? null, newline, columns: 0 };
}

/**
 * @param rows the beginning of the table, its heading included
 * @param wanted columns that a person chose
 * @throws Failure `input-format` where no column looks like texts, or a chosen one is not there
 */
export function planOf(path: string, rows: readonly (readonly string[])[], wanted: Columns = {}): TablePlan {
	const plan = tryPlan(rows, wanted);
	const { names } = plan;
	for (const [role, name] of Object.entries(wanted))
		if (name !== undefined && !names.includes(name)) throw missing(path, name, role, names);
	if (plan.text < 0)
		throw new Failure(
			"input-format",
			`${nameOf(path)} has no text column: name one ${COLUMN_NAMES.text.slice(0, 2).join(", ")} or similar, ` +
				`or say which of its columns it is (${listed(names)}).`,
		);
	return plan;
}

/** As {@link planOf}, with a text of -1 where no column is one. */
export function tryPlan(rows: readonly (readonly string[])[], wanted: Columns = {}): TablePlan {
	const first = rows[0] ?? [];
	const heading = isHeading(first);
	const names = heading ? unique(first) : first.map((_, at) => `column ${at + 1}`);
	const place = (role: keyof Columns): number => {
		if (wanted[role] !== undefined) return names.indexOf(wanted[role]);
		const name = heading ? namedColumn(role, names) : null;
		return name === null ? -1 : names.indexOf(name);
	};
	const body = rows.slice(heading ? 1 : 0, SAMPLE_ROWS);
	const text = place("text");
	const named = text >= 0;
	const chosen = named || wanted.text !== undefined ? text : (writtenColumn(body) ?? -1);
	const title = named && chosen >= 0 ? names.findIndex((name) => name.trim().toLowerCase() === TITLE) : -1;
	return {
		names,
		heading,
		text: chosen,
		id: place("id"),
		picture: place("picture"),
		title: title === chosen || !/^(selftext|body)$/i.test(names[chosen]?.trim() ?? "") ? -1 : title,
		named,
	};
}

/** Names as the heading has them; a repeated one gets its place. */
function unique(row: readonly string[]): string[] {
	const seen = new Set<string>();
	return row.map((cell, at) => {
		const name = cell.trim() || `column ${at + 1}`;
		const own = seen.has(name) ? `${name} (${at + 1})` : name;
		seen.add(own);
		return own;
	});
}

function missing(path: string, name: string, role: string, names: readonly string[]): Failure {
	return new Failure(
		"input-format",
		`${nameOf(path)} has no column ${JSON.stringify(name)} for the ${role}: its columns are ${listed(names)}.`,
	);
}

/** Names for a sentence, cut short. */
function listed(names: readonly string[]): string {
	const shown = names.slice(0, 12).map((name) => name.slice(0, 40));
	return names.length > shown.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}

/** Characters of a cell that a preview shows, and its rows. */
const SHOWN_CELL = 120;
const SHOWN_ROWS = 5;

export function previewOf(plan: TablePlan, rows: readonly (readonly string[])[], encoding: string | null): Preview {
	const name = (at: number) => plan.names[at];
	const optional = (role: "id" | "picture") => (plan[role] < 0 ? {} : { [role]: name(plan[role]) });
	return {
		names: plan.names,
		rows: rows
			.slice(plan.heading ? 1 : 0)
			.slice(0, SHOWN_ROWS)
			.map((row) => row.map((cell) => cell.slice(0, SHOWN_CELL))),
		columns: plan.text < 0 ? null : { text: name(plan.text)!, ...optional("id"), ...optional("picture") },
		encoding,
	};
}

/** The post of a row, or what stands in its place. */
export interface RowReading {
	readonly id: string | null;
	readonly text: string;
	readonly pictures: readonly string[];
}

/** @returns null where the row has no text */
export function postOfRow(cells: readonly string[], plan: TablePlan): RowReading | null {
	const cell = (at: number) => (at < 0 ? "" : (cells[at] ?? ""));
	const own = takeoutText(cell(plan.text));
	const title = cell(plan.title).trim();
	const text = title !== "" && own.trim() !== "" ? `${title}\n\n${own}` : own.trim() === "" ? title : own;
	if (text.trim() === "") return null;
	const id = cell(plan.id).trim();
	const picture = cell(plan.picture).trim();
	return { id: id === "" ? null : id, text, pictures: picture === "" ? [] : [picture] };
}

/** Comments of a Google Takeout are JSON in a cell: `{"text":"…"},{"text":"…"}`. */
function takeoutText(cell: string): string {
	if (!/^\{"(text|videoLink|mention)":/.test(cell)) return cell;
	try {
		const parts = JSON.parse(`[${cell}]`) as { readonly text?: unknown }[];
		return parts.map(({ text }) => (typeof text === "string" ? text : "")).join("");
	} catch {
		return cell;
	}
}
