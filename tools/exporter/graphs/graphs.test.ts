/** Compares every graph of tiny random checkpoints with UMIE in plain loops and double precision. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { DecoderRun, readContext, encodeText as readPost } from "../../../workers/model/model.ts";
import { search } from "../../../workers/search/beam-search.ts";
import type { StepModel } from "../../../workers/search/types.ts";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import { randomTensor, type TinyChanges, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { decodeOnnx, withoutOutput } from "../onnx/onnx-schema.test-helper.ts";
import { B, BOXES, crop, describeParity, flat, IDS, L, MASK } from "./parity.test-helper.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import { decode, encodeText, type Model } from "./reference.test-helper.ts";
import { encodePicture, fuse } from "./reference-pictures.test-helper.ts";
import {
	decodeSteps,
	largestDifference,
	numbersOf,
	openSessions,
	relativeError,
	tensorsOf,
} from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-graphs-"));
afterAll(() => rmSync(folder, { recursive: true }));

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

const VARIANTS = {
	"the tiny model": {},
	"without gate projections": { gate: { projections: false } },
	"with an output head of its own": { t5: { tie_word_embeddings: false } },
	"with heads wider than the model (2 × 12 on 16)": { t5: { d_kv: 12 } },
	"with positions in the visual encoder": { umie: { visual_relative_bias: true } },
	"with an embedding of each place": { umie: { object_embedding: true } },
	"with basic blocks": { backbone: { block: "basic", expansion: 1, depths: [2, 1] }, umie: { d_v: 4 } },
	"with the feed-forward of T5 1.0": { t5: { feed_forward_proj: "relu" } },
	"with a deeper backbone without stem pooling": {
		backbone: { depths: [2, 1], stem_kernel: 3, stem_stride: 1, stem_pool: false },
		umie: { image_size: 12 },
	},
} as const satisfies Record<string, TinyChanges>;

describe.each(Object.entries(VARIANTS))("float32 graphs of %s agree with plain loops to 1e-4", (name, changes) => {
	describeParity(modelOf(changes), () => exportTiny(name.replaceAll(/\W/g, "-"), changes, "fp32"));
});

describe("every precision", () => {
	/** 32 inputs are a block of 4 bits; 24 are not, and stay int8. */
	const changes = { t5: { d_model: 32, d_kv: 16 } };
	const m = modelOf(changes);
	const text = IDS.map((ids, post) => encodeText(m, ids, MASK[post]!));
	/**
	 * Largest difference of logits, over the largest logit. Measured: 1e-6, 7e-4, 6e-3, 0.028 (0.015 on the graphs for
	 * WebGPU), 0.31.
	 */
	const BOUNDS = { fp32: 1e-5, fp16: 2e-3, bf16: 0.02, int8: 0.06, int4: 0.5 } as const satisfies Record<
		ExportDType,
		number
	>;

	test.each(
		EXPORT_DTYPES.flatMap((dtype) => (["wasm", "webgpu"] as const).map((target) => [dtype, target] as const)),
	)("%s graphs for %s open and run from ids to logits", async (dtype, target) => {
		const sessions = await openSessions(exportTiny("precision", changes, dtype), { target });
		const { ints, floats } = tensorsOf(sessions);
		const attention_mask = ints(MASK.flat(), [B, L]);
		const crops = BOXES.map((_, i) => crop(i, 32));
		const { encoder_hidden_states } = await sessions.run("text_encoder", {
			input_ids: ints(IDS.flat(), [B, L]),
			attention_mask,
		});
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
		const chosen = await decodeSteps(
			sessions,
			"decoder_extractive",
			{ ...cross, attention_mask, candidate_ids },
			steps,
		);
		const seen = encodePicture(m, crops, BOXES);
		const expected = text.map(
			(states, post) => decode(m, [0, [5, 9][post]!], fuse(m, states, MASK[post]!, seen, 0.5).states, MASK[post]!)[1]!,
		);
		expect(relativeError(numbersOf(whole[1]!.logits), flat(expected))).toBeLessThan(BOUNDS[dtype]);
		const columns = [
			[1, 3, 9],
			[1, 3, 8],
		].flatMap((ids, post) => ids.map((id) => expected[post]![id]!));
		expect(largestDifference(numbersOf(chosen[1]!.logits), columns)).toBeLessThan(
			BOUNDS[dtype] * Math.max(...flat(expected).map(Math.abs)),
		);
		await sessions.close();
	});
});

describe("a bundle made before decoders gave log_sum_exp", () => {
	/** What the vocabulary says after a post, by four beams. */
	async function answers(bundle: string) {
		const sessions = await openSessions(bundle);
		const run = new DecoderRun(sessions, await readContext(sessions, await readPost(sessions, [IDS[0]!], 0)), null);
		const given: boolean[] = [];
		const recording: StepModel = {
			step: async (tokens, parents) => {
				const scores = await run.step(tokens, parents);
				given.push(scores.logSumExp !== null);
				return scores;
			},
		};
		const [found] = await search(recording, [{ grammar: null, candidateIds: null }], {
			num_beams: 4,
			num_return_sequences: 4,
			max_new_tokens: 8,
		});
		run.dispose();
		await sessions.close();
		return { found: found!, given: [...new Set(given)] };
	}

	test("gives the same hypotheses; the search sums for itself", async () => {
		const bundle = exportTiny("sums", {}, "fp32");
		const now = await answers(bundle);
		const manifest = readJson(join(bundle, "umie.json")) as { graphs: { decoder: { outputs: string[] } } };
		const { decoder } = manifest.graphs;
		decoder.outputs = decoder.outputs.filter((name) => name !== "log_sum_exp");
		writeFileSync(join(bundle, "umie.json"), JSON.stringify(manifest));
		writeFileSync(
			join(bundle, "decoder.onnx"),
			withoutOutput(readFileSync(join(bundle, "decoder.onnx")), "log_sum_exp"),
		);
		const before = await answers(bundle);
		expect([now.given, before.given]).toEqual([[true], [false]]);
		expect(now.found.map(({ ids }) => ids)).toEqual(before.found.map(({ ids }) => ids));
		expect(now.found).toHaveLength(4);
		for (const [index, { score }] of now.found.entries())
			expect(Math.abs(score - before.found[index]!.score)).toBeLessThan(1e-5);
	});
});

describe("a smoothed checkpoint", () => {
	/** Products with activations quantised on the fly, by graph. */
	const quantised = (bundle: string) =>
		(["text_encoder", "visual_encoder", "decoder"] as const).map((role) => {
			const { graph } = decodeOnnx(readFileSync(join(bundle, `${role}.onnx`))) as {
				graph: { node: { op_type: string }[] };
			};
			return graph.node.filter(({ op_type }) => op_type === "DynamicQuantizeMatMul").length;
		});

	test("has one more int8 product a block on WASM, the second of its feed-forward; pictures stay the same", () => {
		const [rough, smooth] = [false, true].map((feed_forward_smoothed) =>
			quantised(exportTiny(`smoothed-${feed_forward_smoothed}`, { t5: { feed_forward_smoothed } }, "int8")),
		);
		const { num_layers, num_decoder_layers } = parseArchitecture(tinyConfig({}));
		expect(smooth!.map((count, at) => count - rough![at]!)).toEqual([num_layers, 0, num_decoder_layers]);
		expect(rough!.every((count) => count > 0)).toBe(true);
	});
});

describe("weights split over files", () => {
	/**
	 * Large enough that products and tables of every precision pass 4 KiB, the length of one row of the decoder's
	 * positions.
	 */
	const changes = { t5: { d_model: 32, d_kv: 16, d_ff: 256, vocab_size: 200 } };

	test.each(EXPORT_DTYPES)("%s graphs join them and compute the same, bit for bit", async (dtype) => {
		const whole = exportTiny("split", changes, dtype);
		const pieces = join(folder, "split", `${dtype}-pieces`);
		const { graphs, files } = exportBundle(join(folder, "split", "checkpoint"), pieces, { dtype, maxFileBytes: 4096 });
		expect(graphs.decoder!.weights.length).toBeGreaterThan(10);
		for (const path of graphs.decoder!.weights) expect(files[path]!.bytes).toBeLessThanOrEqual(4096);
		const logits: unknown[] = [];
		for (const bundle of [whole, pieces]) {
			const sessions = await openSessions(bundle);
			const { ints } = tensorsOf(sessions);
			const attention_mask = ints(MASK.flat(), [B, L]);
			const { encoder_hidden_states } = await sessions.run("text_encoder", {
				input_ids: ints(IDS.flat(), [B, L]),
				attention_mask,
			});
			const cross = await sessions.run("decoder_context", {
				cross_modal_states: encoder_hidden_states!,
				attention_mask,
			});
			const steps = [{ tokens: [0, 0], parents: [0, 1] }];
			const outputs = await decodeSteps(sessions, "decoder", { ...cross, attention_mask }, steps);
			logits.push(numbersOf(outputs[0]!.logits));
			await sessions.close();
		}
		expect(logits[1]).toEqual(logits[0]);
	});
});
