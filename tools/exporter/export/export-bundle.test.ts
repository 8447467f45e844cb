/**
 * Shows what an export writes, replaces, removes and leaves alone, with tiny checkpoints and folders in every state.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MODEL_ROLES, parseManifest } from "../../../src/bundle/manifest.ts";
import { DEFAULT_INSTRUCTORS } from "../../../src/tasks/defaults.ts";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import { tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { decodeOnnx } from "../onnx/onnx-schema.test-helper.ts";
import { exportBundle } from "./export-bundle.ts";

const root = mkdtempSync(join(tmpdir(), "umie-export-"));
const checkpoint = join(root, "tiny");
beforeAll(() => {
	writeRandomCheckpoint(checkpoint);
});
afterAll(() => rmSync(root, { recursive: true }));

let output = "";
let count = 0;
beforeEach(() => {
	output = join(root, `bundle-${count++}`);
});
const contentOf = (folder: string) =>
	Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "base64")]));

describe("a bundle", () => {
	test("holds what its manifest lists, with right sizes and hashes, and nothing else", () => {
		const manifest = exportBundle(checkpoint, output, { dtype: "int8" });
		expect(parseManifest(readJson(join(output, "umie.json")))).toEqual(manifest);
		expect(readdirSync(output).sort()).toEqual([...Object.keys(manifest.files), "umie.json"].sort());
		for (const [path, { bytes, sha256 }] of Object.entries(manifest.files)) {
			const content = readFileSync(join(output, path));
			expect([path, content.length, createHash("sha256").update(content).digest("hex")]).toEqual([path, bytes, sha256]);
		}
	});

	test("names graphs, settings and what nobody said", () => {
		const manifest = exportBundle(checkpoint, output, { dtype: "fp32" });
		expect(Object.keys(manifest.graphs)).toEqual([...MODEL_ROLES]);
		expect(manifest).toMatchObject({
			name: "tiny",
			dtype: "fp32",
			license: "unknown",
			languages: [],
			vision: "trained",
			instructors: DEFAULT_INSTRUCTORS,
		});
		expect(manifest.config).toMatchObject({
			vocab_size: 50,
			d_model: 16,
			spot_token_id: 3,
			object_token_ids: [4, 5, 6, 7],
			max_input: 128,
			visual: { depths: [1, 1], d_v: 16, max_objects: 4 },
		});
	});

	test.each([
		"fitting",
		"read",
	] as const)("names the relations in a pair's prompts: %s of config.json, unless the card differs", (relations) => {
		const trained = join(root, relations);
		writeRandomCheckpoint(trained, tinyConfig({ umie: { relations } }));
		const exported = (card?: unknown) =>
			exportBundle(trained, join(root, `${relations}-bundle`), { dtype: "fp32", card }).instructors.relations;
		expect([
			exported(),
			exported({ instructors: { ...DEFAULT_INSTRUCTORS, relations: "all" } }),
			exported({ instructors: DEFAULT_INSTRUCTORS }),
		]).toEqual([relations, "all", relations]);
		expect(exportBundle(checkpoint, output, { dtype: "fp32" }).instructors.relations).toBeUndefined();
	});

	test("asks in the wordings that the checkpoint brings along, and refuses names of none", () => {
		const trained = join(root, "worded");
		writeRandomCheckpoint(
			trained,
			tinyConfig({ umie: { instructors: { default: "{types}:", med: "event, {types}:", mre_marked: "relations:" } } }),
		);
		const { instructors } = exportBundle(trained, join(root, "worded-bundle"), { dtype: "fp32" });
		expect(instructors).toMatchObject({
			med: "event, {types}:",
			meae: DEFAULT_INSTRUCTORS.meae,
			tasks: { mre_marked: "relations:" },
		});
		expect(instructors.mner).toEqual({ ...DEFAULT_INSTRUCTORS.mner, default: "{types}:" });
		expect(() => parseArchitecture(tinyConfig({ umie: { instructors: { mnre: "" } } }))).toThrow(
			/umie\.instructors.*knows default, I0/,
		);
	});

	test("says where entities are shown, as config.json has it, and refuses what it does not know", () => {
		const taught = join(root, "taught");
		writeRandomCheckpoint(taught, tinyConfig({ umie: { grounding: "seen" } }));
		expect(exportBundle(taught, join(root, "taught-bundle"), { dtype: "fp32" }).instructors.grounding).toBe("seen");
		expect(exportBundle(checkpoint, output, { dtype: "fp32" }).instructors.grounding).toBeUndefined();
		expect(() => parseArchitecture(tinyConfig({ umie: { grounding: "guessed" } }))).toThrow(/umie\.grounding/);
	});

	test("graphs have the inputs and outputs of the design, and no weights inside", () => {
		const { graphs } = exportBundle(checkpoint, output, { dtype: "fp32" });
		const layers = (...names: string[]) => [0, 1].flatMap((layer) => names.map((name) => `${name}.${layer}`));
		const step = ["decoder_input_ids", "beam_idx", "attention_mask"];
		const caches = layers("past_key", "past_value", "cross_key", "cross_value");
		const fused = [
			"encoder_hidden_states",
			"attention_mask",
			"visual_hidden_states",
			"visual_attention_mask",
			"gate_override",
		];
		expect(
			Object.fromEntries(
				Object.entries(graphs).map(([role, { inputs, outputs }]) => [role, [inputs, [...outputs].sort()]]),
			),
		).toEqual({
			text_encoder: [["input_ids", "attention_mask"], ["encoder_hidden_states"]],
			visual_encoder: [
				["pixel_values", "boxes"],
				["visual_attention_mask", "visual_hidden_states"],
			],
			gated_attention: [fused, ["attention", "cross_modal_states", "gate"]],
			decoder_context: [["cross_modal_states", "attention_mask"], layers("cross_key", "cross_value").sort()],
			decoder: [[...step, ...caches], ["log_sum_exp", "logits", ...layers("present_key", "present_value")].sort()],
			decoder_extractive: [
				[...step, "candidate_ids", ...caches],
				["logits", ...layers("present_key", "present_value")].sort(),
			],
		});
		for (const { file } of Object.values(graphs)) {
			const { graph } = decodeOnnx(readFileSync(join(output, file))) as {
				graph: { initializer: { raw_data?: string }[] };
			};
			for (const { raw_data = "" } of graph.initializer)
				expect(Buffer.from(raw_data, "base64").length).toBeLessThan(256);
		}
		expect(graphs.decoder!.weights).toEqual(graphs.decoder_extractive!.weights);
	});

	test("is the same twice, byte for byte", () => {
		exportBundle(checkpoint, output, { dtype: "int4" });
		const first = contentOf(output);
		exportBundle(checkpoint, output, { dtype: "int4" });
		expect(contentOf(output)).toEqual(first);
	});

	test("never promises more positions than its tables hold", () => {
		const long = join(root, "long");
		writeRandomCheckpoint(long, tinyConfig({ t5: { n_positions: 4096 } }));
		expect(exportBundle(long, output, { dtype: "fp32" }).config.max_input).toBe(1024);
	});

	test("takes name, licence, prompts and tasks from its card", () => {
		const instructors = { ...DEFAULT_INSTRUCTORS, med: "Which events?" };
		const manifest = exportBundle(checkpoint, output, {
			dtype: "fp32",
			card: { name: "mine", license: "MIT", languages: ["de"], instructors, tasks: ["gmner"] },
		});
		expect(manifest).toMatchObject({ name: "mine", license: "MIT", languages: ["de"], instructors, tasks: ["gmner"] });
	});

	test("gives the values between as outputs when asked to", () => {
		const { graphs } = exportBundle(checkpoint, output, { dtype: "fp32", inspect: true });
		expect(graphs.gated_attention!.outputs).toEqual(expect.arrayContaining(["M", "gate_dot"]));
		expect(graphs.visual_encoder!.outputs).toEqual(expect.arrayContaining(["backbone_features", "visual_embeddings"]));
		expect(graphs.decoder!.outputs).toContain("decoder_hidden");
	});
});

describe("what lies in the folder already", () => {
	test("files of the bundle before go, files of someone else stay", () => {
		const before = exportBundle(checkpoint, output, { dtype: "int8" });
		writeFileSync(join(output, "notes.txt"), "mine");
		const after = exportBundle(checkpoint, output, { dtype: "fp32" });
		const gone = Object.keys(before.files).filter((path) => !Object.hasOwn(after.files, path));
		expect(gone).toContain("text_encoder.webgpu.onnx");
		expect(readdirSync(output).sort()).toEqual([...Object.keys(after.files), "notes.txt", "umie.json"].sort());
	});

	test.each([
		"{",
		"[]",
		'{"format":"umie-bundle/9","files":{"notes.txt":{}}}',
		'{"format":"umie-bundle/1","files":{"../notes.txt":{}}}',
	])("a umie.json that is not understood (%s) is replaced and removes nothing", (json) => {
		mkdirSync(output);
		writeFileSync(join(output, "umie.json"), json);
		writeFileSync(join(output, "notes.txt"), "mine");
		exportBundle(checkpoint, output, { dtype: "fp32" });
		expect(existsSync(join(output, "notes.txt"))).toBe(true);
		parseManifest(readJson(join(output, "umie.json")));
	});

	test("a failed export leaves it as it was, and nothing beside it", () => {
		exportBundle(checkpoint, output, { dtype: "fp32" });
		const before = [contentOf(output), readdirSync(root)];
		const broken = join(root, "broken");
		writeRandomCheckpoint(broken);
		const weights = readFileSync(join(broken, "model.safetensors"));
		// The last weight of the file is one the last graph reads.
		weights.writeFloatLE(Number.NaN, weights.length - 4);
		writeFileSync(join(broken, "model.safetensors"), weights);
		expect(() => exportBundle(broken, output, { dtype: "fp32" })).toThrow(
			expect.objectContaining({ code: "checkpoint-values" }),
		);
		rmSync(broken, { recursive: true });
		expect([contentOf(output), readdirSync(root)]).toEqual(before);
	});

	test("a file where the folder should be is wrong usage", () => {
		writeFileSync(output, "");
		expect(() => exportBundle(checkpoint, output, { dtype: "fp32" })).toThrow(
			expect.objectContaining({ code: "usage" }),
		);
	});
});

test("a checkpoint without a tokenizer is refused by name", () => {
	const bare = join(root, "bare");
	writeRandomCheckpoint(bare);
	rmSync(join(bare, "tokenizer.json"));
	expect(() => exportBundle(bare, output, { dtype: "fp32" })).toThrow(
		"There is no tokenizer.json beside the checkpoint.",
	);
	expect(existsSync(output)).toBe(false);
});

test("a weight past 65,504 is stored divided for fp16, and named", () => {
	const large = join(root, "large");
	writeRandomCheckpoint(large);
	const weights = readFileSync(join(large, "model.safetensors"));
	weights.writeFloatLE(70_000, weights.length - 4);
	writeFileSync(join(large, "model.safetensors"), weights);
	const notes: string[] = [];
	const onNotes = (lines: readonly string[]) => notes.push(...lines);
	exportBundle(large, output, { dtype: "fp16", onNotes });
	expect(notes).toEqual(["gate.o holds 70000, too large for fp16: stored divided by 2"]);
	exportBundle(large, output, { dtype: "bf16", onNotes });
	expect(notes).toHaveLength(1);
});

test("progress counts the graphs", () => {
	const steps: unknown[] = [];
	exportBundle(checkpoint, output, { dtype: "fp32", onProgress: (...step) => steps.push(step) });
	expect(steps).toEqual([...MODEL_ROLES.map((role, index) => [role, index, 6]), ["done", 6, 6]]);
});

test("the bundle in models/umie-nano is what the exporter makes of the checkpoint in it, file by file", () => {
	const repository = join(import.meta.dirname, "../../..");
	const nano = join(repository, "models/umie-nano");
	const card = readJson(join(repository, "tools/evaluator/cards/umie-nano.json"));
	// What newer bundles keep for reading back is not in this one.
	const { checkpoint: _kept, ...made } = exportBundle(join(nano, "checkpoint"), output, { dtype: "int8", card });
	const { quality: _measured, calibration: _fitted, ...committed } = parseManifest(readJson(join(nano, "umie.json")));
	expect(made).toEqual(committed);
});
