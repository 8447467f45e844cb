/** The words of a post as the model reads them, cut where a mention begins or ends inside a word. */
import { prepareText, type Word } from "../core/text.ts";

/** The words of a text; none where nothing visible is there. */
function wordsOf(text: string): readonly Word[] {
	return /[^\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u.test(text)
		? prepareText(text, "post").words
		: [];
}

/**
 * @param cuts UTF-16 offsets; a word that one of them lies in becomes two, so that every mention is a run of whole
 * words
 */
export function tokensOf(text: string, cuts: readonly number[]): Word[] {
	return wordsOf(text).flatMap((word) => {
		const inside = [...new Set(cuts)].filter((cut) => word.start < cut && cut < word.end).sort((a, b) => a - b);
		if (inside.length === 0) return [word];
		const edges = [word.start, ...inside, word.end];
		return edges.slice(1).flatMap((end, index) => {
			const start = edges[index]!;
			return wordsOf(text.slice(start, end)).map((piece) => ({
				...piece,
				start: start + piece.start,
				end: start + piece.end,
			}));
		});
	});
}

/** Index of the first word and of the one after the last that a span touches; null when it touches none. */
export function tokenRange(
	tokens: readonly Word[],
	{ start, end }: { readonly start: number; readonly end: number },
): [number, number] | null {
	const first = tokens.findIndex((token) => token.end > start);
	if (first < 0 || tokens[first]!.start >= end) return null;
	const after = tokens.findIndex((token) => token.start >= end);
	return [first, after < 0 ? tokens.length : after];
}
