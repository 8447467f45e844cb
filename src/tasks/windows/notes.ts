/** Puts the notes of many windows into a few sentences about the whole text. */

/** Pieces that are named one by one; a person looks at a few. */
const MAX_NAMED = 5;
const MAX_QUOTE = 60;

/** How many windows were read. */
export interface ReadParts {
	readonly read: number;
	readonly of: number;
}

/** Counts notes that say the same, but for their numbers. */
export class NoteCounter {
	readonly #seen = new Map<string, { readonly note: string; count: number }>();
	#windows = 0;

	/** @param notes of one window */
	add(notes: readonly string[]): void {
		this.#windows++;
		for (const note of new Set(notes)) {
			const key = note.replace(/\d+/g, "0");
			const before = this.#seen.get(key);
			if (before) before.count++;
			else this.#seen.set(key, { note, count: 1 });
		}
	}

	/** A note of all windows as it is; of some with their number. */
	all(): string[] {
		return [...this.#seen].map(([key, { note, count }]) => {
			const example = key === note ? "" : ", for example";
			return count === this.#windows && example === ""
				? note
				: `In ${count} of ${this.#windows} parts${example}: ${note}`;
		});
	}
}

const numeral = (value: number) => value.toLocaleString("en");

/** Says of each piece of the text that something may be missing there. */
export function unfinishedNotes(
	text: string,
	pieces: ReadonlyArray<{ readonly start: number; readonly end: number }>,
): string[] {
	const named = pieces.slice(0, MAX_NAMED).map(({ start, end }) => {
		const piece = text.slice(start, end).replace(/\s+/gu, " ");
		const quote = piece.length > MAX_QUOTE ? `${piece.slice(0, MAX_QUOTE).replace(/[\uD800-\uDBFF]$/, "")}…` : piece;
		return `Some results may be missing in “${quote}” (characters ${numeral(start + 1)} to ${numeral(end)}).`;
	});
	const more = pieces.length - named.length;
	return more > 0 ? [...named, `Some results may be missing in ${numeral(more)} more parts of the text.`] : named;
}

/** Marks a result that is not complete yet, and stays with it when a person cancels. */
export function partsNote(parts: ReadParts | null): string[] {
	return parts === null ? [] : [`Partial result: ${numeral(parts.read)} of ${numeral(parts.of)} parts were read.`];
}
