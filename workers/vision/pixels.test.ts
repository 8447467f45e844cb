/** Checks, against results worked out by hand, that pictures are rotated, flattened and averaged. */
import { describe, expect, test } from "vitest";
import { fitPixels, fitSide, flatten, orient, shrink } from "./pixels.ts";
import type { Orientation } from "./sniff.ts";
import type { RgbImage } from "./types.ts";

/** One number per pixel, written to all three channels. */
function grey(width: number, values: readonly number[]): RgbImage {
	return {
		width,
		height: values.length / width,
		data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
	};
}

function values({ data }: RgbImage): number[] {
	return [...data].filter((_, i) => i % 3 === 0);
}

describe("orient", () => {
	// Stored: 1 2 3
	//         4 5 6
	test.each([
		[1, 3, [1, 2, 3, 4, 5, 6]],
		[2, 3, [3, 2, 1, 6, 5, 4]],
		[3, 3, [6, 5, 4, 3, 2, 1]],
		[4, 3, [4, 5, 6, 1, 2, 3]],
		[5, 2, [1, 4, 2, 5, 3, 6]],
		[6, 2, [4, 1, 5, 2, 6, 3]],
		[7, 2, [6, 3, 5, 2, 4, 1]],
		[8, 2, [3, 6, 2, 5, 1, 4]],
	] as const)("orientation %i", (orientation, width, expected) => {
		const upright = orient(grey(3, [1, 2, 3, 4, 5, 6]), orientation as Orientation);
		expect(upright).toMatchObject({ width, height: 6 / width });
		expect(values(upright)).toEqual(expected);
	});

	test("channels keep their order", () => {
		const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
		expect([...orient(image, 2).data]).toEqual([4, 5, 6, 1, 2, 3]);
	});
});

describe("flatten", () => {
	test("transparent is white, opaque is itself, half red is pink", () => {
		const data = Uint8Array.of(9, 9, 9, 0, 10, 20, 30, 255, 255, 0, 0, 128);
		expect([...flatten({ width: 3, height: 1, data }).data]).toEqual([255, 255, 255, 10, 20, 30, 255, 127, 127]);
	});
});

describe("shrink", () => {
	test("four pixels become their mean", () => {
		expect(values(shrink(grey(2, [0, 10, 20, 30]), { width: 1, height: 1 }))).toEqual([15]);
	});

	test("a pixel on the border counts half on either side", () => {
		// 3 → 2: (0 + 60/2) / 1.5 = 20 and (60/2 + 120) / 1.5 = 100
		expect(values(shrink(grey(3, [0, 60, 120]), { width: 2, height: 1 }))).toEqual([20, 100]);
		expect(values(shrink(grey(1, [0, 60, 120]), { width: 1, height: 2 }))).toEqual([20, 100]);
	});

	test("a uniform picture stays uniform at odd ratios", () => {
		expect(new Set(shrink(grey(17, new Array(17 * 13).fill(200)), { width: 7, height: 5 }).data)).toEqual(
			new Set([200]),
		);
	});
});

describe("sizes", () => {
	test("a picture of 50 megapixels fits 24", () => {
		expect(fitPixels({ width: 10_000, height: 5_000 }, 24_000_000)).toEqual({ width: 6_928, height: 3_464 });
	});

	test("what fits is left alone, and no side vanishes", () => {
		expect(fitPixels({ width: 640, height: 480 }, 24_000_000)).toEqual({ width: 640, height: 480 });
		expect(fitSide({ width: 1000, height: 1 }, 256)).toEqual({ width: 256, height: 1 });
	});
});
