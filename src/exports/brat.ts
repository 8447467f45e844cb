/**
 * brat's standoff format: a .txt and an .ann for each post. Writes it, and reads it from files that are not trusted.
 */
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Relation } from "../core/result.ts";
import { baseName, checkItems, checkSizes, importedResult, textOf, wrong } from "./checks.ts";
import { type CodePoints, codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import { type ExportItem, type Format, IMPORT_LIMITS, type InFile, type OutFile } from "./types.ts";
import { unpack } from "./zip.ts";

/** What ends a line for Python's `splitlines`, which brat's tools read with. */
const LINE_BREAKS = "\n\v\f\r\u001C\u001D\u001E\u0085\u2028\u2029";
/** Type of our own notes: what brat's names have no letters for. Other tools leave notes of unknown types alone. */
const NOTE_TYPE = "UmieRecord";

/** brat's names are letters, digits, hyphen and underscore. */
const bratName = (name: string): string => name.trim().replace(/[^\p{L}\p{N}_-]+/gu, "_") || "_";

/** A post's id as a file name that every system takes. */
function fileNames(items: readonly ExportItem[]): string[] {
	const taken = new Set<string>();
	return items.map(({ id }) => {
		const plain = id.replace(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 100) || "post";
		let name = plain;
		for (let count = 2; taken.has(name.toLowerCase()); count++) name = `${plain}-${count}`;
		taken.add(name.toLowerCase());
		return name;
	});
}

/** A mention may not hold a line break: it is cut there and becomes discontinuous. */
function withoutBreaks(text: string, { start, end }: Span): Span[] {
	const pieces: Span[] = [];
	let from = start;
	for (const { 0: found, index } of text.slice(start, end).matchAll(new RegExp(`[${LINE_BREAKS}]+`, "g"))) {
		pieces.push({ start: from, end: start + index });
		from = start + index + found.length;
	}
	return [...pieces, { start: from, end }].filter((piece) => piece.start < piece.end);
}

/** Collects the lines of one .ann; ids count from 1 by kind. */
class AnnotationLines {
	readonly lines: string[] = [];
	readonly #text: string;
	readonly #points: CodePoints;
	readonly #counts = new Map<string, number>();

	constructor(text: string) {
		this.#text = text;
		this.#points = codePoints(text);
	}

	add(kind: "T" | "R" | "E" | "#", rest: string): string {
		const count = (this.#counts.get(kind) ?? 0) + 1;
		this.#counts.set(kind, count);
		this.lines.push(`${kind}${count}\t${rest}`);
		return `${kind}${count}`;
	}

	/** @returns the id; null when nothing but line breaks is in it */
	span(type: string, pieces: readonly Span[]): string | null {
		const kept = pieces.flatMap((piece) => withoutBreaks(this.#text, piece));
		if (kept.length === 0) return null;
		const offsets = kept
			.map(({ start, end }) => `${this.#points.fromUtf16(start)} ${this.#points.fromUtf16(end)}`)
			.join(";");
		const words = kept.map(({ start, end }) => wellFormed(this.#text.slice(start, end))).join(" ");
		return this.add("T", `${bratName(type)} ${offsets}\t${words}`);
	}

	note(target: string, record: object): void {
		const breaks = new RegExp(`[${LINE_BREAKS}]`, "g");
		const json = JSON.stringify(record).replace(
			breaks,
			(one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
		);
		this.add("#", `${NOTE_TYPE} ${target}\t${json}`);
	}
}

function annotations({ result: { text, entities, relations, events } }: ExportItem): string {
	const ann = new AnnotationLines(text);
	const ids = new Map<string, string>();
	for (const entity of entities) writeEntity(ann, entity, ids);
	for (const { type, head, tail, score } of relations) {
		const [from, to] = [ids.get(head), ids.get(tail)];
		// An end that is an object of the picture has no place in a text.
		if (from !== undefined && to !== undefined)
			ann.note(ann.add("R", `${bratName(type)} Arg1:${from} Arg2:${to}`), { type, score });
	}
	for (const event of events) writeEvent(ann, event, ids);
	return ann.lines.map((line) => `${line}\n`).join("");
}

function writeEntity(ann: AnnotationLines, entity: Entity, ids: Map<string, string>): void {
	const id = ann.span(entity.type, piecesOf(entity));
	if (id === null) return;
	ids.set(entity.id, id);
	ann.note(id, { type: entity.type, score: entity.score });
}

function writeEvent(
	ann: AnnotationLines,
	{ type, trigger, score, arguments: parts }: ExtractedEvent,
	ids: ReadonlyMap<string, string>,
): void {
	const at = ann.span(type, [trigger]);
	if (at === null) return;
	const fillers = parts.flatMap((part) => {
		const id = fillerOf(ann, part, ids);
		return id === null ? [] : [{ id, role: part.role, score: part.score }];
	});
	const counts = new Map<string, number>();
	// Roles of one event are told apart by a number from the second on, as in brat's own examples (Theme, Theme2).
	const named = fillers.map(({ id, role }) => {
		const count = (counts.get(role) ?? 0) + 1;
		counts.set(role, count);
		return ` ${bratName(role)}${count === 1 ? "" : count}:${id}`;
	});
	const event = ann.add("E", `${bratName(type)}:${at}${named.join("")}`);
	ann.note(event, {
		type,
		score,
		roles: fillers.map(({ role }) => role),
		scores: fillers.map((filler) => filler.score),
	});
}

/** Null for an object of the picture. */
function fillerOf(
	ann: AnnotationLines,
	{ role, span, entity }: EventArgument,
	ids: ReadonlyMap<string, string>,
): string | null {
	const known = entity === null ? undefined : ids.get(entity);
	if (known !== undefined) return known;
	const id = span && ann.span(role, [span]);
	if (id) ann.note(id, { argument: true });
	return id;
}

/**
 * brat standoff (brat.nlplab.org/standoff.html). Offsets are those of a Python string: code points, end exclusive;
 * pieces of a discontinuous mention are parted by ";". Names that brat has no letters for, and scores, stand in notes
 * beside their record.
 */
function writeBrat(items: readonly ExportItem[]): OutFile[] {
	const names = fileNames(items);
	return items.flatMap((item, index) => [
		{ path: `${names[index]}.txt`, text: item.result.text },
		{ path: `${names[index]}.ann`, text: annotations(item) },
	]);
}

const ONLY_BREAKS = new RegExp(`^[${LINE_BREAKS}]+$`);

interface Mention {
	readonly type: string;
	readonly pieces: readonly Span[];
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** The lines of an .ann by kind; `left` counts lines of kinds that a result cannot hold. */
interface Annotations {
	readonly mentions: Map<string, Mention>;
	readonly relations: Map<string, { readonly type: string; readonly head: string; readonly tail: string }>;
	readonly events: Map<
		string,
		{ readonly type: string; readonly trigger: string; readonly roles: ReadonlyArray<readonly [string, string]> }
	>;
	readonly notes: Map<string, Readonly<Record<string, unknown>>>;
	left: number;
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readBrat(given: readonly InFile[]): readonly ExportItem[] {
	checkSizes(given);
	const files = given.flatMap((file) => (/\.zip$/i.test(file.name) ? unpack(file) : [file]));
	checkSizes(files);
	const stem = (name: string) => name.replace(/\.[^./\\]*$/, "");
	const annotated = new Map(files.filter(({ name }) => /\.ann$/i.test(name)).map((file) => [stem(file.name), file]));
	const texts = files.filter(({ name }) => /\.txt$/i.test(name));
	for (const name of annotated.keys())
		if (!texts.some((file) => stem(file.name) === name))
			throw wrong(`${name}.ann needs its text, ${name}.txt, which is missing.`);
	const items = texts.map((file): ExportItem => {
		const annotations = annotated.get(stem(file.name));
		return {
			id: baseName(file.name) || "post",
			image: null,
			result: readOne(textOf(file), annotations ? textOf(annotations) : "", annotations?.name ?? ""),
		};
	});
	return checkItems(items, "The brat files");
}

function readOne(text: string, ann: string, name: string): ExtractionResult {
	const found: Annotations = {
		mentions: new Map(),
		relations: new Map(),
		events: new Map(),
		notes: new Map(),
		left: 0,
	};
	const points = codePoints(text);
	const lines = ann.split(/\r?\n/);
	if (lines.length > 4 * IMPORT_LIMITS.records)
		throw wrong(`${name} has ${lines.length} lines; the limit is ${4 * IMPORT_LIMITS.records}.`);
	for (const [index, line] of lines.entries())
		if (line.trim() !== "") readLine(line, text, points.toUtf16, found, `${name}, line ${index + 1}`);
	return assemble(text, found, name);
}

const MENTION = /^(\S+) (\d{1,7} \d{1,7}(?:;\d{1,7} \d{1,7})*)$/;

function readLine(
	line: string,
	text: string,
	toUtf16: (point: number) => number,
	found: Annotations,
	where: string,
): void {
	const [id = "", data = "", ...rest] = line.split("\t");
	const words = data.trim().split(/\s+/);
	if (id.startsWith("T")) {
		const [, type = "", offsets = ""] = MENTION.exec(data) ?? [];
		if (type === "") throw wrong(`${where}: expected a type and offsets, found "${data.slice(0, 50)}".`);
		found.mentions.set(id, mentionOf(type, offsets, rest.join("\t"), text, toUtf16, where));
	} else if (id.startsWith("R")) {
		const ends = new Map(words.slice(1).map((word): [string, string] => splitAt(word)));
		const [head, tail] = [...ends.values()];
		if (!words[0] || head === undefined || tail === undefined)
			throw wrong(`${where}: a relation needs a type and two arguments.`);
		found.relations.set(id, { type: words[0], head: ends.get("Arg1") ?? head, tail: ends.get("Arg2") ?? tail });
	} else if (id.startsWith("E")) {
		const [first, ...roles] = words.map(splitAt);
		if (!first?.[1]) throw wrong(`${where}: an event needs a type and a trigger.`);
		found.events.set(id, { type: first[0], trigger: first[1], roles });
	} else if (id.startsWith("#") && words[0] === NOTE_TYPE && words[1] !== undefined) {
		const note = noteOf(rest.join("\t"));
		if (note) found.notes.set(words[1], note);
	} else if (!id.startsWith("#")) found.left++;
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

function mentionOf(
	type: string,
	offsets: string,
	stated: string,
	text: string,
	toUtf16: (point: number) => number,
	where: string,
): Mention {
	const pieces = offsets.split(";").map((piece) => {
		const [start = 0, end = 0] = piece.split(" ").map(Number);
		return { start: toUtf16(start), end: toUtf16(end) };
	});
	const reads = pieces.map(({ start, end }) => wellFormed(text.slice(start, end))).join(" ");
	if (reads === "" || reads.replace(/\s/gu, " ") !== stated.replace(/\s/gu, " "))
		throw wrong(`${where} says "${stated.slice(0, 50)}", but the text there reads "${reads.slice(0, 50)}".`);
	const [start, end] = [pieces[0]!.start, pieces.at(-1)!.end];
	return { type, pieces: joined(text, pieces), start, end, text: text.slice(start, end) };
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

function assemble(text: string, found: Annotations, name: string): ExtractionResult {
	const { mentions, relations, events, notes } = found;
	const triggers = new Set([...events.values()].map(({ trigger }) => trigger));
	const entities = [...mentions].flatMap(([id, mention]): Entity[] => {
		const note = notes.get(id);
		if (triggers.has(id) || note?.argument === true) return [];
		const { start, end, pieces } = mention;
		const fragments = pieces.length > 1 ? { fragments: [...pieces] } : {};
		return [
			{
				id,
				type: nameOf(note, mention.type),
				text: mention.text,
				start,
				end,
				score: scoreOf(note?.score),
				regions: [],
				...fragments,
			},
		];
	});
	const known = new Set(entities.map(({ id }) => id));
	const between = [...relations].flatMap(([id, { type, head, tail }]): Relation[] => {
		if (!known.has(head) || !known.has(tail)) return [];
		return [{ id, type: nameOf(notes.get(id), type), head, tail, score: scoreOf(notes.get(id)?.score) }];
	});
	const left = found.left + relations.size - between.length;
	return importedResult({
		text,
		image: null,
		entities,
		relations: between,
		events: [...events].map(([id, event]) => eventOf(id, event, found, known, name)),
		notes:
			left === 0
				? []
				: [`${left} lines of ${name} were left out: attributes, equivalences, and relations without two entities.`],
	});
}

function eventOf(
	id: string,
	{
		type,
		trigger,
		roles,
	}: { readonly type: string; readonly trigger: string; readonly roles: ReadonlyArray<readonly [string, string]> },
	{ mentions, events, notes }: Annotations,
	known: ReadonlySet<string>,
	name: string,
): ExtractedEvent {
	const note = notes.get(id);
	const at = mentions.get(trigger);
	if (!at) throw wrong(`${name}: event ${id} refers to trigger "${trigger.slice(0, 50)}", which does not exist.`);
	const spanOf = ({ text, start, end }: Mention) => ({ text, start, end });
	const plain = new Set(roles.map(([role]) => role));
	const names = Array.isArray(note?.roles) ? note.roles : [];
	const scores = Array.isArray(note?.scores) ? note.scores : [];
	const parts = roles.map(([written, target], index): EventArgument => {
		// An event as argument stands for its trigger.
		const mention = mentions.get(events.get(target)?.trigger ?? target);
		if (!mention)
			throw wrong(`${name}: event ${id} refers to argument "${target.slice(0, 50)}", which does not exist.`);
		const base = written.replace(/\d+$/, "");
		const role = typeof names[index] === "string" ? names[index] : plain.has(base) ? base : written;
		return {
			role,
			span: spanOf(mention),
			entity: known.has(target) ? target : null,
			region: null,
			score: scoreOf(scores[index]),
		};
	});
	return { id, type: nameOf(note, type), trigger: spanOf(at), arguments: parts, score: scoreOf(note?.score) };
}

export const brat: Format = {
	title: "brat standoff",
	about: "A .txt and an .ann for each post, for brat and tools that read its format",
	leavesOut: "boxes, and relations with them",
	extension: ".ann",
	files: "several",
	mediaType: "text/plain",
	offsets: "code points",
	write: writeBrat,
	reader: {
		recognisesNames: (names) => names.some((name) => /\.(ann|zip|txt)$/i.test(name)),
		read: readBrat,
		restores: { fragments: true, scores: true },
	},
};
