/** Goes in: posts with what was found, or files somebody brought. Comes out: the table of formats, a file to save, or posts to correct. */
import { writeBrat } from "./brat.ts";
import { readBrat } from "./brat-read.ts";
import { checkSizes, parseJson, textOf, wrong } from "./checks.ts";
import { writeCoco } from "./coco.ts";
import { writeConll } from "./conll.ts";
import { writeCsv } from "./csv.ts";
import { readJson, readJsonLines, writeJson, writeJsonLines } from "./json.ts";
import { writeLabelStudio, writeLabelStudioConfig } from "./label-studio.ts";
import { readLabelStudio } from "./label-studio-read.ts";
import { writeSchemaOrg } from "./schema-org.ts";
import { writeDisplacy, writeSpacy } from "./spacy.ts";
import { writeTraining } from "./training.ts";
import { writeTurtle } from "./turtle.ts";
import type { ExportItem, Format, InFile, ReadOptions } from "./types.ts";
import { writeWebAnnotations } from "./web-annotation.ts";
import { readWebAnnotations } from "./web-annotation-read.ts";
import { pack, utf8 } from "./zip.ts";

/** Every format, in the order people are shown them. The key is its name on the command line. */
export const FORMATS = {
	json: {
		title: "JSON",
		about: "Everything, with corrections; can be opened here again",
		leavesOut: "",
		extension: ".json",
		files: "one",
		mediaType: "application/json",
		offsets: "utf-16",
		write: writeJson,
		read: readJson,
	},
	jsonl: {
		title: "JSON lines",
		about: "Everything, one post a line, as the command line writes it",
		leavesOut: "",
		extension: ".jsonl",
		files: "one",
		mediaType: "application/x-ndjson",
		offsets: "utf-16",
		write: writeJsonLines,
		read: readJsonLines,
	},
	csv: {
		title: "CSV table",
		about: "A row for each record, for spreadsheets",
		leavesOut: "the post’s text, model output, all but the first box of an entity",
		extension: ".csv",
		files: "one",
		mediaType: "text/csv",
		offsets: "utf-16",
		write: writeCsv,
	},
	conll: {
		title: "CoNLL BIO",
		about: "A word and its tag a line, for sequence taggers",
		leavesOut: "relations, events, boxes, scores, entities inside others",
		extension: ".conll",
		files: "one",
		mediaType: "text/plain",
		offsets: "words",
		write: writeConll,
	},
	brat: {
		title: "brat standoff",
		about: "A .txt and an .ann for each post, for brat and its readers",
		leavesOut: "boxes, and relations with them",
		extension: ".ann",
		files: "several",
		mediaType: "text/plain",
		offsets: "code points",
		write: writeBrat,
		read: readBrat,
	},
	"label-studio": {
		title: "Label Studio",
		about: "Tasks with predictions, to be corrected in Label Studio",
		leavesOut: "the pieces of discontinuous mentions",
		extension: ".json",
		files: "one",
		mediaType: "application/json",
		offsets: "code points",
		write: writeLabelStudio,
		read: readLabelStudio,
	},
	"label-studio-config": {
		title: "Label Studio interface",
		about: "The labelling interface that these tasks need, for the project’s settings",
		leavesOut: "everything but the names of labels",
		extension: ".xml",
		files: "one",
		mediaType: "application/xml",
		offsets: "none",
		write: writeLabelStudioConfig,
	},
	displacy: {
		title: "displaCy",
		about: "Input of displacy.render(…, manual=True)",
		leavesOut: "relations, events, boxes, scores",
		extension: ".json",
		files: "one",
		mediaType: "application/json",
		offsets: "code points",
		write: writeDisplacy,
	},
	spacy: {
		title: "spaCy JSON lines",
		about: "Training examples for spaCy’s NER and span categorizer",
		leavesOut: "relations, events, boxes, scores",
		extension: ".jsonl",
		files: "one",
		mediaType: "application/x-ndjson",
		offsets: "code points",
		write: writeSpacy,
	},
	"web-annotation": {
		title: "Web Annotation",
		about: "W3C annotations of text and picture, for annotation servers",
		leavesOut: "fractions of pixels",
		extension: ".jsonld",
		files: "one",
		mediaType: "application/ld+json",
		offsets: "code points",
		write: writeWebAnnotations,
		read: readWebAnnotations,
	},
	"schema-org": {
		title: "JSON-LD, schema.org",
		about: "Persons, organizations, places and how they are related, for the web",
		leavesOut: "offsets, boxes, scores, relations with objects of the picture",
		extension: ".jsonld",
		files: "one",
		mediaType: "application/ld+json",
		offsets: "none",
		write: writeSchemaOrg,
	},
	turtle: {
		title: "RDF Turtle",
		about: "Mentions (NIF) and relations as triples, for graph stores",
		leavesOut: "fractions of pixels",
		extension: ".ttl",
		files: "one",
		mediaType: "text/turtle",
		offsets: "code points",
		write: writeTurtle,
	},
	coco: {
		title: "COCO boxes",
		about: "The boxes of what the text names, for object detectors",
		leavesOut: "the text, relations, entities without a box",
		extension: ".json",
		files: "one",
		mediaType: "application/json",
		offsets: "none",
		write: writeCoco,
	},
	training: {
		title: "Training records",
		about: "mner, mre and mee records to train this model on, corrections included",
		leavesOut: "scores, arguments that are objects",
		extension: ".jsonl",
		files: "several",
		mediaType: "application/x-ndjson",
		offsets: "code points",
		write: writeTraining,
	},
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as FormatName[];
export const READABLE = FORMAT_NAMES.filter((name) => "read" in FORMATS[name]);

/** A file to save: several are packed into one .zip. */
export interface Saved {
	readonly name: string;
	readonly mediaType: string;
	readonly bytes: Uint8Array<ArrayBuffer>;
	/** For the clipboard; null for an archive. */
	readonly text: string | null;
}

export function save(items: readonly ExportItem[], format: FormatName): Saved {
	const files = FORMATS[format].write(items);
	const [only] = files;
	if (FORMATS[format].files === "one" && only)
		return { name: only.path, mediaType: FORMATS[format].mediaType, bytes: utf8(only.text), text: only.text };
	return { name: `umie-${format}.zip`, mediaType: "application/zip", bytes: pack(files), text: null };
}

/** Says which format the files are, by their names and what stands in them. @throws Failure `import-format` */
export function detectFormat(files: readonly InFile[]): FormatName {
	checkSizes(files);
	const [first] = files;
	if (!first) throw wrong("There is no file.");
	if (files.some(({ name }) => /\.(ann|zip|txt)$/i.test(name))) return "brat";
	if (/\.(jsonl|ndjson)$/i.test(first.name)) return "jsonl";
	const json = parseJson(textOf(first), first.name);
	const one: unknown = Array.isArray(json) ? json[0] : json;
	if (typeof one !== "object" || one === null) throw wrong(`${first.name} is no list of annotated posts.`);
	if ("format" in one) return "json";
	if ("data" in one && ("annotations" in one || "predictions" in one)) return "label-studio";
	if ("@context" in one || "target" in one) return "web-annotation";
	throw wrong(
		`${first.name} is none of the formats that can be read: ${READABLE.map((name) => FORMATS[name].title).join(", ")}.`,
	);
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function load(
	files: readonly InFile[],
	options: ReadOptions & { readonly format?: FormatName } = {},
): readonly ExportItem[] {
	const format: Format = FORMATS[options.format ?? detectFormat(files)];
	if (!format.read) throw wrong(`${format.title} can be written but not read.`);
	return format.read(files, options);
}
