/** Counts the fewest tokens in which a record can still end, so that none is begun that could not be finished. */
import type { Field, RecordSpec, RecordValues } from "./record-spec.ts";
import { heldBy, type RecordContext, type RecordWays, type Thread } from "./record-ways.ts";

export function recordCosts(spec: RecordSpec, { hasNext, begin }: RecordWays) {
	const { fields, words, closed, allows } = spec;
	const commas = tokensToComma(spec, hasNext);
	const leasts = leastTokens(spec, commas);

	/**
	 * Fewest tokens from the beginning of `field` to the end of the record. Without `allows` only the last record's
	 * places count, not what is before.
	 */
	function toEnd(context: RecordContext, field: number, before: RecordValues, tied: boolean): number {
		if (field === fields.length) return 0;
		const key = `${field} ${tied} ${allows ? JSON.stringify(before) : ""}`;
		let fewest = context.needs.get(key);
		if (fewest === undefined) {
			fewest = Number.POSITIVE_INFINITY;
			for (const thread of begin(context, field, before, tied)) {
				fewest = Math.min(fewest, need(context, thread));
				// It cannot get better: without this a long text costs words × words for every record.
				if (fewest <= leasts[field]!) break;
			}
			context.needs.set(key, fewest);
		}
		return fewest;
	}

	/** Fewest tokens from here to the end of the record. */
	function need(context: RecordContext, thread: Thread): number {
		const { field, before, tied, word } = thread;
		const rest = thread.ids.length - thread.depth;
		if (thread.ends) return rest + toEnd(context, field + 1, [...before, heldBy(thread)], tied);
		const least = (commas[word + 1] ?? 0) + leasts[field + 1]!;
		let fewest = Number.POSITIVE_INFINITY;
		let cost = 0;
		for (let last = word; hasNext(last) && fewest > least; ) {
			last++;
			const span = { from: thread.at, to: last + 1 };
			fewest = Math.min(fewest, cost + closed[last]!.length + toEnd(context, field + 1, [...before, span], tied));
			cost += words[last]!.length;
		}
		return rest + fewest;
	}

	return { toEnd, need };
}

/** Fewest tokens from each word to a comma; Infinity behind the last word. */
function tokensToComma({ words, closed }: RecordSpec, hasNext: RecordWays["hasNext"]): number[] {
	const fewest = new Array<number>(words.length + 1).fill(Number.POSITIVE_INFINITY);
	for (let i = words.length - 1; i >= 0; i--) {
		const onward = hasNext(i) ? words[i]!.length + fewest[i + 1]! : Number.POSITIVE_INFINITY;
		fewest[i] = Math.min(closed[i]!.length, onward);
	}
	return fewest;
}

/** Fewest tokens from the beginning of each field to the end of any record, whatever came before. */
function leastTokens({ fields, words }: RecordSpec, commas: readonly number[]): number[] {
	const lengths = (shape: Field): readonly number[] => {
		if (shape.kind === "choice") return shape.choices.map(({ length }) => length);
		return shape.comma ? commas : words.map(({ length }) => length);
	};
	const leasts = new Array<number>(fields.length + 1).fill(0);
	for (let field = fields.length - 1; field >= 0; field--) {
		const least = lengths(fields[field]!).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
		leasts[field] = leasts[field + 1]! + least;
	}
	return leasts;
}
