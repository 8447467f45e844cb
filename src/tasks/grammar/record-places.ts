/** Says where a record stands in the text: what orders records, and how far the text was copied. */
import type { RecordSpec, RecordValues } from "./record-spec.ts";
import type { RecordContext, Thread } from "./record-ways.ts";

export function recordPlaces({ words, order, apart }: RecordSpec) {
	/** Tokens of the text before each word, and all of them. */
	const firstToken = [0];
	for (const ids of words) firstToken.push(firstToken.at(-1)! + ids.length);

	const placeOf = (values: RecordValues, rank: number): number => {
		const value = values[order[rank]!]!;
		if (typeof value === "number") return value;
		return apart && rank === 0 ? value.to - 1 : value.from;
	};
	const placesOf = (values: RecordValues): number[] => order.map((_, rank) => placeOf(values, rank));

	/** The first of all the places that a record may mean. */
	const first = (whole: readonly RecordValues[]): RecordValues | null =>
		whole.reduce<RecordValues | null>(
			(best, values) => (best === null || isBefore(placesOf(values), placesOf(best)) ? values : best),
			null,
		);

	/** Tokens of the text up to the last word of a record; `otherwise` where it has copied none yet. */
	function copiedBy(values: RecordValues, otherwise: number): number {
		const span = values.findLast((value) => typeof value === "object");
		return span === undefined ? otherwise : firstToken[span.to]!;
	}

	/** The same of a record that is being written. The comma of a word does not count as a token of the text. */
	function copiedIn(context: RecordContext, { before, word, at, depth }: Thread): number {
		if (word < 0 || (word === at && depth === 0)) return copiedBy(before, context.copied);
		return firstToken[word]! + Math.min(depth, words[word]!.length);
	}

	return { placesOf, first, copiedBy, copiedIn };
}

function isBefore(a: readonly number[], b: readonly number[]): boolean {
	const rank = a.findIndex((place, i) => place !== b[i]);
	return rank >= 0 && a[rank]! < b[rank]!;
}
