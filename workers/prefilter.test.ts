/** Proves what runs, is asked, noted and freed with bundles whose prefilter gives known numbers. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Update } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import { DEFAULT_INSTRUCTORS } from "../src/tasks/defaults.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import { tinyConfig, writeRandomCheckpoint } from "../tools/exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../tools/exporter/export/export-bundle.ts";
import { type ObservedEngine, openObserved, temporaryFolder } from "../tools/node/testing/nano.ts";
import { discPng } from "../tools/node/testing/png.ts";
import { nanoWithPrefilter, type PrefilterAnswer } from "../tools/node/testing/prefiltered-nano.ts";

const folder = temporaryFolder();
const opened: ObservedEngine[] = [];
afterAll(async () => {
	for (const { engine } of opened) await engine.close();
	folder.remove();
});

async function openPrefiltered(name: string, answer: PrefilterAnswer): Promise<ObservedEngine> {
	const at = join(folder.path, name);
	mkdirSync(at);
	const observed = await openObserved(nanoWithPrefilter(at, answer));
	opened.push(observed);
	return observed;
}

const ALL: ExtractRequest = { tasks: ["mner", "mre", "mee"] };
/** Three entities, three pairs. */
const MEETING = "Barack Obama met Angela Merkel in Berlin on Monday";
const ATTACK = "Coalition airstrikes near Baghdad , Iraq";
const ignore = () => {};

async function extract(
	{ engine }: ObservedEngine,
	text: string,
	request = ALL,
	image: Uint8Array | null = null,
	listen: (update: Update) => void = ignore,
) {
	return unwrap(await engine.extract(1, { text, image }, request, listen));
}
const tasksOf = ({ raw }: ExtractionResult) => raw.map(({ task }) => task);
/** What a prefilter must not change. */
const essence = ({ timings: _, notes: __, raw, ...rest }: ExtractionResult) => ({
	...rest,
	raw: [...raw].sort((a, b) => (a.instructor < b.instructor ? -1 : 1)),
});

describe("a prefilter that sees signs everywhere", () => {
	let observed: ObservedEngine;
	beforeAll(async () => {
		observed = await openPrefiltered("everything", { related: 0.5, eventful: 0.5, says: { related: 1, eventful: 1 } });
	});

	test("changes nothing but the order: med is asked after mner", async () => {
		const result = await extract(observed, ATTACK);
		expect(tasksOf(result)).toEqual(["mner", "mre", "med", "meae"]);
		expect(observed.count("screen")).toBe(1);
		expect(result.notes).toEqual([]);
		// The former name, which graphs and timings keep.
		expect(result.timings.screen).toBeGreaterThan(0);
		expect(essence(result)).toEqual(essence(await extract(observed, ATTACK, { ...ALL, prefilter: "off" })));
	});

	test("runs once a post, on as many states as the post's mner has tokens", async () => {
		observed.runs.length = 0;
		const posts = [MEETING, ATTACK, "good morning everyone"].map((text) => ({ text, image: null }));
		const results = unwrap(await observed.engine.extractMany(1, posts, ALL, ignore));
		const looks = observed.runs.filter(({ role }) => role === "screen");
		expect(looks.map(({ feeds }) => feeds.pairs!.dims[0])).toEqual([3, 1, 1]);
		for (const { feeds } of looks) expect(feeds.encoder_hidden_states!.dims[1]).toBe(feeds.text_mask!.dims[1]);
		expect(tasksOf(results[0]!)).toEqual(["mner", "mre", "mre", "mre", "med", "meae"]);
	});

	test("reads what the encoder said before the picture, and frees it like the rest", async () => {
		observed.runs.length = 0;
		const encoded: Float32Array[] = [];
		observed.onRun = ({ role, outputs }) => {
			if (role === "text_encoder") encoded.push((outputs.encoder_hidden_states!.data as Float32Array).slice());
		};
		await extract(observed, MEETING, { ...ALL, gate: 1 }, discPng(10));
		observed.onRun = ignore;
		const [look] = observed.runs.filter(({ role }) => role === "screen");
		expect(observed.count("gated_attention")).toBeGreaterThan(1);
		expect(look!.feeds.encoder_hidden_states!.data).toEqual(encoded[0]);
		const states = observed.runs.flatMap(({ role, outputs }) =>
			role === "text_encoder" ? outputs.encoder_hidden_states! : [],
		);
		expect(states.map(({ location }) => location)).toEqual(states.map(() => "none"));
	});

	test("does not run after a cancel", async () => {
		observed.runs.length = 0;
		const outcome = await observed.engine.extract(9, { text: MEETING, image: null }, ALL, ({ kind }) => {
			if (kind === "partial") void observed.engine.cancel(9);
		});
		expect(outcome).toMatchObject({ ok: false, failure: { code: "cancelled" } });
		expect(observed.count("screen")).toBe(0);
	});

	test.each<[string, ExtractRequest]>([
		["it is off", { ...ALL, prefilter: "off" }],
		["only events are asked for", { tasks: ["mee"] }],
		["only entities are asked for", { tasks: ["mner"] }],
		["questions have choices", { ...ALL, style: "mqa" }],
	])("is not run where %s", async (_, request) => {
		observed.runs.length = 0;
		await extract(observed, MEETING, request);
		expect(observed.count("screen")).toBe(0);
	});
});

describe("a prefilter that sees no sign of anything", () => {
	let observed: ObservedEngine;
	beforeAll(async () => {
		observed = await openPrefiltered("nothing", { related: 0.5, eventful: 0.5, says: { related: -1, eventful: -20 } });
	});

	test("leaves relations and events out, and says so", async () => {
		const result = await extract(observed, MEETING);
		expect(tasksOf(result)).toEqual(["mner"]);
		expect(result).toMatchObject({ relations: [], events: [] });
		expect(result.notes).toEqual([
			"Relations were skipped: no pair of entities showed a sign of one.",
			"Events were skipped: the text showed no sign of one.",
		]);
	});

	test("has no say where events are asked for by a person's own types", async () => {
		const result = await extract(observed, ATTACK, { ...ALL, labels: { eventTypes: ["attack"] } });
		expect(tasksOf(result).filter((task) => task !== "meae")).toEqual(["mner", "med"]);
	});

	test("is wrong in the request when it is neither auto nor off", async () => {
		const outcome = await observed.engine.extract(
			1,
			{ text: MEETING, image: null },
			{ ...ALL, prefilter: "on" as "off" },
			ignore,
		);
		expect(outcome).toMatchObject({
			ok: false,
			failure: { code: "usage", what: 'The request\'s prefilter must be one of auto, off, found "on".' },
		});
	});
});

test("posts of several lengths share a batch, and each is screened by its own states", async () => {
	const screen = { related: 0, eventful: 0, related_width: 3, eventful_width: 2 };
	const [checkpoint, bundle] = [join(folder.path, "tiny"), join(folder.path, "tiny-bundle")];
	writeRandomCheckpoint(checkpoint, tinyConfig({ umie: { screen } }));
	const labels = { ...DEFAULT_INSTRUCTORS.labels, event_types: ["d", "e"] };
	exportBundle(checkpoint, bundle, { dtype: "fp32", card: { instructors: { ...DEFAULT_INSTRUCTORS, labels } } });
	const observed = await openObserved(bundle);
	opened.push(observed);
	const request: ExtractRequest = {
		tasks: ["mner", "mre", "med"],
		beams: 1,
		labels: { entityTypes: ["a", "b"], relationTypes: ["c"] },
	};
	const posts = ["a b c d e f g", "b c d e f", "c a b d e f"].map((text) => ({ text, image: null }));
	const statesOf = () =>
		observed.runs.flatMap(({ role, feeds }) =>
			role === "screen" ? [[...(feeds.encoder_hidden_states!.data as Float32Array)]] : [],
		);
	unwrap(await observed.engine.extractMany(1, posts, request, ignore));
	const together = statesOf();
	expect(observed.runs.find(({ role }) => role === "text_encoder")!.feeds.input_ids!.dims[0]).toBe(3);
	observed.runs.length = 0;
	for (const { text } of posts) await extract(observed, text, request);
	const alone = statesOf();
	expect(together.map(({ length }) => length)).toEqual(alone.map(({ length }) => length));
	for (const [post, states] of alone.entries())
		for (const [at, value] of states.entries()) expect(together[post]![at]).toBeCloseTo(value, 4);
});

test("a prefilter of random weights asks about the pairs that reach its threshold", async () => {
	const all = await openPrefiltered("random", { related: 0, eventful: 0 });
	await extract(all, MEETING);
	const [run] = all.runs.filter(({ role }) => role === "screen");
	const numbers = [...(run!.outputs.related!.data as Float32Array)].sort((a, b) => b - a);
	// Between the first and the second.
	const related = (numbers[0]! + numbers[1]!) / 2;
	const some = await openPrefiltered("some", { related, eventful: 0 });
	const result = await extract(some, MEETING);
	expect(tasksOf(result)).toEqual(["mner", "mre", "med", "meae"]);
	expect(result.notes).toEqual(["Relations were checked for 1 of 3 pairs: the others showed no sign of one."]);
});
