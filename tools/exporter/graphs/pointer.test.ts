/** Compares a copying decoder's graphs and a pair classifier's with plain loops, step by step, in every precision. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { GraphSessions } from "../../../workers/model/sessions.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import {
	randomArchitecture,
	randomTensor,
	tinyConfig,
	writeRandomCheckpoint,
} from "../checkpoint/random-checkpoint.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { contractOf, differences } from "../verify/contract.ts";
import { verifyBundle } from "../verify/verify.ts";
import { gelu } from "./bert-reference.test-helper.ts";
import { B, flat, IDS, L, MASK } from "./parity.test-helper.ts";
import { type Copied, decodeCopying, pointerKeysOf } from "./pointer-reference.test-helper.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import { linear, type Model } from "./reference.test-helper.ts";
import { bucketOf, MAX_POSITIONS, placeBuckets } from "./relative-bias.ts";
import { decodeSteps, numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-pointer-"));
afterAll(() => rmSync(folder, { recursive: true }));

const COPYING = { width: 6, buckets: 8, max_distance: 4 } as const;
const RELATIONS = ["none", "peer", "member of"];
const TEXT_ENCODER = {
	kind: "bert",
	num_layers: 2,
	num_heads: 2,
	d_ff: 24,
	max_position_embeddings: 64,
	start_token_id: 48,
} as const;
const CONFIG = tinyConfig({
	umie: { copying: COPYING, text_encoder: TEXT_ENCODER, pair_relations: RELATIONS, pair_vote: 0.4 },
});
/** The width of 32 makes blocks of 4 bits. */
const WIDE = tinyConfig({ t5: { d_model: 32, d_kv: 16 }, umie: { copying: COPYING } });

function modelOf(config: Readonly<Record<string, unknown>>): Model {
	const a = randomArchitecture(config);
	const made = new Map([...expectedTensors(a)].map(([name, shape]) => [name, randomTensor(name, shape, 1)]));
	return { a, weights: (name) => made.get(name)! };
}

function bundleOf(name: string, config: Readonly<Record<string, unknown>>, dtype: ExportDType, options = {}): string {
	const checkpoint = join(folder, name, "checkpoint");
	writeRandomCheckpoint(checkpoint, config, 1);
	exportBundle(checkpoint, join(folder, name, dtype), { dtype, ...options });
	return join(folder, name, dtype);
}

/** The first token of each post is the prompt, the last one its end. */
const TEXT = [
	[0, 1, 1, 1, 1, 0],
	[0, 1, 0, 0, 0, 0],
];
/** Two beams of each post: the tokens fed and the places they look from; place 0 is before the text. */
const FED = [
	{ ids: [0, 12, 5, 3], places: [0, 1, 1, 4] },
	{ ids: [0, 40, 9, 9], places: [0, 3, 4, 0] },
	{ ids: [0, 8, 1, 7], places: [0, 1, 1, 1] },
	{ ids: [0, 22, 22, 4], places: [-1, 0, 1, 5] },
];

function statesOf({ a }: Model): number[][][] {
	return IDS.map((ids, post) =>
		ids.map((_, l) => Array.from({ length: a.d_model }, (_, i) => Math.sin(1 + 0.7 * i + 1.3 * l + 5 * post))),
	);
}

function expectedOf(m: Model): Copied[] {
	const states = statesOf(m);
	return FED.map((fed, beam) => {
		const post = beam >> 1;
		return decodeCopying(m, m.a.copying!, fed, {
			states: states[post]!,
			ids: IDS[post]!,
			mask: MASK[post]!,
			text: TEXT[post]!,
		});
	});
}

/**
 * The same through the graphs: the first token alone, then three at once.
 * @returns for each beam logits [T][columns] and pointer scores [T][L]
 */
async function decodeWith(
	sessions: GraphSessions,
	m: Model,
	role: "decoder" | "decoder_extractive",
	candidates: readonly number[][] = [],
) {
	const { ints, floats } = tensorsOf(sessions);
	const attention_mask = ints(MASK.flat(), [B, L]);
	const context = await sessions.run("decoder_context", {
		cross_modal_states: floats(flat(statesOf(m)), [B, L, m.a.d_model]),
		attention_mask,
		input_ids: ints(IDS.flat(), [B, L]),
	});
	const width = candidates[0]?.length;
	const fixed = {
		...context,
		attention_mask,
		text_mask: ints(TEXT.flat(), [B, L]),
		...(width !== undefined && { candidate_ids: ints(candidates.flat(), [B, width]) }),
	};
	const logits: number[][][] = FED.map(() => []);
	const pointer: number[][][] = FED.map(() => []);
	let past = {};
	for (const [from, to] of [
		[0, 1],
		[1, 4],
	] as const) {
		const rows = (of: (fed: (typeof FED)[number]) => readonly number[]) =>
			FED.flatMap((fed) => of(fed).slice(from, to));
		const feeds = {
			...fixed,
			...past,
			places: ints(
				rows(({ places }) => places),
				[FED.length, to - from],
			),
		};
		const steps = [{ tokens: rows(({ ids }) => ids), parents: [0, 1, 2, 3] }];
		const [step] =
			from === 0 ? await decodeSteps(sessions, role, feeds, steps) : [await stepWith(sessions, role, feeds, steps[0]!)];
		past = Object.fromEntries(
			Object.entries(step!).flatMap(([name, value]) =>
				name.startsWith("present") ? [[name.replace("present", "past"), value]] : [],
			),
		);
		const columns = step!.logits!.dims[1]!;
		expect(step!.pointer_scores!.dims).toEqual([FED.length * (to - from), L]);
		for (const beam of FED.keys())
			for (let at = 0; at < to - from; at++) {
				const index = beam * (to - from) + at;
				logits[beam]!.push([...numbersOf(step!.logits).subarray(index * columns, (index + 1) * columns)]);
				pointer[beam]!.push([...numbersOf(step!.pointer_scores).subarray(index * L, (index + 1) * L)]);
			}
	}
	return { logits, pointer, pointerKey: context.pointer_key! };
}

async function stepWith(
	sessions: GraphSessions,
	role: "decoder" | "decoder_extractive",
	feeds: object,
	{ tokens, parents }: { readonly tokens: readonly number[]; readonly parents: readonly number[] },
) {
	const { ints } = tensorsOf(sessions);
	return sessions.run(role, {
		...feeds,
		decoder_input_ids: ints(tokens, [parents.length, tokens.length / parents.length]),
		beam_idx: ints(parents, [parents.length]),
	});
}

const inside = (rows: readonly (readonly number[])[][]) =>
	rows.flatMap((steps, beam) => steps.flatMap((step) => step.filter((_, l) => TEXT[beam >> 1]![l] === 1)));

describe("float32 agrees with plain loops to 1e-4", () => {
	const m = modelOf(CONFIG);
	const expected = expectedOf(m);

	test("pointer_key of decoder_context", async () => {
		const sessions = await openSessions(bundleOf("keys", CONFIG, "fp32"));
		const { pointerKey } = await decodeWith(sessions, m, "decoder");
		const keys = statesOf(m).map((states, post) => pointerKeysOf(m, states, IDS[post]!));
		expect(pointerKey.dims).toEqual([B, L, COPYING.width]);
		expect(relativeError(numbersOf(pointerKey), flat(keys))).toBeLessThan(1e-5);
		await sessions.close();
	});

	test("decoder: logits, scores of the text's positions (else −1e9 or less), one token and three at once", async () => {
		const sessions = await openSessions(bundleOf("whole", CONFIG, "fp32"));
		const { logits, pointer } = await decodeWith(sessions, m, "decoder");
		expect(relativeError(logits.flat(2), expected.flatMap((beam) => beam.logits).flat())).toBeLessThan(1e-4);
		expect(relativeError(inside(pointer), inside(expected.map((beam) => beam.pointer)))).toBeLessThan(1e-4);
		for (const [beam, steps] of pointer.entries())
			for (const step of steps)
				for (const [l, score] of step.entries()) if (TEXT[beam >> 1]![l] === 0) expect(score).toBeLessThanOrEqual(-1e9);
		await sessions.close();
	});

	test("decoder_extractive: the candidates' columns, and the same scores of positions", async () => {
		const candidates = [
			[1, 3, 9, 12, 40],
			[1, 3, 8, 22, 0],
		];
		const sessions = await openSessions(bundleOf("extractive", CONFIG, "fp32"));
		const { logits, pointer } = await decodeWith(sessions, m, "decoder_extractive", candidates);
		const columns = expected.flatMap((beam, at) =>
			beam.logits.flatMap((step) => candidates[at >> 1]!.map((id) => step[id]!)),
		);
		expect(relativeError(logits.flat(2), columns)).toBeLessThan(1e-4);
		expect(relativeError(inside(pointer), inside(expected.map((beam) => beam.pointer)))).toBeLessThan(1e-4);
		await sessions.close();
	});

	test("pair_classifier: log-probabilities over the relations", async () => {
		const sessions = await openSessions(bundleOf("pairs", CONFIG, "fp32"));
		const { ints, floats } = tensorsOf(sessions);
		const states = statesOf(m)[0]!;
		const ends = [
			[1, 4],
			[4, 1],
			[2, 2],
		];
		const { relation_log_probs } = await sessions.run("pair_classifier", {
			encoder_hidden_states: floats(states.flat(), [1, L, m.a.d_model]),
			ends: ints(ends.flat(), [3, 2]),
		});
		const affine = (part: string, x: number[]) =>
			linear(m, `pair_classifier.${part}`, [x])[0]!.map(
				(value, i) => value + m.weights(`pair_classifier.${part}.bias`)[i]!,
			);
		const scores = ends.map(([head, tail]) =>
			affine("out", affine("dense", [...states[head!]!, ...states[tail!]!]).map(gelu)),
		);
		const logs = scores.map((row) =>
			row.map((score) => score - Math.log(row.reduce((sum, other) => sum + Math.exp(other), 0))),
		);
		expect(relation_log_probs!.dims).toEqual([3, 3]);
		expect(relativeError(numbersOf(relation_log_probs), logs.flat())).toBeLessThan(1e-5);
		await sessions.close();
	});

	test("graphs and manifest say that they copy, mark a relation once, and have CONTRIBUTING's interface", async () => {
		const sessions = await openSessions(bundleOf("manifest", CONFIG, "fp32"));
		const { config, graphs } = sessions.manifest;
		expect(config).toMatchObject({
			copying: true,
			text_encoder: "bert",
			pair_relations: RELATIONS,
			pair_vote: 0.4,
			max_input: 63,
		});
		for (const role of ["decoder_context", "decoder", "decoder_extractive", "pair_classifier", "text_encoder"] as const)
			expect(differences(contractOf(role, config, graphs[role]!.outputs), await sessions.metadata(role))).toEqual([]);
		await sessions.close();
	});
});

describe("every precision", () => {
	const m = modelOf(WIDE);
	const expected = expectedOf(m);
	/**
	 * Largest difference over the largest value, of logits and of scores. Measured: 7e-7, 1e-3, 0.012, 0.035, 0.27; 0.17
	 * with a table of 4 bits.
	 */
	const BOUNDS = { fp32: 1e-5, fp16: 2e-3, bf16: 0.02, int8: 0.06, int4: 0.5 } as const satisfies Record<
		ExportDType,
		number
	>;
	const cases: (readonly [ExportDType, "int8" | "int4", number])[] = [
		...EXPORT_DTYPES.map((dtype) => [dtype, "int8", BOUNDS[dtype]] as const),
		["int8", "int4", 0.2],
	];

	test.each(
		cases.flatMap(([...rest]) => (["wasm", "webgpu"] as const).map((target) => [...rest, target] as const)),
	)("%s with embeddings in %s", async (dtype, embeddings, bound, target) => {
		const sessions = await openSessions(bundleOf(`${dtype}-${embeddings}`, WIDE, dtype, { embeddings }), { target });
		const { logits, pointer } = await decodeWith(sessions, m, "decoder");
		const extractive = await decodeWith(sessions, m, "decoder_extractive", [
			[1, 3],
			[8, 22],
		]);
		await sessions.close();
		const columns = expected.flatMap((beam, at) =>
			beam.logits.flatMap((step) =>
				[
					[1, 3],
					[8, 22],
				][at >> 1]!.map((id) => step[id]!),
			),
		);
		const largest = Math.max(...expected.flatMap((beam) => beam.logits.flat()).map(Math.abs));
		const errors = [
			relativeError(logits.flat(2), expected.flatMap((beam) => beam.logits).flat()),
			relativeError(inside(pointer), inside(expected.map((beam) => beam.pointer))),
			Math.max(...extractive.logits.flat(2).map((value, i) => Math.abs(value - columns[i]!))) / largest,
		];
		console.log(
			`copying, ${dtype}, embeddings ${embeddings}, ${target}: ` +
				`${errors.map((error) => error.toExponential(1)).join(", ")}`,
		);
		for (const error of errors) expect(error).toBeLessThan(bound);
	});

	test("verify finds all graphs right", async () => {
		const checkpoint = join(folder, "verified", "checkpoint");
		writeRandomCheckpoint(checkpoint, CONFIG, 1);
		exportBundle(checkpoint, join(folder, "verified", "bundle"), { dtype: "int8" });
		const checks = await verifyBundle(join(folder, "verified", "bundle"), { against: checkpoint, device: "wasm" });
		expect(checks.filter(({ state }) => state !== "right")).toEqual([]);
		expect(checks.filter(({ check }) => check === "parity").map(({ subject }) => subject.split(",")[0])).toContain(
			"pair_classifier",
		);
	});
});

test("buckets of places: T5's in both directions, from one before the first position to the longest text", () => {
	const options = { buckets: 32, maxDistance: 128 };
	const table = placeBuckets(options);
	expect([table[MAX_POSITIONS], table[MAX_POSITIONS + 1], table[MAX_POSITIONS - 1], table.at(-1), table[0]]).toEqual([
		0, 17, 1, 31, 15,
	]);
	expect(table[MAX_POSITIONS + 100]).toBe(bucketOf(100, { ...options, bidirectional: true }));
});
