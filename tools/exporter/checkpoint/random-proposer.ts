/** Writes a region proposer of random weights, small enough for plain loops. For tests. */
import { type ProposerPlan, proposerTensors } from "./proposer.ts";
import { randomTensor } from "./random-checkpoint.ts";
import { streamSafetensors } from "./safetensors-writer.ts";

/** Three kinds of which two are people, on pictures of 32 pixels, with levels of stride 4 and 8. */
export const TINY_PROPOSER: ProposerPlan = {
	image_size: 32,
	kinds: { person: "person", head: "person", logo: "logo" },
	widths: [3, 4, 5],
	depths: [1, 1],
	neck: 4,
	head: 5,
	threshold: 0.25,
	image_mean: [0.5, 0.4, 0.3],
	image_std: [0.2, 0.25, 0.3],
};

export interface RandomProposerOptions {
	readonly plan?: object;
	readonly seed?: number;
	readonly metadata?: Readonly<Record<string, string>>;
	readonly tensors?: ReadonlyMap<string, readonly number[]>;
}

/**
 * Writes a safetensors file as the trainer does; `plan`, `metadata` and `tensors` may be changed to what is wrong.
 * @returns the path
 */
export function writeRandomProposer(
	path: string,
	{ plan = TINY_PROPOSER, seed = 1, metadata = {}, tensors }: RandomProposerOptions = {},
): string {
	const shapes = tensors ?? proposerTensors(plan as ProposerPlan);
	const heads = [...shapes].map(([name, shape]) => ({ name, dtype: "float32" as const, shape }));
	const note = { format: "umie-proposer/1", network: JSON.stringify(plan), ...metadata };
	streamSafetensors(path, heads, (name) => randomTensor(name, shapes.get(name)!, seed), note);
	return path;
}
