/** Says how far scores can be taken for probabilities: calibration error, Brier score, ROC area, bins. */

/** A predicted record: its score, and whether it is right. */
export interface Outcome {
	/** 0…1 */
	readonly score: number;
	readonly right: boolean;
	/** Regions only: it is beside a person's name, or shows a person. */
	readonly person?: boolean;
}

/** Records of similar score. */
interface Bin {
	readonly records: number;
	/** Mean score, 0…1. */
	readonly score: number;
	/** Share that is right, 0…1. */
	readonly right: number;
}

export interface Reliability {
	readonly records: number;
	/**
	 * Expected calibration error over at most ten bins of as many records each, at least 100 (Nguyen &
	 * O'Connor, EMNLP 2015), 0…1.
	 */
	readonly error: number;
	/** Mean squared difference of score and outcome (Brier, 1950), 0…1. */
	readonly brier: number;
	/** Probability that a right record has a higher score than a wrong one; null where there is only one kind. */
	readonly auc: number | null;
	readonly bins: readonly Bin[];
}

const MAX_BINS = 10;
/** With fewer, chance alone makes an error: a share of 25 records is off by 8 points on average. */
const MIN_RECORDS_OF_BIN = 100;

export function reliabilityOf(outcomes: readonly Outcome[]): Reliability {
	const bins = Math.max(1, Math.min(MAX_BINS, Math.floor(outcomes.length / MIN_RECORDS_OF_BIN)));
	const sorted = outcomes.toSorted((a, b) => a.score - b.score);
	const parts = Array.from({ length: bins }, (_, bin) =>
		sorted.slice(Math.floor((bin * sorted.length) / bins), Math.floor(((bin + 1) * sorted.length) / bins)),
	).filter((part) => part.length > 0);
	const made = parts.map(
		(part): Bin => ({
			records: part.length,
			score: mean(part.map(({ score }) => score)),
			right: mean(part.map(rightness)),
		}),
	);
	const total = sorted.length;
	return {
		records: total,
		error: made.reduce((sum, { records, score, right }) => sum + (records / total) * Math.abs(score - right), 0),
		brier: total === 0 ? 0 : mean(sorted.map((one) => (one.score - rightness(one)) ** 2)),
		auc: areaUnderCurve(sorted),
		bins: made,
	};
}

const rightness = ({ right }: Outcome) => Number(right);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** By ranks (Mann & Whitney, 1947); equal scores share theirs. @param sorted by score */
function areaUnderCurve(sorted: readonly Outcome[]): number | null {
	const right = sorted.filter((one) => one.right).length;
	const wrong = sorted.length - right;
	if (right === 0 || wrong === 0) return null;
	let ranks = 0;
	for (let from = 0; from < sorted.length; ) {
		let to = from;
		while (to < sorted.length && sorted[to]!.score === sorted[from]!.score) to++;
		const shared = (from + 1 + to) / 2;
		ranks += shared * sorted.slice(from, to).filter((one) => one.right).length;
		from = to;
	}
	return (ranks - (right * (right + 1)) / 2) / (right * wrong);
}
