/**
 * The table of export formats: saves posts in one, recognises files and loads them to be corrected. A new format is its
 * file and a line here.
 */
import { onlySure } from "../core/calibration.ts";
import { brat } from "./brat.ts";
import { wrong } from "./check-result.ts";
import { checkSizes, parseJson, textOf } from "./checks.ts";
import { coco } from "./coco.ts";
import { conll } from "./conll.ts";
import { csv } from "./csv.ts";
import { hypothesis } from "./hypothesis.ts";
import { json, jsonLines } from "./json.ts";
import { labelStudio, labelStudioConfig } from "./label-studio.ts";
import { schemaOrg } from "./schema-org.ts";
import { displacy, spacy } from "./spacy.ts";
import { doccano, prodigy } from "./span-records.ts";
import { stix } from "./stix.ts";
import { svg } from "./svg.ts";
import { tei } from "./tei.ts";
import { training } from "./training.ts";
import { turtle } from "./turtle.ts";
import type { ExportItem, Format, InFile, ReadFormat, ReadOptions } from "./types.ts";
import { webAnnotation } from "./web-annotation.ts";
import { webanno } from "./webanno.ts";
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
	stix,
	tei,
	coco,
	training,
	svg,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];

/** Formats of other tools that are read and not written. */
const ONLY_READ = { doccano, prodigy, webanno, hypothesis } as const satisfies Record<string, ReadFormat>;

export type ReadableName = FormatName | keyof typeof ONLY_READ;
type Readable = Pick<ReadFormat, "title" | "about" | "reader">;

const readable = Object.entries({
	...(FORMATS satisfies Record<string, Format> as Record<string, Format>),
	...ONLY_READ,
});
/** Every format that can be read, by its name on the command line. */
export const READERS = new Map(
	readable.flatMap(([name, { title, about, reader }]): [ReadableName, Readable][] =>
		reader === undefined ? [] : [[name as ReadableName, { title, about, reader }]],
	),
);
export const READABLE: readonly ReadableName[] = [...READERS.keys()];
/** Their titles, for a message. */
export const READABLE_TITLES: readonly string[] = [...READERS.values()].map(({ title }) => title);

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

/** How much of a file is looked at to recognise it. */
const HEAD_BYTES = 4096;

/** Recognises the format of files by their names and contents. @throws Failure `import-format` */
export function detectFormat(files: readonly InFile[]): ReadableName {
	checkSizes(files);
	const [file] = files;
	if (!file) throw wrong("No file was given.");
	const names = files.map(({ name }) => name);
	const readers = [...READERS];
	const head = textOf({ name: file.name, bytes: file.bytes.subarray(0, HEAD_BYTES) });
	const byText = readers.find(([, { reader }]) => reader.recognisesText?.(head));
	const found = byText ?? readers.find(([, { reader }]) => reader.recognisesNames?.(names));
	if (found) return found[0];
	const { first, lines } = firstObject(file);
	const byJson = readers.find(([, { reader }]) => reader.recognisesJson?.(first, lines));
	if (byJson) return byJson[0];
	throw wrong(`${file.name} is not in a supported format (${READABLE_TITLES.join(", ")}).`);
}

const LINES = /\.(jsonl|ndjson)$/i;

/** The document, the first item of a list, or the first of several lines that is an object. */
function firstObject(file: InFile): { readonly first: object; readonly lines: boolean } {
	const text = textOf(file);
	if (LINES.test(file.name)) {
		const first = firstLine(text);
		if (first) return { first, lines: true };
	}
	const value = parseJson(text, file.name);
	const first: unknown = Array.isArray(value) ? value[0] : value;
	if (typeof first !== "object" || first === null) throw wrong(`${file.name} contains no annotated posts.`);
	return { first, lines: false };
}

function firstLine(text: string): object | null {
	for (const line of text.split("\n")) {
		if (line.trim() === "") continue;
		try {
			const value = parseJson(line, "");
			if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
		} catch {
			// Its reader will name this line.
		}
	}
	return null;
}

/**
 * What is wrong with a record or a post is reported, and that one left out.
 * @throws Failure `import-format` | `import-too-large` | `text-too-long` where nothing is left
 */
export function load(
	files: readonly InFile[],
	options: ReadOptions & { readonly format?: ReadableName } = {},
): readonly ExportItem[] {
	const format = options.format ?? detectFormat(files);
	const found = READERS.get(format);
	if (!found) throw wrong(`${FORMATS[format as FormatName].title} can be written but not read.`);
	return found.reader.read(files, options);
}
