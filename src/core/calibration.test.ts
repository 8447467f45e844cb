/** Scores become probabilities, relations are never surer than their ends, and only what is sure is shown. */
import { describe, expect, test } from "vitest";
import { EXAMPLE } from "../ui/testing.ts";
import { calibrate, countUnsure, onlySure, probabilityOf, type ScoreMap, ScoreMapSchema } from "./calibration.ts";
import { ResultSchema } from "./result.ts";

const map = (threshold: number): ScoreMap => ({
	scores: [0.2, 0.6, 1],
	probabilities: [0.1, 0.5, 0.9],
	threshold,
	precision: 0.8,
	recall: 0.6,
	records: 100,
});
const RESULT = { ...EXAMPLE, scores: "candidates" as const };

describe("probabilityOf", () => {
	test.each([
		[0, 0.1],
		[0.2, 0.1],
		[0.4, 0.3],
		[0.6, 0.5],
		[0.8, 0.7],
		[1, 0.9],
	])("a score of %f is a probability of %f", (score, expected) => {
		expect(probabilityOf(map(0), score)).toBeCloseTo(expected, 12);
	});
});

test.each([
	["scores that fall", { scores: [0.5, 0.2, 1] }],
	["probabilities that fall", { probabilities: [0.5, 0.2, 1] }],
	["a knot without a probability", { probabilities: [0.5, 0.6] }],
	["no knots", { scores: [], probabilities: [] }],
])("a map with %s is refused", (_, change) => {
	expect(ScoreMapSchema.safeParse(map(0.5)).success).toBe(true);
	expect(ScoreMapSchema.safeParse({ ...map(0.5), ...change }).success).toBe(false);
});

describe("calibrate", () => {
	const every = { entities: map(0.5), relations: map(0.5), events: map(0.5), arguments: map(0.5) };

	test("a bundle without maps leaves the result as it is", () => {
		expect(calibrate(RESULT, {})).toBe(RESULT);
	});

	test("scores over the whole vocabulary are not those the maps were fitted on", () => {
		const other = { ...RESULT, scores: "vocabulary" as const };
		expect(calibrate(other, every)).toBe(other);
	});

	test("the result says so, and is still valid", () => {
		const result = calibrate(RESULT, every);
		expect(result.scores).toBe("calibrated");
		expect(ResultSchema.safeParse(result).success).toBe(true);
		for (const record of [...result.entities, ...result.relations, ...result.events])
			expect(record.sure).toBe(record.score >= 0.5);
	});

	test("neither a relation nor a role is more probable than what it stands on", () => {
		const low = RESULT.relations[0]!;
		const weak = {
			...RESULT,
			entities: RESULT.entities.map((entity) => (entity.id === low.head ? { ...entity, score: 0.3 } : entity)),
			relations: RESULT.relations.map((relation) => ({ ...relation, score: 1 })),
			events: RESULT.events.map((event) => ({
				...event,
				score: 0.4,
				arguments: event.arguments.map((one) => ({ ...one, score: 1 })),
			})),
		};
		const result = calibrate(weak, every);
		expect(result.relations[0]).toMatchObject({ score: expect.closeTo(0.2), sure: false });
		for (const { score, arguments: roles } of result.events)
			for (const role of roles) expect(role).toMatchObject({ score, sure: false });
	});
});

describe("onlySure", () => {
	const [first] = RESULT.relations;
	const unsure = {
		...RESULT,
		entities: RESULT.entities.map((entity) => ({ ...entity, sure: entity.id !== first!.head })),
		relations: RESULT.relations.map((relation) => ({ ...relation, sure: relation.head !== first!.head })),
	};

	test("a result without unsure records is the same object", () => {
		expect(onlySure(RESULT)).toBe(RESULT);
		expect(countUnsure(RESULT)).toBe(0);
	});

	test("leaves unsure records out, and nothing refers to them", () => {
		const shown = onlySure(unsure);
		expect(countUnsure(unsure)).toBeGreaterThan(1);
		expect(countUnsure(shown)).toBe(0);
		const ids = new Set(shown.entities.map(({ id }) => id));
		expect(ids.has(first!.head)).toBe(false);
		for (const { head, tail } of shown.relations) expect([ids.has(head), ids.has(tail)]).toEqual([true, true]);
		for (const { arguments: roles } of shown.events)
			for (const { entity } of roles) if (entity !== null) expect(ids.has(entity)).toBe(true);
		for (const thing of shown.things ?? []) {
			expect(thing.entities.every((id) => ids.has(id))).toBe(true);
			expect(thing.why).toHaveLength(thing.entities.length - 1);
		}
	});

	test("a mention that a person's relation joins stays", () => {
		const joined = { ...unsure, relations: [{ ...first!, sure: undefined }] };
		expect(onlySure(joined).entities.map(({ id }) => id)).toContain(first!.head);
	});
});
