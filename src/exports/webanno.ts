/**
 * Reads WebAnno TSV 3, which INCEpTION writes, too: tokens with columns for each layer. A document is a post. The files
 * are not trusted.
 */
import type { Entity, Relation } from "../core/result.ts";
import { wrong } from "./check-result.ts";
import {
	baseName,
	checkSizes,
	importedResult,
	LeftOut,
	nameOfAll,
	type PostSource,
	readPosts,
	textOf,
} from "./checks.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadFormat, type ReadOptions } from "./types.ts";

/** What every token has: no record of ours. */
const OF_TOKENS = /(\.Lemma|\.POS|\.MorphologicalFeatures|\.SurfaceForm|\.Stem|\.Dependency|\.Sentence|\.Token)$/;
/** Features that name a type, best first. */
const TYPE_FEATURES = ["value", "label", "category", "type", "kind"] as const;

/** A layer and its columns. */
interface Layer {
	readonly kind: "span" | "relation" | "other";
	readonly name: string;
	readonly features: readonly string[];
	/** Column of its first feature. */
	readonly column: number;
	/** Columns it takes: one at least. */
	readonly width: number;
}

interface Token {
	readonly id: string;
	readonly line: number;
	readonly start: number;
	readonly end: number;
	readonly cells: readonly string[];
}

interface Document {
	readonly text: string;
	readonly layers: readonly Layer[];
	readonly tokens: readonly Token[];
}

/** A span while its tokens are read. */
interface Open {
	readonly layer: Layer;
	readonly line: number;
	start: number;
	end: number;
	readonly values: (string | null)[];
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readWebAnno(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const sources = files.map((file): PostSource => {
		const read = () => {
			const left = new LeftOut(file.name, options.report);
			const result = resultOf(documentOf(textOf(file), file.name, left), left);
			return { id: baseName(file.name) || "post", image: null, result };
		};
		return { file: file.name, read };
	});
	return readPosts(sources, nameOfAll(files), options);
}

function documentOf(content: string, name: string, left: LeftOut): Document {
	const lines = content.split(/\r?\n/);
	if (!/^#FORMAT=WebAnno TSV 3/.test(lines[0] ?? ""))
		throw wrong(`${name}, line 1: expected "#FORMAT=WebAnno TSV 3.3", found "${(lines[0] ?? "").slice(0, 50)}".`);
	const builder = new TextBuilder(left);
	const layers: Layer[] = [];
	for (const [index, line] of lines.entries()) {
		const header = /^#T_(SP|RL|CH)=([^|]+)\|?(.*)$/.exec(line);
		if (header) layers.push(layerOf(header, layers.at(-1)));
		else if (line.startsWith("#Text=")) builder.sentence(unescapeText(line.slice(6)));
		else if (/^\d+-\d+(\.\d+)?\t/.test(line)) builder.token(line, index + 1);
		else if (line.trim() !== "" && !line.startsWith("#"))
			left.addFault(`"${line.slice(0, 50)}" is neither a token nor a sentence.`, index + 1);
	}
	return { ...builder.finish(), layers };
}

function layerOf([, kind, name = "", rest = ""]: RegExpExecArray, before: Layer | undefined): Layer {
	const features = rest.split("|").map((feature) => feature.trim());
	const column = before === undefined ? 0 : before.column + before.width;
	const of = kind === "SP" ? "span" : kind === "RL" ? "relation" : "other";
	return { kind: of, name: name.trim(), features, column, width: Math.max(1, features.length) };
}

const unescapeText = (text: string): string =>
	text.replace(
		/\\([nrtfb\\])/g,
		(_, one: string) => ({ n: "\n", r: "\r", t: "\t", f: "\f", b: "\b", "\\": "\\" })[one]!,
	);
/** What the format reserves stands behind a backslash. */
const unescapeCell = (cell: string): string => unescapeText(cell.replace(/\\(->|[[\]|_;*])/g, "$1"));

/** Puts sentences together with what stood between them, and finds each token by its words. */
class TextBuilder {
	readonly #left: LeftOut;
	readonly #tokens: Token[] = [];
	#text = "";
	/** Where the sentence of the next token begins in the text. */
	#begin = 0;
	#waiting: string | null = null;
	#cursor = 0;
	/** Where the last token ended, as the file counts. */
	#counted = 0;
	/** The last whole token: parts of words are counted from it. */
	#whole: { readonly start: number; readonly counted: number } = { start: 0, counted: 0 };

	constructor(left: LeftOut) {
		this.#left = left;
	}

	sentence(text: string): void {
		if (this.#waiting !== null) this.#place(0);
		this.#waiting = text;
	}

	token(line: string, number: number): void {
		const [id = "", offsets = "", word = "", ...cells] = line.split("\t");
		const [, from = "", to = ""] = /^(\d{1,9})-(\d{1,9})$/.exec(offsets) ?? [];
		if (from === "") {
			this.#left.addFault(`The token ${id} has no offsets.`, number);
			return;
		}
		if (this.#waiting !== null) {
			const inside = Math.max(0, this.#waiting.indexOf(unescapeCell(word)));
			this.#place(Number(from) - inside - this.#counted - (this.#text.length - this.#cursor));
		}
		const part = id.includes(".");
		const text = unescapeCell(word);
		const start = part
			? this.#whole.start + Number(from) - this.#whole.counted
			: this.#text.indexOf(text, Math.max(this.#begin, this.#cursor));
		const there = this.#text.slice(start, start + text.length);
		if (text === "" || start < 0 || there !== text) {
			this.#left.addFault(`The token ${id}, "${text.slice(0, 50)}", is not in its sentence.`, number);
			return;
		}
		if (!part) {
			this.#whole = { start, counted: Number(from) };
			this.#cursor = start + text.length;
			this.#counted = Number(to);
		}
		this.#tokens.push({ id, line: number, start, end: start + text.length, cells });
	}

	/** @param gap characters between the sentence before and this one, which no line says: white space */
	#place(gap: number): void {
		const filler = Math.min(gap, 10_000);
		if (filler > 0) this.#text += `${" ".repeat(filler - 1)}\n`;
		this.#begin = this.#text.length;
		this.#cursor = this.#begin;
		this.#text += this.#waiting ?? "";
		this.#waiting = null;
	}

	finish(): { readonly text: string; readonly tokens: readonly Token[] } {
		if (this.#waiting !== null) this.#place(0);
		return { text: this.#text, tokens: this.#tokens };
	}
}

/** "PER[1]" or "PER": a value and the number of the span it belongs to. "*" says that there is none. */
function valuesOf(cell: string): { readonly value: string | null; readonly span: string | null }[] {
	if (cell === "_" || cell === "") return [];
	return cell.split(/(?<!\\)\|/).map((one) => {
		const [, raw = "", span] = /^(.*?)(?:(?<!\\)\[([\d_]+)\])?$/su.exec(one) ?? [];
		return { value: raw === "*" ? null : unescapeCell(raw), span: span ?? null };
	});
}

function resultOf({ text, layers, tokens }: Document, left: LeftOut) {
	const own = layers.filter(({ kind, name }) => kind === "span" && !OF_TOKENS.test(name));
	const spans = new Map<string, Open>();
	for (const token of tokens) for (const layer of own) addSpans(spans, layer, token);
	if (spans.size > IMPORT_LIMITS.records)
		throw wrong(`The document has ${spans.size} spans; the limit is ${IMPORT_LIMITS.records}.`);
	const ids = new Map([...spans.keys()].map((key, index) => [key, `e${index + 1}`]));
	const entities = [...spans].map(([key, open]) => entityOf(ids.get(key)!, open, text));
	const relations = layers.flatMap((layer) => (layer.kind === "relation" ? relationsOf(layer, tokens, ids, left) : []));
	for (const { kind, name } of layers)
		if (kind === "other") left.add(`The chains of ${shortName(name)} were left out.`);
	left.refuseIfAllFailed(tokens.length);
	return importedResult({
		...{ text, image: null, entities, notes: left.notes },
		relations: relations.map((relation, index) => ({ ...relation, id: `r${index + 1}` })),
	});
}

const keyOf = (layer: string, span: string | null, token: string) =>
	`${layer} ${span === null || span === "0" ? token : `[${span}]`}`;

function addSpans(spans: Map<string, Open>, layer: Layer, { id, line, start, end, cells }: Token): void {
	for (let feature = 0; feature < layer.width; feature++)
		for (const { value, span } of valuesOf(cells[layer.column + feature] ?? "_")) {
			const key = keyOf(layer.name, span, id);
			const open = spans.get(key) ?? { layer, line, start, end, values: [] };
			open.end = Math.max(open.end, end);
			open.values[feature] ??= value;
			spans.set(key, open);
		}
}

const shortName = (layer: string): string => layer.split(".").at(-1) ?? layer;

function typeOf({ name, features }: Layer, values: readonly (string | null | undefined)[]): string {
	const best = TYPE_FEATURES.map((feature) => values[features.indexOf(feature)]).find((value) => !!value);
	const other = values.find(
		(value, index) => !!value && features[index] !== "identifier" && !/^(BT|ROLE)_/.test(features[index] ?? ""),
	);
	return (best ?? other ?? shortName(name)).slice(0, IMPORT_LIMITS.name);
}

function entityOf(id: string, { layer, start, end, values }: Open, text: string): Entity {
	const link = values[layer.features.indexOf("identifier")];
	const words = text.slice(start, end);
	const entry = link && {
		name: words,
		type: null,
		link,
		match: "exact" as const,
		why: `A person linked it to ${link}.`,
	};
	const about = { id, type: typeOf(layer, values), text: words, start, end, score: 1, regions: [] };
	return { ...about, ...(entry && { entry }) };
}

/** The row is that of the target; the last column names the token and the number of the source. */
function relationsOf(
	layer: Layer,
	tokens: readonly Token[],
	ids: ReadonlyMap<string, string>,
	left: LeftOut,
): Omit<Relation, "id">[] {
	const base = layer.features.find((feature) => feature.startsWith("BT_"))?.slice(3) ?? "";
	if (base === "" || OF_TOKENS.test(base)) return [];
	const governor = layer.column + layer.features.findIndex((feature) => feature.startsWith("BT_"));
	return tokens.flatMap(({ id, line, cells }) =>
		valuesOf(cells[governor] ?? "_").flatMap(({ value, span }, index): Omit<Relation, "id">[] => {
			const [source, target] = span?.split("_") ?? [null, null];
			const head = ids.get(keyOf(base, source ?? null, value ?? ""));
			const tail = ids.get(keyOf(base, target ?? null, id));
			if (head && tail) {
				const values = layer.features.map((_, feature) => valuesOf(cells[layer.column + feature] ?? "_")[index]?.value);
				return [{ type: typeOf(layer, values), head, tail, score: 1 }];
			}
			left.addFault(`A relation of ${shortName(layer.name)} names a span that does not exist.`, line);
			return [];
		}),
	);
}

export const webanno: ReadFormat = {
	title: "WebAnno TSV 3",
	about: "documents of INCEpTION and WebAnno, one a file",
	reader: {
		recognisesText: (head) => head.startsWith("#FORMAT=WebAnno TSV 3"),
		read: readWebAnno,
		restores: { fragments: false, scores: false },
	},
};
