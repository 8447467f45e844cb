/** Checks, on heat maps written by hand, that peaks become boxes, each thing once, whatever a graph gives. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ProposerConfig } from "../../../src/bundle/manifest.ts";
import { settle } from "../../../src/core/failure.ts";
import { readPeaks } from "./peaks.ts";

/** Eight by eight cells of 4 pixels. */
const CONFIG: ProposerConfig = {
	image_size: 32,
	image_mean: [0, 0, 0],
	image_std: [1, 1, 1],
	stride: 4,
	kinds: ["person", "logo"],
	threshold: 0.3,
};
const CELLS = 64;
const WHOLE = { across: 1, down: 1 };

/** Scores by "kind, row, column", and the same four distances everywhere. */
function outputs(
	peaks: readonly (readonly [kind: number, row: number, column: number, score: number])[],
	distances = [6, 6, 6, 6],
) {
	const scores = new Float32Array(2 * CELLS);
	for (const [kind, row, column, score] of peaks) scores[kind * CELLS + row * 8 + column] = score;
	return { scores, boxes: Float32Array.from({ length: 4 * CELLS }, (_, at) => distances[Math.floor(at / CELLS)]!) };
}

const rounded = (regions: ReturnType<typeof readPeaks>) =>
	regions.map(({ box, score, kind }) => [kind, Math.round(score * 100) / 100, box.map((edge) => edge * 32)]);

describe("peaks", () => {
	test("become boxes around the middles of their cells, best first, clipped to the picture", () => {
		const found = readPeaks(
			outputs([
				[0, 0, 0, 0.5],
				[1, 4, 4, 0.75],
			]),
			CONFIG,
			WHOLE,
			36,
		);
		expect(rounded(found)).toEqual([
			["logo", 0.75, [12, 12, 24, 24]],
			["person", 0.5, [0, 0, 8, 8]],
		]);
	});

	test("a cell beside a higher one is none; nor is one below the threshold", () => {
		const found = readPeaks(
			outputs([
				[0, 2, 2, 0.9],
				[0, 3, 3, 0.8],
				[0, 6, 6, 0.25],
			]),
			CONFIG,
			WHOLE,
			36,
		);
		expect(rounded(found)).toEqual([["person", 0.9, [4, 4, 16, 16]]]);
	});

	test("two kinds at one place are one thing: the surer one", () => {
		const found = readPeaks(
			outputs([
				[0, 2, 2, 0.6],
				[1, 2, 2, 0.7],
			]),
			CONFIG,
			WHOLE,
			36,
		);
		expect(rounded(found)).toEqual([["logo", 0.7, [4, 4, 16, 16]]]);
	});

	test("boxes are fractions of the picture, which covers a part of the square", () => {
		const [found] = readPeaks(outputs([[0, 1, 3, 0.6]]), CONFIG, { across: 1, down: 0.5 }, 36);
		expect(found!.box).toEqual([8 / 32, 0, 20 / 32, 12 / 16]);
	});

	test("what lies beside the picture is left out", () => {
		expect(readPeaks(outputs([[0, 7, 3, 0.6]]), CONFIG, { across: 1, down: 0.5 }, 36)).toEqual([]);
	});

	test("equal scores keep the order of kinds, rows and columns; the limit holds", () => {
		const many = outputs([
			[1, 0, 0, 0.5],
			[0, 7, 7, 0.5],
			[0, 0, 4, 0.5],
		]);
		expect(rounded(readPeaks(many, CONFIG, WHOLE, 2))).toEqual([
			["person", 0.5, [12, 0, 24, 8]],
			["person", 0.5, [24, 24, 32, 32]],
		]);
	});
});

describe("hostile outputs", () => {
	test.each([
		["NaN", Number.NaN],
		["infinity", Number.POSITIVE_INFINITY],
		["a score past 1", 1.5],
	])("%s is not a score", (_, score) => {
		expect(readPeaks(outputs([[0, 2, 2, score]]), CONFIG, WHOLE, 36)).toEqual([]);
	});

	test("a number beside a NaN is still a peak", () => {
		const found = readPeaks(
			outputs([
				[0, 2, 2, Number.NaN],
				[0, 2, 3, 0.5],
			]),
			CONFIG,
			WHOLE,
			36,
		);
		expect(found).toHaveLength(1);
	});

	test.each([
		["NaN", [Number.NaN, 6, 6, 6], 0],
		["infinity: the whole picture", new Array(4).fill(Number.POSITIVE_INFINITY), 1],
		["huge ones: the whole picture", new Array(4).fill(3e38), 1],
		["negative ones", [-6, 6, -6, 6], 0],
	])("distances of %s", (_, distances, count) => {
		const found = readPeaks(outputs([[0, 2, 2, 0.5]], distances), CONFIG, WHOLE, 36);
		expect(found).toHaveLength(count);
		for (const { box } of found) expect(box).toEqual([0, 0, 1, 1]);
	});

	test.each([
		["scores", { scores: new Float32Array(CELLS), boxes: new Float32Array(4 * CELLS) }],
		["distances", { scores: new Float32Array(2 * CELLS), boxes: new Float32Array(CELLS) }],
	])("%s of another size are refused", async (_, wrong) => {
		const outcome = await settle(() => readPeaks(wrong, CONFIG, WHOLE, 36));
		expect(outcome).toMatchObject({ ok: false, failure: { code: "bundle-graph-mismatch" } });
	});

	test("any numbers give at most the limit: in order, inside the picture, apart, and the same twice", () => {
		const anything = fc.oneof(fc.float(), fc.float({ min: 0, max: 1 }), fc.constant(0.5));
		const list = (length: number) =>
			fc.array(anything, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values));
		const both = fc.record({ scores: list(2 * CELLS), boxes: list(4 * CELLS) });
		fc.assert(
			fc.property(both, fc.integer({ min: 0, max: 40 }), (outputs, limit) => {
				const found = readPeaks(outputs, CONFIG, WHOLE, limit);
				expect(found.length).toBeLessThanOrEqual(limit);
				for (const [index, { box, score }] of found.entries()) {
					expect(score).toBeLessThanOrEqual(found[index - 1]?.score ?? 1);
					expect(box[0] >= 0 && box[0] < box[2] && box[2] <= 1 && box[1] >= 0 && box[1] < box[3] && box[3] <= 1).toBe(
						true,
					);
				}
				expect(readPeaks(outputs, CONFIG, WHOLE, limit)).toEqual(found);
			}),
			{ numRuns: 60 },
		);
	});
});
