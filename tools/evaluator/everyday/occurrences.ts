/** Where a text stands in another as whole words. */

/** Letters, digits and what belongs to them; scripts without spaces have no borders to look for. */
const WORD = /[\p{L}\p{N}\p{M}_]/u;
const WITHOUT_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/**
 * Every occurrence of `piece` in `text` that neither begins nor ends within a word, from left to right. UTF-16 offsets.
 */
export function textsIn(text: string, piece: string): { readonly start: number; readonly end: number }[] {
	const found: { start: number; end: number }[] = [];
	if (piece === "") return found;
	for (let start = text.indexOf(piece); start >= 0; start = text.indexOf(piece, start + 1)) {
		const end = start + piece.length;
		if (!withinWord(text, start) && !withinWord(text, end)) found.push({ start, end });
	}
	return found;
}

function withinWord(text: string, at: number): boolean {
	const before = Array.from(text.slice(Math.max(0, at - 2), at)).at(-1) ?? "";
	const after = String.fromCodePoint(text.codePointAt(at) ?? 0x20);
	const joins = (character: string) => WORD.test(character) && !WITHOUT_SPACES.test(character);
	return joins(before) && joins(after);
}
