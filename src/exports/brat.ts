/** brat's standoff format: a .txt and an .ann for each post. `read-brat.ts` is the way back. */
import type { Entity, EventArgument, ExtractedEvent } from "../core/result.ts";
import { LINE_BREAKS, NOTE_TYPE } from "./brat-names.ts";
import { type CodePoints, codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import { readBrat } from "./read-brat.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

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
