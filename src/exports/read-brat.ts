/**
 * Reads brat's standoff files, which are not trusted. A line that is wrong is left out and named; what a result has no
 * place for is kept as a note.
 */
import { strFromU8 } from "fflate";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Relation } from "../core/result.ts";
import { LINE_BREAKS, NOTE_TYPE } from "./brat-names.ts";
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
import type { Span } from "./offsets.ts";
import { Places } from "./place.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadOptions } from "./types.ts";
import { unpack } from "./zip.ts";

const ONLY_BREAKS = new RegExp(`^[${LINE_BREAKS}]+$`);

/** A record and the line it stands on. */
type OnLine<T> = T & { readonly line: number };

interface Mention {
	readonly type: string;
	readonly pieces: readonly Span[];
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

interface BratEvent {
	readonly type: string;
	readonly trigger: string;
	readonly roles: ReadonlyArray<readonly [string, string]>;
}

/** A name of a knowledge base: `N1 Reference T1 Wikidata:Q7259 Ada Lovelace`. */
interface Reference {
	readonly link: string;
	readonly name: string;
}

/** The lines of an .ann by kind. */
interface Annotations {
	readonly mentions: Map<string, OnLine<Mention>>;
	readonly relations: Map<string, OnLine<{ readonly type: string; readonly head: string; readonly tail: string }>>;
	readonly events: Map<string, OnLine<BratEvent>>;
	readonly notes: Map<string, Readonly<Record<string, unknown>>>;
	readonly references: Map<string, Reference>;
	readonly same: OnLine<{ readonly ids: readonly string[] }>[];
	/** Attributes and people's notes: said when all ids are known. */
	readonly remarks: OnLine<{ readonly of: string; readonly what: string }>[];
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function readBrat(given: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(given);
	const files = given.flatMap((file) => (/\.zip$/i.test(file.name) ? unpack(file) : [file]));
	checkSizes(files);
	const stem = (name: string) => name.replace(/\.[^./\\]*$/, "");
	const annotated = new Map(files.filter(({ name }) => /\.ann$/i.test(name)).map((file) => [stem(file.name), file]));
	const texts = new Map(files.filter(({ name }) => /\.txt$/i.test(name)).map((file) => [stem(file.name), file]));
	const alone = [...annotated.keys()].filter((name) => !texts.has(name));
	const sources = [
		...alone.map((name): PostSource => {
			const file = `${name}.ann`;
			return { file, read: () => missingText(name) };
		}),
		...[...texts].map(([name, file]): PostSource => {
			const annotations = annotated.get(name);
			const read = () => ({
				id: baseName(file.name) || "post",
				image: null,
				result: readOne(file, annotations, options),
			});
			return { file: annotations?.name ?? file.name, read };
		}),
	];
	return readPosts(sources, given.length === 1 ? nameOfAll(given) : "The brat files", options);
}

function missingText(name: string): never {
	throw wrong(`${name}.ann needs its text, ${name}.txt, which is missing.`);
}

function readOne(file: InFile, annotations: InFile | undefined, { report }: ReadOptions): ExtractionResult {
	const text = textOf(file);
	const mark = strFromU8(file.bytes.subarray(0, 3), true) === "\u00EF\u00BB\u00BF";
	const name = annotations?.name ?? file.name;
	const found: Annotations = {
		mentions: new Map(),
		relations: new Map(),
		events: new Map(),
		notes: new Map(),
		references: new Map(),
		same: [],
		remarks: [],
	};
	const lines = (annotations ? textOf(annotations) : "").split(/\r?\n/);
	if (lines.length > 4 * IMPORT_LIMITS.records)
		throw wrong(`${name} has ${lines.length} lines; the limit is ${4 * IMPORT_LIMITS.records}.`);
	const left = new LeftOut(name, report);
	const reader = new LineReader(text, new Places(text, { mark }), found, left);
	for (const [index, line] of lines.entries()) if (line.trim() !== "") reader.read(line, index + 1);
	return assemble(text, found, left);
}

const MENTION = /^(\S+) (\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)$/;
/** Tabs that an editor turned into spaces. */
const SPACED = /^(T\S+)\s+(\S+)\s+(\d{1,9} \d{1,9}(?:;\d{1,9} \d{1,9})*)\s+(\S.*)$/;

/** A line, cut at its tabs. */
interface BratLine {
	readonly id: string;
	readonly data: string;
	readonly words: readonly string[];
	readonly rest: string;
	readonly line: number;
}

/** Reads lines into records; what is wrong with one is reported with its number. */
class LineReader {
	readonly #text: string;
	readonly #places: Places;
	readonly #found: Annotations;
	readonly #left: LeftOut;

	constructor(text: string, places: Places, found: Annotations, left: LeftOut) {
		this.#text = text;
		this.#places = places;
		this.#found = found;
		this.#left = left;
	}

	read(raw: string, line: number): void {
		const spaced = raw.includes("\t") ? null : SPACED.exec(raw);
		const [id = "", data = "", ...rest] = spaced
			? [spaced[1]!, `${spaced[2]} ${spaced[3]}`, spaced[4]!]
			: raw.split("\t");
		const words = data.trim().split(/\s+/);
		const known = this.#found.mentions.has(id) || this.#found.relations.has(id) || this.#found.events.has(id);
		const record = { id, data, words, rest: rest.join("\t"), line };
		const kind = id === "*" ? "*" : known ? "twice" : id.slice(0, 1);
		const problem = this.#add(kind, record);
		if (problem !== null) this.#left.addFault(problem, line);
	}

	/** @returns what is wrong with the record, as a sentence; null: nothing */
	#add(kind: string, { id, data, words, rest, line }: BratLine): string | null {
		switch (kind) {
			case "T":
				return this.#mention(id, data, rest, line);
			case "R":
				return this.#relation(id, words, line);
			case "E":
				return this.#event(id, words, line);
			case "#":
				return this.#note(words, rest, line);
			case "N":
				return this.#reference(words, rest, line);
			case "*":
				return this.#equivalence(words, line);
			case "A":
			case "M":
				return this.#attribute(words, line);
			case "twice":
				return `The id "${id.slice(0, 50)}" is used twice.`;
			default:
				return `"${id.slice(0, 50)}" is not a record of brat.`;
		}
	}

	#mention(id: string, data: string, stated: string, line: number): string | null {
		const [, type = "", offsets = ""] = MENTION.exec(data) ?? [];
		if (type === "") return `${id}: expected a type and offsets, found "${data.slice(0, 50)}".`;
		const pieces = offsets.split(";").map((piece) => {
			const [start = 0, end = 0] = piece.split(" ").map(Number);
			return { start, end };
		});
		const problem = this.#problemWith(pieces);
		if (problem !== null) return `${id}: ${problem}.`;
		const spans = this.#places.find(pieces, stated === "" ? undefined : stated);
		if (spans === null)
			return pieces.at(-1)!.end > this.#places.points.length
				? `${id} ends at ${pieces.at(-1)!.end}, past the text (${this.#places.points.length} characters).`
				: `${id} says "${stated.slice(0, 50)}", but the text there reads "${this.#places.read(pieces).slice(0, 50)}".`;
		const [start, end] = [spans[0]!.start, spans.at(-1)!.end];
		this.#found.mentions.set(id, {
			...{ type, line, start, end },
			pieces: joined(this.#text, spans),
			text: this.#text.slice(start, end),
		});
		return null;
	}

	#problemWith(pieces: readonly Span[]): string | null {
		for (const [index, { start, end }] of pieces.entries()) {
			if (start >= end) return `the piece ${start} ${end} is empty`;
			if (index > 0 && start < pieces[index - 1]!.end) return "its pieces overlap, or are not in the order of the text";
		}
		return null;
	}

	#relation(id: string, words: readonly string[], line: number): string | null {
		const ends = new Map(words.slice(1).map((word): [string, string] => splitAt(word)));
		const [head, tail] = [...ends.values()];
		const [type = ""] = words;
		if (type === "" || !head || !tail) return `${id}: a relation needs a type and two arguments.`;
		if (ends.size > 2) this.#left.add(`${id}: only the first two of its ${ends.size} arguments are kept.`, line);
		const [from, to] = [ends.get("Arg1") ?? head, ends.get("Arg2") ?? tail];
		this.#found.relations.set(id, { type, head: from, tail: to, line });
		return null;
	}

	#event(id: string, words: readonly string[], line: number): string | null {
		const [first, ...roles] = words.map(splitAt);
		if (!first?.[1]) return `${id}: an event needs a type and a trigger.`;
		this.#found.events.set(id, { type: first[0], trigger: first[1], roles, line });
		return null;
	}

	#note([type, of]: readonly string[], text: string, line: number): string | null {
		if (of === undefined) return "A note needs the id of what it is about.";
		const note = type === NOTE_TYPE ? noteOf(text) : null;
		if (note) this.#found.notes.set(of, note);
		else this.#found.remarks.push({ of, what: `${type ?? "note"}, kept as a note: ${text.slice(0, 500)}`, line });
		return null;
	}

	#reference([, of, link]: readonly string[], name: string, line: number): string | null {
		if (of === undefined || link === undefined) return "A normalisation needs the id of what it is about, and a name.";
		if (this.#found.references.has(of))
			this.#found.remarks.push({ of, what: `a second reference, kept as a note: ${link} ${name}`, line });
		else this.#found.references.set(of, { link, name });
		return null;
	}

	#equivalence([, ...ids]: readonly string[], line: number): string | null {
		if (ids.length < 2) return "An equivalence needs two ids.";
		this.#found.same.push({ ids, line });
		return null;
	}

	#attribute([name, of, ...value]: readonly string[], line: number): string | null {
		if (!name || of === undefined) return "An attribute needs a name and an id.";
		const what = value.length > 0 ? `${name} ${value.join(" ")}` : name;
		this.#found.remarks.push({ of, what: `the attribute ${what}, kept as a note`, line });
		return null;
	}
}

/** "Agent:T3" as ["Agent", "T3"]. */
function splitAt(word: string): [string, string] {
	const colon = word.lastIndexOf(":");
	return colon < 0 ? [word, ""] : [word.slice(0, colon), word.slice(colon + 1)];
}

function noteOf(text: string): Readonly<Record<string, unknown>> | null {
	try {
		const note: unknown = JSON.parse(text);
		return typeof note === "object" && note !== null ? { ...note } : null;
	} catch {
		return null;
	}
}

/** Pieces with nothing but line breaks between them are one: brat cannot write them otherwise. */
function joined(text: string, pieces: readonly Span[]): Span[] {
	const result: Span[] = [];
	for (const piece of pieces) {
		const before = result.at(-1);
		if (before && before.end <= piece.start && ONLY_BREAKS.test(text.slice(before.end, piece.start)))
			result[result.length - 1] = { start: before.start, end: piece.end };
		else result.push(piece);
	}
	return result;
}

const nameOf = (note: Readonly<Record<string, unknown>> | undefined, fallback: string): string =>
	typeof note?.type === "string" ? note.type : fallback;

/** A person's annotation is certain (1); a model's annotation carries its score. */
const scoreOf = (score: unknown): number => (typeof score === "number" && score >= 0 && score <= 1 ? score : 1);

/** @throws Failure when every line is wrong */
function assemble(text: string, found: Annotations, left: LeftOut): ExtractionResult {
	const { mentions, notes } = found;
	const triggers = new Set([...found.events.values()].map(({ trigger }) => trigger));
	const entities = [...mentions].flatMap(([id, mention]): Entity[] => {
		const note = notes.get(id);
		return triggers.has(id) || note?.argument === true ? [] : [entityOf(id, mention, note, found.references.get(id))];
	});
	const known = new Set(entities.map(({ id }) => id));
	const relations = [...found.relations].flatMap(([id, { type, head, tail, line }]): Relation[] => {
		const lost = [head, tail].find((end) => !known.has(end));
		if (lost === undefined)
			return [{ id, type: nameOf(notes.get(id), type), head, tail, score: scoreOf(notes.get(id)?.score) }];
		if (mentions.has(lost) || found.events.has(lost))
			left.add(`${id}: a relation with the event ${lost.slice(0, 50)} was left out.`, line);
		else left.addFault(`${id} refers to "${lost.slice(0, 50)}", which does not exist.`, line);
		return [];
	});
	const events = [...found.events].flatMap(([id, event]) => eventOf(id, event, found, known, left) ?? []);
	const things = thingsOf(found, entities, left);
	sayRemarks(found, left);
	left.refuseIfAllFailed(entities.length + events.length);
	return importedResult({ text, image: null, entities, relations, events, things, notes: left.notes });
}

function entityOf(
	id: string,
	{ type, start, end, text, pieces }: Mention,
	note: Readonly<Record<string, unknown>> | undefined,
	reference: Reference | undefined,
): Entity {
	const fragments = pieces.length > 1 ? { fragments: [...pieces] } : {};
	const entry = reference && {
		name: reference.name || text,
		type: null,
		link: linkOf(reference.link),
		match: "exact" as const,
		why: `A person linked it to ${reference.link}.`,
	};
	const about = { id, type: nameOf(note, type), text, start, end, score: scoreOf(note?.score), regions: [] };
	return { ...about, ...(entry && { entry }), ...fragments };
}

/** What brat's configuration would know of these names. */
function linkOf(link: string): string {
	const item = /^wikidata:(Q\d+)$/i.exec(link)?.[1];
	return item === undefined ? link : `https://www.wikidata.org/wiki/${item.toUpperCase()}`;
}

/** Mentions that are equivalent are one thing. */
function thingsOf({ same }: Annotations, entities: readonly Entity[], left: LeftOut): ExtractionResult["things"] {
	const byId = new Map(entities.map((entity) => [entity.id, entity]));
	const taken = new Set<string>();
	return same.flatMap(({ ids, line }, index) => {
		const members = [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
		const distinct = members.filter(({ id }) => !taken.has(id)).sort((a, b) => a.start - b.start);
		if (distinct.length < 2) {
			left.add(`The equivalence of ${ids.slice(0, 5).join(", ")} was left out: it joins no two entities.`, line);
			return [];
		}
		for (const { id } of distinct) taken.add(id);
		const fullest = distinct.reduce((best, one) => (one.text.length > best.text.length ? one : best));
		const why = distinct.slice(1).map(({ text }) => `"${text}": a person said that they are the same.`);
		const thing = { id: `same${index + 1}`, name: fullest.text, type: fullest.type, why };
		return [{ ...thing, entities: distinct.map(({ id }) => id) }];
	});
}

/** Attributes and notes, each with the words that it is about. */
function sayRemarks({ remarks, mentions, relations, events, references, notes }: Annotations, left: LeftOut): void {
	for (const { of, what, line } of remarks) {
		const words = mentions.get(of)?.text ?? mentions.get(events.get(of)?.trigger ?? "")?.text;
		const known = words !== undefined || relations.has(of) || notes.has(of);
		if (known) left.add(`${of}${words === undefined ? "" : ` ("${words.slice(0, 50)}")`}: ${what}.`, line);
		else left.add(`${of.slice(0, 50)}, which does not exist: ${what}.`, line);
	}
	for (const [of, { link }] of references)
		if (!mentions.has(of)) left.add(`The normalisation ${link.slice(0, 50)} of ${of.slice(0, 50)} was left out.`);
}

function eventOf(
	id: string,
	{ type, trigger, roles, line }: OnLine<BratEvent>,
	{ mentions, events, notes }: Annotations,
	known: ReadonlySet<string>,
	left: LeftOut,
): ExtractedEvent | null {
	const note = notes.get(id);
	const at = mentions.get(trigger);
	if (!at) {
		left.addFault(`${id} refers to trigger "${trigger.slice(0, 50)}", which does not exist.`, line);
		return null;
	}
	const spanOf = ({ text, start, end }: Mention) => ({ text, start, end });
	const plain = new Set(roles.map(([role]) => role));
	const names = Array.isArray(note?.roles) ? note.roles : [];
	const scores = Array.isArray(note?.scores) ? note.scores : [];
	const parts = roles.flatMap(([written, target], index): EventArgument[] => {
		// An event as argument stands for its trigger.
		const mention = mentions.get(events.get(target)?.trigger ?? target);
		if (!mention) {
			left.addFault(`${id} refers to argument "${target.slice(0, 50)}", which does not exist.`, line);
			return [];
		}
		const base = written.replace(/\d+$/, "");
		const role = typeof names[index] === "string" ? names[index] : plain.has(base) ? base : written;
		const entity = known.has(target) ? target : null;
		return [{ role, span: spanOf(mention), entity, region: null, score: scoreOf(scores[index]) }];
	});
	return { id, type: nameOf(note, type), trigger: spanOf(at), arguments: parts, score: scoreOf(note?.score) };
}
