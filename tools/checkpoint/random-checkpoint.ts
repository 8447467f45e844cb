/** Goes in: settings and a seed. Comes out: a checkpoint folder of random weights, the same for the same seed, one tensor in memory at a time. For tests. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Architecture, expectedTensors, parseArchitecture } from "./architecture.ts";
import { streamSafetensors } from "./safetensors-writer.ts";

type Settings = Readonly<Record<string, unknown>>;

const TINY = {
	vocab_size: 50,
	d_model: 16,
	d_kv: 8,
	num_heads: 2,
	d_ff: 24,
	num_layers: 2,
	num_decoder_layers: 2,
	feed_forward_proj: "gated-gelu",
	tie_word_embeddings: true,
	n_positions: 128,
};
const TINY_BACKBONE = {
	block: "bottleneck",
	depths: [1, 1],
	width: 2,
	expansion: 4,
	stem_kernel: 7,
	stem_stride: 2,
	stem_pool: true,
	stride_in: "conv2",
};
const TINY_GATE = { projections: true, negative_slope: 0.01, scale: "1/sqrt(d_model)", mean: "masked", signal: "dot", pooled: "projected" };
const TINY_UMIE = {
	max_objects: 4,
	image_size: 32,
	image_mean: [0.485, 0.456, 0.406],
	image_std: [0.229, 0.224, 0.225],
	d_v: 16,
	visual_layers: 2,
	visual_relative_bias: false,
	box: "xyxy_0_1",
	vision_trained: true,
	spot_token_id: 3,
	object_token_ids: [4, 5, 6, 7],
};

/** What differs from the tiny model: width 16, 2 heads × 8, 2 + 2 layers, 50 tokens, 4 objects, a ResNet of two blocks on 32 × 32 pixels. */
export interface TinyChanges {
	readonly t5?: Settings;
	readonly umie?: Settings;
	readonly backbone?: Settings;
	readonly gate?: Settings;
}

/** A config.json. */
export function tinyConfig({ t5, umie, backbone, gate }: TinyChanges = {}): Settings {
	return { ...TINY, ...t5, umie: { ...TINY_UMIE, ...umie, backbone: { ...TINY_BACKBONE, ...backbone }, gate: { ...TINY_GATE, ...gate } } };
}

/** Writes model.safetensors, config.json, tokenizer.json and tokenizer_config.json. @returns the architecture */
export function writeRandomCheckpoint(folder: string, config: Settings = tinyConfig(), seed = 1): Architecture {
	const architecture = parseArchitecture(config);
	const shapes = expectedTensors(architecture);
	mkdirSync(folder, { recursive: true });
	const heads = [...shapes].map(([name, shape]) => ({ name, dtype: "float32" as const, shape }));
	streamSafetensors(join(folder, "model.safetensors"), heads, (name) => randomTensor(name, shapes.get(name)!, seed), { format: "pt" });
	const { tokenizer, settings } = tinyTokenizer(architecture);
	for (const [name, json] of Object.entries({ "config.json": config, "tokenizer.json": tokenizer, "tokenizer_config.json": settings }))
		writeFileSync(join(folder, name), JSON.stringify(json));
	return architecture;
}

/** The same numbers for the same name, shape and seed, whatever other tensors there are. */
export function randomTensor(name: string, shape: readonly number[], seed: number): Float32Array {
	const size = shape.reduce((product, dim) => product * dim, 1);
	const { centre, spread } = distribution(name, shape);
	const random = generator(seed, name);
	const out = new Float32Array(size);
	for (let i = 0; i < size; i++) out[i] = centre + spread * (2 * random() - 1);
	return out;
}

/** Uniform around a centre, wide enough that no part of the model vanishes, narrow enough that no soft-max saturates. */
function distribution(name: string, shape: readonly number[]): { readonly centre: number; readonly spread: number } {
	if (name.endsWith(".running_var")) return { centre: 1, spread: 0.5 };
	if (name.endsWith(".running_mean") || name.endsWith(".bias")) return { centre: 0, spread: 0.2 };
	if (shape.length === 1) return { centre: 1, spread: 0.3 };
	if (/^(shared|lm_head)\.|relative_attention_bias/.test(name)) return { centre: 0, spread: 1.5 };
	const inputs = shape.slice(1).reduce((product, dim) => product * dim, 1);
	return { centre: 0, spread: Math.sqrt(3 / inputs) };
}

/** mulberry32, started from the seed and an FNV-1a hash of the name. @returns numbers in [0, 1) */
function generator(seed: number, name: string): () => number {
	let state = seed ^ 0x811c9dc5;
	for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** A Unigram tokenizer whose letters spell every lower-case word: specials, O1 …, a comma, "▁", a to z, then ▁w1 … up to the vocabulary. */
function tinyTokenizer({ vocab_size, umie }: Architecture): { readonly tokenizer: unknown; readonly settings: unknown } {
	const specials = ["<pad>", "</s>", "<unk>", "<spot>"];
	const objects = umie.object_token_ids.map((_, index) => `▁O${index + 1}`);
	const known = [...specials, ...objects, ",", "▁", ..."abcdefghijklmnopqrstuvwxyz"];
	const pieces = [...known, ...Array.from({ length: Math.max(0, vocab_size - known.length) }, (_, index) => `▁w${index + 1}`)].slice(0, vocab_size);
	const metaspace = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", add_prefix_space: true, split: true };
	const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
	const tokenizer = {
		version: "1.0",
		truncation: null,
		padding: null,
		added_tokens: specials.map((content, id) => ({ id, content, ...flags, special: id < 3 })),
		normalizer: { type: "NFKC" },
		pre_tokenizer: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
		post_processor: null,
		decoder: metaspace,
		model: {
			type: "Unigram",
			unk_id: 2,
			vocab: pieces.map((piece, id) => [piece, id < specials.length + objects.length ? 0 : -Math.log(id)]),
			byte_fallback: false,
		},
	};
	return { tokenizer, settings: { tokenizer_class: "T5Tokenizer", pad_token: "<pad>", eos_token: "</s>", unk_token: "<unk>" } };
}
