/** Scores kinds of records apart: by what their pictures are to their texts. */
import { BOOTSTRAP_DEFAULTS, bootstrap, type Interval } from "./bootstrap.ts";
import { addCounts, type Counts, noCounts, type Score, scoreOf } from "./metrics.ts";
import { type AnnotatedRecord, PICTURE_KINDS } from "./predict/contract.ts";

interface SliceScore extends Score {
	/** Of the metric. */
	readonly id: string;
	readonly counts: Counts;
	/** 95 % of F1. */
	readonly interval: Interval;
}

export interface Slice {
	readonly name: string;
	readonly records: number;
	readonly metrics: readonly SliceScore[];
}

const SLICES: readonly { readonly name: string; readonly has: (record: AnnotatedRecord) => boolean }[] = [
	{ name: "ambiguous names", has: ({ ambiguous = false }) => ambiguous },
	...PICTURE_KINDS.map((kind) => ({
		name: kind === "none" ? "no picture" : `${kind} picture`,
		has: ({ picture }: AnnotatedRecord) => picture === kind,
	})),
];

/** Kinds without a record are left out. @param metrics of each metric the counts of each record */
export function scoreSlices(
	records: readonly AnnotatedRecord[],
	metrics: ReadonlyArray<{ readonly id: string; readonly counts: readonly Counts[] }>,
): Slice[] {
	return SLICES.flatMap(({ name, has }): Slice[] => {
		const chosen = records.flatMap((record, index) => (has(record) ? [index] : []));
		if (chosen.length === 0) return [];
		return [
			{
				name,
				records: chosen.length,
				metrics: metrics.map(({ id, counts }) => {
					const own = chosen.map((index) => counts[index]!);
					return {
						id,
						...scoreOf(sumOf(own)),
						counts: sumOf(own),
						interval: bootstrap(own, (drawn) => scoreOf(sumOf(drawn)).f1, BOOTSTRAP_DEFAULTS),
					};
				}),
			},
		];
	});
}

export const sumOf = (counts: readonly Counts[]): Counts => counts.reduce(addCounts, noCounts());
