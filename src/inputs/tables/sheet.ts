/** Reads the first sheet of an .xlsx file as posts; its size is checked while it is inflated, before it is parsed. */
import { Failure } from "../../core/failure.ts";
import { MIB } from "../../core/limits.ts";
import { checkParts } from "../archives/office.ts";
import { wholeFile } from "../files.ts";
import type { Found, InputFile, Preview, ReadOptions } from "../types.ts";
import { planOf, postOfRow, previewOf, tryPlan } from "./plan.ts";
import { chosenNote, NO_TEXT } from "./table.ts";

/** A sheet is read whole: its XML takes some ten times as much memory as this. */
const MAX_SHEET_BYTES = 64 * MIB;
const MAX_PARTS_BYTES = 256 * MIB;

/** @throws Failure `input-format` | `import-too-large` */
async function rowsOfSheet(file: InputFile): Promise<string[][]> {
	await checkParts(file, MAX_PARTS_BYTES);
	const bytes = await wholeFile(file, MAX_SHEET_BYTES);
	const { readSheet } = await import("read-excel-file/universal");
	try {
		const rows = await readSheet(bytes.slice().buffer as ArrayBuffer, {
			// Numbers stay as they are written: ids have more digits than a number keeps.
			parseNumber: (text: string) => text as unknown as number,
		});
		return rows.map((row) => row.map(asText));
	} catch (cause) {
		throw new Failure("input-format", `${file.path} is damaged or not a workbook of Excel (.xlsx).`, { cause });
	}
}

const asText = (cell: unknown): string => {
	if (cell === null || cell === undefined) return "";
	return cell instanceof Date ? cell.toISOString().replace(/T00:00:00\.000Z$/, "") : String(cell);
};

async function* readSheetPosts(file: InputFile, { columns }: ReadOptions): AsyncGenerator<Found, void> {
	const rows = await rowsOfSheet(file);
	const plan = planOf(file.path, rows, columns);
	if (!plan.named) yield { kind: "note", text: chosenNote(file.path, plan) };
	for (const [at, cells] of rows.entries()) {
		if ((at === 0 && plan.heading) || cells.every((cell) => cell.trim() === "")) continue;
		const post = postOfRow(cells, plan);
		const line = at + 1;
		yield post === null
			? { kind: "left-out", why: NO_TEXT }
			: { kind: "post", ...post, source: { file: file.path, line } };
	}
}

async function previewSheet(file: InputFile, { columns }: ReadOptions): Promise<Preview> {
	const rows = await rowsOfSheet(file);
	return previewOf(tryPlan(rows, columns), rows, null);
}

/** Recognised by the directory of its archive, not by its first bytes. */
export const sheet = {
	title: "a workbook (XLSX)",
	recognises: () => false,
	read: readSheetPosts,
	preview: previewSheet,
};
