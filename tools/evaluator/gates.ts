/** Sums up how far the gate opened: mean, median and histogram for each kind of picture (paper, Figure 4b). */
import type { AnnotatedRecord, Prediction } from "./predict/contract.ts";
import type { Pictures } from "./showing.ts";

export interface GateSummary {
	/**
	 * What the pictures that were shown are to their texts: deciding, fitting, unrelated; "wrong" where another record's
	 * was, "any" where the data does not say.
	 */
	readonly kind: string;
	readonly records: number;
	/** Of g (paper, Eq. 7), of each record the mean over its generations. */
	readonly mean: number;
	readonly median: number;
	/** Records in each of the {@link BINS} equal parts of `low` … `high`, which all kinds share. */
	readonly histogram: readonly number[];
	readonly low: number;
	readonly high: number;
}

export const BINS = 10;

/**
 * What a picture is that is not the record's own: what is shown decides, not what the record says. null: the record
 * says.
 */
const SHOWN_KIND = { right: null, wrong: "wrong", unrelated: "unrelated", none: null } as const satisfies Record<
	Pictures,
	string | null
>;

/** Only records whose picture the model looked at have a gate. @param predictions in the order of the records */
export function summarizeGates(
	records: readonly AnnotatedRecord[],
	predictions: readonly Prediction[],
	pictures: Pictures,
): GateSummary[] {
	const byKind = new Map<string, number[]>();
	for (const [index, { gate }] of predictions.entries()) {
		if (gate === null) continue;
		const kind = SHOWN_KIND[pictures] ?? records[index]!.picture ?? "any";
		byKind.set(kind, [...(byKind.get(kind) ?? []), gate]);
	}
	const all = [...byKind.values()].flat();
	const low = all.reduce((least, gate) => Math.min(least, gate), 0);
	const high = all.reduce((most, gate) => Math.max(most, gate), 0);
	return [...byKind].map(([kind, gates]) => ({ kind, ...summarize(gates, low, high), low, high }));
}

function summarize(
	gates: readonly number[],
	low: number,
	high: number,
): Pick<GateSummary, "records" | "mean" | "median" | "histogram"> {
	const sorted = [...gates].sort((a, b) => a - b);
	const half = sorted.length / 2;
	const median = Number.isInteger(half) ? (sorted[half - 1]! + sorted[half]!) / 2 : sorted[Math.floor(half)]!;
	const histogram = new Array<number>(BINS).fill(0);
	for (const gate of gates)
		histogram[high === low ? 0 : Math.min(BINS - 1, Math.floor(((gate - low) / (high - low)) * BINS))]!++;
	return { records: gates.length, mean: gates.reduce((sum, gate) => sum + gate, 0) / gates.length, median, histogram };
}

const BARS = "▁▂▃▄▅▆▇█";

/** One bar for each part; an empty part is a space. */
export function bars(histogram: readonly number[]): string {
	const most = Math.max(...histogram);
	return histogram
		.map((count) => (count === 0 ? " " : BARS[Math.max(0, Math.ceil((count / most) * BARS.length) - 1)]!))
		.join("");
}

/**
 * How far the gate opens on unrelated pictures beside deciding ones, by their means; null where one of them is not
 * there.
 */
export function unrelatedShare(gates: readonly GateSummary[]): number | null {
	const [unrelated, deciding] = ["unrelated", "deciding"].map((kind) => gates.find((one) => one.kind === kind)?.mean);
	return unrelated === undefined || deciding === undefined || deciding === 0 ? null : unrelated / deciding;
}
