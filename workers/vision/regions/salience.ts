/** Keeps the candidate boxes that look most like objects, best first: unlike their surroundings, compact, and apart. */
import type { Candidate } from "./hierarchy.ts";
import type { Planes } from "./planes.ts";

/** A candidate and how salient it is. */
export interface Scored {
	readonly box: Candidate;
	readonly score: number;
}

/** Boxes that overlap more than this are the same object (intersection over union); the less salient one is dropped. */
const SAME_OBJECT = 0.6;
/** Boxes smaller than these parts and pixels, or larger than this part, are specks and the picture itself. */
const MIN_SHARE = 0.0015;
const MAX_SHARE = 0.8;
const MIN_SIDE = 6;
/** Width of the surroundings, as a part of the box's side. */
const RING = 0.25;

const LUMA_LEVELS = 5;
/** Below, around and above grey. */
const COLOUR_LEVELS = 3;
const GREY = 8;
const BINS = LUMA_LEVELS * COLOUR_LEVELS * COLOUR_LEVELS;

/** At most `limit` boxes, best first; equal scores keep the candidates' order. */
export function selectSalient(candidates: readonly Candidate[], planes: Planes, limit: number): Scored[] {
	const sums = colourSums(planes);
	const scored = candidates
		.filter((box) => isObjectSized(box, planes))
		.map((box) => ({ box, score: salience(box, planes, sums) }));
	scored.sort((a, b) => b.score - a.score);
	const kept: Scored[] = [];
	for (const next of scored) {
		if (kept.length >= limit || next.score <= 0) break;
		if (kept.every(({ box }) => overlap(box, next.box) <= SAME_OBJECT)) kept.push(next);
	}
	return kept;
}

function isObjectSized({ x1, y1, x2, y2 }: Candidate, { width, height }: Planes): boolean {
	const share = ((x2 - x1) * (y2 - y1)) / (width * height);
	return share >= MIN_SHARE && share <= MAX_SHARE && Math.min(x2 - x1, y2 - y1) >= MIN_SIDE;
}

/**
 * Contrast × compactness × a mild liking for size: 0.33 of the heads on photographs are among 36 boxes, where chance
 * gives 0.12 (docs/decisions/2026-11-21-region-proposals.md).
 */
function salience(box: Candidate, planes: Planes, sums: Int32Array): number {
	const [width, height] = [box.x2 - box.x1, box.y2 - box.y1];
	const compactness = 0.3 + Math.min(width, height) / Math.max(width, height);
	const share = (width * height) / (planes.width * planes.height);
	// The eighth root: Math.pow may round differently from browser to browser, a square root may not.
	return contrast(box, planes, sums) * compactness * Math.sqrt(Math.sqrt(Math.sqrt(share)));
}

/**
 * How little the colours inside and those of a ring around have in common, 0…1; less for boxes at the border, whose
 * ring is cut off.
 */
function contrast({ x1, y1, x2, y2 }: Candidate, { width, height }: Planes, sums: Int32Array): number {
	const across = Math.max(2, Math.round((x2 - x1) * RING));
	const down = Math.max(2, Math.round((y2 - y1) * RING));
	const [left, top, right, bottom] = [
		Math.max(0, x1 - across),
		Math.max(0, y1 - down),
		Math.min(width, x2 + across),
		Math.min(height, y2 + down),
	];
	const inside = (x2 - x1) * (y2 - y1);
	const around = (right - left) * (bottom - top) - inside;
	if (around === 0) return 0;
	let common = 0;
	for (let bin = 0; bin < BINS; bin++) {
		const inner = countIn(sums, width, bin, x1, y1, x2, y2);
		const outer = countIn(sums, width, bin, left, top, right, bottom) - inner;
		common += Math.min(inner / inside, outer / around);
	}
	const uncut = (x2 - x1 + 2 * across) * (y2 - y1 + 2 * down) - inside;
	return (1 - common) * Math.sqrt(around / uncut);
}

/**
 * [height + 1, width + 1, BINS] how many pixels above and left of each point have each colour: any box is counted with
 * four look-ups.
 */
function colourSums({ width, height, luma, blue, red }: Planes): Int32Array {
	const stride = (width + 1) * BINS;
	const sums = new Int32Array(stride * (height + 1));
	const row = new Int32Array(BINS);
	for (let y = 0, i = 0; y < height; y++) {
		row.fill(0);
		for (let x = 0; x < width; x++, i++) {
			const level = Math.min(LUMA_LEVELS - 1, Math.floor((luma[i]! * LUMA_LEVELS) / 256));
			row[(level * COLOUR_LEVELS + colourLevel(blue[i]!)) * COLOUR_LEVELS + colourLevel(red[i]!)]!++;
			const at = (y + 1) * stride + (x + 1) * BINS;
			for (let bin = 0; bin < BINS; bin++) sums[at + bin] = sums[at - stride + bin]! + row[bin]!;
		}
	}
	return sums;
}

function colourLevel(value: number): number {
	if (value < -GREY) return 0;
	return value > GREY ? 2 : 1;
}

function countIn(sums: Int32Array, width: number, bin: number, x1: number, y1: number, x2: number, y2: number): number {
	const top = y1 * (width + 1);
	const bottom = y2 * (width + 1);
	return (
		sums[(bottom + x2) * BINS + bin]! -
		sums[(bottom + x1) * BINS + bin]! -
		sums[(top + x2) * BINS + bin]! +
		sums[(top + x1) * BINS + bin]!
	);
}

/** Intersection over union. */
function overlap(a: Candidate, b: Candidate): number {
	const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
	const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
	if (width <= 0 || height <= 0) return 0;
	const common = width * height;
	return common / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - common);
}
