/** Exports random checkpoints, reads the bundles back and exports them again: the second bundle must be the first. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../src/bundle/manifest.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import { randomArchitecture, randomTensor, stockConfig, tinyConfig, writeRandomCheckpoint, writeRandomTensors } from "../checkpoint/random-checkpoint.ts";
import { writeRandomProposer } from "../checkpoint/random-proposer.ts";
import { openTensorFile } from "../checkpoint/tensor-file.ts";
import { type ExportOptions, exportBundle } from "../export/export-bundle.ts";
import { EXPORT_DTYPES, type ExportDType } from "../graphs/precision.ts";
import { readBack } from "./read-back.ts";

const root = mkdtempSync(join(tmpdir(), "umie-read-back-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
const next = (name: string) => join(root, `${count++}-${name}`);

const SCREEN = { related: 0.2, eventful: 0.1, related_width: 6, eventful_width: 5 };
const BERT = { kind: "bert", num_layers: 2, num_heads: 4, d_ff: 48, max_position_embeddings: 70, type_vocab_size: 2, start_token_id: null };
const COPYING = { width: 8, buckets: 8, max_distance: 20 };
/** Wide enough for blocks of 32. */
const WIDE = { d_model: 64, d_kv: 16, num_heads: 4, d_ff: 96 };

const CONFIGS = {
	tiny: tinyConfig(),
	"with a screen, places of objects and visual positions": tinyConfig({
		umie: { screen: SCREEN, object_embedding: true, visual_relative_bias: true, relations: "read", grounding: "seen" },
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
	"with BERT, copying and pairs": tinyConfig({ umie: { text_encoder: BERT, copying: COPYING, pair_relations: ["none", "near", "of"], pair_vote: 0.4 } }),
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
async function twice(checkpoint: string, dtype: ExportDType, { old = false, ...options }: Partial<ExportOptions> & { readonly old?: boolean } = {}) {
	const [bundle, back, again] = [next("bundle"), next("back"), next("again")];
	const first = exportBundle(checkpoint, bundle, { dtype, ...options });
	if (old) forget(bundle);
	const report = await readBack(bundle, back);
	const second = exportBundle(back, again, { ...options, dtype, backbone: undefined, card: readJson(join(back, "card.json")) });
	return { first, second, report, bundle, back, again };
}

/** Files whose content differs. */
function changed({ first, second }: Awaited<ReturnType<typeof twice>>): string[] {
	const paths = new Set([...Object.keys(first.files), ...Object.keys(second.files)]);
	return [...paths].filter((path) => first.files[path]?.sha256 !== second.files[path]?.sha256);
}

const PLAIN = Object.keys(CONFIGS).filter((name) => !/BERT/i.test(name)) as ConfigName[];

describe.each(Object.keys(CONFIGS) as ConfigName[])("a checkpoint %s", (name) => {
	const names = expectedTensors("umie" in CONFIGS[name] ? randomArchitecture(CONFIGS[name]) : randomArchitecture(tinyConfig()));

	test.each(["fp32", "fp16", "bf16", "int8"] as const)("as %s gives the same bundle, file by file", async (dtype) => {
		const made = await twice(checkpointOf(name), dtype);
		expect(changed(made)).toEqual([]);
		expect(made.second).toEqual(made.first);
	});

	test("as fp32 comes back bit by bit but for what is said to be lost", async () => {
		const { back, report } = await twice(checkpointOf(name), "fp32");
		const file = openTensorFile(back);
		const shapes = new Map([...file.tensors].map(([tensor, { shape }]) => [tensor, shape]));
		const different = [...shapes].flatMap(([tensor, shape]) => {
			const [got, expected] = [file.readFloats(tensor), randomTensor(tensor, shape, 1)];
			return got.every((value, at) => value === expected[at]) ? [] : [tensor];
		});
		file.close();
		if ("umie" in CONFIGS[name]) expect([...shapes.keys()].sort()).toEqual([...names.keys()].sort());
		const lost = /^visual\.backbone\.|(encoder|visual)\..*relative_attention_bias|^encoder\.embeddings\.(position|token_type)_embeddings/;
		expect(different.filter((tensor) => !lost.test(tensor))).toEqual([]);
		expect(report.lost.join(" ")).toMatch(/^Heads that only training uses/);
	});
});
