/**
 * Merges the most similar neighbouring segments, one pair after the other, and gives the box of every region on the
 * way (Uijlings et al., 2013).
 */
import type { Planes } from "./planes.ts";
import type { Segments } from "./segments.ts";

/** Box of a region, in pixels; right and bottom exclusive. */
export interface Candidate {
	readonly x1: number;
	readonly y1: number;
	readonly x2: number;
	readonly y2: number;
}

const COLOUR_BINS = 16;
const DIRECTIONS = 8;
const STRENGTHS = 4;
const COLOURS = 3 * COLOUR_BINS;
/** Histogram of a region: colours, then gradient directions by strength. Each part sums to 1. */
const BINS = COLOURS + DIRECTIONS * STRENGTHS;

/** Everything known about regions, in flat arrays: segments first, merged regions behind. */
interface Regions {
	readonly area: Int32Array;
	/** [regions, 4] x1, y1, x2, y2 */
	readonly boxes: Int32Array;
	/** [regions, BINS] */
	readonly histograms: Float32Array;
}

interface Pair {
	readonly a: number;
	readonly b: number;
	readonly likeness: number;
}

/**
 * Merges until one region is left.
 * @returns [2·count − 1] boxes of the segments, then of the merged regions in the order they arose
 */
export function mergeSegments(segments: Segments, planes: Planes): Candidate[] {
	const regions = measure(segments, planes);
	const pixels = segments.width * segments.height;
	const pairUp = (a: number, b: number): Pair => ({ a, b, likeness: likeness(regions, a, b, pixels) });
	let pairs = neighbours(segments).map(([a, b]) => pairUp(a, b));
	let next = segments.count;
	for (; pairs.length > 0; next++) {
		const best = pairs.reduce((top, pair) => (pair.likeness > top.likeness ? pair : top));
		merge(regions, best.a, best.b, next);
		const touching = new Set<number>();
		pairs = pairs.filter(({ a, b }) => {
			const first = a === best.a || a === best.b;
			const second = b === best.a || b === best.b;
			if (first !== second) touching.add(first ? b : a);
			return !first && !second;
		});
		for (const other of touching) pairs.push(pairUp(other, next));
	}
	const corner = (region: number, i: number) => regions.boxes[region * 4 + i]!;
	return Array.from({ length: next }, (_, r) => ({
		x1: corner(r, 0),
		y1: corner(r, 1),
		x2: corner(r, 2),
		y2: corner(r, 3),
	}));
}

/** Pairs of segments that share a border, each once, in order of first contact. */
function neighbours({ width, height, labels, count }: Segments): Array<readonly [number, number]> {
	const seen = new Set<number>();
	for (let y = 0, i = 0; y < height; y++)
		for (let x = 0; x < width; x++, i++) {
			const here = labels[i]!;
			const right = x + 1 < width ? labels[i + 1]! : here;
			const below = y + 1 < height ? labels[i + width]! : here;
			if (right !== here) seen.add(Math.min(here, right) * count + Math.max(here, right));
			if (below !== here) seen.add(Math.min(here, below) * count + Math.max(here, below));
		}
	return Array.from(seen, (key) => [Math.floor(key / count), key % count] as const);
}

function measure({ width, height, labels, count }: Segments, planes: Planes): Regions {
	const total = Math.max(1, 2 * count - 1);
	const area = new Int32Array(total);
	const boxes = Int32Array.from({ length: total * 4 }, (_, i) => (i % 4 < 2 ? width + height : 0));
	const histograms = new Float32Array(total * BINS);
	for (let y = 0, i = 0; y < height; y++)
		for (let x = 0; x < width; x++, i++) {
			const label = labels[i]!;
			const [box, base] = [label * 4, label * BINS];
			area[label]!++;
			if (x < boxes[box]!) boxes[box] = x;
			if (y < boxes[box + 1]!) boxes[box + 1] = y;
			if (x >= boxes[box + 2]!) boxes[box + 2] = x + 1;
			if (y >= boxes[box + 3]!) boxes[box + 3] = y + 1;
			histograms[base + bin(planes.luma[i]! / 256)]!++;
			histograms[base + COLOUR_BINS + bin(planes.blue[i]! / 256 + 0.5)]!++;
			histograms[base + 2 * COLOUR_BINS + bin(planes.red[i]! / 256 + 0.5)]!++;
			histograms[base + COLOURS + gradientBin(planes, x, y)]!++;
		}
	for (let label = 0; label < count; label++) {
		for (let i = 0; i < COLOURS; i++) histograms[label * BINS + i]! /= 3 * area[label]!;
		for (let i = COLOURS; i < BINS; i++) histograms[label * BINS + i]! /= area[label]!;
	}
	return { area, boxes, histograms };
}

/** @param value 0…1 */
function bin(value: number): number {
	return Math.max(0, Math.min(COLOUR_BINS - 1, Math.floor(value * COLOUR_BINS)));
}

/** Direction (eight sectors, by signs and by which part is larger) and strength of the brightness gradient. */
function gradientBin({ width, height, luma }: Planes, x: number, y: number): number {
	const at = y * width + x;
	const dx = luma[x + 1 < width ? at + 1 : at]! - luma[x > 0 ? at - 1 : at]!;
	const dy = luma[y + 1 < height ? at + width : at]! - luma[y > 0 ? at - width : at]!;
	const [ax, ay] = [Math.abs(dx), Math.abs(dy)];
	const direction = (dx < 0 ? 4 : 0) + (dy < 0 ? 2 : 0) + (ay > ax ? 1 : 0);
	const strength = ax + ay;
	return direction * STRENGTHS + (strength < 4 ? 0 : strength < 12 ? 1 : strength < 36 ? 2 : 3);
}

function merge({ area, boxes, histograms }: Regions, a: number, b: number, to: number): void {
	const [x, y, z] = [a * 4, b * 4, to * 4];
	for (let i = 0; i < 2; i++) boxes[z + i] = Math.min(boxes[x + i]!, boxes[y + i]!);
	for (let i = 2; i < 4; i++) boxes[z + i] = Math.max(boxes[x + i]!, boxes[y + i]!);
	const sum = area[a]! + area[b]!;
	for (let i = 0; i < BINS; i++)
		histograms[to * BINS + i] = (histograms[a * BINS + i]! * area[a]! + histograms[b * BINS + i]! * area[b]!) / sum;
	area[to] = sum;
}

/**
 * Colour + texture + size (small regions first) + fill (no holes in the joint box), as in the paper, section 3.2; 0…4.
 */
function likeness({ area, boxes, histograms }: Regions, a: number, b: number, pixels: number): number {
	const [p, q] = [a * 4, b * 4];
	const width = Math.max(boxes[p + 2]!, boxes[q + 2]!) - Math.min(boxes[p]!, boxes[q]!);
	const height = Math.max(boxes[p + 3]!, boxes[q + 3]!) - Math.min(boxes[p + 1]!, boxes[q + 1]!);
	const both = area[a]! + area[b]!;
	return overlap(histograms, a, b) + (1 - both / pixels) + (1 - (width * height - both) / pixels);
}

/** Intersection of two histograms: colour 0…1 and texture 0…1, added. */
function overlap(histograms: Float32Array, a: number, b: number): number {
	let sum = 0;
	for (let i = 0; i < BINS; i++) sum += Math.min(histograms[a * BINS + i]!, histograms[b * BINS + i]!);
	return sum;
}
