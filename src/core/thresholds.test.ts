/** Tests that a person's thresholds decide what is sure, and that their cost is read from the measured points. */
import { describe, expect, test } from "vitest";
import { countUnsure, type ScoreMap, ScoreMapSchema } from "./calibration.ts";
import type { ExtractionResult } from "./result.ts";
import { costAt, judgeBy, ownThresholds } from "./thresholds.ts";

const mention = (id: string, score: number, sure?: boolean) => ({
	id,
	type: "person",
	text: "Ada",
	start: 0,
	end: 3,
	score,
	regions: [],
	...(sure !== undefined && { sure }),
});
const RESULT = {
	scores: "calibrated",
	entities: [mention("e1", 0.9, true), mention("e2", 0.4, false), mention("e3", 0.1)],
	relations: [
		{ id: "r1", type: "peer", head: "e1", tail: "e2", score: 0.4, sure: false },
		{ id: "r2", type: "peer", head: "e1", tail: "e3", score: 0.3, sure: false },
	],
	events: [
		{
			id: "v1",
			type: "meet",
			trigger: { text: "Ada", start: 0, end: 3 },
			score: 0.5,
			sure: true,
			arguments: [{ role: "entity", span: null, entity: "e1", region: null, score: 0.5, sure: false }],
		},
	],
} as unknown as ExtractionResult;
const sureOf = ({ entities, relations, events }: ExtractionResult) => ({
	entities: entities.map(({ sure }) => sure),
	relations: relations.map(({ sure }) => sure),
	events: events.map(({ sure }) => sure),
	roles: events.flatMap((event) => event.arguments.map(({ sure }) => sure)),
});

describe("judgeBy", () => {
	test("without thresholds everything stays as it is", () => {
		expect(sureOf(judgeBy(RESULT, {}))).toEqual(sureOf(RESULT));
	});

	test("a lower threshold makes records sure, and what stands on them", () => {
		const lower = judgeBy(RESULT, { entities: 0.4, relations: 0.3, arguments: 0.5 });
		expect(sureOf(lower)).toEqual({
			entities: [true, true, undefined],
			relations: [true, true],
			events: [true],
			roles: [true],
		});
		expect(countUnsure(lower)).toBe(0);
	});

	test("a higher threshold takes with it what stands on a record", () => {
		const higher = judgeBy(RESULT, { entities: 0.95, relations: 0, events: 0.6, arguments: 0 });
		expect(sureOf(higher)).toEqual({
			entities: [false, false, undefined],
			relations: [false, false],
			events: [false],
			roles: [false],
		});
	});

	test("relative scores have no threshold", () => {
		const relative = { ...RESULT, scores: "candidates" } as ExtractionResult;
		expect(judgeBy(relative, { entities: 1 })).toBe(relative);
	});
});

const MAP: ScoreMap = {
	scores: [0, 1],
	probabilities: [0, 1],
	threshold: 0.4658,
	precision: 0.8,
	recall: 0.75,
	records: 100,
};
const CURVE = { thresholds: [0, 0.5, 0.9], precision: [0.6, 0.8, 0.96], recall: [0.9, 0.7, 0.3] };

describe("costAt", () => {
	test("between two points it lies between them", () => {
		expect(costAt({ ...MAP, curve: CURVE }, 0.25)).toEqual({
			precision: expect.closeTo(0.7),
			recall: expect.closeTo(0.8),
		});
	});

	test("above the last point nothing was measured", () => {
		expect(costAt({ ...MAP, curve: CURVE }, 0.95)).toBeNull();
	});

	test("without a curve only the model's own threshold has figures", () => {
		expect(costAt(MAP, 0.4658)).toMatchObject({ precision: 0.8, recall: 0.75 });
		expect(costAt(MAP, 0.5)).toBeNull();
	});
});

test("a curve needs a figure for each of its rising thresholds", () => {
	expect(ScoreMapSchema.safeParse({ ...MAP, curve: CURVE }).success).toBe(true);
	expect(ScoreMapSchema.safeParse(MAP).success).toBe(true);
	expect(ScoreMapSchema.safeParse({ ...MAP, curve: { ...CURVE, recall: [1] } }).success).toBe(false);
	expect(ScoreMapSchema.safeParse({ ...MAP, curve: { ...CURVE, thresholds: [0.5, 0, 1] } }).success).toBe(false);
});

test("a model's own thresholds are those of its maps", () => {
	expect(ownThresholds({ entities: MAP })).toEqual({ entities: 0.4658 });
});
