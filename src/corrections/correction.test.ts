/** Edits change what they should, name their author, and can be undone and redone. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ExtractionResult, ResultSchema } from "../core/result.ts";
import { checkResult } from "../exports/check-result.ts";
import { HARD } from "../exports/testing.ts";
import { authorOf, correct, type Edit, redo, undo } from "./correction.ts";

const RESULT = HARD.result;
const ME = { by: "Grace", at: "2026-01-02T03:04:05.000Z" };
const corrected = (...edits: Edit[]): ExtractionResult =>
	edits.reduce((result, edit) => correct(result, edit, ME), RESULT);
const entity = (result: ExtractionResult, id: string) => result.entities.find((one) => one.id === id);

describe("correct", () => {
	test("a type changes, is certain, and names its person; the others stay the model's", () => {
		const result = corrected({ edit: "retype-entity", id: "e1", type: " artist " });
		expect(entity(result, "e1")).toMatchObject({ type: "artist", score: 1, text: "Zoë" });
		expect(authorOf(result, "entity", "e1")).toEqual(ME);
		expect(authorOf(result, "entity", "e2")).toBeNull();
		expect(result.corrections).toMatchObject([
			{ by: "Grace", edit: "retype-entity", changes: [{ from: { type: "person" }, to: { type: "artist" } }] },
		]);
	});

	test.each([
		["entity", "e2", "entities"],
		["relation", "r1", "relations"],
		["event", "v1", "events"],
	] as const)("an accepted %s is certain, names its person, and can be taken back", (record, id, list) => {
		const result = corrected({ edit: "accept", record, id });
		const accepted = result[list].find((one) => one.id === id)!;
		expect(accepted.score).toBe(1);
		if ("arguments" in accepted) expect(accepted.arguments.map(({ score }) => score)).toEqual([1, 1, 1]);
		expect(authorOf(result, record, id)).toEqual(ME);
		expect(undo(result)?.result[list]).toEqual(RESULT[list]);
		expect(() => corrected({ edit: "accept", record, id: "none" })).toThrow("not in the result");
	});

	test("what a person accepts is no longer less sure", () => {
		const unsure = { ...RESULT, entities: RESULT.entities.map((one) => ({ ...one, sure: false })) };
		const result = correct(unsure, { edit: "accept", record: "entity", id: "e1" }, ME);
		expect(entity(result, "e1")).not.toHaveProperty("sure");
		expect(entity(result, "e2")).toHaveProperty("sure", false);
	});

	test("a new entity stands in text order under an id that was never used", () => {
		const start = RESULT.text.indexOf("Ada");
		const result = corrected(
			{ edit: "delete-entity", id: "e1" },
			{ edit: "add-entity", type: "person", start, end: start + 3 },
		);
		expect(result.entities.map(({ id, text }) => [id, text])[0]).toEqual(["e6", "Ada"]);
	});

	test("a mention that moves takes the roles along that it plays", () => {
		const result = corrected({ edit: "move-entity", id: "e1", start: 3, end: 5 });
		expect(entity(result, "e1")).toMatchObject({ text: "Zo", start: 3, end: 5 });
		expect(result.events[0]?.arguments[0]).toMatchObject({ entity: "e1", span: { text: "Zo", start: 3, end: 5 } });
		const joined = corrected({
			edit: "move-entity",
			id: "e5",
			start: RESULT.entities[4]!.start,
			end: RESULT.entities[4]!.end - 1,
		});
		expect(entity(joined, "e5")).not.toHaveProperty("fragments");
	});

	test("deleting an entity deletes its relations; an event keeps the words", () => {
		const result = corrected({ edit: "delete-entity", id: "e1" });
		expect(result.relations).toEqual([]);
		expect(result.events[0]?.arguments[0]).toMatchObject({ entity: null, span: { text: "Zoë" } });
		expect(result.corrections?.[0]?.changes.map(({ record }) => record)).toEqual(["relation", "event", "entity"]);
	});

	test("a box that moves does so at its entity too; corners are put in order and inside the picture", () => {
		const result = corrected({ edit: "move-box", object: "O1", box: [500, 50, 300, -10] });
		expect(result.regions[0]?.box).toEqual([300, 0, 400, 50]);
		expect(entity(result, "e1")?.regions[0]?.box).toEqual([300, 0, 400, 50]);
	});

	test("a box that is deleted leaves its entity and the role it played", () => {
		const result = corrected({ edit: "delete-box", object: "O1" }, { edit: "delete-box", object: "O2" });
		expect(result.regions).toEqual([]);
		expect(entity(result, "e1")?.regions).toEqual([]);
		expect(result.events[0]?.arguments).toHaveLength(2);
	});

	test("boxes that a detector found become regions with its scores; mentions of one box share it", () => {
		const link = { box: [0, 0, 10, 10] as [number, number, number, number], score: 0.3, label: "Zoë" };
		const result = corrected({
			edit: "link-found",
			links: [
				{ entity: "e1", ...link },
				{ entity: "e2", ...link },
			],
		});
		const region = { object: `O${RESULT.regions.length + 1}`, ...link };
		expect(result.regions.at(-1)).toEqual(region);
		expect(result.regions).toHaveLength(RESULT.regions.length + 1);
		expect(["e1", "e2"].map((id) => entity(result, id)?.regions.at(-1))).toEqual([region, region]);
		expect(undo(result)?.result).toEqual({ ...RESULT, corrections: [] });
	});

	test("in a picture full of boxes, what was found takes the place of the last one that nothing refers to", () => {
		const boxes = Array.from({ length: 36 }, (_, index) => ({ ...RESULT.regions[0]!, object: `O${index + 1}` }));
		const full = {
			...RESULT,
			regions: boxes,
			entities: [{ ...RESULT.entities[0]!, regions: [boxes[35]!] }],
			relations: [],
			events: [],
		};
		const links = [{ entity: "e1", box: [0, 0, 10, 10] as [number, number, number, number], score: 0.3, label: "Zoë" }];
		const result = correct(full, { edit: "link-found", links }, ME);
		expect(result.regions[34]).toMatchObject({ object: "O35", score: 0.3, label: "Zoë" });
		expect(result.entities[0]?.regions.map(({ object }) => object)).toEqual(["O36", "O35"]);
		expect(undo(result)?.result).toEqual({ ...full, corrections: [] });
	});

	test("a new box takes the first free name and belongs to its entity", () => {
		const result = corrected(
			{ edit: "delete-box", object: "O1" },
			{ edit: "add-box", box: [0, 0, 10, 10], entity: "e2" },
		);
		expect(entity(result, "e2")?.regions).toEqual([{ object: "O1", box: [0, 0, 10, 10], score: 1 }]);
		const seen = correct(result, { edit: "set-seen", id: "e3", object: "O1", seen: true }, ME);
		expect(entity(seen, "e3")?.regions.map(({ object }) => object)).toEqual(["O1"]);
		expect(entity(correct(seen, { edit: "set-seen", id: "e3", object: "O1", seen: false }, ME), "e3")?.regions).toEqual(
			[],
		);
	});

	test("a deleted mention leaves the thing it meant; the last one takes the thing along", () => {
		const things = [
			{ id: "t1", name: "Bank of England", type: "organization", entities: ["e2", "e3"], why: ["because"] },
		];
		const entities = RESULT.entities.map((one) => (["e2", "e3"].includes(one.id) ? { ...one, thing: "t1" } : one));
		const first = correct({ ...RESULT, entities, things }, { edit: "delete-entity", id: "e2" }, ME);
		expect(first.things).toMatchObject([{ entities: ["e3"], why: [] }]);
		const second = correct(first, { edit: "delete-entity", id: "e3" }, ME);
		expect(second.things).toEqual([]);
		expect(undo(undo(second)!.result)!.result.things).toEqual(things);
	});

	test("words become a trigger in text order; entities, words and boxes play its roles", () => {
		const start = RESULT.text.indexOf("Zoë");
		const result = corrected(
			{ edit: "add-event", type: " appear ", start, end: start + 3 },
			{ edit: "add-argument", id: "v2", role: "who", filler: { entity: "e2" } },
			{
				edit: "add-argument",
				id: "v2",
				role: "where",
				filler: { start: RESULT.entities[2]!.start, end: RESULT.entities[2]!.end },
			},
			{ edit: "add-argument", id: "v2", role: "when", filler: { start: 0, end: 2 } },
			{ edit: "add-argument", id: "v2", role: "what", filler: { object: "O2" } },
		);
		expect(result.events.map(({ id, type, trigger }) => [id, type, trigger.text])).toEqual([
			["v2", "appear", "Zoë"],
			["v1", "meet", "met"],
		]);
		expect(
			result.events[0]?.arguments.map(({ role, entity: id, span, region, score }) => [
				role,
				id,
				span?.text,
				region?.object,
				score,
			]),
		).toEqual([
			["who", "e2", "Bank of England\r\nin", undefined, 1],
			// Words that are an entity are linked to it.
			["where", "e3", "England", undefined, 1],
			["when", null, "🏀", undefined, 1],
			["what", null, undefined, "O2", 1],
		]);
		expect(authorOf(result, "event", "v2")).toEqual(ME);
		expect(authorOf(result, "event", "v1")).toBeNull();
	});

	test("a trigger moves, a role changes its name, and an argument goes", () => {
		const result = corrected(
			{ edit: "move-event", id: "v1", start: 3, end: 5 },
			{ edit: "retype-argument", id: "v1", index: 1, role: "guest" },
			{ edit: "delete-argument", id: "v1", index: 0 },
		);
		expect(result.events[0]).toMatchObject({
			trigger: { text: "Zo", start: 3, end: 5 },
			arguments: [{ role: "guest", score: 1 }, { role: "place" }],
		});
	});

	test.each<[string, Edit, RegExp]>([
		["a mention of nothing", { edit: "add-entity", type: "x", start: 3, end: 3 }, /span 3–3 is empty/],
		["an empty type", { edit: "retype-entity", id: "e1", type: " " }, /1 to 200 characters/],
		["an entity that is not there", { edit: "delete-entity", id: "e9" }, /e9 is not in the result/],
		["a trigger of nothing", { edit: "add-event", type: "x", start: 3, end: 3 }, /span 3–3 is empty/],
		[
			"a role without a name",
			{ edit: "add-argument", id: "v1", role: " ", filler: { object: "O1" } },
			/A role must have 1 to 200 characters/,
		],
		[
			"a role played twice",
			{ edit: "add-argument", id: "v1", role: "place", filler: { object: "O2" } },
			/already has this argument with the role place/,
		],
		["a role that becomes another's", { edit: "retype-argument", id: "v1", index: 2, role: "" }, /A role must have/],
		["an argument that is not there", { edit: "delete-argument", id: "v1", index: 3 }, /no argument 4/],
		[
			"a filler that is not there",
			{ edit: "add-argument", id: "v1", role: "x", filler: { object: "O9" } },
			/O9 is not in the result/,
		],
		[
			"a relation of a thing with itself",
			{ edit: "add-relation", type: "x", head: "e1", tail: "e1" },
			/two different entities/,
		],
	])("%s is refused", (_, edit, says) => {
		expect(() => corrected(edit)).toThrow(says);
	});
});

describe("undo and redo", () => {
	const EDIT: fc.Arbitrary<Edit> = fc.oneof(
		fc.record({
			edit: fc.constant("add-entity" as const),
			type: fc.constantFrom("a", "b"),
			start: fc.nat(20),
			end: fc.integer({ min: 21, max: 40 }),
		}),
		fc.record({
			edit: fc.constant("retype-entity" as const),
			id: fc.constantFrom("e1", "e2", "e3", "e6"),
			type: fc.constantFrom("a", "b"),
		}),
		fc.record({
			edit: fc.constant("move-entity" as const),
			id: fc.constantFrom("e1", "e4"),
			start: fc.nat(20),
			end: fc.integer({ min: 21, max: 40 }),
		}),
		fc.record({ edit: fc.constant("delete-entity" as const), id: fc.constantFrom("e1", "e2", "e4", "e6") }),
		fc.record({
			edit: fc.constant("add-relation" as const),
			type: fc.constant("x"),
			head: fc.constantFrom("e1", "e2"),
			tail: fc.constantFrom("e3", "e4"),
		}),
		fc.record({ edit: fc.constant("delete-relation" as const), id: fc.constantFrom("r1", "r2") }),
		fc.record({
			edit: fc.constant("retype-relation" as const),
			id: fc.constantFrom("r1", "r2"),
			type: fc.constant("y"),
		}),
		fc.record({ edit: fc.constant("delete-event" as const), id: fc.constant("v1") }),
		fc.record({ edit: fc.constant("retype-event" as const), id: fc.constant("v1"), type: fc.constant("z") }),
		fc.record({
			edit: fc.constant("add-event" as const),
			type: fc.constant("meet"),
			start: fc.nat(20),
			end: fc.integer({ min: 21, max: 40 }),
		}),
		fc.record({
			edit: fc.constant("move-event" as const),
			id: fc.constantFrom("v1", "v2"),
			start: fc.nat(20),
			end: fc.constant(30),
		}),
		fc.record({
			edit: fc.constant("add-argument" as const),
			id: fc.constantFrom("v1", "v2"),
			role: fc.constantFrom("who", "entity"),
			filler: fc.constantFrom({ entity: "e1" }, { entity: "e6" }, { start: 0, end: 5 }, { object: "O1" }),
		}),
		fc.record({
			edit: fc.constant("retype-argument" as const),
			id: fc.constantFrom("v1", "v2"),
			index: fc.nat(3),
			role: fc.constantFrom("who", "where"),
		}),
		fc.record({ edit: fc.constant("delete-argument" as const), id: fc.constantFrom("v1", "v2"), index: fc.nat(3) }),
		fc.record({
			edit: fc.constant("add-box" as const),
			box: fc.constant([1, 2, 3, 4] as [number, number, number, number]),
			entity: fc.constantFrom(null, "e2"),
		}),
		fc.record({
			edit: fc.constant("move-box" as const),
			object: fc.constantFrom("O1", "O2"),
			box: fc.constant([5, 6, 7, 8] as [number, number, number, number]),
		}),
		fc.record({ edit: fc.constant("delete-box" as const), object: fc.constantFrom("O1", "O2", "O3") }),
		fc.record({
			edit: fc.constant("set-seen" as const),
			id: fc.constantFrom("e1", "e2"),
			object: fc.constantFrom("O1", "O2"),
			seen: fc.boolean(),
		}),
	);

	/** Edits that do not fit the result as it is are left out. */
	function applied(edits: readonly Edit[]): ExtractionResult[] {
		const steps: ExtractionResult[] = [{ ...RESULT, corrections: [] }];
		for (const edit of edits) {
			try {
				steps.push(correct(steps.at(-1)!, edit, ME));
			} catch {
				// It names a record that is gone.
			}
		}
		return steps;
	}

	test("every sequence of edits can be undone and redone, and every step is a valid result", async () => {
		await fc.assert(
			fc.property(fc.array(EDIT, { maxLength: 12 }), (edits) => {
				const steps = applied(edits);
				const undone = [];
				for (let index = steps.length - 1; index > 0; index--) {
					expect(ResultSchema.safeParse(steps[index]).success).toBe(true);
					checkResult(steps[index]!, "step");
					const back = undo(steps[index]!)!;
					expect(back.result).toEqual(steps[index - 1]);
					undone.push(back.undone);
				}
				expect(undone.reverse().reduce(redo, steps[0]!)).toEqual(steps.at(-1));
			}),
			{ numRuns: 300, seed: 3 },
		);
	});

	test("there is nothing to undo in what the model wrote", () => {
		expect(undo(RESULT)).toBeNull();
	});
});
