/** Goes in: .txt and .ann files, or a .zip of them. Comes out: posts with their annotations. The files are not trusted. */
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Relation } from "../core/result.ts";
import { LINE_BREAKS, NOTE_TYPE } from "./brat.ts";
import { baseName, checkItems, checkSizes, importedResult, textOf, wrong } from "./checks.ts";
import { codePoints, type Span, wellFormed } from "./offsets.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile } from "./types.ts";
import { unpack } from "./zip.ts";

const ONLY_BREAKS = new RegExp(`^[${LINE_BREAKS}]+$`);

interface Mention {
	readonly type: string;
	readonly pieces: readonly Span[];
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** The lines of an .ann by what they are; `left` are kinds we have no place for. */
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
export function readBrat(given: readonly InFile[]): readonly ExportItem[] {
	checkSizes(given);
	const files = given.flatMap((file) => (/\.zip$/i.test(file.name) ? unpack(file) : [file]));
	checkSizes(files);
	const stem = (name: string) => name.replace(/\.[^./\\]*$/, "");
	const annotated = new Map(files.filter(({ name }) => /\.ann$/i.test(name)).map((file) => [stem(file.name), file]));
	const texts = files.filter(({ name }) => /\.txt$/i.test(name));
	for (const name of annotated.keys())
		if (!texts.some((file) => stem(file.name) === name)) throw wrong(`${name}.ann has no ${name}.txt beside it.`);
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
		throw wrong(`${name} has ${lines.length} lines; at most ${4 * IMPORT_LIMITS.records} are read.`);
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
		if (type === "") throw wrong(`${where}: "${data.slice(0, 50)}" is no type with offsets.`);
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
	said: string,
	text: string,
	toUtf16: (point: number) => number,
	where: string,
): Mention {
	const pieces = offsets.split(";").map((piece) => {
		const [start = 0, end = 0] = piece.split(" ").map(Number);
		return { start: toUtf16(start), end: toUtf16(end) };
	});
	const reads = pieces.map(({ start, end }) => wellFormed(text.slice(start, end))).join(" ");
	if (reads === "" || reads.replace(/\s/gu, " ") !== said.replace(/\s/gu, " "))
		throw wrong(`${where}: it should read "${said.slice(0, 50)}", the text there says "${reads.slice(0, 50)}".`);
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

/** What a person annotated is certain; what a model did says how sure it was. */
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
				: [
						`${left} lines of ${name} were left out: attributes, equivalences, and relations that do not join two entities.`,
					],
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
	if (!at) throw wrong(`${name}: event ${id} has the trigger "${trigger.slice(0, 50)}", which is not there.`);
	const spanOf = ({ text, start, end }: Mention) => ({ text, start, end });
	const plain = new Set(roles.map(([role]) => role));
	const names = Array.isArray(note?.roles) ? note.roles : [];
	const scores = Array.isArray(note?.scores) ? note.scores : [];
	const parts = roles.map(([written, target], index): EventArgument => {
		// An event as argument stands for its trigger.
		const mention = mentions.get(events.get(target)?.trigger ?? target);
		if (!mention) throw wrong(`${name}: event ${id} has the argument "${target.slice(0, 50)}", which is not there.`);
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
