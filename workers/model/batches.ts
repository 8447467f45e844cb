/** Goes in: lengths of queries. Comes out: which of them run together. */

export interface BatchLimits {
	/** Most queries of one batch. */
	readonly rows: number;
	/** Most share of a batch's tokens that may be padding, 0…1. */
	readonly padding: number;
}

/** WASM computes padding like text, so batches are even; a WebGPU step costs the same for one row and many, so they are large. */
export const BATCH_LIMITS = {
	wasm: { rows: 8, padding: 0.15 },
	webgpu: { rows: 32, padding: 0.6 },
} as const satisfies Record<string, BatchLimits>;

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
