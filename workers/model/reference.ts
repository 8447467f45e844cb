/** Computes the pixels that the reference values of umie-nano were made with. For tests and checks only. */

/**
 * [crops, 3, 224, 224]: sin(0.013 (i + 1)(x + 1) + 0.021 (c + 1)(y + 1) + 0.5 seed), as reference.safetensors says of
 * itself.
 */
export function referencePixels(crops: number, seed: number, size = 224): Float32Array {
	const out = new Float32Array(crops * 3 * size * size);
	let at = 0;
	for (let i = 0; i < crops; i++)
		for (let c = 0; c < 3; c++)
			for (let y = 0; y < size; y++)
				for (let x = 0; x < size; x++)
					out[at++] = Math.sin(0.013 * (i + 1) * (x + 1) + 0.021 * (c + 1) * (y + 1) + 0.5 * seed);
	return out;
}
