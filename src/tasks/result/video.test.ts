/** Proves how the results of frames and of steps become one result. */
import { describe, expect, test } from "vitest";
import { type ExtractionResult, ResultSchema } from "../../core/result.ts";
import { addTime, mergeFrames, mergeSteps } from "./video.ts";

const box: [number, number, number, number] = [0, 0, 5, 5];
const TEXT = "Ada meets Bob";
function resultOf(more: Partial<ExtractionResult> = {}): ExtractionResult {
	return {
		format: "umie-result/1",
		text: TEXT,
		image: { width: 10, height: 10 },
		offsets: "utf-16",
		regions: [{ object: "O1", box, score: 1 }],
		entities: [],
		relations: [],
		events: [],
		gate: { mner: 0.5 },
		scores: "candidates",
		raw: [],
		unread: [],
		notes: ["once"],
		model: "tiny",
		device: { name: "wasm", threads: 1, reason: "" },
		timings: { decoder: 2 },
		...more,
	};
}
const ada = {
	id: "e1",
	type: "person",
	text: "Ada",
	start: 0,
	end: 3,
	score: 0.5,
	regions: [{ object: "O1", box, score: 1 }],
	grounded: true,
};
const bob = { id: "e2", type: "person", text: "Bob", start: 10, end: 13, score: 0.9, regions: [] };
const peer = { id: "r1", type: "peer", head: "e1", tail: "e2", score: 0.3 };
const meet = (object: string) => ({
	id: "v1",
	type: "meet",
	trigger: { text: "meets", start: 4, end: 9 },
	arguments: [
		{ role: "entity", span: { text: "Ada", start: 0, end: 3 }, entity: "e1", region: null, score: 1 },
		{ role: "entity", span: null, entity: null, region: { object, box, score: 1 }, score: 1 },
	],
	score: 0.6,
});
const second = (start: number) => ({ start, end: start + 1 });
const valid = (result: ExtractionResult) =>
	expect(ResultSchema.safeParse(JSON.parse(JSON.stringify(result))).error).toBeUndefined();

describe("frames", () => {
	const merged = mergeFrames([
		{ time: second(0), result: resultOf({ entities: [ada, bob], relations: [peer], events: [meet("O1")] }) },
		{ time: second(1), result: resultOf({ entities: [{ ...bob, id: "e1" }], gate: { mner: 0.1 } }) },
		{
			time: second(5),
			result: resultOf({
				entities: [
					{ ...bob, id: "e1" },
					{ ...ada, id: "e2", score: 0.8 },
				],
				events: [{ ...meet("O1"), arguments: meet("O1").arguments.slice(1) }],
			}),
		},
	]);
	test("a record is one, with its best score, its regions in every frame and the times it was found", () => {
		expect(merged.entities).toMatchObject([
			{ id: "e1", text: "Ada", score: 0.8, times: [second(0), second(5)], regions: [{ picture: 0 }, { picture: 2 }] },
			{ id: "e2", text: "Bob", score: 0.9, times: [{ start: 0, end: 2 }, second(5)] },
		]);
		expect(merged.relations).toMatchObject([{ id: "r1", head: "e1", tail: "e2", times: [second(0)] }]);
		expect(merged.events[0]?.arguments.map(({ entity, region }) => entity ?? region?.picture)).toEqual(["e1", 0, 2]);
		valid(merged);
	});
	test("pictures have times, gates are mean values, notes are told once and times added up", () => {
		expect(merged.pictures).toEqual([0, 1, 5].map((start) => ({ width: 10, height: 10, time: second(start) })));
		expect(merged.gate.mner).toBeCloseTo((0.5 + 0.1 + 0.5) / 3, 12);
		expect(merged.notes).toEqual(["once"]);
		expect(merged.timings).toEqual({ decoder: 6 });
	});
	test("where the model read the text only, nothing has times", () => {
		const blind = mergeFrames(
			[0, 1].map((start) => ({ time: second(start), result: resultOf({ entities: [bob], gate: { mner: 0 } }) })),
		);
		expect(blind.entities).toHaveLength(1);
		expect(blind.entities[0]).not.toHaveProperty("times");
	});
	test("a relation with an object is one for each frame's object", () => {
		const region = { object: "O1", box, score: 1 };
		const frame = resultOf({ entities: [bob], relations: [{ ...peer, head: "O1", region }] });
		expect(
			mergeFrames([0, 1].map((start) => ({ time: second(start), result: frame }))).relations.map(
				(relation) => relation.region?.picture,
			),
		).toEqual([0, 1]);
	});
	test("no frame, or another text, is refused", () => {
		expect(() => mergeFrames([])).toThrow("at least one frame");
		expect(() => mergeFrames(["a", "b"].map((text) => ({ time: second(0), result: resultOf({ text }) })))).toThrow(
			"the same text",
		);
	});
	test("ranges that touch are one", () => {
		expect(addTime([second(0)], { start: 1, end: 3 })).toEqual([{ start: 0, end: 3 }]);
		expect(addTime([second(0)], { start: 2, end: 3 })).toEqual([second(0), { start: 2, end: 3 }]);
	});
});

describe("steps with pictures of their own", () => {
	const merged = mergeSteps([
		{ result: resultOf({ entities: [ada, bob], relations: [peer] }) },
		{
			result: resultOf({
				image: null,
				regions: [],
				entities: [{ ...ada, regions: [], grounded: false }],
				events: [meet("O1")],
			}),
		},
		{ result: resultOf({ entities: [{ ...ada, text: "ada" }], text: "ada meets Bob" }) },
	]);
	test("texts stand one below the other, and every place is moved along", () => {
		expect(merged.text).toBe(`${TEXT}\n${TEXT}\nada meets Bob`);
		for (const { start, end, text } of [...merged.entities, ...merged.events.map(({ trigger }) => trigger)])
			expect(merged.text.slice(start, end)).toBe(text);
		expect(merged.steps).toMatchObject([
			{ number: 1, start: 0, end: 13, picture: 0 },
			{ number: 2, start: 14, end: 27, picture: null },
			{ number: 3, start: 28, end: 41, picture: 1 },
		]);
		valid(merged);
	});
	test("steps of one text keep their places in it, blank lines and all", () => {
		const text = ` ${TEXT}\n\n  ${TEXT} `;
		const parts = [{ result: resultOf({ entities: [bob] }) }, { result: resultOf({ entities: [bob] }) }];
		const placed = mergeSteps(parts, { text, starts: [1, 5 + TEXT.length] });
		expect(placed.text).toBe(text);
		expect(placed.steps?.map(({ start, end }) => text.slice(start, end))).toEqual([TEXT, TEXT]);
		for (const { start, end } of placed.entities) expect(text.slice(start, end)).toBe("Bob");
		valid(placed);
		expect(() => mergeSteps(parts, { text, starts: [0, 1] })).toThrow("Step 1 is not in the text at 0.");
	});
	test("ids stay apart, and a thing is followed from step to step", () => {
		expect(new Set(merged.entities.map(({ id }) => id)).size).toBe(4);
		expect(merged.relations).toMatchObject([{ head: "1e1", tail: "1e2" }]);
		expect(merged.things?.map(({ name, entities }) => [name, entities])).toEqual([
			["Ada", ["1e1", "2e1", "3e1"]],
			["Bob", ["1e2"]],
		]);
		expect(merged.entities.at(-1)?.regions).toMatchObject([{ picture: 1 }]);
	});
});
