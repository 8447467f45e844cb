/**
 * The rules for which part of a found piece is compared. They move F1 by points, so every number is printed with its
 * rule.
 */

export const TRIMMINGS = ["exact", "text", "folded", "trimmed"] as const;
export type Trimming = (typeof TRIMMINGS)[number];

/** As it is printed beside every number. */
export const TRIMMING_RULES = {
	exact: "offsets as annotated",
	text: "the words themselves, wherever they stand",
	folded: "the words in lower case, wherever they stand",
	trimmed: "the words in lower case without outer punctuation, a leading article and # or @, wherever they stand",
} as const satisfies Record<Trimming, string>;

const OUTER = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
const ARTICLE = /^(?:the|an?)\s+(?=\S)/u;

const TEXT_OF = {
	text: (piece: string) => piece,
	folded: (piece: string) => fold(piece),
	trimmed: (piece: string) => {
		const bare = fold(piece).replace(OUTER, "").replace(ARTICLE, "");
		// "$" or "😀" alone would become nothing, and everything like it the same.
		return bare === "" ? fold(piece) : bare;
	},
} as const satisfies Record<Exclude<Trimming, "exact">, (piece: string) => string>;

const fold = (piece: string) => piece.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ");

/** What is compared of `text.slice(start, end)`; UTF-16 offsets. */
export function placeKey(
	text: string,
	{ start, end }: { readonly start: number; readonly end: number },
	rule: Trimming,
): string {
	return rule === "exact" ? `${start}-${end}` : TEXT_OF[rule](text.slice(start, end));
}
