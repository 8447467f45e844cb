/** Checks which queries share a batch, on lengths and limits small enough to count by hand. */
import { describe, expect, test } from "vitest";
import { DEVICES } from "../devices/devices.ts";
import { planBatches } from "./batches.ts";

const EVEN = { rows: 8, padding: 0.15 };

describe("planBatches", () => {
	test("nothing makes no batch, one query makes one", () => {
		expect(planBatches([], EVEN)).toEqual([]);
		expect(planBatches([7], EVEN)).toEqual([[0]]);
	});

	test("equal lengths keep their order and fill batches of at most `rows`", () => {
		expect(planBatches([5, 5, 5, 5, 5], { rows: 2, padding: 0.15 })).toEqual([[0, 1], [2, 3], [4]]);
	});

	test("the longest goes first", () => {
		expect(planBatches([8, 10, 9], EVEN)).toEqual([[1, 2, 0]]);
	});

	test("a query that would make more padding than allowed begins a batch", () => {
		// 10 and 7: 17 of 20 cells are tokens, 0.15 is padding, just allowed. With 6: 16 of 20, 0.2.
		expect(planBatches([10, 7], EVEN)).toEqual([[0, 1]]);
		expect(planBatches([10, 6], EVEN)).toEqual([[0], [1]]);
	});

	test("padding counts over the batch, not for each query", () => {
		// 10, 10, 10, 5: 35 of 40 cells, 0.125 is padding; 10, 5 alone would be 0.25.
		expect(planBatches([10, 10, 10, 5], EVEN)).toEqual([[0, 1, 2, 3]]);
	});

	test("a batch that begins anew is measured by its own longest", () => {
		// 100 | 10, 9: 19 of 20 cells.
		expect(planBatches([10, 100, 9], EVEN)).toEqual([[1], [0, 2]]);
	});

	test("WebGPU takes many rows and much padding, WASM few and little", () => {
		const lengths = Array.from({ length: 40 }, (_, index) => (index < 22 ? 100 : 50));
		expect(planBatches(lengths, DEVICES.webgpu.batchLimits("fp32")).map(({ length }) => length)).toEqual([32, 8]);
		// 22 of 100: fours, and two left, which with one of 50 would be 250 of 300 cells: 0.17 padding. Then 18 of 50.
		expect(planBatches(lengths, DEVICES.wasm.batchLimits("fp32")).map(({ length }) => length)).toEqual([
			4, 4, 4, 4, 4, 2, 4, 4, 4, 4, 2,
		]);
		expect(planBatches(lengths, DEVICES.wasm.batchLimits("int8")).every(({ length }) => length === 1)).toBe(true);
	});

	test("every query is in exactly one batch", () => {
		const lengths = Array.from({ length: 100 }, (_, index) => 20 + ((index * 37) % 90));
		const planned = planBatches(lengths, EVEN).flat();
		expect([...planned].sort((a, b) => a - b)).toEqual(lengths.map((_, index) => index));
	});
});
