/** Stores float32 weights as int8, with a scale for each index of one axis. */

/** Symmetric int8: q = round(x ÷ s), s = max|x| ÷ 127 over everything that shares an index of `axis`. */
export function quantize(
	data: Float32Array,
	shape: readonly number[],
	axis: number,
): { values: Int8Array; scales: Float32Array } {
	const length = shape[axis]!;
	const inner = shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
	const scales = new Float32Array(length);
	// `data` is [outer, length, inner]: counting up costs a tenth of dividing every position by `inner`.
	for (let at = 0; at < data.length; )
		for (let index = 0; index < length; index++) {
			let peak = scales[index]!;
			for (const end = at + inner; at < end; at++) peak = Math.max(peak, Math.abs(data[at]!));
			scales[index] = peak;
		}
	for (let i = 0; i < length; i++) scales[i] = scales[i]! / 127 || 1;
	const values = new Int8Array(data.length);
	for (let at = 0; at < data.length; )
		for (let index = 0; index < length; index++) {
			const scale = scales[index]!;
			for (const end = at + inner; at < end; at++) values[at] = Math.round(data[at]! / scale);
		}
	return { values, scales };
}
