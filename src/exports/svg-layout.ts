/** Places a text with its mentions and relations on lines, for a picture of it. Sizes are estimates. */
import { type Look, lookOfType, TRIGGER_LOOK } from "../core/looks.ts";
import type { ExtractionResult } from "../core/result.ts";
import { piecesOf, type Span } from "./offsets.ts";

/** Pixels. */
export const WIDTH = 860;
export const MARGIN = 24;
export const FONT = 16;
export const SMALL_FONT = 11;
const LABEL_HEIGHT = 15;
const ARC_HEIGHT = 18;
const LINE_HEIGHT = 30;

/** Words of a line, one by one, so that each can be stretched to the width that was planned for it. */
interface Word {
	readonly text: string;
	readonly x: number;
	readonly width: number;
}

interface Mark {
	readonly x: number;
	readonly width: number;
	readonly look: Look;
	/** Empty on the second and further pieces. */
	readonly label: string;
	/** Rows above the words: 0 is the lowest. */
	readonly level: number;
}

interface Arc {
	readonly from: number;
	readonly to: number;
	readonly label: string;
	readonly level: number;
}

export interface Line {
	readonly words: readonly Word[];
	readonly marks: readonly Mark[];
	readonly arcs: readonly Arc[];
	/** From the top of the line to the feet of its words. */
	readonly baseline: number;
	/** Rows of labels. */
	readonly labels: number;
}

/** Widths of a common sans-serif font (Helvetica), as shares of the font size. */
const SHARES = new Map(
	Object.entries({
		0.22: "ijl'’‘|",
		0.28: " \u00A0ft.,:;!/\\[]I",
		0.33: "r()-`*{}",
		0.5: "cksvxyzJ",
		0.61: "FTZ+<=>~",
		0.67: "ABEKPSVXY&",
		0.72: "CDHNRUw",
		0.78: "GOQ",
		0.83: "mM",
		0.89: "%",
		0.94: "W",
		1: "@",
	}).flatMap(([share, characters]) => Array.from(characters, (character) => [character, Number(share)] as const)),
);
const WIDE = /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

function shareOf(character: string): number {
	const known = SHARES.get(character);
	if (known !== undefined) return known;
	if (/^[\p{M}\p{Cf}]/u.test(character)) return 0;
	if (WIDE.test(character)) return 1;
	return /^\p{Lu}/u.test(character) ? 0.68 : 0.56;
}

/** Estimated width of a text in pixels. */
export function widthOf(text: string, size: number): number {
	let width = 0;
	for (const character of text) width += shareOf(character) * size;
	return width;
}

/** Where each UTF-16 unit begins, and one place behind the last; and the words to draw. */
interface Wrapped {
	readonly line: Int32Array;
	readonly x: Float64Array;
	readonly words: Word[][];
}

/** Breaks at spaces and at the text's own line breaks; a word that is wider than a line is broken anywhere. */
export function wrap(text: string, size = FONT): Wrapped {
	const line = new Int32Array(text.length + 1);
	const xs = new Float64Array(text.length + 1);
	const words: Word[][] = [[]];
	const room = WIDTH - 2 * MARGIN;
	let x = 0;
	const newLine = () => {
		words.push([]);
		x = 0;
	};
	const put = (part: string, at: number) => {
		const from = x;
		for (let unit = at; unit < at + part.length; ) {
			const character = String.fromCodePoint(text.codePointAt(unit)!);
			for (let k = 0; k < character.length; k++) {
				line[unit + k] = words.length - 1;
				xs[unit + k] = x;
			}
			x += shareOf(character) * size;
			unit += character.length;
		}
		if (part.trim() !== "") words.at(-1)!.push({ text: part, x: from, width: x - from });
	};
	for (const { 0: part, index } of text.matchAll(/\r\n|[\r\n\u2028\u2029]|[^\S\r\n\u2028\u2029]+|\S+/gu)) {
		const isBreak = /^[\r\n\u2028\u2029]/.test(part);
		if (!isBreak && part.trim() !== "" && x > 0 && x + widthOf(part, size) > room) newLine();
		for (const [piece, at] of isBreak ? [["", 0] as const] : piecesWithin(part, room, size)) {
			if (at > 0) newLine();
			put(piece, index + at);
		}
		if (!isBreak) continue;
		for (let unit = index; unit < index + part.length; unit++) [line[unit], xs[unit]] = [words.length - 1, x];
		newLine();
	}
	[line[text.length], xs[text.length]] = [words.length - 1, x];
	return { line, x: xs, words };
}

/** Pieces of a word that fit a line each, with their places in it. */
function piecesWithin(word: string, room: number, size: number): Array<readonly [piece: string, at: number]> {
	const out: Array<readonly [string, number]> = [];
	let from = 0;
	let at = 0;
	let width = 0;
	for (const character of word) {
		const more = shareOf(character) * size;
		if (width + more > room && at > from) {
			out.push([word.slice(from, at), from]);
			[from, width] = [at, 0];
		}
		at += character.length;
		width += more;
	}
	out.push([word.slice(from), from]);
	return out;
}

interface Piece {
	readonly line: number;
	readonly x: number;
	readonly width: number;
}

/** What a span covers on each of its lines. */
function piecesOn({ line, x, words }: Wrapped, { start, end }: Span): Piece[] {
	const pieces: Piece[] = [];
	for (let number = line[start]!; number <= line[Math.max(start, end - 1)]!; number++) {
		const covered = words[number]!;
		const last = covered.at(-1);
		const from = number === line[start] ? x[start]! : 0;
		const to = number === line[end] ? x[end]! : last ? last.x + last.width : from;
		if (to > from) pieces.push({ line: number, x: from, width: to - from });
	}
	return pieces;
}

/** The lowest row on which nothing overlaps. @param taken intervals of each row */
function rowFor(taken: Array<Array<readonly [number, number]>>, from: number, to: number): number {
	const free = taken.findIndex((row) => row.every(([start, end]) => to <= start || end <= from));
	const row = free < 0 ? taken.length : free;
	taken[row] ??= [];
	taken[row].push([from, to]);
	return row;
}

/** The text of a result on its lines, and the relations that no line holds. */
export function layOut({ text, entities, relations, events }: ExtractionResult): {
	readonly lines: readonly Line[];
	/** Ids of relations whose ends stand on different lines. */
	readonly apart: ReadonlySet<string>;
} {
	const wrapped = wrap(text);
	const marks: Mark[][] = wrapped.words.map(() => []);
	const rows: Array<Array<Array<readonly [number, number]>>> = wrapped.words.map(() => []);
	const first = new Map<string, Piece>();
	const mark = (id: string, type: string, look: Look, spans: readonly Span[]) => {
		const pieces = spans.flatMap((span) => piecesOn(wrapped, span));
		if (pieces[0]) first.set(id, pieces[0]);
		for (const [number, piece] of pieces.entries()) {
			const label = number === 0 ? type : "";
			const level = label
				? rowFor(rows[piece.line]!, piece.x, piece.x + Math.max(piece.width, widthOf(label, SMALL_FONT) + 8))
				: 0;
			marks[piece.line]!.push({ x: piece.x, width: piece.width, look, label, level });
		}
	};
	for (const one of entities) mark(one.id, one.type, lookOfType(one.type), piecesOf(one));
	for (const { id, type, trigger } of events) mark(id, type, TRIGGER_LOOK, [trigger]);

	const arcs: Arc[][] = wrapped.words.map(() => []);
	const above: Array<Array<Array<readonly [number, number]>>> = wrapped.words.map(() => []);
	const apart = new Set<string>();
	for (const { id, type, head, tail } of relations) {
		const [a, b] = [first.get(head), first.get(tail)];
		if (a === undefined || b === undefined || a.line !== b.line) {
			apart.add(id);
			continue;
		}
		const [from, to] = [a.x + a.width / 2, b.x + b.width / 2];
		const reach = Math.max(Math.abs(to - from), widthOf(type, SMALL_FONT) + 8) / 2;
		const level = rowFor(above[a.line]!, (from + to) / 2 - reach, (from + to) / 2 + reach);
		arcs[a.line]!.push({ from, to, label: type, level });
	}
	const lines = wrapped.words.map((words, number): Line => {
		const labels = rows[number]!.length;
		const baseline = LINE_HEIGHT + labels * LABEL_HEIGHT + above[number]!.length * ARC_HEIGHT;
		return { words, marks: marks[number]!, arcs: arcs[number]!, baseline, labels };
	});
	return { lines, apart };
}

/** Height of the feet of a label or arc above those of the words, in pixels. */
export const labelRise = (level: number): number => FONT + 6 + level * LABEL_HEIGHT;
export const arcRise = (labels: number, level: number): number =>
	FONT + 10 + labels * LABEL_HEIGHT + level * ARC_HEIGHT;
