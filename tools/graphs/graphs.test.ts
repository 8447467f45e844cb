/** Goes in: tiny random checkpoints. Comes out: proof that every graph computes what UMIE is, as plain loops in double precision compute it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GraphSessions } from "../../workers/model/sessions.ts";
import { expectedTensors, parseArchitecture } from "../checkpoint/architecture.ts";
import { randomTensor, type TinyChanges, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import { crossPart, decode, encodePicture, encodeText, fuse, type Model, type Rows } from "./reference.test-helper.ts";
import { decodeSteps, largestDifference, numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-graphs-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Two posts of different length, padded with 0. */
const IDS = [
	[9, 12, 3, 40, 7, 1],
	[22, 8, 1, 0, 0, 0],
];
const MASK = [
	[1, 1, 1, 1, 1, 1],
	[1, 1, 1, 0, 0, 0],
];
const [B, L] = [2, 6];
const BOXES = [
	[0, 0, 1, 1],
	[0.1, 0.2, 0.6, 0.5],
	[0.5, 0, 0.9, 1],
];

/** Numbers the reference and the graph both read: the checkpoint's own tensors, made again from the seed. */
function modelOf(changes: TinyChanges): Model {
	const a = parseArchitecture(tinyConfig(changes));
	const shapes = expectedTensors(a);
	const made = new Map([...shapes].map(([name, shape]) => [name, randomTensor(name, shape, 1)]));
	return { a, weights: (name) => made.get(name)! };
}

function exportTiny(name: string, changes: TinyChanges, dtype: ExportDType): string {
	const checkpoint = join(folder, name, "checkpoint");
	writeRandomCheckpoint(checkpoint, tinyConfig(changes), 1);
	const bundle = join(folder, name, dtype);
	exportBundle(checkpoint, bundle, { dtype });
	return bundle;
}

/** [3, s, s] of numbers between −1 and 1. */
const crop = (n: number, size: number) => Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(0.37 * (n + 1) * (i % size) + 0.011 * i));

const flat = (rows: Rows | Rows[]) => Float64Array.from(rows.flat(2) as number[]);
/** [rows, tokens] of a batch of states where the mask is 1: what padding computes is nobody's. */
const kept = (data: ArrayLike<number>, width: number) =>
	MASK.flat().flatMap((keep, at) => (keep === 1 ? Array.from({ length: width }, (_, i) => data[at * width + i]!) : []));

const VARIANTS = {
	"the tiny model": {},
	"without gate projections": { gate: { projections: false } },
	"with an output head of its own": { t5: { tie_word_embeddings: false } },
	"with heads wider than the model (2 × 12 on 16)": { t5: { d_kv: 12 } },
	"with positions in the visual encoder": { umie: { visual_relative_bias: true } },
	"with a deeper backbone without stem pooling": {
		backbone: { depths: [2, 1], stem_kernel: 3, stem_stride: 1, stem_pool: false },
		umie: { image_size: 12 },
	},
} as const satisfies Record<string, TinyChanges>;

describe.each(Object.entries(VARIANTS))("float32 graphs of %s agree with plain loops to 1e-4", (name, changes) => {
	const m = modelOf(changes);
	const { d_model: d, vocab_size: v, num_heads: n, d_kv: h } = m.a;
	const size = m.a.umie.image_size;
	const slots = m.a.umie.max_objects + 1;
	const crops = BOXES.map((_, i) => crop(i, size));
	const text = IDS.map((ids, post) => encodeText(m, ids, MASK[post]!));
	const seen = encodePicture(m, crops, BOXES);
	let sessions: GraphSessions;
	let tensors: ReturnType<typeof tensorsOf>;
	let mask: ReturnType<typeof tensors.ints>;
	const feedText = () => tensors.floats(flat(text), [B, L, d]);
	const feedPicture = () => ({
		visual_hidden_states: tensors.floats(flat(seen.states), [1, slots, d]),
		visual_attention_mask: tensors.ints(seen.mask, [1, slots]),
	});

	beforeAll(async () => {
		sessions = await openSessions(exportTiny(name.replaceAll(/\W/g, "-"), changes, "fp32"));
		tensors = tensorsOf(sessions);
		mask = tensors.ints(MASK.flat(), [B, L]);
	});
	afterAll(() => sessions.close());

	test("text_encoder", async () => {
		const { encoder_hidden_states } = await sessions.run("text_encoder", { input_ids: tensors.ints(IDS.flat(), [B, L]), attention_mask: mask });
		expect(encoder_hidden_states!.dims).toEqual([B, L, d]);
		expect(relativeError(kept(numbersOf(encoder_hidden_states), d), kept(flat(text), d))).toBeLessThan(1e-4);
	});

	test.each([1, 3])("visual_encoder on %d images of 5 slots", async (count) => {
		const expected = encodePicture(m, crops.slice(0, count), BOXES.slice(0, count));
		const pixel_values = tensors.floats(
			crops.slice(0, count).flatMap((pixels) => [...pixels]),
			[count, 3, size, size],
		);
		const outputs = await sessions.run("visual_encoder", { pixel_values, boxes: tensors.floats(BOXES.slice(0, count).flat(), [count, 4]) });
		expect([...outputs.visual_attention_mask!.data]).toEqual(expected.mask);
		expect(outputs.visual_hidden_states!.dims).toEqual([1, slots, d]);
		expect(relativeError(numbersOf(outputs.visual_hidden_states), flat(expected.states))).toBeLessThan(1e-4);
	});

	test.each([null, 0, 0.5])("gated_attention with the gate at %s (null: its own)", async (override) => {
		const feeds = {
			encoder_hidden_states: feedText(),
			attention_mask: mask,
			...feedPicture(),
			gate_override: tensors.floats([override ?? Number.NaN], [1]),
		};
		const outputs = await sessions.run("gated_attention", feeds);
		const expected = text.map((states, post) => fuse(m, states, MASK[post]!, seen, override ?? undefined));
		expect(relativeError(numbersOf(outputs.cross_modal_states), flat(expected.map(({ states }) => states)))).toBeLessThan(1e-4);
		expect(relativeError(numbersOf(outputs.attention), flat(expected.map(({ attention }) => attention)))).toBeLessThan(1e-4);
		expect(outputs.gate!.dims).toEqual([B]);
		expect(
			relativeError(
				numbersOf(outputs.gate),
				expected.map(({ gate }) => gate),
			),
		).toBeLessThan(1e-4);
		if (override === 0) expect(numbersOf(outputs.cross_modal_states)).toEqual(feedText().data);
	});

	async function cross() {
		return sessions.run("decoder_context", { cross_modal_states: feedText(), attention_mask: mask });
	}

	test("decoder_context", async () => {
		const outputs = await cross();
		expect(Object.keys(outputs).sort()).toEqual(["cross_key.0", "cross_key.1", "cross_value.0", "cross_value.1"]);
		for (const [output, tensor] of Object.entries(outputs)) {
			expect(tensor.dims).toEqual([B, n, L, h]);
			const [, part, layer] = /^cross_(k|v)\w+\.(\d)$/.exec(output)!;
			const expected = text.map((states) => crossPart(m, Number(layer), part as "k" | "v", states).flat());
			expect(relativeError(numbersOf(tensor), flat(expected))).toBeLessThan(1e-4);
		}
	});

	/** Two posts × two beams. Step 2 swaps post 0's beams, step 3 lets both of post 1's continue its second. */
	const STEPS = [
		{ tokens: [0, 0, 0, 0], parents: [0, 1, 2, 3] },
		{ tokens: [5, 9, 14, 3], parents: [0, 1, 2, 3] },
		{ tokens: [11, 30, 2, 49], parents: [1, 0, 2, 3] },
		{ tokens: [8, 8, 17, 21], parents: [0, 1, 3, 3] },
	];
	/** Tokens of every row at every step, followed back through the parents. */
	function histories(): number[][][] {
		const out: number[][][] = [];
		for (const { tokens, parents } of STEPS) out.push(tokens.map((token, at) => [...(out.at(-1)?.[parents[at]!] ?? []), token]));
		return out;
	}
	const logitsOf = (step: number) => histories()[step]!.map((ids, at) => decode(m, ids, text[at >> 1]!, MASK[at >> 1]!).at(-1)!);

	test("decoder over four steps whose beams change places", async () => {
		expect(histories()[3]).toEqual([
			[0, 9, 11, 8],
			[0, 5, 30, 8],
			[0, 3, 49, 17],
			[0, 3, 49, 21],
		]);
		const outputs = await decodeSteps(sessions, "decoder", { ...(await cross()), attention_mask: mask }, STEPS);
		for (const [step, { logits }] of outputs.entries()) {
			expect(logits!.dims).toEqual([4, v]);
			expect(relativeError(numbersOf(logits), flat(logitsOf(step)))).toBeLessThan(1e-4);
		}
	});

	test("decoder_extractive gives the candidates' columns of decoder", async () => {
		const candidates = [
			[1, 3, 9, 12, 40],
			[1, 3, 8, 22, 0],
		];
		const fixed = { ...(await cross()), attention_mask: mask };
		const whole = await decodeSteps(sessions, "decoder", fixed, STEPS);
		const chosen = await decodeSteps(sessions, "decoder_extractive", { ...fixed, candidate_ids: tensors.ints(candidates.flat(), [B, 5]) }, STEPS);
		for (const [step, { logits }] of chosen.entries()) {
			expect(logits!.dims).toEqual([4, 5]);
			const all = numbersOf(whole[step]!.logits);
			const columns = [0, 1, 2, 3].flatMap((at) => candidates[at >> 1]!.map((id) => all[at * v + id]!));
			expect(relativeError(numbersOf(logits), columns)).toBeLessThan(1e-5);
		}
	});
});

describe("every precision", () => {
	/** 32 inputs are a block of 4 bits; 24 are not, and stay int8. */
	const changes = { t5: { d_model: 32, d_kv: 16 } };
	const m = modelOf(changes);
	const text = IDS.map((ids, post) => encodeText(m, ids, MASK[post]!));
	/** Largest difference of logits, over the largest logit. Measured: 1e-6, 7e-4, 0.028 (0.015 on the graphs for WebGPU), 0.31. */
	const BOUNDS = { fp32: 1e-5, fp16: 2e-3, int8: 0.06, int4: 0.5 } as const satisfies Record<ExportDType, number>;

	test.each(
		EXPORT_DTYPES.flatMap((dtype) => (["wasm", "webgpu"] as const).map((target) => [dtype, target] as const)),
	)("%s graphs for %s open and run from ids to logits", async (dtype, target) => {
		const sessions = await openSessions(exportTiny("precision", changes, dtype), { target });
		const { ints, floats } = tensorsOf(sessions);
		const attention_mask = ints(MASK.flat(), [B, L]);
		const crops = BOXES.map((_, i) => crop(i, 32));
		const { encoder_hidden_states } = await sessions.run("text_encoder", { input_ids: ints(IDS.flat(), [B, L]), attention_mask });
		const picture = await sessions.run("visual_encoder", {
			pixel_values: floats(
				crops.flatMap((pixels) => [...pixels]),
				[3, 3, 32, 32],
			),
			boxes: floats(BOXES.flat(), [3, 4]),
		});
		const { cross_modal_states } = await sessions.run("gated_attention", {
			encoder_hidden_states: encoder_hidden_states!,
			attention_mask,
			...picture,
			gate_override: floats([0.5], [1]),
		});
		const cross = await sessions.run("decoder_context", { cross_modal_states: cross_modal_states!, attention_mask });
		const steps = [
			{ tokens: [0, 0], parents: [0, 1] },
			{ tokens: [5, 9], parents: [0, 1] },
		];
		const candidate_ids = ints([1, 3, 9, 1, 3, 8], [B, 3]);
		const whole = await decodeSteps(sessions, "decoder", { ...cross, attention_mask }, steps);
		const chosen = await decodeSteps(sessions, "decoder_extractive", { ...cross, attention_mask, candidate_ids }, steps);
		const seen = encodePicture(m, crops, BOXES);
		const expected = text.map((states, post) => decode(m, [0, [5, 9][post]!], fuse(m, states, MASK[post]!, seen, 0.5).states, MASK[post]!)[1]!);
		expect(relativeError(numbersOf(whole[1]!.logits), flat(expected))).toBeLessThan(BOUNDS[dtype]);
		const columns = [
			[1, 3, 9],
			[1, 3, 8],
		].flatMap((ids, post) => ids.map((id) => expected[post]![id]!));
		expect(largestDifference(numbersOf(chosen[1]!.logits), columns)).toBeLessThan(BOUNDS[dtype] * Math.max(...flat(expected).map(Math.abs)));
		await sessions.close();
	});
});

describe("weights split over files", () => {
	/** Large enough that products and tables of every precision pass 4 KiB, the length of one row of the decoder's positions. */
	const changes = { t5: { d_model: 32, d_kv: 16, d_ff: 256, vocab_size: 200 } };

	test.each(EXPORT_DTYPES)("%s graphs join them and compute the same, bit for bit", async (dtype) => {
		const whole = exportTiny("split", changes, dtype);
		const pieces = join(folder, "split", `${dtype}-pieces`);
		const { graphs, files } = exportBundle(join(folder, "split", "checkpoint"), pieces, { dtype, fileLimit: 4096 });
		expect(graphs.decoder!.weights.length).toBeGreaterThan(10);
		for (const path of graphs.decoder!.weights) expect(files[path]!.bytes).toBeLessThanOrEqual(4096);
		const logits: unknown[] = [];
		for (const bundle of [whole, pieces]) {
			const sessions = await openSessions(bundle);
			const { ints } = tensorsOf(sessions);
			const attention_mask = ints(MASK.flat(), [B, L]);
			const { encoder_hidden_states } = await sessions.run("text_encoder", { input_ids: ints(IDS.flat(), [B, L]), attention_mask });
			const cross = await sessions.run("decoder_context", { cross_modal_states: encoder_hidden_states!, attention_mask });
			const steps = [{ tokens: [0, 0], parents: [0, 1] }];
			const outputs = await decodeSteps(sessions, "decoder", { ...cross, attention_mask }, steps);
			logits.push(numbersOf(outputs[0]!.logits));
			await sessions.close();
		}
		expect(logits[1]).toEqual(logits[0]);
	});
});
