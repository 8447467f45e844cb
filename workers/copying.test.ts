/**
 * Proves on random checkpoints that copy that what the engine answers, batched, cached and beside others, scores as it
 * does token by token and alone.
 */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unwrap } from "../src/core/failure.ts";
import { prepareText } from "../src/core/text.ts";
import { createContext, type ExtractionContext } from "../src/tasks/context.ts";
import type { Mention, Query } from "../src/tasks/query/question.ts";
import { relationQuery } from "../src/tasks/query/relation.ts";
import { relationsOnReading } from "../src/tasks/query/relations-read.ts";
import { argumentQuery, entityQuery } from "../src/tasks/query/span.ts";
import { type ExtractRequest, settleRequest } from "../src/tasks/request.ts";
import type { Hypothesis, TextStates, TokenCodec } from "../src/tasks/types.ts";
import { writeRandomCheckpoint } from "../tools/exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../tools/exporter/export/export-bundle.ts";
import { openFolder } from "../tools/exporter/verify/open-folder.ts";
import { openNodeEngine } from "../tools/node/engine/node-engine.ts";
import { COPYING_CONFIG } from "../tools/node/testing/copying-bundle.ts";
import { temporaryFolder } from "../tools/node/testing/nano.ts";
import { answerQueries } from "./model/answer.ts";
import { encodeStates } from "./model/model.ts";
import { type Feeds, free, type GraphSessions } from "./model/sessions.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const checkpoint = join(folder.path, "checkpoint");
const bundleOf = (dtype: "fp32" | "int8") => join(folder.path, dtype);

let sessions: GraphSessions;
let codec: TokenCodec;
beforeAll(async () => {
	writeRandomCheckpoint(checkpoint, COPYING_CONFIG);
	for (const dtype of ["fp32", "int8"] as const) exportBundle(checkpoint, bundleOf(dtype), { dtype });
	const opened = await openFolder(bundleOf("fp32"));
	sessions = opened.sessions;
	codec = await opened.codec();
});
afterAll(() => sessions.close());

const LABELS = {
	entityTypes: ["a", "b"],
	relationTypes: ["c", "d"],
	eventTypes: ["e"],
	argumentRoles: { e: ["f", "g"] },
};

function settingOf(text: string): ExtractionContext {
	const request: ExtractRequest = { tasks: ["mner"], labels: LABELS, gate: 0, maxNewTokens: 24 };
	return createContext({
		request: settleRequest(request),
		prepared: prepareText(text, "tokens"),
		codec,
		manifest: sessions.manifest,
		regionCount: 0,
	});
}

/**
 * Log-probability of each token of an answer: tokens one by one through the decoder of the whole vocabulary,
 * probabilities added up.
 */
async function scoresOf(query: Query, { ids }: Hypothesis, decoding: ExtractRequest["decoding"]): Promise<number[]> {
	const { Tensor } = sessions.ort;
	const { num_decoder_layers, num_heads, d_kv, decoder_start_token_id } = sessions.manifest.config;
	const { inputIds, text, candidateIds } = query;
	const length = inputIds.length;
	const ints = (values: readonly number[], ...shape: number[]) => new Tensor("int32", Int32Array.from(values), shape);
	const input_ids = ints(inputIds, 1, length);
	const attention_mask = ints(new Array(length).fill(1), 1, length);
	const { encoder_hidden_states } = await sessions.run("text_encoder", { input_ids, attention_mask });
	const context = await sessions.run("decoder_context", {
		cross_modal_states: encoder_hidden_states!,
		attention_mask,
		input_ids,
	});
	const text_mask = ints(
		inputIds.map((_, at) => (at >= text.begin && at < text.end ? 1 : 0)),
		1,
		length,
	);
	const names = Array.from({ length: num_decoder_layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat();
	let past: Feeds = Object.fromEntries(
		names.map((name) => [`past_${name}`, new Tensor("float32", new Float32Array(0), [1, num_heads, 0, d_kv])]),
	);
	const scores: number[] = [];
	for (const [at, id] of ids.entries()) {
		const fed = {
			...context,
			...past,
			attention_mask,
			text_mask,
			beam_idx: ints([0], 1),
			decoder_input_ids: ints([ids[at - 1] ?? decoder_start_token_id], 1, 1),
			places: ints([placeAfter(query, ids.slice(0, at))], 1, 1),
		};
		const outputs = await sessions.run("decoder", fed);
		past = Object.fromEntries(names.map((name) => [`past_${name}`, outputs[`present_${name}`]!]));
		const weights = Array.from(outputs.logits!.data as Float32Array, Math.exp);
		for (let place = text.begin; place < text.end; place++)
			weights[inputIds[place]!]! += Math.exp((outputs.pointer_scores!.data as Float32Array)[place]!);
		const candidates = decoding === "extractive" ? [...candidateIds] : [...weights.keys()];
		scores.push(Math.log(weights[id]! / candidates.reduce((sum, token) => sum + weights[token]!, 0)));
	}
	free(...Object.values(past), ...Object.values(context), encoder_hidden_states!);
	return scores;
}

/**
 * The place by the rule's own words: words of the text are one token each and stand once, so that it is that of the
 * last one said; choices have none.
 */
function placeAfter({ inputIds, text, task }: Query, ids: readonly number[]): number {
	const last = task === "mre" ? undefined : ids.findLast((id) => inputIds.slice(text.begin, text.end).includes(id));
	return last === undefined ? text.begin - 1 : inputIds.indexOf(last, text.begin);
}

type Decoding = "extractive" | "constrained";

/** @param read what is known of the text that all of them read; null: it is read */
async function expectScored(
	queries: readonly Query[],
	decoding: Decoding,
	device: "wasm" | "webgpu",
	read: TextStates | null = null,
) {
	const request = settleRequest({ tasks: ["mner"], decoding, beams: 3, beamThreshold: 1000, maxNewTokens: 24 });
	const questions = queries.map((query) => ({ query, image: null, read }));
	// The device only says what is batched: everything runs on WASM here.
	const answers = await answerQueries(sessions, questions, {
		request,
		device,
		yieldPoint: async () => {},
		onProgress: () => {},
	});
	for (const { query, hypotheses } of answers) {
		expect(hypotheses.length).toBeGreaterThan(0);
		for (const hypothesis of hypotheses) {
			const expected = await scoresOf(query, hypothesis, decoding);
			for (const [at, logProb] of hypothesis.logProbs.entries())
				expect(Math.abs(logProb - expected[at]!)).toBeLessThan(1e-4);
		}
	}
}

describe.each(["extractive", "constrained"] as const)("%s answers", (decoding) => {
	test("of texts of different lengths in one batch: entities, events, arguments, a relation", async () => {
		const [long, short] = [settingOf("w1 w2 w3 w4 w5 w6 w7 w8 w9"), settingOf("w11 w12 w13")];
		const queries = [
			entityQuery(long),
			entityQuery(short),
			argumentQuery(long, "e", ["f", "g"]),
			relationQuery(short, "w11", "w13"),
		];
		await expectScored(queries, decoding, "webgpu");
		expect(new Set(queries.map(({ inputIds }) => inputIds.length)).size).toBe(4);
	});

	test.each(["wasm", "webgpu"] as const)("of several questions on one reading, as %s searches them", async (device) => {
		const setting = settingOf("w1 w2 w3 w4 w5");
		const [a, b, c] = [0, 2, 4].map((from): Mention => ({ type: "a", score: 1, from, to: from + 1 }));
		const pairs = [
			{ head: a!, tail: b! },
			{ head: b!, tail: c! },
			{ head: a!, tail: c! },
		];
		const reading = entityQuery(setting);
		const relations = relationsOnReading(setting, reading, pairs);
		await expectScored(relations, decoding, device);
		await expectScored(relations.slice(1), decoding, device, await encodeStates(sessions, reading.inputIds));
		await expectScored([reading, { ...reading }], decoding, device);
	});

	test("of a text that is cut", async () => {
		const setting = settingOf(Array.from({ length: 16 }, (_, at) => `w${at + 1}`).join(" "));
		const maxInput = entityQuery(setting).inputIds.length - 4;
		const cut = entityQuery({ ...setting, maxInput });
		expect(cut.wordsRead).toBe(12);
		await expectScored([cut, entityQuery(settingOf("w21 w22"))], decoding, "webgpu");
	});
});

test.each([
	"fp32",
	"int8",
] as const)("every task is answered with %s graphs, and nothing held to a grammar is unread", async (dtype) => {
	const engine = await openNodeEngine(bundleOf(dtype));
	const post = { text: "w1 w2, w3 w4 w1 w2 w5 w6", image: null };
	for (const decoding of ["extractive", "constrained", "full"] as const) {
		const request = {
			tasks: ["mner", "mre", "mee", "gmner", "jmere"],
			labels: LABELS,
			decoding,
			maxNewTokens: 24,
			untrained: "ask",
		} as const;
		const { raw, unread } = unwrap(await engine.extract(2, post, request, () => {}));
		expect(raw.length).toBeGreaterThan(3);
		if (decoding !== "full") expect(unread).toEqual([]);
	}
	await engine.close();
});
