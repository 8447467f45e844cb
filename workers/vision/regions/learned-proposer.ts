/**
 * Proposes regions with a trained graph, which names what it finds; where it finds little, another proposer fills up.
 */
import type { ProposerConfig } from "../../../src/bundle/manifest.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { fitSide, shrink } from "../pixels.ts";
import type { ProposedRegion, RegionProposer, RgbImage } from "../types.ts";
import { type ProposerOutputs, readPeaks, standsApart } from "./peaks.ts";

/**
 * With fewer boxes than this a picture shows something the graph was not trained for: the other proposer fills up.
 * Filling up always would find 90.4 % of the objects instead of 86.9 %, in three times the time
 * (docs/decisions/2026-11-21-region-proposals.md).
 */
export const MIN_FOUND = 3;

export interface LearnedProposerOptions {
	readonly config: ProposerConfig;
	/** Runs the graph. @param pixels [1, 3, s, s] */
	readonly run: (pixels: Float32Array) => Promise<ProposerOutputs>;
	readonly fallback: RegionProposer;
}

/** @throws what `run` throws, and the signal's reason */
export function createLearnedProposer({ config, run, fallback }: LearnedProposerOptions): RegionProposer {
	return {
		name: `learned, ${fallback.name}`,
		async propose(image, limit, signal) {
			const most = Math.min(limit, MAX_OBJECTS);
			const small = shrink(image, fitSide(image, config.image_size));
			signal?.throwIfAborted();
			const covered = { across: small.width / config.image_size, down: small.height / config.image_size };
			const found = readPeaks(await run(squarePixels(small, config)), config, covered, most);
			signal?.throwIfAborted();
			if (found.length >= Math.min(MIN_FOUND, most)) return found;
			return fillUp(found, await fallback.propose(small, most, signal), config.threshold, most);
		},
	};
}

/**
 * The picture at the top left of a square, normalised; the rest has the mean colour, which is zero.
 * @param image at most `image_size` on its longer side
 * @returns [1, 3, s, s]
 */
export function squarePixels(
	{ width, height, data }: RgbImage,
	{ image_size: size, image_mean: mean, image_std: std }: ProposerConfig,
): Float32Array {
	const plane = size * size;
	const out = new Float32Array(3 * plane);
	for (let c = 0; c < 3; c++) {
		const factor = 1 / (255 * std[c]!);
		const shift = -mean[c]! / std[c]!;
		for (let y = 0; y < height; y++)
			for (let x = 0, from = y * width * 3 + c, to = c * plane + y * size; x < width; x++, from += 3, to++)
				out[to] = data[from]! * factor + shift;
	}
	return out;
}

/**
 * What the other proposer has beside what was found, with scores below `ceiling`, in its own order. Only the order of
 * scores means something.
 */
export function fillUp(
	found: readonly ProposedRegion[],
	others: readonly ProposedRegion[],
	ceiling: number,
	limit: number,
): ProposedRegion[] {
	const added = others.filter(({ box }) => standsApart(box, found)).slice(0, Math.max(0, limit - found.length));
	const best = Math.max(...added.map(({ score }) => score));
	// A threshold of zero leaves no room below it: then all of them have zero.
	return [...found, ...added.map((region) => ({ ...region, score: best > 0 ? (ceiling * region.score) / best : 0 }))];
}
