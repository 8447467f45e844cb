/** Proves that records of windows that overlap become one result, each record once, in places of the whole text. */
import { describe, expect, test } from "vitest";
import { type Entity, type ExtractionResult, ResultSchema } from "../../core/result.ts";
import type { TextWindow } from "./cut.ts";
import { WindowMerger } from "./merge.ts";

//                      1111111111222222222233
//            01234567890123456789012345678901
const TEXT = "Ada met Bo. Bo met Cy. Cy met Di";
/** Both read the second sentence; the first window answers for it. */
const FIRST: TextWindow = { start: 0, end: 22, from: 0, to: 22, tokens: 8 };
const SECOND: TextWindow = { start: 12, end: 32, from: 22, to: 32, tokens: 7 };

const NOTHING: Omit<ExtractionResult, "text"> = {
	format: "umie-result/1",
	image: null,
	offsets: "utf-16",
	regions: [],
	entities: [],
	relations: [],
	events: [],
	gate: { mner: 0 },
	scores: "candidates",
	raw: [],
	unread: [],
	notes: [],
	model: "test",
	device: { name: "wasm", threads: 1, reason: "" },
	timings: {},
};

/** What a window says: names where they stand first in it. */
function answerOf(
	window: TextWindow,
	names: readonly string[],
	more: Partial<ExtractionResult> = {},
): ExtractionResult {
	const text = TEXT.slice(window.start, window.end);
	const entities = names.map((name, at): Entity => {
		const [type, word] = name.split(" ") as [string, string];
		const start = text.indexOf(word);
		return { id: `e${at + 1}`, type, text: word, start, end: start + word.length, score: 0.9, regions: [] };
	});
	return { ...NOTHING, text, entities, ...more };
}

function merge(...parts: readonly (readonly [TextWindow, ExtractionResult])[]): ExtractionResult {
	const merger = new WindowMerger(TEXT);
	for (const [window, result] of parts) merger.add(window, { result, limits: [] });
	const merged = merger.result();
	expect(ResultSchema.safeParse(merged).success).toBe(true);
	for (const { text, start, end } of merged.entities) expect(TEXT.slice(start, end)).toBe(text);
	return merged;
}

const named = ({ entities }: ExtractionResult) => entities.map(({ id, type, start, end }) => [id, type, start, end]);
const related = ({ relations }: ExtractionResult) =>
	relations.map(({ id, head, type, tail, score }) => `${id} ${head} ${type} ${tail} ${score}`);

describe("entities", () => {
	test("what both windows find is there once, and all stand in places of the whole text", () => {
		const merged = merge(
			[FIRST, answerOf(FIRST, ["person Ada", "person Bo", "person Cy"])],
			[SECOND, answerOf(SECOND, ["person Bo", "person Di"])],
		);
		expect(named(merged)).toEqual([
			["e1", "person", 0, 3],
			["e2", "person", 8, 10],
			["e3", "person", 19, 21],
			["e4", "person", 30, 32],
		]);
		expect(merged.text).toBe(TEXT);
		expect(merged.things).toHaveLength(4);
	});

	test("where two windows disagree, the one that answers for the place is believed", () => {
		const merged = merge(
			[FIRST, answerOf(FIRST, ["person Cy"])],
			[SECOND, answerOf(SECOND, ["location Cy", "person Bo"])],
		);
		expect(named(merged)).toEqual([["e1", "person", 19, 21]]);
	});

	test("a piece of a mention that goes on across the seam is not found again", () => {
		const seam = { ...FIRST, to: 20 };
		const merged = merge(
			[seam, answerOf(seam, ["person Cy"])],
			[{ ...SECOND, from: 20 }, answerOf(SECOND, ["person y", "person Di"])],
		);
		expect(named(merged).map(([, , start]) => start)).toEqual([19, 30]);
	});
});

describe("relations and roles across the seam", () => {
	const knows = (head: string, tail: string, score: number) => ({
		relations: [{ id: "r1", type: "knows", head, tail, score }],
	});
	// "Bo" of the second sentence belongs to the first window, "Di" to the second, which holds both.
	const both = answerOf(SECOND, ["person Bo", "person Di"], knows("e1", "e2", 0.7));

	test("a relation counts where its window holds both ends", () => {
		const first = answerOf(FIRST, ["person Ada"]);
		const bo = { ...first.entities[0]!, id: "e2", text: "Bo", start: 12, end: 14 };
		const merged = merge([FIRST, { ...first, entities: [...first.entities, bo] }], [SECOND, both]);
		expect(related(merged)).toEqual(["r1 e2 knows e3 0.7"]);
	});

	test("without one of its ends it is left out", () => {
		expect(related(merge([FIRST, answerOf(FIRST, [])], [SECOND, both]))).toEqual([]);
	});

	test("of two windows that hold both ends, that of the head is believed", () => {
		const pair = ["person Bo", "person Cy"];
		const at12 = (result: ExtractionResult) => ({
			...result,
			entities: result.entities.map((one) => (one.text === "Bo" ? { ...one, start: 12, end: 14 } : one)),
		});
		const first = at12(answerOf(FIRST, pair, knows("e1", "e2", 0.4)));
		const second = answerOf(SECOND, pair, knows("e2", "e1", 0.8));
		expect(related(merge([FIRST, first], [SECOND, second]))).toEqual(["r1 e1 knows e2 0.4"]);
	});

	test("a probability is never higher than that of an end", () => {
		const sure = (result: ExtractionResult, score: number): ExtractionResult => ({
			...result,
			scores: "calibrated",
			entities: result.entities.map((one) => ({ ...one, score, sure: score > 0.5 })),
			relations: result.relations.map((one) => ({ ...one, sure: true })),
		});
		const first = answerOf(FIRST, ["person Bo"]);
		const moved = { ...first, entities: [{ ...first.entities[0]!, start: 12, end: 14 }] };
		const merged = merge([FIRST, sure(moved, 0.3)], [SECOND, sure(both, 0.9)]);
		expect(merged.relations).toMatchObject([{ score: 0.3, sure: false }]);
	});

	test("an event is that of the window of its trigger, with roles of the one that holds both", () => {
		const trigger = { text: "met", start: 3, end: 6 };
		const role = (text: string, start: number) => ({
			role: "who",
			span: { text, start, end: start + 2 },
			entity: null,
			region: null,
			score: 0.5,
		});
		const event = (start: number, roles: ReturnType<typeof role>[]) => ({
			events: [
				{ id: "v1", type: "meet", trigger: { ...trigger, start, end: start + 3 }, arguments: roles, score: 0.9 },
			],
		});
		// "met" at 15 and "Bo" at 12 are the first window's, "Di" at 30 is not in it.
		const merged = merge(
			[FIRST, answerOf(FIRST, ["person Cy"], event(15, [role("Cy", 19)]))],
			[SECOND, answerOf(SECOND, ["person Di"], event(3, [role("Bo", 0), role("Di", 18)]))],
		);
		expect(merged.events).toHaveLength(1);
		expect(merged.events[0]).toMatchObject({
			id: "v1",
			trigger: { start: 15, end: 18 },
			arguments: [
				{ span: { text: "Cy", start: 19 }, entity: "e1" },
				{ span: { text: "Di", start: 30 }, entity: "e2" },
			],
		});
		const unseen = merge([FIRST, answerOf(FIRST, [])], [SECOND, answerOf(SECOND, [], event(3, []))]);
		expect(unseen.events).toEqual([]);
	});
});

describe("what is told beside the records", () => {
	test("a note of all windows stays as it is, one of some says of how many", () => {
		const merged = merge(
			[FIRST, answerOf(FIRST, [], { notes: ["No vision.", "No sign of an event."] })],
			[SECOND, answerOf(SECOND, [], { notes: ["No vision."] })],
		);
		expect(merged.notes).toEqual(["No vision.", "In 1 of 2 parts: No sign of an event."]);
	});

	test("a result in the middle is marked as partial, with what was not read", () => {
		const merger = new WindowMerger(TEXT);
		merger.add(FIRST, { result: answerOf(FIRST, ["person Ada"]), limits: [] });
		const partial = merger.result({ read: 1, of: 2 });
		expect(partial).toMatchObject({
			unfinished: [{ start: 22, end: 32 }],
			notes: ["Partial result: 1 of 2 parts were read."],
		});
		expect(named(partial)).toEqual([["e1", "person", 0, 3]]);
		merger.add(SECOND, { result: answerOf(SECOND, []), limits: [] });
		expect(merger.result()).not.toHaveProperty("unfinished");
	});

	test("a window whose answer was cut is named by its words and places", () => {
		const merger = new WindowMerger(TEXT);
		const limits = ["The output of mner reached its limit."];
		merger.add(FIRST, { result: answerOf(FIRST, [], { notes: limits }), limits });
		merger.add(SECOND, { result: answerOf(SECOND, []), limits: [] });
		expect(merger.result()).toMatchObject({
			unfinished: [{ start: 0, end: 22 }],
			notes: ["Some results may be missing in “Ada met Bo. Bo met Cy.” (characters 1 to 22)."],
		});
	});
});
