/** Orders the words of a form or a table by their boxes, and says which block may answer which. */
import { Failure } from "../../core/failure.ts";

/** A word, or a few, where it is drawn: `[x1, y1, x2, y2]` in pixels of the page. */
export interface PositionedWord {
	readonly text: string;
	readonly box: readonly [number, number, number, number];
}

type Box = PositionedWord["box"];

/** Words that stand together on a line. */
interface Block {
	/** UTF-16 offsets in the text. */
	readonly start: number;
	readonly end: number;
	readonly box: Box;
}

export interface TextLayout {
	/** Blocks are separated by spaces within a line, by a line break after it. */
	readonly text: string;
	/** In text order. */
	readonly blocks: readonly Block[];
	/** Pieces of the text and their boxes, in text order. */
	readonly pieces: readonly Block[];
}

/** More than a page of small print has. */
export const MAX_POSITIONED_WORDS = 5_000;
/** A gap wider than this many line heights begins another block: a column, or the value beside its key. */
const WIDE_GAP = 1.2;

/**
 * Orders words line by line. Words whose middles lie within each other's height are on one line; a wide gap splits it
 * into blocks.
 * @throws Failure `usage` for boxes without finite numbers or for too many words, `text-empty` when no word has
 * text
 */
export function layOutWords(words: readonly PositionedWord[]): TextLayout {
	if (words.length > MAX_POSITIONED_WORDS)
		throw new Failure("usage", `The layout has ${words.length} words; the limit is ${MAX_POSITIONED_WORDS}.`);
	const usable = words.flatMap(({ text, box }) => {
		if (box.length !== 4 || !box.every(Number.isFinite))
			throw new Failure("usage", `The box of "${text.slice(0, 40)}": expected four numbers.`);
		const clean = text.trim().replace(/\s+/gu, " ");
		return clean === "" ? [] : [{ text: clean, box }];
	});
	if (usable.length === 0) throw new Failure("text-empty", "The layout has no text.");
	let text = "";
	const blocks: Block[] = [];
	const pieces: Block[] = [];
	for (const line of groupLines(usable)) {
		if (text !== "") text += "\n";
		for (const [i, block] of splitLine(line).entries()) {
			if (i > 0) text += "  ";
			const start = text.length;
			for (const [j, word] of block.entries()) {
				if (j > 0) text += " ";
				pieces.push({ start: text.length, end: text.length + word.text.length, box: word.box });
				text += word.text;
			}
			blocks.push({ start, end: text.length, box: around(block.map(({ box }) => box)) });
		}
	}
	return { text, blocks, pieces };
}

const middle = ([, y1, , y2]: Box) => (y1 + y2) / 2;
const height = ([, y1, , y2]: Box) => Math.max(1, y2 - y1);

function groupLines(words: readonly PositionedWord[]): PositionedWord[][] {
	const lines: PositionedWord[][] = [];
	for (const word of [...words].sort((a, b) => middle(a.box) - middle(b.box))) {
		const line = lines.at(-1);
		const [first] = line ?? [];
		if (
			line &&
			first &&
			Math.abs(middle(word.box) - middle(first.box)) < Math.min(height(word.box), height(first.box)) / 2
		)
			line.push(word);
		else lines.push([word]);
	}
	return lines.map((line) => line.sort((a, b) => a.box[0] - b.box[0]));
}

function splitLine(line: readonly PositionedWord[]): PositionedWord[][] {
	const blocks: PositionedWord[][] = [];
	for (const word of line) {
		const before = blocks.at(-1)?.at(-1);
		const apart = before && word.box[0] - before.box[2] > WIDE_GAP * Math.max(height(word.box), height(before.box));
		if (before && !apart) blocks.at(-1)!.push(word);
		else blocks.push([word]);
	}
	return blocks;
}

/** The layout of `text.slice(start, end)`: what lies outside is left out. */
export function sliceLayout({ text, blocks, pieces }: TextLayout, start: number, end: number): TextLayout {
	const inside = (list: readonly Block[]) =>
		list
			.filter((block) => block.start < end && start < block.end)
			.map((block) => ({
				...block,
				start: Math.max(0, block.start - start),
				end: Math.min(end, block.end) - start,
			}));
	return { text: text.slice(start, end), blocks: inside(blocks), pieces: inside(pieces) };
}

/** The smallest box around at least one other. */
export function around(boxes: readonly Box[]): Box {
	return [
		Math.min(...boxes.map(([x]) => x)),
		Math.min(...boxes.map(([, y]) => y)),
		Math.max(...boxes.map(([, , x]) => x)),
		Math.max(...boxes.map(([, , , y]) => y)),
	];
}

/** Box around everything that is drawn of a piece of the text; null where nothing is. */
export function boxOf(
	{ pieces }: TextLayout,
	{ start, end }: { readonly start: number; readonly end: number },
): Box | null {
	const inside = pieces.filter((piece) => piece.start < end && start < piece.end);
	return inside.length === 0 ? null : around(inside.map(({ box }) => box));
}

/**
 * Whether a value may stand at `value` for a key at `key`: in the same block, to its right on the same line, or below
 * it in the same column (RE²: the regions' relative places say which pairs can belong together).
 */
export function mayAnswer(key: Box, value: Box): boolean {
	const overlapX = Math.min(key[2], value[2]) - Math.max(key[0], value[0]);
	const overlapY = Math.min(key[3], value[3]) - Math.max(key[1], value[1]);
	const rightOf = overlapY > 0 && value[0] >= key[2];
	const below = overlapX > 0 && value[1] >= key[3] - height(key) / 2;
	return rightOf || below;
}
