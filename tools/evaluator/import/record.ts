/**
 * Joins words into the text of a record, and turns spans of words into offsets in code points, as our data counts
 * them.
 */
import type { Box } from "../predict/contract.ts";

/** Words `from` … `to - 1`. */
export interface WordRange {
	readonly from: number;
	readonly to: number;
}

/** A piece of the text: offsets in code points, as Python counts. */
export interface Mention {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A longer record is not a post. */
export const MAX_WORDS = 10_000;

/** What `prepareText` splits at in mode "tokens": Unicode white space and four control characters. */
const SPACES = new RegExp(`[\\p{White_Space}${String.fromCharCode(0x1c, 0x1d, 0x1e, 0x1f)}]+`, "gu");

/** The text of a record: words joined by one space. White space inside a word is dropped: it would split the word. */
export class JoinedText {
	readonly text: string;
	readonly #starts: number[] = [];
	readonly #words: readonly string[];

	constructor(words: readonly string[]) {
		this.#words = words.map((word) => word.replace(SPACES, ""));
		let at = 0;
		for (const word of this.#words) {
			this.#starts.push(at);
			at += length(word) + Number(word !== "");
		}
		this.text = this.#words.filter((word) => word !== "").join(" ");
	}

	/** null where the range is empty, outside the text, or has no visible character. */
	mention({ from, to }: WordRange): Mention | null {
		if (!(Number.isInteger(from) && Number.isInteger(to)) || from < 0 || to > this.#words.length || from >= to)
			return null;
		const words = this.#words.slice(from, to).filter((word) => word !== "");
		if (words.length === 0) return null;
		const text = words.join(" ");
		const start = this.#starts[from]!;
		return { text, start, end: start + length(text) };
	}
}

const length = (text: string) => [...text].length;

/** A box cut to 0…1 with four digits, as our data writes it; null without area. */
export function unitBoxOf([x1, y1, x2, y2]: Box, width = 1, height = 1): [number, number, number, number] | null {
	const cut = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;
	const box: [number, number, number, number] = [cut(x1 / width), cut(y1 / height), cut(x2 / width), cut(y2 / height)];
	return box[2] > box[0] && box[3] > box[1] ? box : null;
}

/** "twitter_123.jpg" is the picture "twitter_123": data sets write it both ways. */
export function pictureId(name: string): string {
	return name.trim().replace(/\.(?:jpe?g|png|webp)$/i, "");
}
