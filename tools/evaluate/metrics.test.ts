/** Scores against cases counted by hand, and span F1 against an independent count on random taggings. */
import { describe, expect, test } from "vitest";
import { addRecords, addRelation, noCounts, scoreOf } from "./metrics.ts";

describe("strict records", () => {
	test("two of three predictions right, two of four found: precision 2/3, recall 1/2, F1 4/7", () => {
		const counts = noCounts();
		addRecords(counts, ["person 0 2", "location 3 4", "person 7 8"], ["person 0 2", "location 3 4", "person 5 6", "organization 7 8"]);
		const { precision, recall, f1 } = scoreOf(counts);
		expect([precision, recall, f1]).toEqual([expect.closeTo(66.667, 2), 50, expect.closeTo(400 / 7, 6)]);
	});
	test("a record said twice counts once", () => {
		const counts = noCounts();
		addRecords(counts, ["person 0 2", "person 0 2"], ["person 0 2"]);
		expect(counts).toEqual({ right: 1, predicted: 1, gold: 1 });
	});
	test("annotations that no prediction can reach still count as missed", () => {
		const counts = noCounts();
		addRecords(counts, ["person 0 2"], ["person 0 2"], 2);
		expect(scoreOf(counts).recall).toBe(50);
	});
	test("nothing predicted and nothing to find are zero, not NaN", () => {
		expect(scoreOf(noCounts())).toEqual({ precision: 0, recall: 0, f1: 0 });
	});
	test("on 1,000 random taggings F1 is 2·|P∩G| ÷ (|P| + |G|), counted span by span", () => {
		let seed = 7;
		const random = (below: number) => {
			seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
			return seed % below;
		};
		const tagging = () => Array.from({ length: 12 }, () => random(3));
		const spansOf = (tags: readonly number[]) => tags.flatMap((tag, at) => (tag === 0 ? [] : [`t${tag} ${at} ${at + 1}`]));
		for (let round = 0; round < 1000; round++) {
			const [predicted, gold] = [tagging(), tagging()];
			const counts = noCounts();
			addRecords(counts, spansOf(predicted), spansOf(gold));
			let both = 0;
			let either = 0;
			for (const [at, tag] of predicted.entries()) {
				if (tag !== 0 && tag === gold[at]) both++;
				either += Number(tag !== 0) + Number(gold[at] !== 0);
			}
			expect(scoreOf(counts).f1).toBeCloseTo(either === 0 ? 0 : (200 * both) / either, 9);
		}
	});
});

describe("relations", () => {
	test("a right none is neither found nor missed; a wrong relation is both predicted and missed", () => {
		const counts = noCounts();
		addRelation(counts, "none", "none");
		addRelation(counts, "peer", "couple");
		addRelation(counts, "peer", "peer");
		addRelation(counts, null, "peer");
		addRelation(counts, "peer", "none");
		expect(counts).toEqual({ right: 1, predicted: 3, gold: 3 });
	});
});
