/**
 * Reads FUNSD's folder of annotated pages, one page, or a file of XFUND: the page's text in reading order, keys,
 * values and their links.
 */
import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { layOutWords, type PositionedWord } from "../../../src/tasks/layout/layout.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { readJson } from "./files.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";

const MAX_PAGES = 100_000;

const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const Piece = z.object({
	id: z.int(),
	text: z.string(),
	box,
	label: z.string(),
	linking: z._default(z.array(z.tuple([z.int(), z.int()])), []),
});
type Piece = z.infer<typeof Piece>;
const Page = z.object({ form: z.array(Piece) });
const Documents = z.object({ documents: z.array(z.object({ id: z.string(), document: z.array(Piece) })) });

/** What a form's pieces are to each other; headers and the rest stay in the text. */
const FIELDS: Readonly<Record<string, "key" | "value">> = { question: "key", answer: "value" };

interface NamedPage {
	readonly path: string;
	readonly name: string;
	readonly pieces: readonly Piece[];
}

function read(input: string, options: ReadOptions): ReadRecord[] {
	return listFiles(input)
		.flatMap((path) => readPages(path, options))
		.flatMap((page, index): ReadRecord[] => {
			const record = buildRecord(page, `${options.name}-${index}`, options);
			return record === null ? [] : [{ line: 0, record }];
		});
}

/** The JSON files of a folder by name, or the file itself. */
function listFiles(input: string): string[] {
	try {
		if (!statSync(input).isDirectory()) return [input];
		const names = readdirSync(input).filter((name) => name.endsWith(".json"));
		return names
			.sort()
			.slice(0, MAX_PAGES)
			.map((name) => join(input, name));
	} catch (cause) {
		throw unreadable(input, cause);
	}
}

function readPages(path: string, { report }: ReadOptions): NamedPage[] {
	const json = readJson(path);
	const page = Page.safeParse(json);
	if (page.success) return [{ path, name: basename(path, ".json"), pieces: page.data.form }];
	const several = Documents.safeParse(json);
	if (several.success) return several.data.documents.map(({ id, document }) => ({ path, name: id, pieces: document }));
	const issue = page.error.issues[0];
	report("bad-record", 0, `"${issue?.path.join(".")}": ${issue?.message}`, path);
	return [];
}

/** A piece of the page is one block of the layout: it is drawn together, and so it stays together in the text. */
function buildRecord(
	{ path, name, pieces }: NamedPage,
	id: string,
	{ report }: ReadOptions,
): ReadRecord["record"] | null {
	const layout = pieces.map(({ text, box }): PositionedWord => ({ text, box }));
	const laidOut = layOut(layout, (what) => report("bad-record", 0, what, path));
	if (laidOut === null) return null;
	const { text, places } = laidOut;
	const fields = pieces.flatMap((piece, index) => {
		const [type, place] = [FIELDS[piece.label.toLowerCase()], places[index]];
		return type === undefined || place == null ? [] : [{ piece, type, place }];
	});
	const byId = new Map(fields.map((field) => [field.piece.id, field]));
	const links = new Map<string, object>();
	for (const [first, second] of pieces.flatMap(({ linking }) => linking)) {
		const ends = [byId.get(first), byId.get(second)];
		const [key, value] = ["key", "value"].map((type) => ends.find((end) => end?.type === type));
		if (key !== undefined && value !== undefined)
			links.set(`${key.piece.id} ${value.piece.id}`, { key: key.place, value: value.place });
	}
	const entities = fields.map(({ type, place }) => ({ type, ...place }));
	return { id, text, image_id: name, layout, entities, links: [...links.values()] };
}

interface Place {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** The text in reading order, and where each piece stands in it, in code points; null for one that is blank. */
function layOut(
	layout: readonly PositionedWord[],
	broken: (what: string) => void,
): { text: string; places: (Place | null)[] } | null {
	try {
		const { text, pieces } = layOutWords(layout);
		const length = (end: number) => [...text.slice(0, end)].length;
		// A box is the very array that went in, so it tells which piece this is.
		const at = new Map(
			pieces.map(({ box, start, end }) => [
				box,
				{ text: text.slice(start, end), start: length(start), end: length(end) },
			]),
		);
		return { text, places: layout.map(({ box }) => at.get(box) ?? null) };
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		broken(error.what);
		return null;
	}
}

export const funsd: Format = {
	summary:
		"FUNSD: the folder of its annotations, or one page; XFUND: its JSON file; " +
		"questions and answers are keys and values",
	tasks: ["re2"],
	read,
};
