/** Makes decoded pixels upright, opaque and not too many. Pure arithmetic, the same in a worker and in Node. */
import type { Size } from "../../src/core/geometry.ts";
import type { Orientation } from "./sniff.ts";
import type { RgbImage } from "./types.ts";

/** A picture with more pixels is scaled down when it is decoded: crops of 224 × 224 gain nothing from more. */
export const MAX_DECODED_PIXELS = 24_000_000;

/** Decoded pixels as codecs and canvases give them: [height, width, 4], alpha not premultiplied. */
export interface RgbaImage extends Size {
	readonly data: Uint8Array | Uint8ClampedArray;
}

/**
 * Puts a picture with alpha on white. The opaque pixels overwrite the RGBA ones, which a large picture has no second
 * place for: `data` must not be used afterwards.
 */
export function flatten({ width, height, data: rgba }: RgbaImage): RgbImage {
	const data = new Uint8Array(rgba.buffer, rgba.byteOffset, width * height * 3);
	flattenInto(rgba, data, 0);
	return { width, height, data };
}

/** Writes RGBA pixels as opaque RGB into `out`, from pixel number `firstPixel` on; `out` may be the same memory. */
export function flattenInto(rgba: Uint8Array | Uint8ClampedArray, out: Uint8Array, firstPixel: number): void {
	for (let from = 0, to = firstPixel * 3; from < rgba.length; from += 4, to += 3) {
		const alpha = rgba[from + 3]!;
		const white = 255 * (255 - alpha) + 127;
		for (let c = 0; c < 3; c++)
			out[to + c] = alpha === 255 ? rgba[from + c]! : Math.floor((rgba[from + c]! * alpha + white) / 255);
	}
}

/**
 * Where pixel (x, y) of the upright picture lies in the stored one: axes swapped first, then each counted from the far
 * end.
 */
const TURNS = {
	1: { swap: false, flipX: false, flipY: false },
	2: { swap: false, flipX: true, flipY: false },
	3: { swap: false, flipX: true, flipY: true },
	4: { swap: false, flipX: false, flipY: true },
	5: { swap: true, flipX: false, flipY: false },
	6: { swap: true, flipX: false, flipY: true },
	7: { swap: true, flipX: true, flipY: true },
	8: { swap: true, flipX: true, flipY: false },
} as const satisfies Record<Orientation, { swap: boolean; flipX: boolean; flipY: boolean }>;

/** Turns a stored picture upright. @param orientation EXIF tag 274 */
export function orient(image: RgbImage, orientation: Orientation): RgbImage {
	if (orientation === 1) return image;
	const { swap, flipX, flipY } = TURNS[orientation];
	const { width, height, data: from } = image;
	const stepX = flipX ? -3 : 3;
	const stepY = (flipY ? -3 : 3) * width;
	const origin = (flipX ? width - 1 : 0) * 3 + (flipY ? height - 1 : 0) * width * 3;
	const upright: Size = swap ? { width: height, height: width } : { width, height };
	const [stepColumn, stepRow] = swap ? [stepY, stepX] : [stepX, stepY];
	const data = new Uint8Array(from.length);
	for (let y = 0, to = 0; y < upright.height; y++)
		for (let x = 0, at = origin + y * stepRow; x < upright.width; x++, at += stepColumn, to += 3) {
			data[to] = from[at]!;
			data[to + 1] = from[at + 1]!;
			data[to + 2] = from[at + 2]!;
		}
	return { ...upright, data };
}

/** The largest size of the same shape within `pixels` pixels; the size itself if it is within. */
export function fitPixels({ width, height }: Size, pixels: number): Size {
	return scaleSize({ width, height }, Math.min(1, Math.sqrt(pixels / (width * height))), Math.floor);
}

/** The largest size of the same shape whose longer side is at most `side`. */
export function fitSide({ width, height }: Size, side: number): Size {
	return scaleSize({ width, height }, Math.min(1, side / Math.max(width, height)), Math.round);
}

function scaleSize({ width, height }: Size, scale: number, round: (value: number) => number): Size {
	return { width: Math.max(1, round(width * scale)), height: Math.max(1, round(height * scale)) };
}

/**
 * Scales down by area averaging: every source pixel counts by the part of it that an output pixel covers.
 * @param size at most the picture's own
 */
export function shrink(image: RgbImage, size: Size): RgbImage {
	if (size.width === image.width && size.height === image.height) return image;
	const stride = size.width * 3;
	const data = new Uint8Array(stride * size.height);
	const row = new Float32Array(stride);
	const sum = new Float32Array(stride);
	const scale = image.height / size.height;
	let source = -1;
	for (let y = 0; y < size.height; y++) {
		const top = y * scale;
		const bottom = Math.min(image.height, top + scale);
		sum.fill(0);
		for (let s = Math.floor(top); s < bottom; s++) {
			// A row on the border between two output rows serves both: it is reduced once.
			if (s !== source) shrinkRow(image, s, size.width, row);
			source = s;
			const weight = (Math.min(s + 1, bottom) - Math.max(s, top)) / scale;
			for (let i = 0; i < stride; i++) sum[i]! += weight * row[i]!;
		}
		for (let i = 0; i < stride; i++) data[y * stride + i] = Math.round(sum[i]!);
	}
	return { ...size, data };
}

/** One source row, averaged down to `width` pixels: [width, 3]. */
function shrinkRow({ width: sourceWidth, data }: RgbImage, y: number, width: number, out: Float32Array): void {
	const scale = sourceWidth / width;
	for (let x = 0, base = y * sourceWidth * 3; x < width; x++) {
		const left = x * scale;
		const right = Math.min(sourceWidth, left + scale);
		let r = 0;
		let g = 0;
		let b = 0;
		for (let s = Math.floor(left); s < right; s++) {
			const weight = Math.min(s + 1, right) - Math.max(s, left);
			const at = base + s * 3;
			r += weight * data[at]!;
			g += weight * data[at + 1]!;
			b += weight * data[at + 2]!;
		}
		out[x * 3] = r / scale;
		out[x * 3 + 1] = g / scale;
		out[x * 3 + 2] = b / scale;
	}
}
