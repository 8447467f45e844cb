/** Checks, against results worked out by hand, how crops are resized. */
import { describe, expect, test } from "vitest";
import { unitBox, WHOLE_IMAGE } from "../../src/core/geometry.ts";
import { cropResize, pixelValues, triangleWeights } from "./resize.ts";
import type { RgbImage } from "./types.ts";

/** One number per pixel, written to all three channels. */
function grey(width: number, values: readonly number[]): RgbImage {
	return {
		width,
		height: values.length / width,
		data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
	};
}

function resized(width: number, values: readonly number[], size: number, box = WHOLE_IMAGE): number[] {
	return [...cropResize(grey(width, values), box, size).subarray(0, size * size)].map(
		(value) => Math.round(value * 1000) / 1000,
	);
}

describe("cropResize", () => {
	test("2 × 2 becomes the mean", () => {
		expect(resized(2, [0, 10, 20, 30], 1)).toEqual([15]);
	});

	test("4 × 1 becomes two columns with weights 3, 3, 1 of 7", () => {
		// (3·0 + 3·70 + 1·140) / 7 = 50 and (1·70 + 3·140 + 3·210) / 7 = 160; the single row is repeated.
		expect(resized(4, [0, 70, 140, 210], 2)).toEqual([50, 160, 50, 160]);
	});

	test("one pixel fills any square", () => {
		expect(resized(1, [77], 3)).toEqual(new Array(9).fill(77));
	});

	test("2 to 4 mixes by the distance of half-pixel centres", () => {
		expect(resized(2, [0, 100], 4).slice(0, 4)).toEqual([0, 25, 75, 100]);
		expect(resized(1, [0, 100], 4).filter((_, i) => i % 4 === 0)).toEqual([0, 25, 75, 100]);
	});

	test("a gradient keeps its slope inside", () => {
		const gradient = Array.from({ length: 16 }, (_, x) => x * 10);
		// Centres of the inner output pixels lie at 6 and 10, half a pixel left of x: 55 and 95.
		expect(resized(16, gradient, 4).slice(1, 3)).toEqual([55, 95]);
	});

	test("nothing outside the box is seen", () => {
		expect(resized(4, [255, 10, 10, 255], 3, unitBox(0.25, 0, 0.75, 1))).toEqual(new Array(9).fill(10));
	});

	test.each([
		["inside", unitBox(0.6, 0.5, 0.6, 0.5), 30],
		["on the far edge", unitBox(1, 1, 1, 1), 40],
		["outside", unitBox(-3, -3, -2, -2), 10],
		["turned around", unitBox(0.75, 1, 0.25, 0), 40],
	])("a box without area %s shows one pixel", (_, box, expected) => {
		expect(resized(4, [10, 20, 30, 40], 2, box)).toEqual(new Array(4).fill(expected));
	});

	test("channels become planes", () => {
		const image = { width: 2, height: 1, data: Uint8Array.of(1, 2, 3, 3, 4, 5) };
		expect([...cropResize(image, WHOLE_IMAGE, 1)]).toEqual([2, 3, 4]);
	});
});

describe("triangleWeights", () => {
	test.each([
		[1000, 224],
		[7, 224],
		[225, 224],
		[224, 224],
		[3, 1],
		[1, 5],
	])("%i to %i: every output mixes pixels that exist, weights sum to 1", (inputs, outputs) => {
		const { starts, counts, weights, taps } = triangleWeights(inputs, outputs);
		for (let i = 0; i < outputs; i++) {
			expect(counts[i]).toBeGreaterThan(0);
			expect(counts[i]).toBeLessThanOrEqual(taps);
			expect(starts[i]! + counts[i]!).toBeLessThanOrEqual(inputs);
			const sum = weights.subarray(i * taps, i * taps + counts[i]!).reduce((total, weight) => total + weight, 0);
			expect(sum).toBeCloseTo(1, 5);
		}
	});
});

describe("pixelValues", () => {
	const options = { size: 2, mean: [0.5, 0, 1], std: [0.5, 1, 2] } as const;

	test("values are normalised per channel, crop after crop", () => {
		const image = { width: 2, height: 1, data: Uint8Array.of(255, 255, 255, 0, 0, 0) };
		const values = pixelValues(image, [unitBox(0, 0, 0.5, 1), unitBox(0.5, 0, 1, 1)], options);
		expect([...values].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([
			...[1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0],
			...[-1, -1, -1, -1, 0, 0, 0, 0, -0.5, -0.5, -0.5, -0.5],
		]);
	});

	test("no boxes, no values", () => {
		expect(pixelValues(grey(1, [1]), [], options)).toHaveLength(0);
	});

	test("an aborted signal stops it", () => {
		const reason = new Error("stop");
		expect(() => pixelValues(grey(1, [1]), [WHOLE_IMAGE], options, AbortSignal.abort(reason))).toThrow(reason);
	});
});
