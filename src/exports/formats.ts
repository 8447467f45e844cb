/**
 * The table of export formats: saves posts in one, recognises files and loads them to be corrected. A new format is its
 * file and a line here.
 */
import { onlySure } from "../core/calibration.ts";
import { brat } from "./brat.ts";
import { checkSizes, parseJson, textOf, wrong } from "./checks.ts";
import { coco } from "./coco.ts";
import { conll } from "./conll.ts";
import { csv } from "./csv.ts";
import { json, jsonLines } from "./json.ts";
import { labelStudio, labelStudioConfig } from "./label-studio.ts";
import { schemaOrg } from "./schema-org.ts";
import { displacy, spacy } from "./spacy.ts";
import { svg } from "./svg.ts";
import { training } from "./training.ts";
import { turtle } from "./turtle.ts";
import type { ExportItem, Format, InFile, ReadOptions } from "./types.ts";
import { webAnnotation } from "./web-annotation.ts";
import { pack, utf8 } from "./zip.ts";

/** Every format, in the order of the menu. The key is its name on the command line. */
export const FORMATS = {
	json,
	jsonl: jsonLines,
	csv,
	conll,
	brat,
	"label-studio": labelStudio,
	"label-studio-config": labelStudioConfig,
	displacy,
	spacy,
	"web-annotation": webAnnotation,
	"schema-org": schemaOrg,
	turtle,
	coco,
	training,
	svg,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
export const READABLE = FORMAT_NAMES.filter((name) => FORMATS[name].reader !== undefined);

/** A file to save: several are packed into one .zip. */
export interface Saved {
	readonly name: string;
	readonly mediaType: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** For the clipboard; null for an archive. */
	readonly text: string | null;
}

interface WriteOptions {
	/** Whether records that are not sure are written in every format; those that keep everything always write them. */
	readonly unsure?: boolean | undefined;
}

/** The posts as the format writes them: only what is sure, unless the format keeps everything or `unsure` is set. */
export function writtenItems(
	items: readonly ExportItem[],
	format: FormatName,
	{ unsure = false }: WriteOptions = {},
): readonly ExportItem[] {
	const { keepsUnsure }: Format = FORMATS[format];
	return unsure || keepsUnsure ? items : items.map((item) => ({ ...item, result: onlySure(item.result) }));
}

export function save(items: readonly ExportItem[], format: FormatName, options: WriteOptions = {}): Saved {
	const files = FORMATS[format].write(writtenItems(items, format, options));
	const [only] = files;
	if (only && files.length === 1)
		return { name: only.path, mediaType: FORMATS[format].mediaType, bytes: utf8(only.text), text: only.text };
	return { name: `umie-${format}.zip`, mediaType: "application/zip", bytes: pack(files), text: null };
}

/** Recognises the format of files by their names and contents. @throws Failure `import-format` */
export function detectFormat(files: readonly InFile[]): FormatName {
	checkSizes(files);
	const [file] = files;
	if (!file) throw wrong("No file was given.");
	const names = files.map(({ name }) => name);
	const byName = READABLE.find((name) => FORMATS[name].reader?.recognisesNames?.(names));
	if (byName) return byName;
	const value = parseJson(textOf(file), file.name);
	const first: unknown = Array.isArray(value) ? value[0] : value;
	if (typeof first !== "object" || first === null) throw wrong(`${file.name} contains no annotated posts.`);
	const byJson = READABLE.find((name) => FORMATS[name].reader?.recognisesJson?.(first));
	if (byJson) return byJson;
	throw wrong(`${file.name} is not in a supported format (${READABLE.map((name) => FORMATS[name].title).join(", ")}).`);
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function load(
	files: readonly InFile[],
	options: ReadOptions & { readonly format?: FormatName } = {},
): readonly ExportItem[] {
	const format: Format = FORMATS[options.format ?? detectFormat(files)];
	if (!format.reader) throw wrong(`${format.title} can be written but not read.`);
	return format.reader.read(files, options);
}
