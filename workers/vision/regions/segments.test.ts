/** Checks that pictures of a few pixels are cut and merged as a person would. */
import { describe, expect, test } from "vitest";
import { mergeSegments } from "./hierarchy.ts";
import { toPlanes } from "./planes.ts";
import { pixelGraph, segment } from "./segments.ts";

/** One brightness per pixel. */
function grey(width: number, values: readonly number[]) {
	return toPlanes({
		width,
		height: values.length / width,
		data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
	});
}

/** 12 × 4: a black half and a white half. */
const HALVES = grey(
	12,
	Array.from({ length: 48 }, (_, i) => (i % 12 < 6 ? 0 : 255)),
);

describe("toPlanes", () => {
	test("grey has brightness only", () => {
		const planes = grey(2, [100, 100]);
		expect([...planes.luma, ...planes.blue, ...planes.red].map(Math.round)).toEqual([100, 100, 0, 0, 0, 0]);
	});

	test("one bright pixel in a row spreads as 1 4 6 4 1", () => {
		expect([...grey(7, [0, 0, 0, 160, 0, 0, 0]).luma].map(Math.round)).toEqual([0, 10, 40, 60, 40, 10, 0]);
	});
});

describe("pixelGraph", () => {
	test("2 × 2 pixels have six pairs, the most alike first", () => {
		const { weights } = pixelGraph(grey(2, [0, 0, 200, 200]));
		expect(weights).toHaveLength(6);
		expect([...weights]).toEqual([...weights].sort((a, b) => a - b));
		expect([...weights.subarray(0, 2)]).toEqual([0, 0]);
	});
});

describe("segment", () => {
	test("two halves are two segments at a fine scale", () => {
		const { labels, count } = segment(pixelGraph(HALVES), { scale: 100, minSize: 8 });
		expect(count).toBe(2);
		expect([labels[0], labels[36], labels[11], labels[47]]).toEqual([0, 0, 1, 1]);
	});

	test("a scale beyond all differences makes one segment", () => {
		expect(segment(pixelGraph(HALVES), { scale: 1e6, minSize: 1 }).count).toBe(1);
	});

	test("no segment is smaller than asked", () => {
		const speck = grey(8, [...new Array(27).fill(0), 255, ...new Array(36).fill(0)]);
		expect(segment(pixelGraph(speck), { scale: 1, minSize: 20 }).count).toBe(1);
	});

	test("static of 20,000 pixels is cut into 500 segments at most", () => {
		const values = Array.from({ length: 20_000 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 24) & 255);
		expect(segment(pixelGraph(grey(200, values)), { scale: 1, minSize: 2 }).count).toBeLessThanOrEqual(500);
	});
});

describe("mergeSegments", () => {
	test("three stripes give five boxes: the alike neighbours merge first", () => {
		// Stripes of 20 columns: dark, a little less dark, bright. The first two share the brightness bin 16…31.
		const stripe = (_: unknown, i: number) => Math.floor((i % 60) / 20);
		const labels = Int32Array.from({ length: 60 * 6 }, stripe);
		const planes = grey(
			60,
			[...labels].map((label) => [18, 24, 250][label]!),
		);
		expect(mergeSegments({ width: 60, height: 6, labels, count: 3 }, planes)).toEqual([
			{ x1: 0, y1: 0, x2: 20, y2: 6 },
			{ x1: 20, y1: 0, x2: 40, y2: 6 },
			{ x1: 40, y1: 0, x2: 60, y2: 6 },
			{ x1: 0, y1: 0, x2: 40, y2: 6 },
			{ x1: 0, y1: 0, x2: 60, y2: 6 },
		]);
	});
});
