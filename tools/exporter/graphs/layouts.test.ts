/**
 * Shows that checkpoints of every layout are recognised, exported and computed as plain loops compute them; a stock T5
 * answers through the engine.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { unwrap } from "../../../src/core/failure.ts";
import { openNodeEngine } from "../../node/engine/node-engine.ts";
import type { AuthorsVision } from "../checkpoint/architecture.ts";
import { type CheckpointOptions, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import { openTensorFile } from "../checkpoint/open-tensor-file.ts";
import { stockConfig, writeRandomCheckpoint, writeRandomTensors } from "../checkpoint/random-checkpoint.ts";
import { writeRandomAuthors, writeRandomResNet } from "../checkpoint/random-vision.test-helper.ts";
import { pyOrderedDict, pyTensor, writeTorchZip } from "../checkpoint/torch-writer.test-helper.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { BOXES, crop, describeParity, IDS, L, MASK } from "./parity.test-helper.ts";
import { encodeText, type Model } from "./reference.test-helper.ts";
import { encodePicture, fuse } from "./reference-pictures.test-helper.ts";
import { numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

const root = mkdtempSync(join(tmpdir(), "umie-layouts-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const next = (name: string) => join(root, `${name}-${count++}`);

/** What the reference reads: the checkpoint's own numbers. */
function modelOf(path: string, options: CheckpointOptions = {}): Model {
	const checkpoint = openCheckpoint(path, options);
	const numbers = new Map(
		[...expectedTensors(checkpoint.architecture).keys()].map((name) => [name, checkpoint.floats(name)]),
	);
	checkpoint.close();
	return { a: checkpoint.architecture, weights: (name) => numbers.get(name)! };
}

function checkParity(path: string, options: CheckpointOptions = {}): void {
	describeParity(modelOf(path, options), () => {
		const bundle = next("bundle");
		exportBundle(path, bundle, { dtype: "fp32", ...options });
		return bundle;
	});
}

function writeStock(t5: Record<string, unknown>): string {
	const folder = next("t5");
	writeRandomCheckpoint(folder, stockConfig(t5));
	return folder;
}

/** A stock T5 whose embedding is called as some savers call it. */
function writeRenamed(): string {
	const folder = next("t5");
	const architecture = writeRandomCheckpoint(folder, stockConfig());
	writeRandomTensors(join(folder, "model.safetensors"), expectedTensors(architecture), 1, (name) =>
		name === "shared.weight" ? "decoder.embed_tokens.weight" : name,
	);
	return folder;
}

const writeAuthors = (changes: Partial<AuthorsVision> = {}) => writeRandomAuthors(next("vision"), changes);
const writeResNet = (block: "basic" | "bottleneck") => writeRandomResNet(next("vision"), block);

describe("a stock T5", () => {
	describe.each<[string, Record<string, unknown>]>([
		["FLAN-T5 (gated, a head of its own)", { tie_word_embeddings: false }],
		[
			"T5 1.0 (relu, tied, settings left out)",
			{ feed_forward_proj: undefined, tie_word_embeddings: undefined, n_positions: undefined },
		],
		[
			"heads narrower than the model, one decoder layer more",
			{ d_kv: 4, num_decoder_layers: 3, num_heads: 3, tie_word_embeddings: false },
		],
		["silu in the feed-forwards", { feed_forward_proj: "gated-silu", tie_word_embeddings: false }],
		["umT5 (a table of positions in each layer)", { relative_bias_each: true, tie_word_embeddings: false }],
	])("%s: graphs agree with plain loops to 1e-4", (_, t5) => {
		checkParity(writeStock(t5));
	});
	describe("whose embedding is called decoder.embed_tokens: graphs agree with plain loops to 1e-4", () => {
		checkParity(writeRenamed());
	});

	test("makes a bundle of four graphs, without vision, whose separator is the first sentinel", () => {
		const folder = writeStock({ n_positions: undefined });
		const lines: string[] = [];
		const manifest = exportBundle(folder, next("bundle"), {
			dtype: "int8",
			onRecognised: (found) => lines.push(...found),
		});
		expect(Object.keys(manifest.graphs)).toEqual(["text_encoder", "decoder_context", "decoder", "decoder_extractive"]);
		// 50 rows, 4 of them padding; the sentinel is the last piece.
		expect(manifest).toMatchObject({
			vision: "none",
			config: { visual: null, gate: null, spot_token_id: 45, object_token_ids: [], max_input: 512 },
		});
		expect(lines).toEqual([
			"layout: a stock T5 (T5, T5 1.1, FLAN-T5, mT5, umT5), text only",
			"text: encoder 2 and decoder 2 layers, width 16, 2 heads × 8, feed-forward 24 (gated-gelu), vocabulary 50",
			"output head: tied to the embedding",
			"vision: none",
		]);
	});

	test.each([
		"extractive",
		"full",
	] as const)("answers a post through the engine, text only, decoding %s", async (decoding) => {
		const bundle = next("bundle");
		exportBundle(writeStock({ tie_word_embeddings: false, vocab_size: 400, n_positions: 512 }), bundle, {
			dtype: "int8",
		});
		const engine = await openNodeEngine(bundle);
		const labels = { entityTypes: ["person", "place"], eventTypes: ["meet"] };
		const request = { tasks: ["mner", "med"], labels, decoding, beams: 2, maxNewTokens: 24 } as const;
		const result = unwrap(await engine.extract(2, { text: "ada met bob in rome", image: null }, request, () => {}));
		await engine.close();
		expect(result.raw.map(({ task }) => task)).toEqual(["mner", "med"]);
		for (const { type, text, start, end } of result.entities) {
			expect(labels.entityTypes).toContain(type);
			expect("ada met bob in rome".slice(start, end)).toBe(text);
		}
		// Held to its grammar, the output of random weights can be read to the last word.
		if (decoding === "extractive") expect(result.unread).toEqual([]);
	});

	test("has an untrained vision, the same for the same seed", () => {
		const { folder, backbone } = writeResNet("basic");
		const contents = [1, 1, 2].map((seed) => {
			const bundle = next("bundle");
			const manifest = exportBundle(folder, bundle, { dtype: "fp32", backbone, seed });
			expect(manifest).toMatchObject({
				vision: "untrained",
				config: { visual: { image_size: 224, max_objects: 36, d_v: 4, depths: [2, 1], width: 2 } },
			});
			return readFileSync(join(bundle, "visual.weights"), "base64");
		});
		expect([contents[0] === contents[1], contents[0] === contents[2]]).toEqual([true, false]);
	});

	test("may come as PyTorch saved it, with classifier and counters, and makes the same bundle", () => {
		const { folder, backbone } = writeResNet("basic");
		const file = openTensorFile(backbone);
		const tensors = [...file.tensors.keys()].map((name) => ({
			name,
			shape: file.tensors.get(name)!.shape,
			data: file.readFloats(name),
		}));
		file.close();
		const unread = ["fc.weight", "fc.bias", "bn1.num_batches_tracked"].map((name) => ({
			name,
			shape: [1],
			data: Float32Array.of(1),
		}));
		const all = [...tensors, ...unread];
		const state = pyOrderedDict(
			all.map(({ name, shape, data }, key) => [
				name,
				pyTensor({ type: "FloatStorage", key: String(key), count: data.length }, shape),
			]),
		);
		const pth = join(root, "resnet.pth");
		writeFileSync(pth, writeTorchZip(state, Object.fromEntries(all.map(({ data }, key) => [String(key), data]))));
		const [plain, torch] = [backbone, pth].map(
			(path) => exportBundle(folder, next("bundle"), { dtype: "fp32", backbone: path }).files,
		);
		expect(torch).toEqual(plain);
	});

	test("names what its file lacks and what is not used", () => {
		const { folder, backbone } = writeResNet("bottleneck");
		const file = openTensorFile(backbone);
		const shapes = new Map([...file.tensors].map(([name, { shape }]) => [name, shape] as const));
		file.close();
		shapes.delete("layer2.0.bn2.running_var");
		const odd = join(root, "odd.safetensors");
		writeRandomTensors(odd, new Map([...shapes, ["aux.weight", [1]] as const]), 1);
		expect(() => openCheckpoint(folder, { backbone: odd })).toThrow(
			expect.objectContaining({
				code: "checkpoint-tensors",
				what: expect.stringMatching(
					/missing \(1\):\n {2}visual\.backbone\.layer2\.0\.bn2\.running_var\nunused \(1\):\n {2}aux\.weight$/,
				),
			}),
		);
	});

	test("is refused by a checkpoint that has its own", () => {
		const folder = next("umie");
		writeRandomCheckpoint(folder);
		expect(() => openCheckpoint(folder, { backbone: join(folder, "model.safetensors") })).toThrow(
			expect.objectContaining({ code: "usage" }),
		);
	});
});

describe("a checkpoint of the authors' public code", () => {
	describe.each<[string, Partial<AuthorsVision>]>([
		["each norm its own, orders", {}],
		["one norm of the sum, no orders", { norms: "sum", order: false }],
		[
			"no norm, two heads in CLIP, one visual layer",
			{ norms: "none", visual_layers: 1, backbone: { depths: [1, 2, 1, 1], width: 4, positions: 5 } },
		],
	])("with %s: graphs agree with plain loops to 1e-4", (_, changes) => {
		const { folder, backbone } = writeAuthors(changes);
		checkParity(folder, { backbone });
	});

	/** Largest difference of what goes to the decoder, over its largest value. Measured: 1e-4 as fp16, 3e-3 as int8. */
	test.each([
		["fp16", "wasm", 1e-3],
		["int8", "wasm", 0.02],
		["int8", "webgpu", 0.02],
	] as const)("%s graphs for %s open and let the picture in, within %d", async (dtype, target, bound) => {
		const { folder, backbone } = writeAuthors();
		const bundle = next("bundle");
		exportBundle(folder, bundle, { dtype, backbone });
		const m = modelOf(folder, { backbone });
		const crops = BOXES.map((_, i) => crop(i, 64));
		const text = encodeText(m, IDS[0]!, MASK[0]!);
		const expected = fuse(m, text, MASK[0]!, encodePicture(m, crops, BOXES), 0.5);
		const sessions = await openSessions(bundle, { target });
		const { ints, floats } = tensorsOf(sessions);
		const pixels = Float32Array.from(crops.flatMap((pixels) => [...pixels]));
		const picture = await sessions.run("visual_encoder", {
			pixel_values: floats(pixels, [3, 3, 64, 64]),
			boxes: floats(BOXES.flat(), [3, 4]),
		});
		const feeds = {
			encoder_hidden_states: floats(text.flat(), [1, L, 16]),
			attention_mask: ints(MASK[0]!, [1, L]),
			gate_override: floats([0.5], [1]),
		};
		const { cross_modal_states } = await sessions.run("gated_attention", { ...feeds, ...picture });
		await sessions.close();
		expect(relativeError(numbersOf(cross_modal_states), expected.states.flat())).toBeLessThan(bound);
	});

	test("is trained, and pictures are as CLIP saw them", () => {
		const { folder, backbone } = writeAuthors();
		const manifest = exportBundle(folder, next("bundle"), { dtype: "int8", backbone });
		expect(manifest).toMatchObject({
			vision: "trained",
			config: {
				visual: {
					image_size: 64,
					d_v: 12,
					image_mean: [0.48145466, 0.4578275, 0.40821073],
					image_std: [0.26862954, 0.26130258, 0.27577711],
				},
				gate: { negative_slope: 0.01, projections: true },
			},
		});
	});

	test("without CLIP is refused, and says what to give", () => {
		const { folder } = writeAuthors();
		expect(() => exportBundle(folder, next("bundle"), { dtype: "fp32" })).toThrow(
			expect.objectContaining({
				code: "usage",
				what: "model.safetensors holds no backbone: name the file of CLIP's RN101 with --backbone.",
			}),
		);
	});

	test("refuses a torchvision ResNet for its CLIP", () => {
		const { folder } = writeAuthors();
		const { backbone } = writeResNet("bottleneck");
		expect(() => exportBundle(folder, next("bundle"), { dtype: "fp32", backbone })).toThrow(
			"this checkpoint needs a ResNet of CLIP",
		);
	});
});
