/** Goes in: lengths of queries. Comes out: which of them run together. */

export interface BatchLimits {
	/** Most queries of one batch. */
	readonly rows: number;
	/** Most share of a batch's tokens that may be padding, 0…1. */
	readonly padding: number;
}

/**
 * WASM computes padding like text, so batches are even, and the rows of a query that has ended as long as its batch lasts, so they are small: 32 mner posts
 * took 653, 637, 624, 671, 695 ms with 1, 2, 4, 8, 16 rows, mre over 10 pairs 241, 221, 215, 219, 224 ms (nano, one thread). With 4 rows, a padding of 0.3
 * costs the same. A WebGPU step costs the same for one row and many, so batches are large.
 */
export const BATCH_LIMITS = {
	wasm: { rows: 4, padding: 0.15 },
	/** One query at a time: int8 activations share one scale per batch, so company would change results (M2E2 trigger F1 by up to 0.9); it costs 5 to 11 %. */
	wasm_int8: { rows: 1, padding: 0 },
	webgpu: { rows: 32, padding: 0.6 },
} as const satisfies Record<string, BatchLimits>;

export function batchLimits(device: "wasm" | "webgpu", dtype: string): BatchLimits {
	// 4-bit weights are int8 on WASM.
	return device === "wasm" && (dtype === "int8" || dtype === "int4") ? BATCH_LIMITS.wasm_int8 : BATCH_LIMITS[device];
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
