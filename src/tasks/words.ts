/** Words of a text: as the model reads them, and as the person wrote them. */
import type { ExtractionContext } from "./context.ts";
import type { WordSpan } from "./query/question.ts";

/** What the model reads of a run of words: joined by one space. */
export function modelText({ words }: Pick<ExtractionContext, "words">, { from, to }: WordSpan): string {
	return words
		.slice(from, to)
		.map(({ model }) => model)
		.join(" ");
}

/** A run of words as a piece of the person's own text, with UTF-16 offsets. */
export function pieceOf(
	{ text, words }: Pick<ExtractionContext, "text" | "words">,
	{ from, to }: WordSpan,
): { text: string; start: number; end: number } {
	const [start, end] = [words[from]!.start, words[to - 1]!.end];
	return { text: text.slice(start, end), start, end };
}

/** Equal for equal runs of words. */
export const spanKey = ({ from, to }: WordSpan): string => `${from} ${to}`;
