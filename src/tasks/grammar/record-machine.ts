/** Steps through one record token by token. The grammar and the reader share it, so the two can never disagree. */
import { recordCosts } from "./record-costs.ts";
import { recordPlaces } from "./record-places.ts";
import type { RecordSpec, RecordValues } from "./record-spec.ts";
import { heldBy, type RecordContext, recordWays, type Thread } from "./record-ways.ts";

export interface Reached {
	readonly threads: readonly Thread[];
	/** Records that end here; all have the same ids. */
	readonly whole: readonly RecordValues[];
}

export type RecordMachine = ReturnType<typeof recordMachine>;

/** Whether a way with `need` tokens to go may be kept. */
type Fits = (need: number) => boolean;

export function recordMachine(spec: RecordSpec) {
	const ways = recordWays(spec);
	const costs = recordCosts(spec, ways);
	const { placesOf, first, copiedBy, copiedIn } = recordPlaces(spec);

	return {
		/** @param after the record before; null: none @param copied tokens of the text up to its last word */
		context: (after: RecordValues | null, copied = 0): RecordContext => {
			return { last: after && placesOf(after), copied: copiedBy(after ?? [], copied), needs: new Map() };
		},
		start(context: RecordContext, fits: Fits = Number.isFinite): Reached {
			const threads = [...ways.begin(context, 0, [], context.last !== null)];
			return { threads: threads.filter((thread) => fits(costs.need(context, thread))), whole: [] };
		},
		step: recordStep(spec, ways, costs),
		shortest: (context: RecordContext): number => costs.toEnd(context, 0, [], context.last !== null),
		first,
		/** Tokens of the text up to the last one that was written. */
		place(context: RecordContext, { threads, whole }: Reached): number {
			const ended = first(whole);
			if (ended !== null) return copiedBy(ended, context.copied);
			return threads.length === 0
				? context.copied
				: threads.reduce((least, thread) => Math.min(least, copiedIn(context, thread)), Number.POSITIVE_INFINITY);
		},
	};
}

function recordStep(
	{ fields }: RecordSpec,
	{ hasNext, spellings, begin }: ReturnType<typeof recordWays>,
	{ need }: ReturnType<typeof recordCosts>,
) {
	/** Where `token` leads. @param fits whether a way may be kept: it can still be finished */
	return (context: RecordContext, { threads }: Reached, token: number, fits: Fits): Reached => {
		const next: Thread[] = [];
		const whole: RecordValues[] = [];
		const keep = (thread: Thread) => {
			if (fits(need(context, thread))) next.push(thread);
		};
		for (const thread of threads) {
			if (thread.ids[thread.depth] !== token) continue;
			const taken = { ...thread, depth: thread.depth + 1 };
			if (taken.depth < taken.ids.length) {
				keep(taken);
				continue;
			}
			const shape = fields[taken.field]!;
			if (shape.kind === "span" && hasNext(taken.word) && !(shape.comma && taken.ends)) {
				for (const onward of spellings({ ...taken, depth: 0 }, taken.word + 1, shape.comma)) keep(onward);
			}
			if (!taken.ends) continue;
			const values = [...taken.before, heldBy(taken)];
			if (values.length === fields.length) whole.push(values);
			else for (const onward of begin(context, taken.field + 1, values, taken.tied)) keep(onward);
		}
		return { threads: next, whole };
	};
}
