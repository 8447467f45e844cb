/** Finds the piece of a text that an annotation means, whatever its tool counts offsets in. */
import { type CodePoints, codePoints, type Span, wellFormed } from "./offsets.ts";

/** White space that a tool collapsed or replaced does not make another piece. */
const plain = (text: string): string => wellFormed(text).replace(/\s+/gu, " ").trim();

/** Places of one text in every unit that annotation tools count in. */
export class Places {
	readonly points: CodePoints;
	readonly #text: string;
	/** Each turns an offset into UTF-16 units; null: it is past the text. The usual unit comes first. */
	readonly #units: readonly ((offset: number) => number | null)[];

	/** @param mark whether the file began with a byte order mark, which some tools count */
	constructor(text: string, { mark = false }: { readonly mark?: boolean } = {}) {
		this.points = codePoints(text);
		this.#text = text;
		const byPoints = (offset: number) =>
			offset >= 0 && offset <= this.points.length ? this.points.toUtf16(offset) : null;
		const byUnits = (offset: number) => (offset >= 0 && offset <= text.length ? offset : null);
		const joined = /\r\n/.test(text) ? joinedBreaks(text) : null;
		this.#units = [
			byPoints,
			...(text.length === this.points.length ? [] : [byUnits]),
			...(mark ? [(offset: number) => byPoints(offset - 1), (offset: number) => byUnits(offset - 1)] : []),
			...(joined === null ? [] : [(offset: number) => joined[offset] ?? null]),
		];
	}

	/**
	 * The pieces as UTF-16 offsets, in the unit that gives the words that were marked, exactly or but for white space.
	 * @param stated the words; absent: nothing can be compared
	 * @returns null when they leave the text, are empty, or no unit gives the words
	 */
	find(pieces: readonly Span[], stated?: string): Span[] | null {
		const found = this.#units.flatMap((unit) => {
			const spans = pieces.map(({ start, end }) => ({ start: unit(start), end: unit(end) }));
			return spans.every(isWhole) ? [spans] : [];
		});
		if (stated === undefined) return found[0] ?? null;
		const read = (spans: readonly Span[]) => spans.map(({ start, end }) => this.#text.slice(start, end)).join(" ");
		return (
			found.find((spans) => wellFormed(read(spans)) === stated) ??
			found.find((spans) => plain(read(spans)) === plain(stated) && plain(stated) !== "") ??
			null
		);
	}

	/** What stands there in the usual unit, for a message. */
	read(pieces: readonly Span[]): string {
		return pieces
			.map(({ start, end }) => this.#text.slice(this.points.toUtf16(start), this.points.toUtf16(end)))
			.join(" ");
	}
}

const isWhole = (span: { readonly start: number | null; readonly end: number | null }): span is Span =>
	span.start !== null && span.end !== null && span.start < span.end;

/** Where each code point stands for a tool that reads a line break of two characters as one. */
function joinedBreaks(text: string): readonly number[] {
	const units: number[] = [];
	let at = 0;
	for (const character of text) {
		if (!(character === "\n" && text[at - 1] === "\r")) units.push(at);
		at += character.length;
	}
	return [...units, at];
}
