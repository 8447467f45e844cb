/** Exports random checkpoints, reads the bundles back and exports them again: the second bundle must be the first. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import { openTensorFile } from "../checkpoint/open-tensor-file.ts";
import {
	randomArchitecture,
	randomTensor,
	stockConfig,
	tinyConfig,
	writeRandomCheckpoint,
} from "../checkpoint/random-checkpoint.ts";
import { writeRandomProposer } from "../checkpoint/random-proposer.ts";
import { writeRandomAuthors, writeRandomResNet } from "../checkpoint/random-vision.test-helper.ts";
import { type ExportOptions, exportBundle } from "../export/export-bundle.ts";
import type { ExportDType } from "../graphs/precision.ts";
import { readBack } from "./read-back.ts";

const root = mkdtempSync(join(tmpdir(), "umie-read-back-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const next = (name: string) => join(root, `${count++}-${name}`);

const PREFILTER = { related: 0.2, eventful: 0.1, related_width: 6, eventful_width: 5 };
const BERT = {
	kind: "bert",
	num_layers: 2,
	num_heads: 4,
	d_ff: 48,
	max_position_embeddings: 70,
	type_vocab_size: 2,
	start_token_id: null,
};
const COPYING = { width: 8, buckets: 8, max_distance: 20 };
/** Wide enough for blocks of 32. */
const WIDE = { d_model: 64, d_kv: 16, num_heads: 4, d_ff: 96 };

const CONFIGS = {
	tiny: tinyConfig(),
	"with a prefilter, places of objects and visual positions": tinyConfig({
		umie: {
			// The former name, which the format keeps.
			screen: PREFILTER,
			object_embedding: true,
			visual_relative_bias: true,
			relations: "read",
			grounding: "seen",
		},
	}),
	"of basic blocks, without projections": tinyConfig({
		umie: { d_v: 4, image_size: 64 },
		backbone: { block: "basic", expansion: 1, stem_kernel: 3, stem_stride: 1, stem_pool: false },
		gate: { projections: false },
	}),
	"with a head of its own, relu and other buckets": tinyConfig({
		t5: {
			tie_word_embeddings: false,
			feed_forward_proj: "relu",
			relative_attention_num_buckets: 16,
			relative_attention_max_distance: 40,
			layer_norm_epsilon: 1e-5,
		},
	}),
	"smoothed, wide": tinyConfig({ t5: { ...WIDE, feed_forward_smoothed: true } }),
	"with BERT, copying and pairs": tinyConfig({
		umie: { text_encoder: BERT, copying: COPYING, pair_relations: ["none", "near", "of"], pair_vote: 0.4 },
	}),
	"with RoBERTa's positions and a token in front": tinyConfig({
		t5: WIDE,
		umie: { text_encoder: { ...BERT, position_offset: 2, start_token_id: 8 }, copying: COPYING },
	}),
	"stock T5": stockConfig({ tie_word_embeddings: false }),
} as const;
type ConfigName = keyof typeof CONFIGS;

function checkpointOf(name: ConfigName): string {
	const folder = next("checkpoint");
	writeRandomCheckpoint(folder, CONFIGS[name]);
	return folder;
}

/** The bundle without what newer ones keep for reading back. */
function forget(bundle: string): void {
	const { checkpoint: _, ...old } = readJson(join(bundle, "umie.json")) as Record<string, unknown>;
	writeFileSync(join(bundle, "umie.json"), JSON.stringify(old));
}

/** Exports, reads back and exports again. */
async function twice(
	checkpoint: string,
	dtype: ExportDType,
	{ old = false, ...options }: Partial<ExportOptions> & { readonly old?: boolean } = {},
) {
	const [bundle, back, again] = [next("bundle"), next("back"), next("again")];
	const first = exportBundle(checkpoint, bundle, { dtype, ...options });
	if (old) forget(bundle);
	const report = await readBack(bundle, back);
	const second = exportBundle(back, again, {
		...options,
		dtype,
		backbone: undefined,
		card: readJson(join(back, "card.json")),
	});
	return { first, second, report, bundle, back, again };
}

/** Files whose content differs. */
function changed({ first, second }: Awaited<ReturnType<typeof twice>>): string[] {
	const paths = new Set([...Object.keys(first.files), ...Object.keys(second.files)]);
	return [...paths].filter((path) => first.files[path]?.sha256 !== second.files[path]?.sha256);
}

const PLAIN = Object.keys(CONFIGS).filter((name) => !/BERT/i.test(name)) as ConfigName[];

describe.each(Object.keys(CONFIGS) as ConfigName[])("a checkpoint %s", (name) => {
	const names = expectedTensors(
		"umie" in CONFIGS[name] ? randomArchitecture(CONFIGS[name]) : randomArchitecture(tinyConfig()),
	);

	test("as int8 gives the same bundle, file by file", async () => {
		const made = await twice(checkpointOf(name), "int8");
		expect(changed(made)).toEqual([]);
		expect(made.second).toEqual(made.first);
	});

	test("as fp32 comes back bit by bit but for what is said to be lost", async () => {
		const made = await twice(checkpointOf(name), "fp32");
		expect(changed(made)).toEqual([]);
		const { back, report } = made;
		const file = openTensorFile(back);
		const shapes = new Map([...file.tensors].map(([tensor, { shape }]) => [tensor, shape]));
		const different = [...shapes].flatMap(([tensor, shape]) => {
			const [got, expected] = [file.readFloats(tensor), randomTensor(tensor, shape, 1)];
			return got.every((value, at) => value === expected[at]) ? [] : [tensor];
		});
		file.close();
		if ("umie" in CONFIGS[name]) expect([...shapes.keys()].sort()).toEqual([...names.keys()].sort());
		const lost = [
			/^visual\.backbone\./,
			/(encoder|visual)\..*relative_attention_bias/,
			/^encoder\.embeddings\.(position|token_type)_embeddings/,
		];
		expect(different.filter((tensor) => !lost.some((names) => names.test(tensor)))).toEqual([]);
		expect(report.lost.join(" ")).toMatch(/^Heads that only training uses/);
	});
});

test.each(["fp16", "bf16"] as const)("%s gives the same bundle, file by file", async (dtype) => {
	for (const name of ["with BERT, copying and pairs", "with a head of its own, relu and other buckets"] as const) {
		const made = await twice(checkpointOf(name), dtype);
		expect(changed(made)).toEqual([]);
		expect(made.second).toEqual(made.first);
	}
});

describe("what umie.json of an older bundle does not record", () => {
	test.each(PLAIN)("is read off weights and graphs: a checkpoint %s", async (name) => {
		const made = await twice(checkpointOf(name), "int8", { old: true });
		expect(changed(made)).toEqual([]);
		const { checkpoint: _, ...first } = made.first;
		const { checkpoint: _again, ...second } = made.second;
		expect(second).toEqual(first);
	});

	test("fp16 does not show whether feed-forwards were smoothed, int8 does", async () => {
		const checkpoint = checkpointOf("smoothed, wide");
		const settings = async (dtype: ExportDType) => {
			const { back, report } = await twice(checkpoint, dtype, { old: true });
			return [
				(readJson(join(back, "config.json")) as { feed_forward_smoothed?: boolean }).feed_forward_smoothed,
				/smoothed/.test(report.lost.join()),
			];
		};
		expect([await settings("int8"), await settings("int4"), await settings("fp16")]).toEqual([
			[true, false],
			[true, false],
			[undefined, true],
		]);
	});

	test("a BERT encoder cannot do without", async () => {
		const bundle = next("bundle");
		exportBundle(checkpointOf("with BERT, copying and pairs"), bundle, { dtype: "fp32" });
		forget(bundle);
		await expect(readBack(bundle, next("back"))).rejects.toMatchObject({
			code: "bundle-format",
			what: expect.stringContaining('no block "checkpoint"'),
		});
	});
});

describe("4 bits", () => {
	test("of embeddings beside int8 give the same bundle, file by file", async () => {
		const made = await twice(checkpointOf("with RoBERTa's positions and a token in front"), "int8", {
			embeddings: "int4",
		});
		expect(changed(made)).toEqual([]);
	});

	test.each([
		"int8",
		"int4",
	] as const)("of all weights, embeddings in %s: hardly a number is rounded again", async (embeddings) => {
		const { back, again } = await twice(checkpointOf("with RoBERTa's positions and a token in front"), "int4", {
			embeddings,
		});
		const once = next("once-more");
		await readBack(again, once);
		const [before, after] = [openTensorFile(back), openTensorFile(once)];
		let [different, all] = [0, 0];
		for (const name of before.tensors.keys()) {
			const [first, second] = [before.readFloats(name), after.readFloats(name)];
			different += first.filter((value, at) => value !== second[at]).length;
			all += first.length;
		}
		before.close();
		after.close();
		expect(different / all).toBeLessThan(0.01);
	});
});

test("tensors that were split over files are whole again", async () => {
	const made = await twice(checkpointOf("with BERT, copying and pairs"), "int8", { maxFileBytes: 4096 });
	const parts = readdirSync(made.bundle).filter((name) => /^shared\..*weights$/.test(name));
	const wide = await twice(checkpointOf("smoothed, wide"), "fp16", { maxFileBytes: 4096 });
	expect(readdirSync(wide.bundle).filter((name) => /^shared\..*weights$/.test(name)).length).toBeGreaterThan(
		parts.length,
	);
	expect([changed(made), changed(wide)]).toEqual([[], []]);
});

test("weights past 65,504 come back from halves with the power of two that they were divided by", async () => {
	const checkpoint = checkpointOf("stock T5");
	const file = join(checkpoint, "model.safetensors");
	const bytes = readFileSync(file);
	bytes.writeFloatLE(2 ** 18, bytes.length - 4);
	writeFileSync(file, bytes);
	const made = await twice(checkpoint, "fp16");
	expect(changed(made)).toEqual([]);
	const back = openTensorFile(made.back);
	const last = [...openTensorFile(checkpoint).tensors.keys()].at(-1)!;
	expect(Math.max(...back.readFloats(last))).toBe(2 ** 18);
	back.close();
});

describe("a checkpoint whose backbone came from another file", () => {
	test.each([
		"basic",
		"bottleneck",
	] as const)("a stock T5 with a ResNet of %s blocks comes back as one of ours", async (block) => {
		const { folder, backbone } = writeRandomResNet(next("resnet"), block);
		const made = await twice(folder, "int8", { backbone });
		expect(changed(made)).toEqual([]);
		expect(made.second).toMatchObject({ vision: "untrained", config: made.first.config });
	});

	test.each(["fp32", "int8"] as const)("the authors' comes back in two files, in %s", async (dtype) => {
		const { folder, backbone } = writeRandomAuthors(next("authors"));
		const [bundle, back, again] = [next("bundle"), next("back"), next("again")];
		const first = exportBundle(folder, bundle, { dtype, backbone });
		const { lost } = await readBack(bundle, back);
		expect(lost.join()).toContain("tells pictures from objects");
		const second = exportBundle(back, again, {
			dtype,
			backbone: join(back, "backbone.safetensors"),
			card: readJson(join(back, "card.json")),
		});
		// Only the table of orders is rounded anew.
		const paths = Object.keys(first.files).filter((path) => first.files[path]!.sha256 !== second.files[path]?.sha256);
		expect(paths.filter((path) => path !== "visual.weights")).toEqual([]);
		expect(second.config).toEqual(first.config);
	});
});

describe("a region proposer", () => {
	function withProposer(): string {
		const folder = checkpointOf("tiny");
		writeRandomProposer(join(folder, "proposer.safetensors"));
		return folder;
	}

	test("comes back with the kinds of its training", async () => {
		const made = await twice(withProposer(), "int8");
		expect(changed(made)).toEqual([]);
		expect(made.second).toEqual(made.first);
	});

	test("of an older bundle names kinds that are reported alike by letters", async () => {
		const made = await twice(withProposer(), "fp16", { old: true });
		expect(changed(made)).toEqual([]);
		expect(made.second.checkpoint?.proposer_kinds).toEqual({ person: "person", "person b": "person", logo: "logo" });
		expect(made.report.lost.join()).toContain("kinds that are reported alike");
	});
});

test("the bundle in the repository, which is an older one, gives itself again", async () => {
	const nano = join(import.meta.dirname, "../../../models/umie-nano");
	const [back, again] = [next("nano"), next("nano-again")];
	await readBack(nano, back);
	const { checkpoint: _kept, ...made } = exportBundle(back, again, {
		dtype: "int8",
		card: readJson(join(back, "card.json")),
	});
	const { quality: _measured, calibration: _fitted, ...committed } = parseManifest(readJson(join(nano, "umie.json")));
	expect(made).toEqual(committed);
	// What the settings of the checkpoint in the repository say beyond it is read by nobody.
	const settings = (folder: string) => parseArchitecture(readJson(join(folder, "config.json")));
	expect(settings(back)).toEqual(settings(join(nano, "checkpoint")));
});

test("float16 halves the folder, and is still what the exporter reads", async () => {
	const [bundle, back] = [next("bundle"), next("back")];
	exportBundle(checkpointOf("tiny"), bundle, { dtype: "int8" });
	const { lost } = await readBack(bundle, back, { dtype: "fp16" });
	expect(lost.join()).toContain("written as float16");
	const file = openTensorFile(back);
	expect(new Set([...file.tensors.values()].map(({ dtype }) => dtype))).toEqual(new Set(["F16"]));
	file.close();
	const { first, second } = {
		first: parseManifest(readJson(join(bundle, "umie.json"))),
		second: exportBundle(back, next("again"), { dtype: "int8" }),
	};
	expect(second.config).toEqual(first.config);
});

describe("what is left alone", () => {
	test("a folder that holds something is refused, and nothing is left beside it", async () => {
		const [bundle, output] = [next("bundle"), next("full")];
		exportBundle(checkpointOf("tiny"), bundle, { dtype: "fp32" });
		mkdirSync(output);
		writeFileSync(join(output, "aux.safetensors"), "mine");
		const before = readdirSync(root).length;
		await expect(readBack(bundle, output)).rejects.toMatchObject({ code: "usage" });
		expect([readdirSync(output), readdirSync(root).length]).toEqual([["aux.safetensors"], before]);
	});

	test("an empty folder is filled", async () => {
		const [bundle, output] = [next("bundle"), next("empty")];
		exportBundle(checkpointOf("tiny"), bundle, { dtype: "fp32" });
		mkdirSync(output);
		const { files } = await readBack(bundle, output);
		expect(files).toEqual([
			"README.md",
			"card.json",
			"config.json",
			"model.safetensors",
			"tokenizer.json",
			"tokenizer_config.json",
		]);
		expect(readFileSync(join(output, "README.md"), "utf8")).toContain("## What did not come back");
	});
});
