/**
 * Compares evaluations of the same records: how far each F1 lies below the first one, with the interval of the
 * difference.
 */
import { BOOTSTRAP_DEFAULTS, bootstrap, type Interval } from "./bootstrap.ts";
import { type Counts, scoreOf } from "./metrics.ts";
import type { Example } from "./score.ts";
import { sumOf } from "./slices.ts";
import type { MeasuredVariant } from "./variants.ts";

export interface Difference {
	/** Names of the runs: `of` minus `from`. */
	readonly of: string;
	readonly from: string;
	/** "all records" or "ambiguous names". */
	readonly over: string;
	/** Points of F1 of the first metric. */
	readonly value: number;
	/** 95 % of the value. */
	readonly interval: Interval;
}

/** The same records in two runs. */
interface Pair {
	readonly ambiguous: boolean;
	readonly first: Counts;
	readonly other: Counts;
}

const OVER = [
	{ over: "all records", has: () => true },
	{ over: "ambiguous names", has: ({ ambiguous }: Pair) => ambiguous },
] as const;

/**
 * The first run minus each other one. Records are drawn in pairs, so what is hard for both counts for neither (paired
 * bootstrap: Berg-Kirkpatrick et al., EMNLP 2012): an interval without 0 is a difference that other records of the kind
 * would show, too.
 */
export function compareVariants([first, ...others]: readonly MeasuredVariant[]): Difference[] {
	if (first === undefined) return [];
	return others.flatMap((other) => {
		const pairs = pairsOf(first.evaluation.examples, other.evaluation.examples);
		return OVER.flatMap(({ over, has }): Difference[] => {
			const chosen = pairs.filter(has);
			if (chosen.length === 0) return [];
			return [
				{
					of: first.name,
					from: other.name,
					over,
					value: gain(chosen),
					interval: bootstrap(chosen, gain, BOOTSTRAP_DEFAULTS),
				},
			];
		});
	});
}

const gain = (pairs: readonly Pair[]): number =>
	scoreOf(sumOf(pairs.map(({ first }) => first))).f1 - scoreOf(sumOf(pairs.map(({ other }) => other))).f1;

/** Records by their ids; one that both have under the same id several times is told by its turn. */
function pairsOf(first: readonly Example[], others: readonly Example[]): Pair[] {
	const byKey = new Map(keyed(others));
	return keyed(first).flatMap(([key, example]): Pair[] => {
		const other = byKey.get(key);
		return other === undefined
			? []
			: [{ ambiguous: example.ambiguous, first: countsOf(example), other: countsOf(other) }];
	});
}

function keyed(examples: readonly Example[]): [string, Example][] {
	const turns = new Map<string, number>();
	return examples.map((example) => {
		const turn = turns.get(example.id) ?? 0;
		turns.set(example.id, turn + 1);
		return [`${turn} ${example.id}`, example];
	});
}

const countsOf = ({ right, wrong, missed }: Example): Counts => ({
	right: right.length,
	predicted: right.length + wrong.length,
	gold: right.length + missed.length,
});
