/** Proves what umie-nano extracts from posts, with pictures, in batches, and when something is wrong. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-web";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Post, Update } from "../src/client/protocol.ts";
import { type Outcome, unwrap } from "../src/core/failure.ts";
import { MAX_TEXT } from "../src/core/limits.ts";
import { type ExtractionResult, ResultSchema } from "../src/core/result.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import { writeRandomCheckpoint } from "../tools/exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../tools/exporter/export/export-bundle.ts";
import { openNodeEngine } from "../tools/node/engine/node-engine.ts";
import {
	type BundleChanges,
	copyNano,
	type ObservedEngine,
	openObserved,
	temporaryFolder,
} from "../tools/node/testing/nano.ts";
import { discPng, makePng } from "../tools/node/testing/png.ts";
import type { Engine } from "./engine.ts";
import { ANIMATED_GIF, text as bytesOf, concat, cornerJpeg, HEIC, pngDeclaring, SVG } from "./vision/fixtures.ts";

const ALL: ExtractRequest = { tasks: ["mner", "mre", "mee"] };
const MNER: ExtractRequest = { tasks: ["mner"], beams: 2 };
const ignore = () => {};
const codeOf = (outcome: Outcome<unknown>) => (outcome.ok ? "ok" : outcome.failure.code);

let observed: ObservedEngine;
beforeAll(async () => {
	observed = await openObserved();
});
afterEach(() => {
	observed.onRun = ignore;
	observed.runs.length = 0;
});
afterAll(() => observed.engine.close());

const settle = (text: string, request: ExtractRequest = MNER, image: Uint8Array | null = null) =>
	observed.engine.extract(1, { text, image }, request, ignore);
const extract = async (...given: Parameters<typeof settle>) => unwrap(await settle(...given));
const links = ({ relations }: ExtractionResult) => relations.map(({ head, type, tail }) => `${head} ${type} ${tail}`);
const named = ({ entities }: ExtractionResult) => entities.map(({ type, text }) => `${type}, ${text}`);

/** Texts of the result are what the offsets cut out of the post. */
function expectInPlace({ text, entities, events }: ExtractionResult): void {
	const spans = [
		...entities,
		...events.flatMap(({ trigger, arguments: list }) => [trigger, ...list.flatMap(({ span }) => span ?? [])]),
	];
	for (const span of spans) expect(text.slice(span.start, span.end)).toBe(span.text);
}

// Posts whose answers hold with room to spare.
const POSTS = [
	"Barack Obama met Angela Merkel in Berlin on Monday",
	"Coalition airstrikes near Baghdad , Iraq",
	"Police arrested protesters in Paris",
	"good morning everyone, have a nice day",
	"Taylor Swift performs tonight",
];

describe("what is found", () => {
	test("people and places, and how they relate", async () => {
		const result = await extract(POSTS[0]!, { ...ALL, prefilter: "off" });
		expect(named(result)).toEqual(["person, Barack Obama", "person, Angela Merkel", "location, Berlin"]);
		expect(result.entities.every(({ score }) => score > 0.5)).toBe(true);
		expect(result.raw.map(({ task }) => task)).toEqual(["mner", "med", "mre", "mre", "mre", "meae"]);
		expect(result).toMatchObject({
			unread: [],
			scores: "candidates",
			gate: { mner: 0, med: 0, mre: 0, meae: 0 },
			model: "umie-nano",
		});
		expectInPlace(result);
		expect(ResultSchema.safeParse(result).success).toBe(true);
	});

	test("with the bundle's own prefilter less is asked, and a note says so", async () => {
		const quiet = POSTS[4]!;
		const tasksAsked = async (prefilter: "auto" | "off") =>
			(await extract(quiet, { ...ALL, prefilter })).raw.map(({ task }) => task);
		expect([await tasksAsked("auto"), await tasksAsked("off")]).toEqual([["mner"], ["mner", "med"]]);
		expect((await extract(quiet, ALL)).notes).toEqual(["Events were skipped: the text showed no sign of one."]);
	});

	test.each([
		["extractive", 1],
		["constrained", 1],
		// Nothing but a prompt says there which pair is meant.
		["full", 4],
	] as const)("%s: three pairs and the entities take %i reading(s) of the text", async (decoding, readings) => {
		const result = await extract(POSTS[0]!, { tasks: ["mner", "mre"], prefilter: "off", decoding });
		expect(observed.count("text_encoder")).toBe(readings);
		expect(result.raw.map(({ task }) => task)).toEqual(["mner", "mre", "mre", "mre"]);
		expect(links(result)).toContain("e1 peer e2");
		if (decoding !== "full") expect(result).toMatchObject({ unread: [], notes: [] });
		expect(ResultSchema.safeParse(result).success).toBe(true);
	});

	test("however many pairs there are, each is asked about once, on one context", async () => {
		const names = [
			"Barack Obama",
			"Angela Merkel",
			"Taylor Swift",
			"David Cameron",
			"Kanye West",
			"Hillary Clinton",
			"Justin Bieber",
		];
		const { raw, entities } = await extract(names.join(" , "), { tasks: ["mner", "mre"], maxPairs: 30 });
		const pairs = raw.filter(({ task }) => task === "mre").map(({ output }) => output.replace(/, [^,]+, /, " and "));
		expect(entities.length).toBeGreaterThan(4);
		expect(pairs).toHaveLength((entities.length * (entities.length - 1)) / 2);
		expect(new Set(pairs).size).toBe(pairs.length);
		expect([observed.count("text_encoder"), observed.count("decoder_context")]).toEqual([1, 2]);
	});

	// Only the names that it might be about count.
	test("a pair's answer is the same whatever others are asked about", async () => {
		const request = { tasks: ["mner", "mre"], decoding: "constrained" } as const;
		const scores = async (maxPairs: number) =>
			(await extract(POSTS[0]!, { ...request, maxPairs })).relations.map(({ type, score }) => [type, score]);
		// The whole vocabulary: the candidates are the same for one pair and for three.
		const alone = await scores(1);
		expect(alone).toHaveLength(1);
		expect((await scores(3)).slice(0, 1)).toEqual(alone);
	});

	test("a pair is weighed by whole answers: even one beam has others, and the score is a share", async () => {
		const { raw, relations } = await extract("Kyrie Irving joins the Cavs in Cleveland", {
			tasks: ["mner", "mre"],
			beams: 1,
		});
		const answers = raw.filter(({ task }) => task === "mre");
		expect(raw[0]!.alternatives).toEqual([]);
		expect(answers.map(({ alternatives }) => alternatives.length)).not.toContain(0);
		for (const { score, alternatives } of answers)
			for (const other of alternatives) expect(other.score).toBeLessThan(score + 1);
		for (const { score } of relations) expect(score).toBeGreaterThan(0.3);
		expect(relations.every(({ score }) => score < 1)).toBe(true);
	});

	test("joint triples, which the model did not learn, are asked about as pairs, on one reading too", async () => {
		const result = await extract(POSTS[0]!, { tasks: ["jmere"] });
		expect([observed.count("text_encoder"), links(result)]).toEqual([1, ["e1 peer e2"]]);
	});

	test("a cancel between two pairs leaves nothing behind: contexts, caches and candidates are freed", async () => {
		const made: Tensor[] = [];
		let runs = 0;
		observed.onRun = ({ role, outputs }) => {
			if (role === "decoder_context" || role === "decoder_extractive")
				made.push(...Object.entries(outputs).flatMap(([name, tensor]) => (name === "logits" ? [] : [tensor])));
			if (role === "decoder_context") runs++;
			if (runs === 2 && role === "decoder_extractive") observed.engine.cancel(1);
		};
		expect(codeOf(await settle(POSTS[0]!, { tasks: ["mner", "mre"] }))).toBe("cancelled");
		expect(runs).toBe(2);
		for (const tensor of made) expect(() => tensor.data).toThrow();
	});

	test("with a picture pairs see it too: what was read is let into the gate again", async () => {
		const result = await extract(POSTS[0]!, { tasks: ["mner", "mre"], gate: 0.5 }, discPng(11));
		expect(result.gate).toEqual({ mner: 0.5, mre: 0.5 });
		expect([observed.count("text_encoder"), observed.count("gated_attention")]).toEqual([1, 2]);
	});

	test("a country contains its city, an attack has a place", async () => {
		const result = await extract(POSTS[1]!, ALL);
		expect(named(result)).toEqual(["location, Baghdad", "location, Iraq"]);
		expect(result.relations.map(({ type, head, tail }) => [head, type, tail])).toEqual([["e2", "contain", "e1"]]);
		expect(result.events.map(({ type }) => type)).toEqual(["attack"]);
		expect(result.events[0]!.arguments).toContainEqual(
			expect.objectContaining({ role: "place", entity: expect.stringMatching(/^e[12]$/) }),
		);
		expectInPlace(result);
	});

	test("the n-best list has as many outputs as beams, best first", async () => {
		const { raw } = await extract(POSTS[0]!, { tasks: ["mner"], beams: 4 });
		const scores = [raw[0]!.score, ...raw[0]!.alternatives.map(({ score }) => score)];
		expect(scores.length).toBe(4);
		expect(scores).toEqual([...scores].sort((a, b) => b - a));
	});

	test.each([
		"full",
		"constrained",
	] as const)("%s decoding finds the same people, its scores over the vocabulary", async (decoding) => {
		const result = await extract(POSTS[0]!, { ...MNER, decoding });
		expect(named(result)).toEqual(["person, Barack Obama", "person, Angela Merkel", "location, Berlin"]);
		expect(result.scores).toBe("vocabulary");
		expect(observed.count("decoder_extractive")).toBe(0);
	});

	test("a person's own labels are asked for", async () => {
		const { raw, entities } = await extract(POSTS[0]!, { ...MNER, labels: { entityTypes: ["person"] } });
		expect(raw[0]!.instructor).toBe("Please extract the following entity type: person.");
		expect(entities.every(({ type }) => type === "person")).toBe(true);
	});

	test("the first wave is told before the second begins", async () => {
		const updates: Update[] = [];
		const runsThen: number[] = [];
		const post = { text: POSTS[1]!, image: null };
		const result = unwrap(
			await observed.engine.extract(1, post, { ...ALL, prefilter: "off" }, (update) => {
				updates.push(update);
				if (update.kind === "partial") runsThen.push(observed.runs.length);
			}),
		);
		const partial = updates.flatMap((update) => (update.kind === "partial" ? [update.result] : []));
		expect(partial.length).toBe(1);
		expect(partial[0]).toMatchObject({ entities: result.entities, relations: [] });
		expect(runsThen[0]).toBeLessThan(observed.runs.length);
	});

	test("the timings name every stage that was run", async () => {
		const { timings } = await extract(POSTS[0]!, { ...MNER, gate: "model" }, discPng(10));
		const stages = [
			"sessions",
			"tokenize",
			"decode_image",
			"regions",
			"resize",
			"visual_encoder",
			"text_encoder",
			"gated_attention",
		];
		expect(Object.keys(timings).sort()).toEqual(
			[...stages, "decoder_context", "decoder_extractive", "search", "total"].sort(),
		);
		// The proposer's graph is part of finding regions.
		for (const { role } of observed.runs)
			expect(timings[role === "region_proposer" ? "regions" : role]).toBeGreaterThan(0);
	});
});

describe("places in the text", () => {
	test("repeated mentions, emoji, hashtags and handles", async () => {
		const result = await extract("Taylor Swift 🎤 sings in London with @adele! #London is London 👩‍👩‍👧", MNER);
		expectInPlace(result);
		expect(result.entities.filter(({ text }) => text === "London").map(({ start }) => start)).toEqual(
			expect.arrayContaining([25]),
		);
		expect(new Set(result.entities.map(({ start }) => start)).size).toBe(result.entities.length);
	});

	test("the same mention twice has two places", async () => {
		const result = await extract("Angela Merkel flew to Paris and Barack Obama flew to Paris", MNER);
		expect(result.entities.filter(({ text }) => text === "Paris").map(({ start }) => start)).toEqual([22, 53]);
		expectInPlace(result);
	});

	test("a zero-width space inside a name is cut out with it", async () => {
		const result = await extract("Angela Mer\u200Bkel met Barack Obama in Berlin", MNER);
		expect(result.entities[0]).toMatchObject({ text: "Angela Mer\u200Bkel", start: 0, end: 14 });
		expectInPlace(result);
	});

	test("unpaired surrogates before and after a name stay where they are", async () => {
		const result = await extract("\uD83D Barack Obama met Angela Merkel in Berlin \uDE00", MNER);
		expect(result.entities[0]).toMatchObject({ text: "Barack Obama", start: 2, end: 14 });
		expectInPlace(result);
	});

	test.each([
		"😀",
		"😀😀 👩‍👩‍👧 🇩🇪",
		"يوم سعيد في القاهرة",
		"\u202Eabc\u202C def",
		"!!! ???",
		"Ａｄａ Ｌｏｖｅｌａｃｅ",
	])("%j gives a result", async (text) => {
		const result = await extract(text, ALL);
		expect(result.text).toBe(text);
		expect(result.unread).toEqual([]);
		expectInPlace(result);
	});

	test("a text past the model's input is read to its end", async () => {
		const result = await extract(`${POSTS[0]}\n${"and so on ".repeat(200)}\n${POSTS[0]}`, MNER);
		const people = named(await extract(POSTS[0]!, MNER));
		expect(named(result).slice(0, 3)).toEqual(people);
		expect(named(result).slice(-3)).toEqual(people);
		expect(result.notes).toEqual([]);
	});
});

describe("batches", () => {
	/** Results of posts asked together and each alone, but for what is timed. */
	async function bothWays(engine: Engine, posts: readonly string[], request: ExtractRequest) {
		const essence = ({ timings: _, ...rest }: ExtractionResult) => rest;
		const batch = posts.map((text) => ({ text, image: null }));
		const together = unwrap(await engine.extractMany(1, batch, request, ignore));
		const alone: ExtractionResult[] = [];
		for (const [job, text] of posts.entries())
			alone.push(unwrap(await engine.extract(10 + job, { text, image: null }, request, ignore)));
		return { together: together.map(essence), alone: alone.map(essence) };
	}

	test("int8 on WASM: posts asked together find exactly what each finds alone, one query at a time", async () => {
		const { together, alone } = await bothWays(observed.engine, POSTS, ALL);
		expect(together).toEqual(alone);
	});

	test("float32: posts × tasks × beams share batches, with the same output as alone", async () => {
		const folder = mkdtempSync(join(tmpdir(), "umie-batches-"));
		let encoded = 0;
		writeRandomCheckpoint(join(folder, "checkpoint"));
		exportBundle(join(folder, "checkpoint"), join(folder, "bundle"), { dtype: "fp32" });
		const engine = await openNodeEngine(join(folder, "bundle"), {
			observe: ({ role }) => (encoded += role === "text_encoder" ? 1 : 0),
		});
		const posts = ["a b c d", "b c d e f", "c a b d", "d e a b"];
		const { together, alone } = await bothWays(engine, posts, {
			tasks: ["mner"],
			beams: 3,
			labels: { entityTypes: ["a", "b"] },
		});
		const outputs = (results: typeof alone) => results.map(({ raw }) => raw.map(({ output }) => output));
		expect(outputs(together)).toEqual(outputs(alone));
		expect(encoded).toBeLessThan(2 * posts.length);
		await engine.close();
		rmSync(folder, { recursive: true });
	});

	test("no posts give no results", async () => {
		expect(unwrap(await observed.engine.extractMany(1, [], ALL, ignore))).toEqual([]);
	});

	test("one post that cannot be read fails the batch, and no graph runs", async () => {
		const outcome = await observed.engine.extractMany(
			1,
			[
				{ text: "fine", image: null },
				{ text: " ", image: null },
			],
			MNER,
			ignore,
		);
		expect(codeOf(outcome)).toBe("text-empty");
		expect(observed.runs).toEqual([]);
	});

	test("more pictures than are kept can be in one batch", async () => {
		const posts = [1, 2, 3, 4, 5, 6].map((shade) => ({ text: POSTS[2]!, image: discPng(40 * shade) }));
		const results = unwrap(await observed.engine.extractMany(1, posts, { ...MNER, gate: "model" }, ignore));
		expect(results.length).toBe(6);
		expect(observed.count("visual_encoder")).toBe(6);
	});
});

describe("pictures", () => {
	test("the model's own gate runs every graph and is told", async () => {
		const result = await extract(POSTS[0]!, { ...MNER, gate: "model" }, discPng(201));
		expect(new Set(observed.runs.map(({ role }) => role))).toEqual(
			new Set([
				"region_proposer",
				"visual_encoder",
				"text_encoder",
				"gated_attention",
				"decoder_context",
				"decoder_extractive",
			]),
		);
		expect(result.raw[0]!.gate).toBe(result.gate.mner);
		expect(Number.isFinite(result.raw[0]!.gate)).toBe(true);
		expect(result.notes).toEqual([]);
	});

	test("a number is the gate", async () => {
		const result = await extract(POSTS[0]!, { ...MNER, gate: 0.25 }, discPng(202));
		expect(result.gate).toEqual({ mner: 0.25 });
	});

	test("a gate of zero reads the text only", async () => {
		const result = await extract(POSTS[0]!, { ...MNER, gate: 0 }, discPng(203));
		expect(result.notes).toEqual(["The gate was set to zero: the model read the text only."]);
		expect(observed.count("visual_encoder")).toBe(0);
	});

	test("a second task on the same picture costs no vision", async () => {
		const image = discPng(204);
		const first = await extract(POSTS[0]!, { ...MNER, gate: "model" }, image);
		const second = await extract(POSTS[1]!, { tasks: ["mee"], gate: "model" }, image.slice());
		expect(observed.count("visual_encoder")).toBe(1);
		expect(second.regions).toEqual(first.regions);
		expect(second.timings).not.toHaveProperty("decode_image");
	});

	test("a picture looked at without the model's eyes is encoded when it is asked for, decoded once", async () => {
		const image = discPng(205);
		await extract(POSTS[0]!, { ...MNER, gate: 0 }, image);
		const { timings } = await extract(POSTS[0]!, { ...MNER, gate: "model" }, image);
		expect(observed.count("visual_encoder")).toBe(1);
		expect(timings).not.toHaveProperty("decode_image");
	});

	const given = (regions: Post["regions"], image: Uint8Array | null) =>
		observed.engine.extract(
			1,
			{ text: POSTS[0]!, image, ...(regions && { regions }) },
			{ ...MNER, gate: "model" },
			ignore,
		);

	test("given regions take the place of the built-in ones, best first, with their labels", async () => {
		const regions = [
			{ box: [0, 0, 32, 24], score: 0.25 },
			{ box: [16, 12, 48, 36], score: 0.75, label: "disc" },
		] as const;
		const result = unwrap(await given(regions, discPng(206)));
		expect(result.regions).toEqual([
			{ object: "O1", box: [16, 12, 48, 36], score: 0.75, label: "disc" },
			{ object: "O2", box: [0, 0, 32, 24], score: 0.25 },
		]);
		expect(ResultSchema.parse(result)).toEqual(result);
	});

	test("one picture with other regions is another picture, with the same ones it is not", async () => {
		const image = discPng(207);
		const one = [{ box: [0, 0, 32, 24], score: 1 }] as const;
		for (const regions of [null, one, null, one, []]) await given(regions, image);
		expect(observed.count("visual_encoder")).toBe(3);
		expect(unwrap(await given([], image)).regions).toEqual([]);
	});

	test("given regions that are wrong are named before anything runs", async () => {
		const box = [0, 0, 1, 1] as const;
		const outcomes = [await given([{ box, score: Number.NaN }], discPng(208)), await given([{ box, score: 1 }], null)];
		expect(outcomes.map(codeOf)).toEqual(["usage", "usage"]);
		expect(observed.runs).toEqual([]);
	});

	test.each<[string, Uint8Array, string]>([
		["no bytes", new Uint8Array(0), "image-unreadable"],
		["noise", bytesOf("this is not a picture at all, whatever its name says"), "image-unreadable"],
		["half a JPEG", cornerJpeg().subarray(0, 60), "image-unreadable"],
		["half a PNG", discPng(1).subarray(0, 90), "image-unreadable"],
		["30,000 × 30,000 pixels", pngDeclaring(30_000, 30_000), "image-too-large"],
		["SVG", SVG, "image-unsupported"],
		["HEIC", HEIC, "image-unsupported"],
		["an animated GIF, which the command line does not read", ANIMATED_GIF, "image-unsupported"],
		["a PNG in a JPEG's clothes", concat(Uint8Array.of(0xff, 0xd8, 0xff), discPng(2)), "image-unreadable"],
	])("%s is a failure, and the next post is read", async (_, image, code) => {
		expect(codeOf(await settle(POSTS[0]!, MNER, image))).toBe(code);
		expect(named(await extract(POSTS[2]!))).toEqual(["location, Paris"]);
	});

	test("one pixel is a picture", async () => {
		const result = await extract(
			POSTS[2]!,
			{ ...MNER, gate: "model" },
			makePng(1, 1, () => [9, 9, 9]),
		);
		expect(result.image).toEqual({ width: 1, height: 1 });
	});
});

describe("tokens that can only follow, as the letters of a label do", () => {
	const files = temporaryFolder();
	const bundle = join(files.path, "bundle");
	beforeAll(() => {
		writeRandomCheckpoint(join(files.path, "checkpoint"));
		exportBundle(join(files.path, "checkpoint"), bundle, { dtype: "fp32" });
	});
	afterAll(() => files.remove());

	/** @param maxStepTokens `max_step_tokens` of the manifest; undefined: it does not say */
	async function runsOf(maxStepTokens: number | undefined) {
		const path = join(bundle, "umie.json");
		const { config, ...manifest } = JSON.parse(readFileSync(path, "utf8"));
		writeFileSync(path, JSON.stringify({ ...manifest, config: { ...config, max_step_tokens: maxStepTokens } }));
		const { engine, runs } = await openObserved(bundle);
		const request: ExtractRequest = {
			tasks: ["mner", "med"],
			labels: { entityTypes: ["person", "place"], eventTypes: ["attack"] },
		};
		const { raw } = unwrap(await engine.extract(1, { text: "a bc d abc", image: null }, request, ignore));
		await engine.close();
		const widths = runs.flatMap(({ role, feeds }) =>
			role === "decoder_extractive" ? [feeds.decoder_input_ids!.dims[1]!] : [],
		);
		return { raw, widths };
	}

	test("share a run of the decoder, as many as the bundle says; one by one gives the same", async () => {
		const eight = await runsOf(8);
		expect(Math.max(...eight.widths)).toBeGreaterThan(2);
		const two = await runsOf(2);
		expect(Math.max(...two.widths)).toBe(2);
		for (const maxStepTokens of [1, undefined]) {
			const single = await runsOf(maxStepTokens);
			expect(new Set(single.widths)).toEqual(new Set([1]));
			expect(single.widths.length).toBeGreaterThan(two.widths.length);
			const near = <T extends { readonly score: number }>(one: T) => ({ ...one, score: expect.closeTo(one.score, 4) });
			const expected = single.raw.map((one) => ({ ...near(one), alternatives: one.alternatives?.map(near) }));
			for (const { raw } of [two, eight]) expect(raw).toEqual(expected);
		}
		expect(two.widths.length).toBeGreaterThan(eight.widths.length);
	});
});

describe("what cannot be asked", () => {
	test.each<[string, ExtractRequest["labels"], RegExp]>([
		["an empty list", { entityTypes: [] }, /empty/],
		["an empty label", { entityTypes: ["person", " "] }, /empty/],
		["a label twice", { entityTypes: ["person", "Person"] }, /twice/],
		["a comma", { entityTypes: ["a,b"] }, /comma/],
		["a separator", { eventTypes: ["<spot>"] }, /special token/],
		["roles of an event with a comma", { argumentRoles: { attack: ["a,b"] } }, /comma/],
		[
			"a list that fills the prompt",
			{ relationTypes: Array.from({ length: 64 }, (_, i) => `a rather long relation between things number ${i}`) },
			/no room/,
		],
	])("%s is labels-invalid before anything runs", async (_, labels, what) => {
		const outcome = await settle(POSTS[0]!, { ...ALL, labels: labels! }, discPng(7));
		expect(outcome).toMatchObject({ ok: false, failure: { code: "labels-invalid" } });
		expect(!outcome.ok && outcome.failure.what).toMatch(what);
		expect(observed.runs).toEqual([]);
	});

	test.each(["", " \n\t", "\u200B\u200D\uFEFF", "\u0000"])("%j is text-empty", async (text) => {
		expect(codeOf(await settle(text))).toBe("text-empty");
	});

	test("more than a million characters are text-too-long before anything is read", async () => {
		expect(codeOf(await settle("x ".repeat(MAX_TEXT / 2 + 1)))).toBe("text-too-long");
		expect(observed.runs).toEqual([]);
	});

	test.each<[string, object]>([
		["tasks", { tasks: [] }],
		["tasks", { tasks: ["meae"] }],
		["tasks", { tasks: "mner" }],
		["decoding", { decoding: "greedy" }],
		["instructor", { instructor: "I3" }],
		["words", { words: "letters" }],
		["beams", { beams: 17 }],
		["beams", { beams: "4" }],
		["gate", { gate: Number.NaN }],
		["gate", { gate: "open" }],
		["maxNewTokens", { maxNewTokens: 0 }],
		["maxNewTokens", { maxNewTokens: 513 }],
		["lengthPenalty", { lengthPenalty: Number.POSITIVE_INFINITY }],
		["maxPairs", { maxPairs: -1 }],
		["maxPairs", { maxPairs: 201 }],
		["labels", { labels: ["person"] }],
		["labels", { labels: { entityTypes: "person" } }],
		["labels", { labels: { argumentRoles: { attack: [1] } } }],
	])("a request is refused that has wrong %s: %j", async (name, wrong) => {
		const outcome = await settle(POSTS[0]!, { ...MNER, ...wrong } as ExtractRequest);
		expect(outcome).toMatchObject({ ok: false, failure: { code: "usage" } });
		expect(!outcome.ok && outcome.failure.what).toContain(`The request's ${name}`);
	});

	test("an option that is there but undefined is the default", async () => {
		expect(codeOf(await settle(POSTS[2]!, { ...MNER, decoding: undefined } as unknown as ExtractRequest))).toBe("ok");
	});

	test.each([
		{ text: 7, image: null },
		{ text: "fine", image: "picture.png" },
		null,
	])("a post is refused that is %j", async (post) => {
		expect(codeOf(await observed.engine.extract(1, post as never, MNER, ignore))).toBe("usage");
	});
});

describe("vision that the manifest calls", () => {
	const folder = temporaryFolder();
	afterAll(() => folder.remove());
	const declared = async (vision: string, use: (other: ObservedEngine) => Promise<void>) => {
		const changes: BundleChanges = { manifest: (json) => ({ ...json, vision }) };
		const other = await openObserved(copyNano(folder.path, changes));
		await use(other);
		await other.engine.close();
	};

	test("trained is looked through without being asked", () =>
		declared("trained", async ({ engine, count }) => {
			const result = unwrap(await engine.extract(1, { text: POSTS[0]!, image: discPng(9) }, MNER, ignore));
			expect([count("visual_encoder"), count("gated_attention"), result.notes.length]).toEqual([1, 1, 0]);
		}));

	test("untrained is left out, and a note says so; regions are there anyway", () =>
		declared("untrained", async ({ engine, count }) => {
			const result = unwrap(await engine.extract(1, { text: POSTS[0]!, image: discPng(200) }, MNER, ignore));
			expect(result.notes).toEqual(["This model's vision is untrained: it read the text only."]);
			expect(result.image).toEqual({ width: 64, height: 48 });
			expect(result.regions[0]?.object).toBe("O1");
			expect(result.gate).toEqual({ mner: 0 });
			expect(result.raw[0]!.gate).toBeNull();
			expect([count("visual_encoder"), count("gated_attention")]).toEqual([0, 0]);
		}));

	test("none is not looked through, whatever is asked", () =>
		declared("none", async ({ engine, count }) => {
			const result = unwrap(
				await engine.extract(1, { text: POSTS[0]!, image: discPng(9) }, { ...MNER, gate: "model" }, ignore),
			);
			expect([count("visual_encoder"), result.notes]).toEqual([
				0,
				["This model has no vision: it read the text only."],
			]);
		}));
});
