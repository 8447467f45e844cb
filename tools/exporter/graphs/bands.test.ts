/**
 * Shows that bands, one after the other, make up the whole weight, in order and transposed, and how much is read at
 * once.
 */
import { describe, expect, test } from "vitest";
import { type Band, bandsOf, inOrder, type RowSource, sampleRows, stackRows, transposed, wholeRows } from "./bands.ts";

/** 1, 2, 3 … */
const counting = (rows: number, columns: number, from = 1) =>
	wholeRows(rows, columns, () => Float32Array.from({ length: rows * columns }, (_, i) => from + i));
const floats = (pieces: Iterable<Uint8Array>) => [
	...new Float32Array(new Uint8Array(Buffer.concat([...pieces])).buffer),
];
const same = ({ data }: Band) => data;

describe("bands", () => {
	test("hold as many rows as fit, at least one: 5 rows of 3 are 2 + 2 + 1 with 7 elements, 5 × 1 with 2", () => {
		expect([...bandsOf(counting(5, 3), 7)].map(({ first, rows, data }) => [first, rows, data[0], data.length])).toEqual(
			[
				[0, 2, 1, 6],
				[2, 2, 7, 6],
				[4, 1, 13, 3],
			],
		);
		expect([...bandsOf(counting(5, 3), 2)].map(({ first, rows }) => [first, rows])).toEqual(
			[0, 1, 2, 3, 4].map((first) => [first, 1]),
		);
	});

	test("of stacked weights cross their borders", () => {
		const stack = stackRows([counting(2, 2), counting(1, 2, 5), counting(3, 2, 7)]);
		expect([stack.rows, stack.columns]).toEqual([6, 2]);
		expect([...stack.read(1, 5)]).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
		expect(floats(inOrder(stack, same, 8))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
	});

	test("a sample is every n-th row: of 5 rows of 3, 8 elements are rows 1, 3 and 5, 15 all, 1 the first", () => {
		const sample = (elements: number) => sampleRows(counting(5, 3), elements).map((row) => [...row]);
		expect(sample(8)).toEqual([
			[1, 2, 3],
			[7, 8, 9],
			[13, 14, 15],
		]);
		expect(sample(15)).toHaveLength(5);
		expect(sample(1)).toEqual([[1, 2, 3]]);
	});

	test("a weight that is made whole is made once, and only when asked", () => {
		let made = 0;
		const source = wholeRows(2, 1, () => {
			made++;
			return Float32Array.of(1, 2);
		});
		expect(made).toBe(0);
		expect([...source.read(1, 2), ...source.read(0, 1)]).toEqual([2, 1]);
		expect(made).toBe(1);
	});
});

describe("a transposed weight", () => {
	test("[[1 2 3] [4 5 6]] becomes [[1 4] [2 5] [3 6]]", () => {
		expect(floats(transposed(counting(2, 3), same, 4))).toEqual([1, 4, 2, 5, 3, 6]);
	});

	test.each([
		[4, 16],
		[90, 300],
		[45 * 70, 45 * 70 * 4],
	])("is the same in bands of %d elements and pieces of %d bytes, if tiles do not divide the sides", (size, limit) => {
		const [rows, columns] = [70, 45];
		const pieces = [...transposed(counting(rows, columns), same, 4, { size, limit })];
		const expected = Array.from({ length: rows * columns }, (_, i) => 1 + (i % rows) * columns + Math.floor(i / rows));
		expect(floats(pieces)).toEqual(expected);
		// Whole columns, at least one.
		for (const piece of pieces) expect(piece.length).toBeLessThanOrEqual(Math.max(limit, rows * 4));
	});

	test("of codes that are bytes and halves", () => {
		const bytes = ({ data }: Band) => Int8Array.from(data, (value) => -value);
		expect([...new Int8Array(Buffer.concat([...transposed(counting(2, 2), bytes, 1)]))]).toEqual([-1, -3, -2, -4]);
		const halves = ({ data }: Band) => Uint16Array.from(data, (value) => value * 256);
		expect([...Buffer.concat([...transposed(counting(2, 2), halves, 2)])]).toEqual([0, 1, 0, 3, 0, 2, 0, 4]);
	});

	test("never asks for more than a band at once", () => {
		const requested: number[] = [];
		const watched: RowSource = {
			rows: 100,
			columns: 10,
			read: (begin, end) => {
				requested.push(end - begin);
				return new Float32Array((end - begin) * 10);
			},
		};
		// 5 columns of 100 floats are 2,000 bytes: two pieces, for each of which all rows are read in bands of 20.
		expect([...transposed(watched, same, 4, { size: 200, limit: 2000 })].map(({ length }) => length)).toEqual([
			2000, 2000,
		]);
		expect(requested).toEqual(Array.from({ length: 10 }, () => 20));
	});
});
