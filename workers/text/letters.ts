/**
 * A word as a list of letters that remember where in the text each came from, so that a tokenizer may rewrite it and
 * places stay exact.
 */

/** One code point as the model reads it, and the UTF-16 units [start, end) of the text that it stands for. */
export interface Letter {
	readonly char: string;
	readonly start: number;
	readonly end: number;
}
export type Letters = readonly Letter[];

/**
 * The code points of `text`; an unpaired surrogate is read as U+FFFD.
 * @param offset place of `text` in what places count in
 */
export function lettersOf(text: string, offset = 0): Letter[] {
	const letters: Letter[] = [];
	let start = offset;
	for (const char of text) {
		const end = start + char.length;
		letters.push({ char: isSurrogate(char) ? "\uFFFD" : char, start, end });
		start = end;
	}
	return letters;
}

const isSurrogate = (char: string) => char.length === 1 && char >= "\uD800" && char <= "\uDFFF";

export function textOf(letters: Letters): string {
	let text = "";
	for (const { char } of letters) text += char;
	return text;
}

/** `text` in place of all of `letters` (one at least): each of its code points stands for everything they stood for. */
export function replaced(letters: Letters, text: string): Letter[] {
	const [start, end] = [letters[0]!.start, letters.at(-1)!.end];
	return Array.from(text, (char) => ({ char, start, end }));
}

/** Each letter on its own as what `rewrite` makes of it. */
export function rewritten(letters: Letters, rewrite: (char: string) => string): Letter[] {
	return letters.flatMap((letter) => {
		const text = rewrite(letter.char);
		return text === letter.char ? letter : replaced([letter], text);
	});
}

/**
 * Runs of letters between those that are `apart`; "removed": those are left out, "isolated": each is a run of its own.
 */
export function split(
	letters: Letters,
	apart: (char: string) => boolean,
	behaviour: "removed" | "isolated",
): Letters[] {
	const runs: Letter[][] = [];
	let run: Letter[] = [];
	for (const letter of letters) {
		if (!apart(letter.char)) {
			run.push(letter);
			continue;
		}
		if (run.length > 0) runs.push(run);
		run = [];
		if (behaviour === "isolated") runs.push([letter]);
	}
	if (run.length > 0) runs.push(run);
	return runs;
}

/** Finds texts of a closed set in letters; the longest one wins. */
export interface Finder {
	/** Number of letters that the text found at `at` takes up, and which it is; null: none begins there. */
	at(letters: Letters, at: number): { readonly length: number; readonly id: number } | null;
}

const ONLY_BEGINNING = -1;

/** @param texts none of them empty, with ids from 0 on */
export function createFinder(texts: ReadonlyMap<string, number>): Finder {
	const beginnings = withBeginnings(texts);
	return {
		at(letters, at) {
			let found: ReturnType<Finder["at"]> = null;
			let text = "";
			for (let end = at; end < letters.length; end++) {
				text += letters[end]!.char;
				const id = beginnings.get(text);
				if (id === undefined) break;
				if (id !== ONLY_BEGINNING) found = { length: end + 1 - at, id };
			}
			return found;
		},
	};
}

/** Every beginning of a text with its id where it is one itself, else -1: a search looks no further than texts go. */
export function withBeginnings(texts: ReadonlyMap<string, number>): Map<string, number> {
	const beginnings = new Map(texts);
	for (const whole of texts.keys()) {
		let text = "";
		for (const char of whole) {
			text += char;
			if (!beginnings.has(text)) beginnings.set(text, ONLY_BEGINNING);
		}
	}
	return beginnings;
}
