/** Turns a picture into smoothed planes of brightness and colour, on which regions are grown. */
import type { Size } from "../../../src/core/geometry.ts";
import type { RgbImage } from "../types.ts";

/**
 * Y, Cb, Cr (ITU-R BT.601, full range, colour centred on 0), each [height, width]. Sums and products only: the same
 * bits in every browser.
 */
export interface Planes extends Size {
	readonly luma: Float32Array;
	readonly blue: Float32Array;
	readonly red: Float32Array;
}

/**
 * Colour planes, smoothed by a binomial kernel of five (standard deviation 1 pixel): JPEG blocks and noise would become
 * regions.
 */
export function toPlanes({ width, height, data }: RgbImage): Planes {
	const pixels = width * height;
	const [luma, blue, red] = [new Float32Array(pixels), new Float32Array(pixels), new Float32Array(pixels)];
	for (let i = 0, at = 0; i < pixels; i++, at += 3) {
		const y = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
		luma[i] = y;
		red[i] = (data[at]! - y) * 0.713;
		blue[i] = (data[at + 2]! - y) * 0.564;
	}
	const scratch = new Float32Array(pixels);
	for (const plane of [luma, blue, red]) smooth(plane, scratch, width, height);
	return { width, height, luma, blue, red };
}

/** 1 4 6 4 1 across, then down; the border pixel is repeated. */
function smooth(plane: Float32Array, scratch: Float32Array, width: number, height: number): void {
	for (let y = 0; y < height; y++) smoothLine(plane, scratch, y * width, 1, width);
	for (let x = 0; x < width; x++) smoothLine(scratch, plane, x, width, height);
}

function smoothLine(from: Float32Array, to: Float32Array, start: number, step: number, count: number): void {
	const last = start + (count - 1) * step;
	let [before2, before1, here] = [from[start]!, from[start]!, from[start]!];
	let after1 = from[Math.min(last, start + step)]!;
	for (let at = start; at <= last; at += step) {
		const after2 = from[Math.min(last, at + 2 * step)]!;
		to[at] = (before2 + 4 * before1 + 6 * here + 4 * after1 + after2) / 16;
		before2 = before1;
		before1 = here;
		here = after1;
		after1 = after2;
	}
}
