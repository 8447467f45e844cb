/** Lists the ways in which the fields of a record can be written: how a field begins, and how a span goes on. */
import type { FieldValue, RecordSpec, RecordValues } from "./record-spec.ts";

/** One way to read the tokens of a record so far: the next id is `ids[depth]`. */
export interface Thread {
	readonly field: number;
	readonly before: RecordValues;
	/** The fields so far are at the very places of the last record. */
	readonly tied: boolean;
	readonly ids: readonly number[];
	readonly depth: number;
	/** Index of the choice, or first word of the span. */
	readonly at: number;
	/** The word being written; -1 for a choice. */
	readonly word: number;
	readonly ends: boolean;
}

/** What the finished records leave open. */
export interface RecordContext {
	/** Places of the last record; null before the first. */
	readonly last: readonly number[] | null;
	/** Tokens of the text up to the last word that was written. */
	readonly copied: number;
	/** Costs that were worked out, by field (`record-costs.ts`). */
	readonly needs: Map<string, number>;
}

export type RecordWays = ReturnType<typeof recordWays>;

/** What a thread's field holds if it ends at the thread's word. */
export function heldBy({ at, word }: Thread): FieldValue {
	return word < 0 ? at : { from: at, to: word + 1 };
}

export function recordWays({ fields, words, closed, groups, order, allows }: RecordSpec) {
	/** Whether a span may go on after `word`. */
	const hasNext = (word: number): boolean =>
		word + 1 < words.length && (groups === undefined || groups[word] === groups[word + 1]);

	/**
	 * Whether the record still has the places of the last one after `field` is at `value`; null: it would come before
	 * the last one.
	 */
	function compare({ last }: RecordContext, field: number, value: number, tied: boolean): boolean | null {
		const rank = order.indexOf(field);
		if (!tied || last === null || rank < 0) return tied;
		if (value > last[rank]!) return false;
		return value === last[rank] && rank < order.length - 1 ? true : null;
	}

	/** A word within a span, and as the last word of one. */
	function* spellings(
		thread: Pick<Thread, "field" | "before" | "tied" | "depth" | "at">,
		word: number,
		comma: boolean,
	): Generator<Thread> {
		yield { ...thread, ids: words[word]!, word, ends: !comma };
		if (comma) yield { ...thread, ids: closed[word]!, word, ends: true };
	}

	/** Every way to begin `field`. */
	function* begin(context: RecordContext, field: number, before: RecordValues, tied: boolean): Generator<Thread> {
		const shape = fields[field]!;
		const count = shape.kind === "choice" ? shape.choices.length : words.length;
		for (let at = 0; at < count; at++) {
			const next = compare(context, field, at, tied);
			if (next === null || allows?.(field, at, before) === false) continue;
			const thread = { field, before, tied: next, depth: 0, at };
			if (shape.kind === "choice") yield { ...thread, ids: shape.choices[at]!, word: -1, ends: true };
			else yield* spellings(thread, at, shape.comma);
		}
	}

	return { hasNext, spellings, begin };
}
