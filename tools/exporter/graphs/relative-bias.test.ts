/** Compares the bucket of every distance within 1,024 tokens with T5's. */
import { describe, expect, test } from "vitest";
import { t5Bucket } from "./reference.test-helper.ts";
import { bucketOf, decoderTable, encoderTable, MAX_POSITIONS } from "./relative-bias.ts";

const T5 = { buckets: 32, maxDistance: 128 };
const distances = Array.from({ length: 2 * MAX_POSITIONS - 1 }, (_, i) => i - (MAX_POSITIONS - 1));

describe("buckets", () => {
	test("looking both ways: 8 exact ones, 8 wider ones, then the same for what follows", () => {
		const at = (relative: number) => bucketOf(relative, { ...T5, bidirectional: true });
		expect([0, -1, -7, -8, -11, -12, -15, -16, -22, -23].map(at)).toEqual([0, 1, 7, 8, 8, 9, 9, 10, 10, 11]);
		// 8 · 2^(3½) = 90.5: the last bucket begins at 91.
		expect([-31, -32, -45, -46, -63, -64, -90, -91, -127, -128, -1023].map(at)).toEqual([
			11, 12, 12, 13, 13, 14, 14, 15, 15, 15, 15,
		]);
		expect([1, 7, 8, 16, 64, 1023].map(at)).toEqual([17, 23, 24, 26, 30, 31]);
	});

	test("looking back: 16 exact ones, 16 wider ones, and 0 for what follows", () => {
		const at = (relative: number) => bucketOf(relative, { ...T5, bidirectional: false });
		expect([5, 0, -1, -15, -16, -18, -19, -128, -1023].map(at)).toEqual([0, 0, 1, 15, 16, 16, 17, 31, 31]);
	});

	test.each([
		[32, 128],
		[32, 256],
		[64, 128],
		[4, 20],
	])("are those of T5's formula in double precision, %d buckets to distance %d", (buckets, maxDistance) => {
		for (const bidirectional of [true, false]) {
			const ours = distances.map((relative) => bucketOf(relative, { buckets, maxDistance, bidirectional }));
			expect(ours).toEqual(distances.map((relative) => t5Bucket(relative, bidirectional, buckets, maxDistance)));
			expect(Math.max(...ours)).toBe(buckets - 1);
		}
	});
});

describe("tables by distance", () => {
	/** Bucket b of head h holds 10·b + h. */
	const bias = Float32Array.from({ length: 32 * 2 }, (_, i) => 10 * (i >> 1) + (i & 1));

	test("of an encoder: row 1,023 + key − query, a column per head", () => {
		const table = encoderTable(bias, 2, T5);
		expect(table.length).toBe(2047 * 2);
		const at = (relative: number) => [...table.subarray((1023 + relative) * 2, (1023 + relative) * 2 + 2)];
		expect([at(0), at(-3), at(3), at(-1023), at(1023)]).toEqual([
			[0, 1],
			[30, 31],
			[190, 191],
			[150, 151],
			[310, 311],
		]);
	});

	test("of a decoder: a row per head whose last T + 1 columns serve step T", () => {
		const table = decoderTable(bias, 2, T5);
		expect(table.length).toBe(2 * 1024);
		const lastFour = (head: number) => [...table.subarray((head + 1) * 1024 - 4, (head + 1) * 1024)];
		expect([lastFour(0), lastFour(1)]).toEqual([
			[30, 20, 10, 0],
			[31, 21, 11, 1],
		]);
		expect(table[0]).toBe(310);
	});
});
