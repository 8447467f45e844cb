/** Tests how results made by hand are compared with annotated pairs, and how that is counted. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { copyNano, temporaryFolder } from "../node/testing/nano.ts";
import { countQuestions, measure, relationOfPair, scorePairs } from "./found-pairs.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const TEXT = "🏀 Kyrie joins the Cavs";
const head = { text: "Kyrie", start: 2, end: 7 };
const tail = { text: "Cavs", start: 18, end: 22 };
const entity = (id: string, text: string) => ({
	id,
	type: "person",
	text,
	start: TEXT.indexOf(text),
	end: TEXT.indexOf(text) + text.length,
	score: 1,
	regions: [],
});
const entities = [entity("e1", "Kyrie"), entity("e2", "Cavs")];
const memberOf = { id: "r1", type: "member of", head: "e1", tail: "e2", score: 1 };

test("a pair is found by its places, which count code points in the data and UTF-16 units in a result", () => {
	expect(relationOfPair({ entities, relations: [memberOf] }, { text: TEXT, head, tail })).toBe("member of");
});

test("a pair without a relation, or with one the other way round, says none", () => {
	expect(relationOfPair({ entities, relations: [] }, { text: TEXT, head, tail })).toBe("none");
	expect(relationOfPair({ entities, relations: [memberOf] }, { text: TEXT, head: tail, tail: head })).toBe("none");
});

test("a pair with an end that was not found, or found in part, says nothing", () => {
	expect(
		relationOfPair(
			{ entities: [entities[0]!, entity("e2", "the Cavs")], relations: [memberOf] },
			{ text: TEXT, head, tail },
		),
	).toBeNull();
});

test("one right, one wrong and one missed relation of three, and a right none: F1 40, accuracy 50", () => {
	const pairs = ["peer", "peer", "peer", "none"].map((relation) => ({ relation }));
	// Right 1, predicted 2, annotated 3.
	const score = scorePairs(pairs, ["peer", "part of", "none", "none"]);
	expect(score).toMatchObject({ pairs: 4, precision: 50, accuracy: 50 });
	expect(score.recall).toBeCloseTo(100 / 3, 9);
	expect(score.f1).toBeCloseTo(40, 9);
});

const raw = (...instructors: string[]) =>
	instructors.map((instructor) => ({
		task: instructor === "entities" ? ("mner" as const) : ("mre" as const),
		instructor,
		output: "",
		score: 0,
		alternatives: [],
		gate: null,
	}));

test("questions are counted as pairs and as readings: a prompt that was read for entities is not read again", () => {
	expect(countQuestions({ raw: raw("entities", "A and B", "A and C") })).toEqual({ readings: 2, pairs: 2 });
	expect(
		countQuestions({
			raw: [...raw("entities"), ...raw("A and B", "A and C").map((output) => ({ ...output, instructor: "entities" }))],
		}),
	).toEqual({
		readings: 0,
		pairs: 2,
	});
	expect(countQuestions({ raw: raw("entities") })).toEqual({ readings: 0, pairs: 0 });
});

test("a bundle that asks about pairs on what it read reads no text again, and is asked about as many", async () => {
	const text = "Barack Obama met Angela Merkel in Berlin on Monday";
	const place = (name: string) => ({ text: name, start: text.indexOf(name), end: text.indexOf(name) + name.length });
	const pair = { id: "a", text, head: place("Barack Obama"), tail: place("Angela Merkel"), relation: "none" };
	const bundles = (["fitting", "read"] as const).map((relations) => {
		const at = join(folder.path, relations);
		mkdirSync(at);
		return copyNano(at, {
			manifest: (nano) => ({ ...nano, instructors: { ...(nano.instructors as object), relations } }),
		});
	});
	const measured = [];
	for (const bundle of bundles) measured.push(await measure(bundle, [pair], "off"));
	expect(measured.map(({ readingsPerText, pairsPerText }) => [readingsPerText, pairsPerText])).toEqual([
		[3, 3],
		[0, 3],
	]);
	expect(measured.map(({ foundWhole }) => foundWhole.pairs)).toEqual([1, 1]);
});
