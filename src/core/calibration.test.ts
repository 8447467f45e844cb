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

describe("regions of mentions", () => {
	const region = (label: string) => ({
		object: "O1",
		box: [0, 0, 9, 9] as [number, number, number, number],
		score: 1,
		label,
	});
	const entity = (type: string, label: string, score: number) => ({
		id: "e1",
		type,
		text: "Kyrie",
		start: 0,
		end: 5,
		score: 0.9,
		regions: [region(label)],
		grounded: true,
		seen: { score, perhaps: true },
	});
	const textPicture = { kind: "complements" as const, gate: 0.4, looking: 0, mentions: 1, threshold: 2 };
	const shown = (...entities: ReturnType<typeof entity>[]) =>
		calibrate(
			{ ...RESULT, entities, relations: [], events: [], textPicture },
			{ regions: { ...map(0.4), certain: 0.7, gates: [-0.01, 1.7] } },
		);

	test("one that is not probable enough is not the mention's, and the result says that it is not grounded", () => {
		const [first] = shown(entity("organization", "logo", 0.4)).entities;
		expect(first).toMatchObject({ regions: [], grounded: false, score: 0.9 });
		expect(first).not.toHaveProperty("seen");
	});

	test("a probable one shows the mention perhaps, a more probable one for certain", () => {
		const { entities } = shown(entity("organization", "logo", 0.6), entity("organization", "logo", 0.9));
		expect(entities.map(({ seen }) => [seen?.score.toFixed(1), seen?.perhaps])).toEqual([
			["0.5", true],
			["0.8", false],
		]);
	});

	test("no picture tells who a person is", () => {
		const { entities } = shown(entity("person", "logo", 1), entity("organization", "person", 1));
		expect(entities.map(({ seen }) => seen?.perhaps)).toEqual([true, true]);
	});

	test("the range of the gate is told, and records keep the model's own scores", () => {
		const result = shown(entity("person", "person", 1));
		expect(result.textPicture?.gates).toEqual([-0.01, 1.7]);
		expect(result.scores).toBe("candidates");
		expect(ResultSchema.safeParse(result).success).toBe(true);
	});
});
