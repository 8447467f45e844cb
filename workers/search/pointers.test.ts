/** Proves with numbers that can be checked by hand that pointer scores and logits are joined as probabilities are. */
import { describe, expect, test } from "vitest";
import { joinPointers, logAddExp, pointerTargets } from "./pointers.ts";

const ln = Math.log;
const NONE = -1e9;
/** Prompt 7, text 20 30 20, eos 1. */
const INPUT = [7, 20, 30, 20, 1];
const TEXT = { begin: 1, end: 4 };

describe("log(exp(a) + exp(b))", () => {
	test("adds what the logarithms stand for, in either order", () => {
		expect(logAddExp(ln(0.25), ln(0.5))).toBeCloseTo(ln(0.75), 12);
		expect(logAddExp(ln(0.5), ln(0.25))).toBeCloseTo(ln(0.75), 12);
		expect(logAddExp(1000, 1000)).toBeCloseTo(1000 + ln(2), 9);
	});
	test("an impossible score adds nothing, and NaN stays NaN", () => {
		expect(logAddExp(2, NONE)).toBe(2);
		expect(logAddExp(NONE, 2)).toBe(2);
		expect(logAddExp(Number.NEGATIVE_INFINITY, 2)).toBe(2);
		expect(logAddExp(2, Number.NEGATIVE_INFINITY)).toBe(2);
		expect(logAddExp(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
		expect(logAddExp(Number.NaN, 2)).toBeNaN();
		expect(logAddExp(2, Number.NaN)).toBeNaN();
		expect(logAddExp(2, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
	});
});

describe("the columns of a text's places", () => {
	test("are the token ids where the whole vocabulary is scored, without prompt and end", () => {
		const { places, columns } = pointerTargets(INPUT, TEXT, null, 40);
		expect([...places]).toEqual([1, 2, 3]);
		expect([...columns]).toEqual([20, 30, 20]);
	});
	test("are those of the candidates, and any other token is left out", () => {
		const { places, columns } = pointerTargets(INPUT, TEXT, Int32Array.of(1, 7, 20), 5);
		expect([...places]).toEqual([1, 3]);
		expect([...columns]).toEqual([2, 2]);
	});
	test("never lie outside the scores or the input", () => {
		expect([...pointerTargets(INPUT, TEXT, null, 25).columns]).toEqual([20, 20]);
		expect([...pointerTargets(INPUT, { begin: 3, end: 99 }, null, 40).places]).toEqual([3, 4]);
		expect([...pointerTargets(INPUT, { begin: 4, end: 4 }, null, 40).places]).toEqual([]);
	});
});

describe("joining", () => {
	test("a token that stands twice gets both of its places, and the sum grows by all that was added", () => {
		// Columns: eos, 20, 30. Vocabulary 0.5, 0.2, 0.3 of 1; pointer 0.4 and 0.1 to 20, 0.6 to 30: 1.1 more.
		const logits = Float32Array.of(ln(0.5), ln(0.2), ln(0.3));
		const logSumExp = Float32Array.of(0);
		const targets = [pointerTargets(INPUT, TEXT, Int32Array.of(1, 20, 30), 3)];
		joinPointers({ logits, logSumExp, columns: 3 }, Float32Array.of(NONE, ln(0.4), ln(0.6), ln(0.1), NONE), 5, targets);
		expect(Array.from(logits, Math.exp)).toEqual([0.5, 0.7, 0.9].map((p) => expect.closeTo(p, 6)));
		expect(Math.exp(logSumExp[0]!)).toBeCloseTo(2.1, 6);
	});
	test("rows of a text read its places: two texts with two rows each, padded to one length", () => {
		const texts = [
			pointerTargets([20, 1], { begin: 0, end: 1 }, Int32Array.of(1, 20), 2),
			pointerTargets([7, 30, 1], { begin: 1, end: 2 }, Int32Array.of(1, 30), 2),
		];
		const logits = new Float32Array(8);
		// What stands in the padding, or outside the text, is never read.
		const pointers = Float32Array.of(ln(1), 99, 99, ln(2), 99, 99, 99, ln(3), 99, 99, ln(4), 99);
		joinPointers({ logits, logSumExp: null, columns: 2 }, pointers, 3, texts);
		expect(Array.from(logits, Math.exp)).toEqual([1, 2, 1, 3, 1, 4, 1, 5].map((p) => expect.closeTo(p, 5)));
	});
	test("a text without a token that may be said changes nothing", () => {
		const logits = Float32Array.of(1, 2);
		const logSumExp = Float32Array.of(3);
		joinPointers({ logits, logSumExp, columns: 2 }, Float32Array.of(5, 5, 5, 5, 5), 5, [
			pointerTargets(INPUT, TEXT, Int32Array.of(1, 7), 2),
		]);
		expect([...logits, ...logSumExp]).toEqual([1, 2, 3]);
	});
	test("a score that is NaN is seen in the logit and in the sum", () => {
		const logits = Float32Array.of(0, 0);
		const logSumExp = Float32Array.of(0);
		joinPointers({ logits, logSumExp, columns: 2 }, Float32Array.of(0, Number.NaN, 0, 0, 0), 5, [
			pointerTargets(INPUT, TEXT, Int32Array.of(1, 20), 2),
		]);
		expect([...logits]).toEqual([0, Number.NaN]);
		expect(logSumExp[0]).toBeNaN();
	});
});
