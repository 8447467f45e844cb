/** Proves that umie-nano reads long texts in windows: as it reads their pieces, with progress, until a cancel. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Update } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import { type ExtractionResult, ResultSchema } from "../src/core/result.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import { type ObservedEngine, openObserved } from "../tools/node/testing/nano.ts";
import { discPng } from "../tools/node/testing/png.ts";

const MNER: ExtractRequest = { tasks: ["mner"], beams: 1 };
const ignore = () => {};

let observed: ObservedEngine;
beforeAll(async () => {
	observed = await openObserved();
});
afterEach(() => {
	observed.onRun = ignore;
	observed.runs.length = 0;
});
afterAll(() => observed.engine.close());

const extract = async (text: string, request: ExtractRequest = MNER, onUpdate: (update: Update) => void = ignore) =>
	unwrap(await observed.engine.extract(1, { text, image: null }, request, onUpdate));
const places = ({ entities }: ExtractionResult, shift = 0) =>
	entities.map(({ type, start, end, text }) => `${type} ${text} ${start + shift} ${end + shift}`);

const POSTS = [
	"Barack Obama met Angela Merkel in Berlin on a rainy Monday afternoon 😀",
	"Coalition airstrikes near Baghdad , Iraq were reported by the army on Sunday",
	"Taylor Swift performs tonight in London with Kanye West and many others",
	"good morning everyone, have a nice day and a very good cup of coffee",
	"Police arrested protesters in Paris after a long night in the old town",
];
const LONG = POSTS.join("\n");
const ALL: ExtractRequest = { tasks: ["mner", "mre", "mee"], prefilter: "off" };

describe("a text of several posts", () => {
	test("gives what the posts give alone, in places of the whole text", async () => {
		const result = await extract(LONG, ALL);
		let start = 0;
		const alone: string[] = [];
		const counts = { relations: 0, events: 0, arguments: 0 };
		for (const post of POSTS) {
			const one = await extract(post, ALL);
			alone.push(...places(one, start));
			counts.relations += one.relations.length;
			counts.events += one.events.length;
			counts.arguments += one.events.flatMap((event) => event.arguments).length;
			start += post.length + 1;
		}
		expect(places(result)).toEqual(alone);
		expect(result.relations).toHaveLength(counts.relations);
		expect(result.events).toHaveLength(counts.events);
		expect(result.events.flatMap((event) => event.arguments)).toHaveLength(counts.arguments);
		for (const { start: from, end, text } of result.entities) expect(LONG.slice(from, end)).toBe(text);
		expect(result).toMatchObject({ text: LONG, model: "umie-nano", notes: [] });
		expect(result).not.toHaveProperty("unfinished");
		expect(ResultSchema.safeParse(result).success).toBe(true);
	});

	test("tells which part is read, and what was found so far with what was not read", async () => {
		const updates: Update[] = [];
		const result = await extract(LONG, MNER, (update) => updates.push(update));
		const parts = updates.flatMap((update) =>
			update.kind === "progress" && update.progress.stage === "parts" ? [update.progress] : [],
		);
		expect(parts.map(({ done, total }) => `${done}/${total}`)).toEqual(["0/5", "1/5", "2/5", "3/5", "4/5"]);
		const [first] = updates.flatMap((update) => (update.kind === "partial" ? [update.result] : []));
		expect(first!.notes).toEqual(["Partial result: 1 of 5 parts were read."]);
		expect(first!.unfinished).toEqual([{ start: POSTS[0]!.length, end: LONG.length }]);
		expect(places(first!)).toEqual(places(result).slice(0, first!.entities.length));
		expect(first!.entities.length).toBeGreaterThan(0);
	});

	test("is not read on after a cancel", async () => {
		const engine = observed.engine;
		const outcome = await engine.extract(7, { text: LONG, image: null }, MNER, (update) => {
			if (update.kind === "partial") engine.cancel(7);
		});
		expect(outcome).toMatchObject({ ok: false, failure: { code: "cancelled" } });
		expect(observed.count("text_encoder")).toBe(1);
	});

	test("beside short posts it is read as well", async () => {
		const posts = [POSTS[1]!, LONG, POSTS[0]!].map((text) => ({ text, image: null }));
		const results = unwrap(await observed.engine.extractMany(1, posts, MNER, ignore));
		expect(results.map(({ text }) => text)).toEqual(posts.map(({ text }) => text));
		expect(places(results[1]!).slice(0, results[2]!.entities.length)).toEqual(places(results[2]!));
	});

	test("its picture is looked at once, and every mention may be in it", async () => {
		const image = discPng(21);
		const request: ExtractRequest = { ...MNER, gate: 0.5 };
		const result = unwrap(await observed.engine.extract(1, { text: LONG, image }, request, ignore));
		expect(observed.count("visual_encoder")).toBe(1);
		expect(result.gate).toEqual({ mner: 0.5 });
		expect(result.textPicture?.mentions).toBe(result.entities.length);
		expect(result.entities.at(-1)!.sight).toBeDefined();
	});
});

describe("an answer that is longer than it may be", () => {
	const NAMES = "Barack Obama , Angela Merkel , Taylor Swift , David Cameron , Hillary Clinton , Kanye West";
	const LIMITED: ExtractRequest = { ...MNER, maxNewTokens: 24 };

	test("the text is read again in smaller windows, and nothing is missing", async () => {
		const all = await extract(NAMES);
		expect(all.entities.length).toBeGreaterThan(4);
		const result = await extract(NAMES, LIMITED);
		expect(result.entities.map(({ text }) => text)).toEqual(all.entities.map(({ text }) => text));
		expect(result.notes).toEqual([]);
	});

	test("what cannot be read in smaller windows is named", async () => {
		const result = await extract("Barack Obama", { ...MNER, maxNewTokens: 2 });
		expect(result.notes).toEqual(["The output of mner reached its limit of 2 tokens, so some results may be missing."]);
	});

	test("where even the smallest windows are cut, the result says where", async () => {
		const result = await extract(NAMES, { ...MNER, maxNewTokens: 2 });
		expect(result.unfinished!.length).toBeGreaterThan(1);
		expect(result.notes[0]).toMatch(/^Some results may be missing in “Barack Obama.*” \(characters 1 to \d+\)\.$/);
	});
});

describe("a form", () => {
	test("of more words than are read at once keeps the boxes of its mentions", async () => {
		const lines = Array.from({ length: 12 }, (_, at) => POSTS[at % 3]!.split(" ").slice(0, 9));
		const layout = lines.flatMap((words, row) =>
			words.map((text, column) => ({
				text,
				box: [column * 40, row * 20, column * 40 + 38, row * 20 + 10] as [number, number, number, number],
			})),
		);
		const result = unwrap(await observed.engine.extract(1, { text: "", image: null, layout }, MNER, ignore));
		const last = result.entities.filter(({ text }) => text.includes("London"));
		expect(last).toHaveLength(4);
		for (const [at, { box }] of last.entries()) expect(box![1]).toBe((at * 3 + 2) * 20);
	});
});

describe("texts of any shape", () => {
	test.each([
		["one long word", "x".repeat(3_000)],
		["a script without spaces", "巴拉克奥巴马在柏林会见了默克尔".repeat(20)],
		["line breaks", `Barack Obama${"\n".repeat(3_000)}Berlin`],
		["halves of surrogate pairs", "\uD83D".repeat(300)],
	])("%s", async (_, text) => {
		const result = await extract(text);
		expect(result.text).toBe(text);
		expect(result).not.toHaveProperty("unfinished");
		for (const { start, end, text: piece } of result.entities) expect(text.slice(start, end)).toBe(piece);
	});
});
