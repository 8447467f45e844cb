/** Goes in: predicted and gold records. Comes out: the field's scores. Each metric says what counts as right. */

/** Counts of a micro-averaged score. */
export interface Counts {
	/** Predicted and in the gold annotation. */
	right: number;
	predicted: number;
	gold: number;
}

export interface Score {
	readonly precision: number;
	readonly recall: number;
	/** Harmonic mean, 0…100. */
	readonly f1: number;
}

export const noCounts = (): Counts => ({ right: 0, predicted: 0, gold: 0 });

/** Micro precision, recall and F1 in percent; 0 where nothing was predicted or nothing is to be found. */
export function scoreOf({ right, predicted, gold }: Counts): Score {
	const precision = predicted === 0 ? 0 : right / predicted;
	const recall = gold === 0 ? 0 : right / gold;
	const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
	return { precision: 100 * precision, recall: 100 * recall, f1: 100 * f1 };
}

/**
 * Strict matching of records given as strings ("person 3 5"): a predicted record is right if the gold annotation has the same one; repeated ones count once.
 * Gold counts every annotation, also one whose boundaries are no word boundaries and that no prediction can reach (as the checkpoint's own evaluation does).
 */
export function addRecords(counts: Counts, predicted: readonly string[], gold: readonly string[], goldCount = gold.length): void {
	const expected = new Set(gold);
	const said = new Set(predicted);
	for (const record of said) if (expected.has(record)) counts.right++;
	counts.predicted += said.size;
	counts.gold += goldCount;
}

/** MNRE: F1 over the relations that are not "none"; a right "none" counts for accuracy only. */
export function addRelation(counts: Counts, predicted: string | null, gold: string): void {
	if (predicted !== null && predicted !== "none") counts.predicted++;
	if (gold !== "none") counts.gold++;
	if (predicted === gold && gold !== "none") counts.right++;
}
