/** Reads boxes, with kind and score, from the heat maps of a region proposer's graph. Nothing in them is trusted. */
import type { ProposerConfig } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { type UnitBox, unitBox } from "../../../src/core/geometry.ts";
import type { ProposedRegion } from "../types.ts";

/** Boxes that overlap more than this are the same thing (intersection over union), whatever kinds they are. */
const SAME_THING = 0.6;

/** What the graph `region_proposer` says about one picture. */
export interface ProposerOutputs {
	/** How sure a cell is that it is the middle of a box, 0…1. [K, h, w] */
	readonly scores: Float32Array;
	/** From the cell's middle to the left, top, right and bottom edge, in pixels of the square. [4, h, w] */
	readonly boxes: Float32Array;
}

/** The part of the square that the picture covers, 0…1. */
export interface CoveredShare {
	readonly across: number;
	readonly down: number;
}

/**
 * A peak is a cell no smaller than its eight neighbours in its heat map (Zhou et al. 2019, "Objects as Points"). A cell
 * that is not a number is not a peak. Equal scores keep the order of kinds, rows and columns.
 * @param limit most boxes
 * @throws Failure `bundle-graph-mismatch` when the outputs have another size than `config` says
 */
export function readPeaks(
	{ scores, boxes }: ProposerOutputs,
	{ image_size: size, stride, kinds, threshold }: ProposerConfig,
	covered: CoveredShare,
	limit: number,
): ProposedRegion[] {
	const side = Math.floor(size / stride);
	const plane = side * side;
	if (scores.length !== kinds.length * plane || boxes.length !== 4 * plane)
		throw new Failure(
			"bundle-graph-mismatch",
			`region_proposer gave ${scores.length} scores and ${boxes.length} distances for ${plane} cells.`,
		);
	const kept: ProposedRegion[] = [];
	for (const at of findPeaks(scores, side, threshold)) {
		if (kept.length >= limit) break;
		const cell = at % plane;
		const box = boxAt(boxes, cell, side, stride, { across: covered.across * size, down: covered.down * size });
		if (box === null || !standsApart(box, kept)) continue;
		kept.push({ box, score: scores[at]!, kind: kinds[Math.floor(at / plane)]! });
	}
	return kept;
}

/** Positions in `scores` of all peaks, the highest first. */
function findPeaks(scores: Float32Array, side: number, threshold: number): number[] {
	const peaks: number[] = [];
	for (let at = 0; at < scores.length; at++)
		if (scores[at]! >= threshold && scores[at]! <= 1 && isPeak(scores, at, side)) peaks.push(at);
	return peaks.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

function isPeak(scores: Float32Array, at: number, side: number): boolean {
	const x = at % side;
	const y = Math.floor(at / side) % side;
	for (let down = y > 0 ? -1 : 0; down <= (y < side - 1 ? 1 : 0); down++)
		for (let across = x > 0 ? -1 : 0; across <= (x < side - 1 ? 1 : 0); across++)
			if (scores[at + down * side + across]! > scores[at]!) return false;
	return true;
}

/**
 * The box around a cell, clipped to the picture; null if nothing is left.
 * @param picture its sides in pixels of the square
 */
function boxAt(
	boxes: Float32Array,
	cell: number,
	side: number,
	stride: number,
	{ across, down }: CoveredShare,
): UnitBox | null {
	const plane = side * side;
	const x = ((cell % side) + 0.5) * stride;
	const y = (Math.floor(cell / side) + 0.5) * stride;
	const clip = (edge: number) => Math.min(1, Math.max(0, edge));
	const x1 = clip((x - boxes[cell]!) / across);
	const y1 = clip((y - boxes[plane + cell]!) / down);
	const x2 = clip((x + boxes[2 * plane + cell]!) / across);
	const y2 = clip((y + boxes[3 * plane + cell]!) / down);
	// False for NaN, too.
	return x1 < x2 && y1 < y2 ? unitBox(x1, y1, x2, y2) : null;
}

/** Whether the box overlaps none of the others enough to be the same thing. */
export function standsApart(box: UnitBox, others: readonly ProposedRegion[]): boolean {
	return others.every((other) => overlap(box, other.box) <= SAME_THING);
}

/** Intersection over union. */
export function overlap(a: UnitBox, b: UnitBox): number {
	const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
	const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
	if (width <= 0 || height <= 0) return 0;
	const inner = width * height;
	return inner / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - inner);
}
