/** The table of readers: to read another kind of file, write a reader and add its row. */
import { car } from "./archives/car.ts";
import { docx } from "./documents/docx.ts";
import { page } from "./documents/page.ts";
import { pdf } from "./documents/pdf.ts";
import { sheet } from "./tables/sheet.ts";
import { table } from "./tables/table.ts";
import { json } from "./text/json.ts";
import { plain } from "./text/plain.ts";
import type { Reader } from "./types.ts";

/** The first that recognises a file reads it: content before names. */
export const READERS: readonly Reader[] = [pdf, car, json, page, table, plain];

/** Readers of office files, which are archives: by a file that only they hold. */
export const READERS_BY_PART: readonly (readonly [part: string, reader: Reader])[] = [
	["xl/workbook.xml", sheet],
	["word/document.xml", docx],
];
