/** Reads a plain text as one post; a long one as several, cut between paragraphs. */
import { MAX_TEXT } from "../../core/limits.ts";
import { nameOf, stemOf } from "../files.ts";
import type { Found, InputFile, Peek, Reader, ReadOptions, TextPiece } from "../types.ts";
import { openText, readText } from "./decode.ts";

/** Characters of a text file: twenty posts of the longest. */
const MAX_PLAIN = 20 * MAX_TEXT;
const ENDINGS = new Set(["txt", "md", "text", "log"]);

interface TextPart {
	readonly text: string;
	/** Where it begins in the whole. */
	readonly start: number;
}

/** Cuts a long text into parts that the engine takes: at an empty line, else a line, a sentence, a blank. */
function partsOf(text: string, limit = MAX_TEXT): TextPart[] {
	const parts: TextPart[] = [];
	for (let from = 0; from < text.length; ) {
		const end = text.length - from <= limit ? text.length : from + breakBefore(text.slice(from, from + limit));
		const piece = text.slice(from, end);
		const start = from + (piece.length - piece.trimStart().length);
		if (piece.trim() !== "") parts.push({ text: piece.trim(), start });
		from = end;
	}
	return parts;
}

function breakBefore(text: string): number {
	for (const pattern of [/\n[ \t\r]*\n/g, /\n/g, /[.!?…。！？]["'”’)]*\s/gu, /\s/g]) {
		const last = [...text.matchAll(pattern)].at(-1);
		if (last && last.index > text.length / 4) return last.index + last[0].length;
	}
	// Never between the halves of a letter.
	return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length;
}

/** Posts of a long text: `pieces` of the whole become those of the parts. */
export function* postsOfText(
	file: string,
	whole: string,
	place: { readonly page?: number; readonly line?: number } = {},
	pieces?: readonly TextPiece[],
): Generator<Found, void> {
	const parts = partsOf(whole);
	const name = place.page === undefined ? stemOf(nameOf(file)) : `${nameOf(file)}#page=${place.page}`;
	for (const [at, { text, start }] of parts.entries()) {
		const own = pieces ? shifted(pieces, start, text.length) : [];
		const from = { start: 0, end: text.length, sourceStart: start, sourceEnd: start + text.length };
		const moved = pieces ? { pieces: own } : start > 0 ? { pieces: [from] } : {};
		const id = parts.length === 1 ? name : `${name}${place.page === undefined ? "#" : "&"}part=${at + 1}`;
		yield { kind: "post", id, text, pictures: [], source: { file, ...place, ...moved } };
	}
}

/** Pieces that lie in a part, with places in it. */
function shifted(pieces: readonly TextPiece[], start: number, length: number): TextPiece[] {
	return pieces.flatMap((piece) => {
		const from = Math.max(piece.start, start);
		const to = Math.min(piece.end, start + length);
		if (from >= to) return [];
		const linear = piece.end - piece.start === piece.sourceEnd - piece.sourceStart;
		const source = linear
			? { sourceStart: piece.sourceStart + from - piece.start, sourceEnd: piece.sourceEnd - (piece.end - to) }
			: {};
		return [{ ...piece, ...source, start: from - start, end: to - start }];
	});
}

async function* readPlain(file: InputFile, { encoding }: ReadOptions): AsyncGenerator<Found, void> {
	const source = await openText(file, encoding);
	const text = await readText(source, MAX_PLAIN);
	if (text.trim() === "") yield { kind: "left-out", why: "Skipped because they have no text" };
	else yield* postsOfText(file.path, text);
	const note = source.note();
	if (note !== null) yield { kind: "note", text: note };
}

export const plain = {
	title: "a text",
	isDocument: true,
	recognises: ({ ending, text, bytes }: Peek) =>
		ENDINGS.has(ending) || (ending === "" && bytes.length > 0 && !/[\0\uFFFD]/.test(text)),
	read: readPlain,
} satisfies Reader;
