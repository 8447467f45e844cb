/** Maps rise, come close to the true probability, and thresholds reach their target on posts they did not see. */
import { describe, expect, test } from "vitest";
import { probabilityOf, ScoreMapSchema } from "../../../src/core/calibration.ts";
import { costCurve } from "./curve.ts";
import { fitMap, isotonic, type JudgedPost, thresholdFor } from "./fit.ts";
import { type Outcome, reliabilityOf } from "./reliability.ts";

/** Mulberry32. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A model that says 1 − (1 − p)³ where a record is right with probability p. */
function boastful(count: number, seed = 1): JudgedPost[] {
	const next = random(seed);
	return Array.from({ length: count }, (_, index) => {
		const outcomes = Array.from({ length: 2 }, (): Outcome => {
			const truth = next();
			return { score: 1 - (1 - truth) ** 3, right: next() < truth };
		});
		return { text: `post ${index}`, outcomes, gold: 2 };
	});
}

describe("reliabilityOf", () => {
	test("a sure model that is right half of the time is half wrong about itself", () => {
		const outcomes = Array.from({ length: 40 }, (_, index) => ({ score: 1, right: index % 2 === 0 }));
		expect(reliabilityOf(outcomes)).toMatchObject({ records: 40, error: expect.closeTo(0.5), brier: 0.5, auc: 0.5 });
	});

	test("the area is the share of pairs in the right order", () => {
		const outcomes = [0.1, 0.4, 0.35, 0.8].map((score, index) => ({ score, right: index >= 2 }));
		expect(reliabilityOf(outcomes).auc).toBe(0.75);
		expect(reliabilityOf(outcomes.slice(2)).auc).toBeNull();
	});

	test("without records there is no error", () => {
		expect(reliabilityOf([])).toEqual({ records: 0, error: 0, brier: 0, auc: null, bins: [] });
	});
});

describe("isotonic", () => {
	test("rises, and is never certain", () => {
		const knots = isotonic(boastful(500).flatMap(({ outcomes }) => outcomes));
		const whole = { ...knots, threshold: 0, precision: 0, recall: 0, records: 1000 };
		expect(ScoreMapSchema.safeParse(whole).success).toBe(true);
		expect(knots.probabilities.length).toBeGreaterThan(5);
		expect(Math.min(...knots.probabilities)).toBeGreaterThan(0);
		expect(Math.max(...knots.probabilities)).toBeLessThan(1);
	});

	test("undoes what the model exaggerates", () => {
		const knots = isotonic(boastful(5000).flatMap(({ outcomes }) => outcomes));
		for (const truth of [0.2, 0.5, 0.8]) expect(probabilityOf(knots, 1 - (1 - truth) ** 3)).toBeCloseTo(truth, 1);
	});

	test("one score for all is one knot", () => {
		const outcomes = Array.from({ length: 50 }, (_, index) => ({ score: 1, right: index < 40 }));
		expect(isotonic(outcomes)).toEqual({ scores: [1], probabilities: [Math.round((41 / 52) * 1e4) / 1e4] });
	});
});

describe("thresholdFor", () => {
	const outcomes = [0.9, 0.8, 0.7, 0.6, 0.5].map((score, index) => ({ score, right: index !== 2 && index !== 4 }));

	test.each([
		[1, 0.8],
		[0.75, 0.6],
		[0.5, 0.5],
	])("a target of %f is reached from %f on", (target, expected) => {
		expect(thresholdFor(outcomes, target)).toBe(expected);
	});

	test("no record is sure where the target cannot be reached", () => {
		expect(thresholdFor([{ score: 0.9, right: false }], 0.5)).toBe(1);
	});
});

test("a fitted map keeps its promises on held-out posts", () => {
	const { map, heldOut } = fitMap(boastful(2000), 0.8);
	expect(heldOut.before.error).toBeGreaterThan(0.15);
	expect(heldOut.after.error).toBeLessThan(0.05);
	expect(heldOut.precision).toBeGreaterThan(0.77);
	expect(map).toMatchObject({ records: 4000, precision: expect.closeTo(heldOut.precision, 3) });
	const { thresholds, precision, recall } = map.curve!;
	const last = thresholds.length - 1;
	expect([thresholds[0], thresholds[10]]).toEqual([0, 0.5]);
	expect(precision[last]).toBeGreaterThan(precision[0]!);
	expect(recall[last]).toBeLessThan(recall[0]!);
	// Near its threshold the curve says what the map says.
	const near = thresholds.findIndex((threshold) => threshold >= map.threshold);
	expect(precision[near]).toBeCloseTo(map.precision, 1);
	expect(ScoreMapSchema.safeParse(map).success).toBe(true);
});

describe("costCurve", () => {
	test("counts what is right from each threshold on", () => {
		const outcomes = Array.from({ length: 40 }, (_, index) => ({ score: index < 20 ? 0.3 : 0.72, right: index >= 10 }));
		const curve = costCurve(outcomes, 60)!;
		expect(curve.thresholds).toHaveLength(15);
		expect([curve.precision[0], curve.recall[0]]).toEqual([0.75, 0.5]);
		expect([curve.precision.at(-1), curve.recall.at(-1)]).toEqual([1, 0.3333]);
	});

	test("too few records make no curve", () => {
		expect(costCurve([{ score: 1, right: true }], 1)).toBeUndefined();
	});
});
