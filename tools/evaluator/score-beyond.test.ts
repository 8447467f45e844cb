/** Tests that reports of the tasks beyond the paper are as counted by hand. */
import { describe, expect, test } from "vitest";
import { type Box, EMPTY_PREDICTION, type Prediction } from "./predict/contract.ts";
import { parseRecord } from "./records.ts";
import { type Scores, score } from "./score.ts";
import type { RecordOf } from "./tasks/tasks.ts";

const prediction = (more: Partial<Prediction>): Prediction => ({ ...EMPTY_PREDICTION, id: "a", ...more });
/** "triple 1/2/3": right, predicted, gold. */
const counts = ({ metrics }: Scores) =>
	metrics.map(({ id, counts: { right, predicted, gold } }) => `${id} ${right}/${predicted}/${gold}`);
const shares = (scores: Scores) => scores.shares.map(({ id, counts: { right, of } }) => `${id} ${right}/${of}`);

const LEFT: Box = [0, 0, 0.5, 1];
const RIGHT: Box = [0.5, 0, 1, 1];
/** 0.6 of LEFT. */
const LARGE_PART_OF_LEFT: Box = [0, 0, 0.5, 0.6];

describe("FMNERG", () => {
	const record: RecordOf<"fmnerg"> = {
		id: "a",
		text: "Ada met Bob in Oslo",
		entities: [
			{ type: "author", start: 0, end: 3, boxes: [[...LEFT]] },
			{ type: "athlete", coarse: "person", start: 8, end: 11 },
			{ type: "city", start: 15, end: 19 },
		],
	};
	const entity = (type: string, start: number, end: number, boxes: Box[] = [], coarse?: string) => ({
		...{ type, start, end, boxes, score: 0.5 },
		...(coarse !== undefined && { coarse }),
	});

	test("a wrong fine type under the right coarse one counts only as coarse, and half in the hierarchy", () => {
		// Ada: right with its region. Bob: coach for athlete, both persons. Oslo: a region where none is annotated.
		const entities = [
			entity("author", 0, 3, [LARGE_PART_OF_LEFT], "person"),
			entity("coach", 8, 11, [], "person"),
			entity("city", 15, 19, [RIGHT], "location"),
		];
		const scores = score("fmnerg", [record], [prediction({ entities })]);
		expect(counts(scores)).toEqual([
			"triple 1/3/3",
			"coarse-triple 2/3/3",
			"fmner 2/3/3",
			"mner 3/3/3",
			"hierarchical 5/6/6",
			"eeg 2/3/3",
		]);
		expect(scores.f1).toBeCloseTo(100 / 3, 9);
	});
	test("a model with coarse types only scores there; a fine type takes a missing coarse one from the hierarchy", () => {
		const entities = [entity("person", 0, 3, [LEFT]), entity("athlete", 8, 11), entity("location", 15, 19)];
		const scores = score("fmnerg", [record], [prediction({ entities })]);
		expect(counts(scores)).toEqual([
			"triple 1/3/3",
			"coarse-triple 3/3/3",
			"fmner 1/3/3",
			"mner 3/3/3",
			"hierarchical 4/6/6",
			"eeg 3/3/3",
		]);
	});
});

describe("MORE", () => {
	const record: RecordOf<"more"> = {
		id: "a",
		text: "Ada met Bob in Oslo",
		regions: [[...LEFT], [...RIGHT]],
		relations: [
			{ relation: "self", entity: { start: 0, end: 3 }, box: [...LEFT] },
			{ relation: "partner", entity: { start: 8, end: 11 }, object: 1 },
			{ relation: "present in", entity: { start: 15, end: 19 }, object: 2 },
			{ relation: "none", entity: { start: 15, end: 19 }, object: 1 },
		],
	};
	const found = (relation: string, start: number, end: number, box: Box, score = 0.5) => ({
		relation,
		entity: { start, end },
		box,
		score,
	});

	test("triples without none, pairs, and accuracy with none: counted by hand", () => {
		// Right; another relation; another object, so that pair is said to have none, as one more that is rightly none.
		const objectRelations = [
			found("self", 0, 3, LARGE_PART_OF_LEFT),
			found("relatives", 8, 11, LEFT),
			found("present in", 15, 19, [0.6, 0, 1, 0.5]),
		];
		const scores = score("more", [record], [prediction({ objectRelations })]);
		expect(counts(scores)).toEqual(["triple 1/3/3", "pair 2/3/3", "text 2/3/3"]);
		expect(shares(scores)).toEqual(["accuracy 2/4"]);
		expect(scores.accuracy).toBe(50);
	});
	test("of two relations found for a pair the surer one counts for accuracy", () => {
		const objectRelations = [found("relatives", 8, 11, LEFT, 0.4), found("partner", 8, 11, LEFT, 0.6)];
		const scores = score("more", [record], [prediction({ objectRelations })]);
		// Bob's pair, and the one without a relation.
		expect([counts(scores)[0], shares(scores)]).toEqual(["triple 1/2/3", ["accuracy 2/4"]]);
	});
	test("relations are confused only where entity and object are the same", () => {
		const { confusion } = score(
			"more",
			[record],
			[prediction({ objectRelations: [found("relatives", 8, 11, LEFT), found("partner", 0, 3, RIGHT)] })],
		);
		const at = (gold: string, predicted: string) =>
			confusion.cells[confusion.labels.indexOf(gold)]![confusion.labels.indexOf(predicted)];
		expect([
			at("partner", "relatives"),
			at("self", "partner"),
			at("self", "(nothing)"),
			at("(nothing)", "partner"),
		]).toEqual([1, 0, 1, 1]);
	});
});

describe("GMPER", () => {
	const text = "Mix flour and eggs\nKnead the dough\nBake the dough";
	const piece = (words: string, from = 0) => {
		const start = text.indexOf(words, from);
		return { start, end: start + words.length };
	};
	const [mix, knead, bake] = [piece("Mix flour and eggs"), piece("Knead the dough"), piece("Bake the dough")];
	const [flour, first, second] = [piece("flour"), piece("dough"), piece("dough", 40)];
	const record: RecordOf<"gmper"> = {
		id: "a",
		text,
		steps: [mix, knead, bake],
		entities: [
			{ ...flour, boxes: [[...LEFT]] },
			{ ...first, thing: "dough" },
			{ ...second, thing: "dough" },
		],
	};
	const entity = (span: object, step: number, thing: string, boxes: Box[] = []) => ({
		...(span as typeof flour),
		type: "thing",
		score: 0.5,
		boxes,
		step,
		thing,
	});
	const step = (span: typeof mix, number: number) => ({ ...span, number });

	test("all right: entities, steps, the one link, all three pairs of steps in order", () => {
		const entities = [entity(flour, 1, "t1", [LEFT]), entity(first, 2, "t2"), entity(second, 3, "t2")];
		const scores = score(
			"gmper",
			[record],
			[prediction({ entities, steps: [step(mix, 1), step(knead, 2), step(bake, 3)] })],
		);
		expect(counts(scores)).toEqual(["grounded 3/3/3", "entity 3/3/3", "step 3/3/3", "link 1/1/1"]);
		expect(shares(scores)).toEqual(["order 3/3"]);
		expect(Object.keys(scores.byType)).toEqual(["step 1 entity", "step 2 entity", "step 3 entity"]);
	});
	test("two steps read as one: entities move a step, no pair of steps is in order, separate things do not link", () => {
		const both = { start: mix.start, end: knead.end };
		const entities = [entity(flour, 1, "t1"), entity(first, 1, "t2"), entity(second, 2, "t3")];
		const joined = score("gmper", [record], [prediction({ entities, steps: [step(both, 1), step(bake, 2)] })]);
		// Flour is in the right step but not in its region.
		expect(counts(joined)).toEqual(["grounded 0/3/3", "entity 1/3/3", "step 1/2/3", "link 0/0/1"]);
		expect(shares(joined)).toEqual(["order 0/3"]);
		const swapped = score(
			"gmper",
			[record],
			[prediction({ steps: [step(mix, 1), step(bake, 2), step({ start: knead.start - 1, end: knead.end }, 3)] })],
		);
		// Mix before both, Bake before Knead; white space before a step says nothing.
		expect([counts(swapped)[2], shares(swapped)]).toEqual(["step 3/3/3", ["order 2/3"]]);
	});
});

describe("RE²", () => {
	const record: RecordOf<"re2"> = {
		id: "a",
		text: "Name Ada\nBorn 1815",
		entities: [
			{ type: "key", start: 0, end: 4 },
			{ type: "value", start: 5, end: 8 },
			{ type: "key", start: 9, end: 13 },
			{ type: "value", start: 14, end: 18 },
		],
		links: [
			{ key: { start: 0, end: 4 }, value: { start: 5, end: 8 } },
			{ key: { start: 9, end: 13 }, value: { start: 14, end: 18 } },
		],
	};
	const field = (type: string, start: number, end: number) => ({ type, start, end, score: 0.5, boxes: [] });

	test("of two links one goes to the wrong value; a value taken for a key is found anyway", () => {
		const [name, ada, born, year] = [
			field("key", 0, 4),
			field("value", 5, 8),
			field("value", 9, 13),
			field("value", 14, 18),
		];
		const link = (head: object, tail: object) => ({
			relation: "value",
			head: head as typeof name,
			tail: tail as typeof name,
			score: 0.5,
		});
		const scores = score(
			"re2",
			[record],
			[prediction({ entities: [name, ada, born, year], relations: [link(name, ada), link(name, year)] })],
		);
		expect(counts(scores)).toEqual(["link 1/2/2", "field 3/4/4", "boundary 4/4/4"]);
		expect(scores.f1).toBe(50);
	});
});

describe("multiple choice", () => {
	const question = (about: "entity" | "role", right: string, answer: string | null) => ({ about, right, answer });
	const NOTA = "none of the above";

	test("each kind of question has its accuracy, and none of the above its own line", () => {
		const questions = [
			question("entity", "person", "person"),
			question("entity", "person", NOTA),
			question("entity", NOTA, NOTA),
			question("role", NOTA, "agent"),
			question("role", "agent", null),
		];
		const record = { id: "a", text: "Ada", entities: [] };
		const scores = score("mner", [record], [prediction({ questions })]);
		expect(shares(scores)).toEqual([
			"questions-all 2/5",
			"questions-entity 2/3",
			"questions-role 0/2",
			"questions-option 1/3",
			"questions-none 1/2",
		]);
		expect(scores.shares[0]!.value).toBe(40);
		expect(score("mner", [record], [prediction({})]).shares).toEqual([]);
	});
});

describe("records that break", () => {
	const post = { id: "a", text: "Ada met Bob" };
	const entity = { start: 0, end: 3 };
	test.each([
		["more", { ...post, relations: [{ relation: "self", entity }] }, /"relations.0": expected a box, or an object/],
		[
			"more",
			{ ...post, regions: [[0, 0, 1, 1]], relations: [{ relation: "self", entity, object: 2 }] },
			/one of the record's regions/,
		],
		[
			"more",
			{ ...post, relations: [{ relation: "self", entity: { start: 0, end: 12 }, box: [0, 0, 1, 1] }] },
			/the span 0–12 lies outside the text \(11 characters\)/,
		],
		["fmnerg", { ...post, entities: [{ start: 0, end: 3 }] }, /"entities.0.type"/],
		[
			"gmper",
			{ ...post, steps: [{ start: 0, end: 7 }], entities: [{ start: 8, end: 11 }] },
			/"entities.0": it lies in no step/,
		],
		["gmper", { ...post, steps: [{ start: 7, end: 7 }], entities: [] }, /"steps.0": the span 7–7 is empty/],
		["re2", { ...post, entities: [{ type: "header", ...entity }], links: [] }, /"entities.0.type"/],
		[
			"re2",
			{ ...post, entities: [{ type: "key", ...entity }], links: [{ key: entity, value: { start: 8, end: 11 } }] },
			/not one of the entities/,
		],
		[
			"re2",
			{ ...post, layout: [{ text: "Bob", box: [0, 0, 1, 1] }], entities: [], links: [] },
			/"layout": its words in reading order are not the text/,
		],
		["mner", { ...post, picture: "nice", entities: [] }, /"picture"/],
	] as const)("%s %j is refused", (kind, record, message) => {
		expect(() => parseRecord(JSON.stringify(record), kind, "posts.jsonl, line 7")).toThrow(message);
		expect(() => parseRecord(JSON.stringify(record), kind, "posts.jsonl, line 7")).toThrow(/line 7/);
	});
	test("a form whose words are its text is read", () => {
		const layout = [
			{ text: "Name", box: [0, 0, 40, 10] },
			{ text: "Ada", box: [100, 0, 130, 10] },
		];
		expect(
			parseRecord(JSON.stringify({ id: "a", text: "Name  Ada", layout, entities: [], links: [] }), "re2", "x"),
		).toMatchObject({ layout });
	});
});
