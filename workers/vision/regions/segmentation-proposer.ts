/** Proposes boxes of what may be objects, without any trained weights. */

import { pixelBox, toFractions } from "../../../src/core/geometry.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { fitSide, shrink } from "../pixels.ts";
import type { ProposedRegion, RegionProposer, RgbImage } from "../types.ts";
import { type Candidate, mergeSegments } from "./hierarchy.ts";
import { toPlanes } from "./planes.ts";
import { selectSalient } from "./salience.ts";
import { pixelGraph, segment } from "./segments.ts";

/** Pixels on the longer side of what is segmented. */
const WORKING_SIDE = 256;
/**
 * From fine to coarse. These four hold 0.64 of the heads on photographs, the finest alone 0.55
 * (docs/decisions/2026-11-21-region-proposals.md).
 */
const SCALES = [
	{ scale: 25, minSize: 10 },
	{ scale: 50, minSize: 12 },
	{ scale: 100, minSize: 16 },
	{ scale: 200, minSize: 24 },
] as const;

/**
 * Segments by colour, merges what is alike, and keeps the boxes that stand out. The same picture gives the same boxes
 * everywhere.
 */
export function createSegmentationProposer(): RegionProposer {
	return { name: "segmentation", propose };
}

/** @throws the signal's reason, between two phases of some 20 ms */
async function propose(image: RgbImage, limit: number, signal?: AbortSignal): Promise<readonly ProposedRegion[]> {
	const small = shrink(image, fitSide(image, WORKING_SIDE));
	await turn(signal);
	const planes = toPlanes(small);
	const graph = pixelGraph(planes);
	const candidates: Candidate[] = [];
	for (const scale of SCALES) {
		await turn(signal);
		candidates.push(...mergeSegments(segment(graph, scale), planes));
	}
	await turn(signal);
	return selectSalient(candidates, planes, Math.min(limit, MAX_OBJECTS)).map(({ box: { x1, y1, x2, y2 }, score }) => ({
		box: toFractions(pixelBox(x1, y1, x2, y2), planes),
		score,
	}));
}

/** Lets waiting messages in, a cancel among them. A message to oneself takes microseconds, a timer up to 4 ms. */
async function turn(signal: AbortSignal | undefined): Promise<void> {
	const { port1, port2 } = new MessageChannel();
	await new Promise<void>((resolve) => {
		port1.onmessage = () => resolve();
		port2.postMessage(null);
	});
	port1.close();
	signal?.throwIfAborted();
}
