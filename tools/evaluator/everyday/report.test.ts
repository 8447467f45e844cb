/** What judged posts add up to. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../node/testing/nano.ts";
import { judge } from "./judge.ts";
import { CAVS, postOf } from "./post.test-helper.ts";
import { describePost, describeReport, summarize, sumOf } from "./report.ts";
import { namesOfLine, readSeenNames } from "./seen.ts";
import { caseOf, isFirstWord } from "./slices.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const cavs = postOf(CAVS);
const none = postOf({ id: "en-002", text: "no name here", slice: ["food", "start"] });
const entity = (id: string, text: string, type: string) => {
	const start = cavs.text.indexOf(text);
	return { id, text, type, start, end: start + text.length };
};
const ENTITIES = [entity("a", "Kyrie", "person"), entity("b", "Cavs", "organization")];
const relation = (type: string, score: number) => ({ type, head: "a", tail: "b", score });
const JUDGED = [
	judge(cavs, {
		entities: ENTITIES,
		relations: [relation("member of", 0.95), relation("locate at", 0.6), relation("none so far", 0.2)],
	}),
	judge(none, { entities: [], relations: [] }),
];

test("relations are counted from each score on, per 100 posts", () => {
	expect(sumOf(JUDGED)).toEqual({
		posts: 2,
		verdicts: { right: 1, tolerable: 1, annoying: 0 },
		relations: [
			{ score: 0.9, shown: 1, right: 1, percent: 100, perHundred: 50 },
			{ score: 0.5, shown: 2, right: 1, percent: 50, perHundred: 50 },
			{ score: 0, shown: 3, right: 1, percent: 100 / 3, perHundred: 50 },
		],
		expectedRelations: { all: 1, shown: 1 },
	});
});

test("nothing judged is nothing, not a division by zero", () => {
	expect(sumOf([]).relations[0]).toEqual({ score: 0.9, shown: 0, right: 0, percent: null, perHundred: 0 });
});

test("slices without a post are left out, and names are counted by position and training", () => {
	const { slices, names } = summarize(JUDGED, new Set(["kyrie"]));
	const posts = Object.fromEntries(slices.map(({ group, name, posts }) => [`${group}: ${name}`, posts]));
	expect(posts).toEqual({
		"language: en": 2,
		"case: usual": 1,
		"case: lower case": 1,
		"names: none": 1,
		"names: three or more": 1,
		"position: a name is the first word": 1,
		"training: some name unseen": 1,
		"shows: start": 1,
		"topic: food": 1,
		"topic: talk": 1,
	});
	expect(names).toContainEqual({ group: "all", name: "all", all: 3, found: 2 });
	expect(names).toContainEqual({ group: "position", name: "first word", all: 1, found: 1 });
	expect(names).toContainEqual({ group: "training", name: "unseen", all: 2, found: 1 });
});

test("the text has a line for each slice, and a post is told with what is wrong", () => {
	const text = describeReport(summarize(JUDGED, null));
	expect(text).toMatch(/^all +2 +1 \(50 %\) +1 \(50 %\) +0 \(0 %\) +1 of 2$/m);
	expect(text).toMatch(/^ {2}score ≥ 0.5 +2 +1 \(50 %\) +50.0$/m);
	expect(describePost(JUDGED[0]!)).toContain("wrong     Kyrie → locate at → Cavs (0.60)");
});

describe("slices", () => {
	test.each([
		["GO CAVS @kyrie #win", "capitals"],
		["go cavs @KyrieIrving", "lower case"],
		["Go Cavs", "usual"],
		["3-1 🏀", "usual"],
	])("the case of %s is %s", (text, expected) => {
		expect(caseOf(text)).toBe(expected);
	});

	test("marks, emoji and handles are not first words", () => {
		expect(isFirstWord({ text: "🏀 @ann: “Cavs win" }, { start: 10 })).toBe(true);
		expect(isFirstWord({ text: "the Cavs win" }, { start: 4 })).toBe(false);
	});
});

test("seen names are lines, or the entities of records", async () => {
	const record = { text: "🏀 Kyrie of Cavs", entities: [{ type: "person", start: 2, end: 7 }, { text: "Cavs" }] };
	expect(namesOfLine(JSON.stringify(record))).toEqual(["Kyrie", "Cavs"]);
	expect(namesOfLine("{broken")).toEqual(["{broken"]);
	const path = join(folder.path, "seen.txt");
	writeFileSync(path, `Boston  Celtics\n\n${JSON.stringify(record)}\n`);
	expect([...(await readSeenNames(path))]).toEqual(["boston celtics", "kyrie", "cavs"]);
});
