/** Proves that the best continuations are selected as by a full sort. */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../tools/exporter/checkpoint/seeded-random.ts";
import { findColumn, logSumExp, TopCandidates } from "./select.ts";

describe("logSumExp", () => {
	test("of eight equal logits is the logit plus ln 8, however large it is", () => {
		for (const x of [-1e4, 0, 88, 1e4])
			expect(logSumExp(new Float32Array(8).fill(x), 0, 8)).toBeCloseTo(x + Math.log(8), 10);
	});

	test("reads only its own part of the row", () => {
		expect(logSumExp(Float32Array.of(99, 1, 1, 99), 1, 2)).toBeCloseTo(1 + Math.LN2, 12);
	});

	test("leaves -Infinity out, and is -Infinity when nothing else is there", () => {
		expect(logSumExp(Float32Array.of(-Infinity, 3, -Infinity), 0, 3)).toBe(3);
		expect(logSumExp(Float32Array.of(-Infinity, -Infinity), 0, 2)).toBe(-Infinity);
		expect(logSumExp(new Float32Array(0), 0, 0)).toBe(-Infinity);
	});

	test("is not finite when a logit is not", () => {
		for (const row of [
			[Number.NaN, 0],
			[0, Number.NaN],
			[Infinity, 0],
			[0, Infinity],
			[Infinity, Infinity],
		])
			expect(Number.isFinite(logSumExp(Float32Array.from(row), 0, 2))).toBe(false);
	});
});

describe("findColumn", () => {
	const ids = [1, 4, 9, 16, 25];
	test("finds every id and no other", () => {
		for (let token = -1; token < 30; token++)
			expect(findColumn(token, ids.length, (c) => ids[c]!)).toBe(ids.indexOf(token));
	});

	test("finds nothing among no columns", () => {
		expect(findColumn(3, 0, () => 3)).toBe(-1);
	});
});

describe("TopCandidates", () => {
	const listed = (top: TopCandidates) =>
		Array.from({ length: top.size }, (_, i) => [top.beams[i], top.columns[i], top.sums[i]]);

	test("equals a sort of everything by sum, beam and column, on 200 random tables with many ties", () => {
		let seed = 1;
		const random = (n: number) => {
			seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
			return (seed >> 8) % n;
		};
		for (let round = 0; round < 200; round++) {
			const beams = 1 + random(4);
			const columns = 1 + random(30);
			const capacity = 1 + random(9);
			const logits = Float32Array.from({ length: beams * columns }, () => (random(5) === 0 ? -Infinity : -random(6)));
			const top = new TopCandidates(capacity);
			const one = new TopCandidates(capacity);
			const all: number[][] = [];
			for (let beam = 0; beam < beams; beam++) {
				top.offerAll(beam, -beam, logits, beam * columns, columns, 2);
				for (let column = columns - 1; column >= 0; column--) {
					const x = logits[beam * columns + column]! - 2;
					one.offer(beam, -beam, column, x);
					if (x > -Infinity) all.push([beam, column, x - beam]);
				}
			}
			const sorted = all.sort((a, b) => b[2]! - a[2]! || a[0]! - b[0]! || a[1]! - b[1]!).slice(0, capacity);
			expect(listed(top)).toEqual(sorted);
			expect(listed(one)).toEqual(sorted);
		}
	});

	test("leaves out no column that is as good as the worst held, however sums are rounded", () => {
		const width = 2000;
		for (let round = 0; round < 100; round++) {
			const random = seededRandom(round, "select");
			const [before, normaliser] = [-40 * random() ** 4, 30 * random() - 15];
			// A few hundred values, the largest many times: neighbours differ in the last digit that a float has.
			const logits = Float32Array.from({ length: width }, () => 7 - Math.floor(random() * 300) * 2 ** -21);
			const top = new TopCandidates(8);
			expect(top.offerAll(0, before, logits, 0, width, normaliser)).toBe(true);
			const sums = [...logits].map((logit, column): [number, number] => [before + (logit - normaliser), column]);
			const best = sums.sort((a, b) => b[0] - a[0] || a[1] - b[1]).slice(0, 8);
			expect(listed(top)).toEqual(best.map(([sum, column]) => [0, column, sum]));
		}
	});

	test.each([Number.NaN, Infinity])("says that %d is among the columns, wherever it is", (wrong) => {
		for (let at = 0; at < 9; at++) {
			const logits = new Float32Array(11).fill(-5).fill(1, 0, 1);
			logits[at + 1] = wrong;
			expect(new TopCandidates(1).offerAll(0, -1, logits, 1, 9, 0)).toBe(false);
			expect(new TopCandidates(1).offerAll(0, -1, logits, at + 2, 9 - at, 0)).toBe(true);
		}
	});

	test("keeps the last token's log-probability beside the sum", () => {
		const top = new TopCandidates(2);
		top.offerAll(0, -5, Float32Array.of(1, 3, 2), 0, 3, 4);
		expect([...top.logProbs]).toEqual([-1, -2]);
		expect([...top.sums]).toEqual([-6, -7]);
	});

	test("holds a column once, even if it is offered twice", () => {
		const top = new TopCandidates(3);
		for (const column of [7, 5, 7, 5]) top.offer(0, 0, column, -1);
		expect(listed(top)).toEqual([
			[0, 5, -1],
			[0, 7, -1],
		]);
	});

	test("never holds NaN or -Infinity", () => {
		const top = new TopCandidates(4);
		top.offerAll(0, 0, Float32Array.of(Number.NaN, -Infinity, -1), 0, 3, 0);
		top.offer(1, 0, 0, Number.NaN);
		top.offer(1, 0, 1, -Infinity);
		expect(listed(top)).toEqual([[0, 2, -1]]);
	});
});
