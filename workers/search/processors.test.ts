/** Proves that repeated n-grams are ruled out. */
import { describe, expect, test } from "vitest";
import { noRepeatNgram } from "./processors.ts";

const direct = (column: number) => column;

/** Columns that the processor forbids after `ids`. */
function banned(
	size: number,
	ids: readonly number[],
	prompt: readonly number[] = [],
	columns = 8,
	tokenOf = direct,
): number[] {
	const scores = new Float32Array(columns);
	noRepeatNgram(size, prompt)(scores, ids, tokenOf);
	return [...scores.keys()].filter((column) => scores[column] === -Infinity);
}

describe("noRepeatNgram", () => {
	test("size 1 forbids every id that was there", () => {
		expect(banned(1, [2, 5, 2])).toEqual([2, 5]);
	});

	test("size 2 forbids what followed the last id before", () => {
		expect(banned(2, [3, 4, 3, 5, 3])).toEqual([4, 5]);
		expect(banned(2, [3, 3])).toEqual([3]);
		expect(banned(2, [3, 4])).toEqual([]);
	});

	test("size 3 looks at the last two ids", () => {
		expect(banned(3, [1, 2, 6, 4, 1, 2])).toEqual([6]);
		expect(banned(3, [1, 2, 6, 4, 2])).toEqual([]);
	});

	test("a text shorter than the run forbids nothing", () => {
		for (const ids of [[], [1], [1, 1]]) expect(banned(4, ids)).toEqual([]);
	});

	test("the prompt counts as text", () => {
		expect(banned(2, [6, 0], [0])).toEqual([6]);
		expect(banned(1, [6], [0])).toEqual([0, 6]);
	});

	test("finds the column of a token among candidates, and passes over tokens that have none", () => {
		const ids = [10, 20, 30];
		expect(banned(1, [30, 15, 10], [], 3, (column) => ids[column]!)).toEqual([0, 2]);
	});

	test("a size below 1 is refused", () => {
		for (const size of [0, -1, 1.5, Number.NaN]) expect(() => noRepeatNgram(size)).toThrow(/no_repeat_ngram_size/);
	});
});
