/** Everyday posts are found as they are meant, or refused with the reason. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../node/testing/nano.ts";
import { CAVS, lineOf, postOf } from "./post.test-helper.ts";
import { readPosts } from "./posts.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe("a line", () => {
	test("has its names where their texts stand, the n-th where it says so", () => {
		const { names } = postOf({
			text: "🏀 Kyrie! Kyrie!!",
			names: [
				{ text: "Kyrie", types: ["person"] },
				{ text: "Kyrie", at: 1, types: ["person"] },
			],
		});
		expect(names.map(({ start, end }) => [start, end])).toEqual([
			[3, 8],
			[10, 15],
		]);
	});

	test("has other extents that overlap the name", () => {
		const { names } = postOf({
			text: "Kyrie, Kyrie Irving",
			names: [{ text: "Irving", also: ["Kyrie Irving"], types: ["person"] }],
		});
		expect(names[0]!.extents).toEqual([
			{ start: 13, end: 19 },
			{ start: 7, end: 19 },
		]);
	});

	test("joins every mention of a relation's ends", () => {
		const { relations } = postOf({
			text: "Kyrie! Kyrie! Go Cavs",
			names: [
				{ text: "Kyrie", types: ["person"] },
				{ text: "Kyrie", at: 1, types: ["person"] },
				{ text: "Cavs", types: ["organization"] },
			],
			relations: CAVS.relations,
		});
		expect(relations).toEqual([{ heads: [0, 1], tails: [2], types: ["member of"], optional: false }]);
	});

	test.each([
		[
			"a name that is not there",
			{ names: [{ text: "Lakers", types: ["organization"] }] },
			'en-001): "Lakers" occurs 0 times',
		],
		["an occurrence too many", { names: [{ text: "Cavs", at: 1, types: ["organization"] }] }, '"Cavs" occurs 1 times'],
		["part of a word", { names: [{ text: "Bost", types: ["location"] }] }, '"Bost" occurs 0 times'],
		[
			"another extent elsewhere",
			{ names: [{ text: "Kyrie", also: ["Cavs"], types: ["person"] }] },
			'overlaps "Kyrie" 0 times',
		],
		[
			"a relation without its end",
			{ relations: [{ head: "Kyrie", tail: "Lakers", types: ["member of"] }] },
			'"Lakers" is not a name',
		],
		[
			"a relation that types forbid",
			{ relations: [{ head: "Kyrie", tail: "Cavs", types: ["couple"] }] },
			'that "couple" joins',
		],
		[
			"a relation the wrong way round",
			{ relations: [{ head: "Cavs", tail: "Kyrie", types: ["member of"] }] },
			'that "member of" joins',
		],
		["a topic that is none", { slice: ["gardening"] }, "the first slice is the topic"],
		["an id of another language", { id: "de-001" }, "begins with en-"],
		["one place twice", { names: [...CAVS.names, { text: "Kyrie", types: ["person"] }] }, '"Kyrie" stands there twice'],
	])("with %s is refused", (_what, change, reason) => {
		expect(() => postOf({ ...CAVS, ...change })).toThrow(reason);
	});
});

describe("a file", () => {
	const write = (name: string, ...lines: readonly unknown[]) => {
		const path = join(folder.path, name);
		writeFileSync(path, lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"));
		return path;
	};

	test.each([
		["broken JSON", ["{"], "line 1 is not valid JSON"],
		[
			"an unknown type",
			[lineOf(CAVS), lineOf({ text: "Cavs", names: [{ text: "Cavs", types: ["team"] }] })],
			'line 2: "names.0.types.0"',
		],
		["an unknown field", [{ ...lineOf(CAVS), relation: [] }], "line 1"],
		["an id twice", [lineOf(CAVS), lineOf(CAVS)], "en-001 stands there twice"],
		["a variant without its post", [lineOf({ ...CAVS, id: "en-002-lower", of: "en-002" })], "made from en-002"],
	])("with %s is refused", (name, lines, reason) => {
		expect(() => readPosts(write(`${name}.jsonl`, ...lines))).toThrow(reason);
	});

	test("that is not there is refused", () => {
		expect(() => readPosts(join(folder.path, "none.jsonl"))).toThrow("cannot be read");
	});
});

describe("the built-in posts", () => {
	const posts = readPosts();

	test("have a judged half no larger than the other, and a fifth of those without a name in each language", () => {
		for (const lang of new Set(posts.map(({ lang }) => lang))) {
			const own = posts.filter((post) => post.lang === lang);
			const [train, judge] = ["train", "judge"].map((half) => own.filter((post) => post.half === half).length);
			expect(judge).toBeGreaterThanOrEqual(15);
			expect(train).toBeGreaterThanOrEqual(judge!);
			const nameless = own.filter(({ names }) => names.length === 0).length;
			expect(nameless / own.length).toBeGreaterThan(0.15);
			expect(nameless / own.length).toBeLessThan(0.3);
		}
	});

	test("have variants in the half of their post only", () => {
		const halfOf = new Map(posts.map(({ id, half }) => [id, half]));
		for (const { id, of, half } of posts) if (of !== null) expect([id, halfOf.get(of)]).toEqual([id, half]);
	});
});
