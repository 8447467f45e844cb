/** Turns T5's bias per bucket into a bias per distance and head, so that graphs look it up and compute no logarithm. */

/** Longest input the tables serve, in tokens. */
export const MAX_POSITIONS = 1024;
/** Most tokens a row of the decoder is fed in one run. */
export const MAX_STEP_TOKENS = 8;

export interface BucketOptions {
	readonly bidirectional: boolean;
	readonly buckets: number;
	readonly maxDistance: number;
}

/**
 * T5's bucket of a relative position (key position − query position); Hugging Face `_relative_position_bucket`, in
 * float32 as there.
 */
export function bucketOf(relative: number, { bidirectional, buckets, maxDistance }: BucketOptions): number {
	const half = bidirectional ? buckets / 2 : buckets;
	const offset = bidirectional && relative > 0 ? half : 0;
	const distance = bidirectional ? Math.abs(relative) : Math.max(0, -relative);
	const exact = Math.floor(half / 2);
	if (distance < exact) return offset + distance;
	const ratio = Math.fround(
		Math.fround(Math.log(Math.fround(distance / exact))) / Math.fround(Math.log(maxDistance / exact)),
	);
	return offset + Math.min(half - 1, exact + Math.floor(Math.fround(ratio * (half - exact))));
}

/** @param bias [buckets, N] @returns [2·MAX − 1, N]: row MAX − 1 + r is the bias of relative position r */
export function encoderTable(
	bias: Float32Array,
	heads: number,
	options: Omit<BucketOptions, "bidirectional">,
): Float32Array {
	const out = new Float32Array((2 * MAX_POSITIONS - 1) * heads);
	for (let row = 0; row < 2 * MAX_POSITIONS - 1; row++) {
		const bucket = bucketOf(row - (MAX_POSITIONS - 1), { ...options, bidirectional: true });
		out.set(bias.subarray(bucket * heads, (bucket + 1) * heads), row * heads);
	}
	return out;
}

/**
 * Buckets of the distance from the place that was copied last to a position of the text. A place may be one before the
 * first position.
 * @returns i32 [2·MAX + 1]: element MAX + r is the bucket of relative position r
 */
export function placeBuckets(options: Omit<BucketOptions, "bidirectional">): Int32Array {
	return Int32Array.from({ length: 2 * MAX_POSITIONS + 1 }, (_, at) =>
		bucketOf(at - MAX_POSITIONS, { ...options, bidirectional: true }),
	);
}

/**
 * @param bias [buckets, N]
 * @returns [N, MAX]: column MAX − 1 − d is the bias of the key d positions back, so the last T + 1 columns serve the
 * query at position T
 */
export function decoderTable(
	bias: Float32Array,
	heads: number,
	options: Omit<BucketOptions, "bidirectional">,
): Float32Array {
	const out = new Float32Array(heads * MAX_POSITIONS);
	for (let column = 0; column < MAX_POSITIONS; column++) {
		const bucket = bucketOf(column - (MAX_POSITIONS - 1), { ...options, bidirectional: false });
		for (let head = 0; head < heads; head++) out[head * MAX_POSITIONS + column] = bias[bucket * heads + head]!;
	}
	return out;
}
