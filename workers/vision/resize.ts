/** Cuts boxes out of a picture and resizes them for the visual encoder: normalised, [R, 3, size, size]. */
import { toPixels, type UnitBox } from "../../src/core/geometry.ts";
import type { RgbImage } from "./types.ts";

/** How the bundle's backbone was trained (`config.visual` of umie.json). Mean and std are of values 0…1. */
export interface PixelOptions {
	readonly size: number;
	readonly mean: readonly [r: number, g: number, b: number];
	readonly std: readonly [r: number, g: number, b: number];
}

/**
 * One crop per box, resized and normalised: (value / 255 − mean) / std.
 * @param boxes [R] fractions of the picture
 * @returns [R, 3, size, size] row-major
 * @throws the signal's reason, between two crops
 */
export function pixelValues(
	image: RgbImage,
	boxes: readonly UnitBox[],
	{ size, mean, std }: PixelOptions,
	signal?: AbortSignal,
): Float32Array {
	const plane = size * size;
	const values = new Float32Array(boxes.length * 3 * plane);
	boxes.forEach((box, index) => {
		signal?.throwIfAborted();
		const crop = cropResize(image, box, size, values.subarray(index * 3 * plane, (index + 1) * 3 * plane));
		for (let c = 0; c < 3; c++) {
			const factor = 1 / (255 * std[c]!);
			const shift = -mean[c]! / std[c]!;
			for (let i = c * plane; i < (c + 1) * plane; i++) crop[i] = crop[i]! * factor + shift;
		}
	});
	return values;
}

/**
 * Cuts a box out and resizes it to a square: bilinear, and antialiased when it shrinks (PIL `BILINEAR`, torchvision
 * `antialias=True`), without rounding. The box is rounded to whole pixels as PIL `crop` does, and is at least one pixel
 * wide and high. Source rows are reduced one after the other and added to the output rows they touch, so no copy of the
 * crop is made.
 * @param out [3, size, size], zeros
 * @returns `out`, values 0…255
 */
export function cropResize(
	image: RgbImage,
	box: UnitBox,
	size: number,
	out = new Float32Array(3 * size * size),
): Float32Array {
	const [x1, y1, x2, y2] = toPixels(box, image);
	const [left, width] = wholePixels(x1, x2, image.width);
	const [top, height] = wholePixels(y1, y2, image.height);
	const across = triangleWeights(width, size);
	const down = triangleWeights(height, size);
	const row = new Float32Array(3 * size);
	let first = 0;
	for (let y = 0; y < height; y++) {
		resizeRow(image, top + y, left, across, row);
		while (first < size && down.starts[first]! + down.counts[first]! <= y) first++;
		for (let r = first; r < size && down.starts[r]! <= y; r++) {
			const weight = down.weights[r * down.taps + y - down.starts[r]!]!;
			for (let c = 0; c < 3; c++) {
				const to = (c * size + r) * size;
				for (let x = 0; x < size; x++) out[to + x]! += weight * row[c * size + x]!;
			}
		}
	}
	return out;
}

/** First pixel and number of pixels of an interval, inside 0…limit and never empty. */
function wholePixels(from: number, to: number, limit: number): [first: number, count: number] {
	const first = Math.min(limit - 1, Math.max(0, Math.round(from)));
	const end = Math.max(first + 1, Math.min(limit, Math.round(to)));
	return [first, end - first];
}

/** For each output position: the source positions it mixes, and their weights (sum 1). */
interface AxisWeights {
	readonly starts: Int32Array;
	readonly counts: Int32Array;
	/** [outputs, taps] */
	readonly weights: Float32Array;
	readonly taps: number;
}

/** A triangle of half-width max(1, reduction) around each output pixel's centre. */
export function triangleWeights(inputs: number, outputs: number): AxisWeights {
	const scale = inputs / outputs;
	const support = Math.max(1, scale);
	const taps = Math.min(inputs, Math.ceil(support) * 2 + 1);
	const starts = new Int32Array(outputs);
	const counts = new Int32Array(outputs);
	const weights = new Float32Array(outputs * taps);
	for (let i = 0; i < outputs; i++) {
		const centre = (i + 0.5) * scale;
		const start = Math.max(0, Math.floor(centre - support + 0.5));
		const end = Math.min(inputs, Math.floor(centre + support + 0.5));
		let sum = 0;
		for (let j = start; j < end; j++) sum += triangle((j + 0.5 - centre) / support);
		for (let j = start; j < end; j++) weights[i * taps + j - start] = triangle((j + 0.5 - centre) / support) / sum;
		starts[i] = start;
		counts[i] = end - start;
	}
	return { starts, counts, weights, taps };
}

function triangle(distance: number): number {
	return Math.max(0, 1 - Math.abs(distance));
}

/** One source row of the crop, resized: [3, size]. */
function resizeRow(
	{ width, data }: RgbImage,
	y: number,
	left: number,
	{ starts, counts, weights, taps }: AxisWeights,
	out: Float32Array,
): void {
	const size = starts.length;
	const base = (y * width + left) * 3;
	for (let x = 0; x < size; x++) {
		let at = base + starts[x]! * 3;
		let r = 0;
		let g = 0;
		let b = 0;
		for (let w = x * taps, end = w + counts[x]!; w < end; w++, at += 3) {
			const weight = weights[w]!;
			r += weight * data[at]!;
			g += weight * data[at + 1]!;
			b += weight * data[at + 2]!;
		}
		out[x] = r;
		out[size + x] = g;
		out[2 * size + x] = b;
	}
}
