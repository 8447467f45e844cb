/**
 * Proves how often graphs run for the pairs of a post, what the pair classifier is fed, and what becomes of its votes.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrap } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import { prepareText } from "../src/core/text.ts";
import { createContext } from "../src/tasks/context.ts";
import { pairShares } from "../src/tasks/query/pair-shares.ts";
import type { Mention, RelationQuery } from "../src/tasks/query/question.ts";
import { relationsOnMarked } from "../src/tasks/query/relations-marked.ts";
import { type ExtractRequest, settleRequest } from "../src/tasks/request.ts";
import { tinyConfig, writeRandomCheckpoint } from "../tools/exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../tools/exporter/export/export-bundle.ts";
import { openFolder } from "../tools/exporter/verify/open-folder.ts";
import { NANO_MARKERS, nanoWithPairs, type PairAnswer } from "../tools/node/testing/marked-nano.ts";
import { type ObservedEngine, openObserved, temporaryFolder } from "../tools/node/testing/nano.ts";
import { discPng } from "../tools/node/testing/png.ts";
import { answerQueries } from "./model/answer.ts";

const folder = temporaryFolder();
const opened: ObservedEngine[] = [];
afterAll(async () => {
	for (const { engine } of opened) await engine.close();
	folder.remove();
});
const ignore = () => {};

async function openMarked(name: string, answer: PairAnswer): Promise<ObservedEngine> {
	const at = join(folder.path, name);
	mkdirSync(at);
	const observed = await openObserved(nanoWithPairs(at, answer));
	opened.push(observed);
	return observed;
}

/** Five entities. */
const POST = "Barack Obama met Angela Merkel in Berlin , then Emmanuel Macron in Paris";
const OWN = ["knows", "visits"];
const ALL: ExtractRequest = { tasks: ["mner", "mre"], labels: { relationTypes: OWN }, maxPairs: 40 };

async function extract(
	{ engine, runs }: ObservedEngine,
	request = ALL,
	image: Uint8Array | null = null,
): Promise<ExtractionResult> {
	runs.length = 0;
	return unwrap(await engine.extract(1, { text: POST, image }, request, ignore));
}

describe("a post with five entities, all twenty ordered pairs of which may have a relation", () => {
	let alone: ObservedEngine;
	let beside: ObservedEngine;
	beforeAll(async () => {
		alone = await openMarked("alone", { relations: ["none", ...OWN], vote: 1 });
		beside = await openMarked("beside", { relations: ["none", ...OWN], vote: 0.7 });
	});

	test("is read once for the entities and once for all pairs, which are classified in one run", async () => {
		for (const observed of [alone, beside]) {
			const { entities, raw } = await extract(observed);
			expect(entities).toHaveLength(5);
			expect(raw.map(({ task }) => task)).toEqual(["mner", ...Array(10).fill("mre")]);
			expect([observed.count("text_encoder"), observed.count("pair_classifier")]).toEqual([2, 1]);
			const [run] = observed.runs.filter(({ role }) => role === "pair_classifier");
			const marked = observed.runs.filter(({ role }) => role === "text_encoder")[1]!;
			expect(run!.feeds.ends!.dims).toEqual([20, 2]);
			expect(run!.feeds.encoder_hidden_states!.dims.slice(0, 2)).toEqual([1, marked.feeds.input_ids!.dims[1]]);
			const ids = marked.feeds.input_ids!.data as Int32Array;
			const { person, location } = NANO_MARKERS.open;
			const ends = run!.feeds.ends!.data as Int32Array;
			// Of each mention 4 pairs, in each of which it is once head and once tail.
			expect([...ends].map((place) => ids[place])).toEqual(expect.arrayContaining([person, location]));
			expect(new Set(ends).size).toBe(5);
			expect([...ids].filter((id) => id === NANO_MARKERS.close)).toHaveLength(5);
		}
	});

	test("runs no decoder for pairs that the classifier answers alone, and one context for votes", async () => {
		await extract(alone, { ...ALL, tasks: ["mner"] });
		const entities = alone.runs.map(({ role }) => role);
		await extract(alone);
		expect(alone.runs.map(({ role }) => role)).toEqual([...entities, "text_encoder", "pair_classifier"]);
		await extract(beside);
		expect(beside.count("decoder_context")).toBe(2);
	});

	test("is read as often with a picture, which has no say where nothing is written", async () => {
		const { gate, raw } = await extract(alone, { ...ALL, gate: 1 }, discPng(10));
		expect([alone.count("text_encoder"), alone.count("pair_classifier"), alone.count("gated_attention")]).toEqual([
			2, 1, 1,
		]);
		expect(raw[1]).toMatchObject({ gate: null, output: "" });
		expect(gate.mre).toBe(0);
		await extract(beside, { ...ALL, gate: 1 }, discPng(10));
		expect([beside.count("pair_classifier"), beside.count("gated_attention")]).toEqual([1, 2]);
	});

	test("leaves no tensor of its states behind", async () => {
		for (const observed of [alone, beside]) {
			await extract(observed);
			const states = observed.runs.flatMap(({ role, outputs }) =>
				role === "text_encoder" ? outputs.encoder_hidden_states! : [],
			);
			expect(states.map(({ location }) => location)).toEqual(["none", "none"]);
		}
	});

	test("asks about the nearest where fewer are wanted, and says so", async () => {
		const { raw, notes } = await extract(alone, { ...ALL, maxPairs: 3 });
		expect(raw).toHaveLength(4);
		expect(notes).toEqual(["Relations were checked for 3 of 10 pairs of entities, the nearest ones."]);
		const [run] = alone.runs.filter(({ role }) => role === "pair_classifier");
		expect(run!.feeds.ends!.dims).toEqual([6, 2]);
	});

	test("asks the decoder about labels the classifier does not know, and no classifier", async () => {
		const { raw } = await extract(alone, { ...ALL, labels: { relationTypes: [...OWN, "hosts"] } });
		expect(alone.count("pair_classifier")).toBe(0);
		expect([alone.count("text_encoder"), alone.count("decoder_context")]).toEqual([2, 2]);
		expect(raw.slice(1).every(({ votes, output }) => votes === undefined && output !== "")).toBe(true);
	});

	test("several posts are classified one by one, each on its own states", async () => {
		beside.runs.length = 0;
		const posts = [POST, "good morning everyone", "Angela Merkel in Paris"].map((text) => ({ text, image: null }));
		const results = unwrap(await beside.engine.extractMany(1, posts, ALL, ignore));
		expect(results.map(({ raw }) => raw.filter(({ task }) => task === "mre").length)).toEqual([10, 0, 1]);
		expect(
			beside.runs.filter(({ role }) => role === "pair_classifier").map(({ feeds }) => feeds.ends!.dims[0]),
		).toEqual([20, 2]);
		expect(results[0]!.relations).toEqual((await extract(beside)).relations);
	});
});

test("what the classifier says alone is the share of each relation that is asked about", async () => {
	const says = [1, 3, 2, 9].map(Math.log);
	const observed = await openMarked("says", { relations: ["none", "knows", "visits", "hosts"], vote: 1, says });
	const { relations, raw } = await extract(observed);
	expect(relations).toHaveLength(10);
	for (const { type, score } of relations) expect([type, score]).toEqual(["knows", expect.closeTo(3 / 6, 5)]);
	expect(raw[1]!.votes).toHaveLength(5);
	expect(observed.runs.find(({ role }) => role === "pair_classifier")!.outputs.relation_log_probs!.dims).toEqual([
		20, 4,
	]);
	const unrelated = await openMarked("unrelated", { relations: ["none", ...OWN], vote: 1, says: [2, 1, 1] });
	expect((await extract(unrelated)).relations).toEqual([]);
});

test("a cancel is heard before the classifier runs", async () => {
	const observed = await openMarked("cancelled", { relations: ["none", ...OWN], vote: 1 });
	const outcome = await observed.engine.extract(9, { text: POST, image: null }, ALL, ({ kind }) => {
		if (kind === "partial") void observed.engine.cancel(9);
	});
	expect(outcome).toMatchObject({ ok: false, failure: { code: "cancelled" } });
	expect(observed.count("pair_classifier")).toBe(0);
});

test("a classifier of another number of relations than the bundle names is a graph that does not fit", async () => {
	const at = join(folder.path, "short");
	mkdirSync(at);
	nanoWithPairs(at, { relations: ["none", ...OWN], vote: 1 });
	const manifest = JSON.parse(readFileSync(join(at, "umie.json"), "utf8"));
	writeFileSync(
		join(at, "umie.json"),
		JSON.stringify({ ...manifest, config: { ...manifest.config, pair_relations: ["none", ...OWN, "more"] } }),
	);
	const observed = await openObserved(at);
	opened.push(observed);
	const outcome = await observed.engine.extract(1, { text: POST, image: null }, ALL, ignore);
	expect(outcome).toMatchObject({
		ok: false,
		failure: { code: "bundle-graph-mismatch", what: expect.stringContaining("expected relation_log_probs [20, 4]") },
	});
});

describe("on a random checkpoint that copies", () => {
	const relations = ["none", "c", "d", "e"];
	const markers = { open: { person: 60, location: 61, organization: 62, miscellaneous: 63, other: 64 }, close: 65 };
	const config = (pair_vote: number) =>
		tinyConfig({
			t5: { vocab_size: 80, n_positions: 512 },
			umie: {
				copying: { width: 8, buckets: 8, max_distance: 16 },
				relations: "marked",
				marker_token_ids: markers,
				pair_relations: relations,
				pair_vote,
			},
		});

	test.each([
		0.7, 0.25,
	])("shares are those of decoder and classifier, each asked by itself, with a vote of %d", async (vote) => {
		const [checkpoint, bundle] = [join(folder.path, `checkpoint-${vote}`), join(folder.path, `bundle-${vote}`)];
		writeRandomCheckpoint(checkpoint, config(vote));
		exportBundle(checkpoint, bundle, { dtype: "fp32" });
		const { sessions, codec: read } = await openFolder(bundle);
		const codec = await read();
		expect(sessions.manifest).toMatchObject({
			instructors: { relations: "marked" },
			config: { pair_vote: vote, pair_relations: relations },
		});
		const request: ExtractRequest = {
			tasks: ["mre"],
			labels: { entityTypes: ["person", "a"], relationTypes: ["c", "d"] },
			maxNewTokens: 24,
		};
		const context = createContext({
			request: settleRequest(request),
			prepared: prepareText("w1 w2 w3 w4 w5", "tokens"),
			codec,
			manifest: sessions.manifest,
			regionCount: 0,
		});
		const mentions = [0, 2, 4].map(
			(from): Mention => ({ type: from === 2 ? "a" : "person", score: 1, from, to: from + 1 }),
		);
		const names = ["c", "d", "none"];
		const pairs = [
			[0, 1],
			[1, 2],
			[0, 2],
		].map(([head, tail]) => ({ pair: { head: mentions[head!]!, tail: mentions[tail!]! }, names, reversed: names }));
		const queries = relationsOnMarked(context, mentions, pairs);
		const options = { device: "wasm", yieldPoint: async () => {}, onProgress: ignore } as const;
		const ask = (queries: readonly RelationQuery[]) =>
			answerQueries(
				sessions,
				queries.map((query) => ({ query, image: null })),
				{ ...options, request: settleRequest({ ...request, beamThreshold: 1000 }) },
			);
		const answers = await ask(queries);
		const { inputIds } = queries[0]!;
		const { Tensor } = sessions.ort;
		const ints = (values: readonly number[], ...shape: number[]) => new Tensor("int32", Int32Array.from(values), shape);
		const attention_mask = ints(new Array(inputIds.length).fill(1), 1, inputIds.length);
		const { encoder_hidden_states } = await sessions.run("text_encoder", {
			input_ids: ints(inputIds, 1, inputIds.length),
			attention_mask,
		});
		for (const [at, answer] of answers.entries()) {
			const { ends, choices, ...query } = queries[at]!;
			// Without the classifier, and with the other pairs' decoding apart.
			const [decoded] = await ask([{ ...query, choices }]);
			const decoder = new Map(
				decoded!.hypotheses.map(({ ids, logProbs }) => {
					const { name } = choices.find((choice) => choice.ids.every((id, place) => id === ids[place]))!;
					return [name, logProbs.reduce((sum, log) => sum + log, 0)];
				}),
			);
			expect(decoder.size).toBe(3);
			const rows: Float32Array[] = [];
			for (const end of ends!) {
				const { relation_log_probs } = await sessions.run("pair_classifier", {
					encoder_hidden_states: encoder_hidden_states!,
					ends: ints(end, 1, 2),
				});
				rows.push(relation_log_probs!.data as Float32Array);
			}
			const weightOf = (row: Float32Array, name: string, w: number) =>
				Math.exp(decoder.get(name)!) ** (1 - w) * Math.exp(row[relations.indexOf(name)]!) ** w;
			const shareOf = (name: string, row: Float32Array, w: number) =>
				weightOf(row, name, w) / names.reduce((sum, one) => sum + weightOf(row, one, w), 0);
			const shares = pairShares(answer, codec)!;
			const found = (name: string, reversed: boolean) =>
				shares.find((one) => one.name === name && one.reversed === reversed)!.share;
			// The other way round the classifier alone; of none the mean.
			const [forth, back] = [rows[0]!, rows[1]!];
			for (const name of ["c", "d"]) {
				expect(found(name, false)).toBeCloseTo(shareOf(name, forth, vote), 4);
				expect(found(name, true)).toBeCloseTo(shareOf(name, back, 1), 4);
			}
			expect(found("none", false)).toBeCloseTo((shareOf("none", forth, vote) + shareOf("none", back, 1)) / 2, 4);
		}
		await sessions.close();
	});
});
