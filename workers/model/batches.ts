/** Decides which queries run together, by their lengths and by what the device allows (`workers/devices`). */

export interface BatchLimits {
	/** Most queries of one batch. */
	readonly rows: number;
	/** Most share of a batch's tokens that may be padding, 0…1. */
	readonly padding: number;
}

/** @returns indices of `lengths`, grouped; similar lengths together, longest first, each index once */
export function planBatches(lengths: readonly number[], { rows, padding }: BatchLimits): number[][] {
	const order = lengths.map((_, index) => index).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
	const batches: number[][] = [];
	let batch: number[] = [];
	let tokens = 0;
	for (const index of order) {
		const longest = lengths[batch[0] ?? index]!;
		const cells = longest * (batch.length + 1);
		const full = batch.length >= rows || (batch.length > 0 && cells - (tokens + lengths[index]!) > padding * cells);
		if (full) {
			batches.push(batch);
			batch = [];
			tokens = 0;
		}
		batch.push(index);
		tokens += lengths[index]!;
	}
	return batch.length === 0 ? batches : [...batches, batch];
}
