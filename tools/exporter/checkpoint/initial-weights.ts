/**
 * Makes tensors that no file has, as training starts them: T5's own initialisation (Hugging Face `_init_weights`), the
 * same for the same seed.
 */

import { checkRange } from "./element-types.ts";
import { seededNormals, seededRandom } from "./seeded-random.ts";
import type { T5Settings } from "./t5-settings.ts";

/**
 * Standard deviations; the first row that fits the name counts. Linear layers T5 has none of (FC1, FC2, the gate) keep
 * the size of their input, as its k and v do.
 */
const DEVIATIONS: readonly (readonly [RegExp, (a: T5Settings, shape: readonly number[]) => number])[] = [
	[/Attention\.q\.weight$/, ({ d_model, d_kv }) => (d_model * d_kv) ** -0.5],
	[/^(shared|lm_head)\.weight$/, () => 1],
	[/(relative_attention|place)_bias\.weight$/, ({ d_model }) => d_model ** -0.5],
	// BERT's `initializer_range`.
	[/^encoder\.(embeddings|layer)\./, () => 0.02],
	[/\.weight$/, (_, shape) => shape[1]! ** -0.5],
];

/**
 * Elements `begin` to `end` (all unless told otherwise).
 * @returns ones for a norm, zeros for a bias, else normal numbers
 */
export function initialTensor(
	name: string,
	shape: readonly number[],
	a: T5Settings,
	seed: number,
	begin = 0,
	end?: number,
): Float32Array {
	const [from, to] = checkRange(name, shape, begin, end);
	const size = to - from;
	if (/(layer_norm|LayerNorm)\.weight$/.test(name)) return new Float32Array(size).fill(a.initializer_factor);
	if (name.endsWith(".bias")) return new Float32Array(size);
	const deviation = DEVIATIONS.find(([pattern]) => pattern.test(name))![1](a, shape);
	// Normal numbers come in pairs.
	const odd = from % 2;
	const normals = seededNormals(size + odd, a.initializer_factor * deviation, seededRandom(seed, name, from - odd));
	return odd === 0 ? normals : normals.subarray(1);
}
