/**
 * Writes a checkpoint folder of random weights, the same for the same seed, one tensor in memory at a time. For tests.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Architecture, parseArchitecture } from "./architecture.ts";
import { encoderArchitecture, encoderFileName } from "./encoder-layout.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { streamSafetensors } from "./safetensors-writer.ts";
import { seededRandom } from "./seeded-random.ts";
import { parseT5 } from "./t5-settings.ts";

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
const TINY_GATE = {
	projections: true,
	negative_slope: 0.01,
	scale: "1/sqrt(d_model)",
	mean: "masked",
	signal: "dot",
	pooled: "projected",
};
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

/**
 * What differs from the tiny model: width 16, 2 heads × 8, 2 + 2 layers, 50 tokens, 4 objects, a ResNet of two blocks
 * on 32 × 32 pixels.
 */
export interface TinyChanges {
	readonly t5?: Settings;
	readonly umie?: Settings;
	readonly backbone?: Settings;
	readonly gate?: Settings;
}

/** A config.json. */
export function tinyConfig({ t5, umie, backbone, gate }: TinyChanges = {}): Settings {
	return {
		...TINY,
		...t5,
		umie: { ...TINY_UMIE, ...umie, backbone: { ...TINY_BACKBONE, ...backbone }, gate: { ...TINY_GATE, ...gate } },
	};
}

/** A config.json of a stock T5. */
export function stockConfig(t5: Settings = {}): Settings {
	return { ...TINY, ...t5 };
}

/**
 * Writes model.safetensors, config.json, tokenizer.json and tokenizer_config.json; without a block "umie" they are
 * those of a stock T5.
 * @returns the architecture
 */
export function writeRandomCheckpoint(folder: string, config: Settings = tinyConfig(), seed = 1): Architecture {
	const architecture =
		"umie" in config
			? randomArchitecture(config)
			: { ...parseT5(config), spot_token_id: null, object_token_ids: [], vision: null };
	mkdirSync(folder, { recursive: true });
	writeRandomTensors(join(folder, "model.safetensors"), expectedTensors(architecture), seed);
	const { tokenizer, settings } = randomTokenizer(architecture);
	for (const [name, json] of Object.entries({
		"config.json": config,
		"tokenizer.json": tokenizer,
		"tokenizer_config.json": settings,
	}))
		writeFileSync(join(folder, name), JSON.stringify(json));
	return architecture;
}

/**
 * A config.json of a text encoder alone, as Hugging Face saves it: width 16, 2 heads × 8, 2 layers, 60 tokens, 40
 * positions.
 */
export function encoderConfig(changes: Settings = {}): Settings {
	const shape = {
		vocab_size: 60,
		hidden_size: 16,
		num_hidden_layers: 2,
		num_attention_heads: 2,
		intermediate_size: 24,
		max_position_embeddings: 40,
	};
	return {
		model_type: "bert",
		...shape,
		hidden_act: "gelu",
		layer_norm_eps: 1e-12,
		type_vocab_size: 2,
		pad_token_id: 0,
		...changes,
	};
}

/**
 * Writes model.safetensors, config.json, tokenizer.json and tokenizer_config.json of a text encoder alone, as Hugging
 * Face saves it: WordPiece for "bert", else Unigram; two rows belong to no token. Its weights are those that the joined
 * checkpoint's names have.
 * @param prefix stands before the names in the file
 */
export function writeRandomEncoder(
	folder: string,
	config: Settings = encoderConfig(),
	{ prefix = "", seed = 1 } = {},
): Architecture {
	const architecture = encoderArchitecture({ config, tensors: new Map(), backbone: null });
	mkdirSync(folder, { recursive: true });
	const known = new Map([[`${prefix}embeddings.word_embeddings.weight`, { shape: [] }]]);
	writeRandomTensors(join(folder, "model.safetensors"), expectedTensors(architecture), seed, (name) =>
		encoderFileName(name, known),
	);
	const { tokenizer, settings } = encoderTokenizer(
		architecture.vocab_size - 2,
		config.model_type === "bert" ? "WordPiece" : "Unigram",
	);
	for (const [name, json] of Object.entries({
		"config.json": config,
		"tokenizer.json": tokenizer,
		"tokenizer_config.json": settings,
	}))
		writeFileSync(join(folder, name), JSON.stringify(json));
	return architecture;
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];

function encoderTokenizer(
	size: number,
	kind: "WordPiece" | "Unigram",
): { readonly tokenizer: unknown; readonly settings: unknown } {
	const word = kind === "WordPiece";
	const specials = word ? ["[PAD]", "[UNK]", "[CLS]", "[SEP]"] : ["<s>", "<pad>", "</s>", "<unk>"];
	const pieces = [
		...specials,
		",",
		...(word ? [...LETTERS, ...LETTERS.map((letter) => `##${letter}`)] : ["▁", ...LETTERS]),
	].slice(0, size);
	for (let at = 1; pieces.length < size; at++) pieces.push(word ? `w${at}` : `▁w${at}`);
	const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
	const metaspace = {
		type: "Metaspace",
		replacement: "▁",
		prepend_scheme: "always",
		add_prefix_space: true,
		split: true,
	};
	const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
	const tokenizer = {
		version: "1.0",
		truncation: null,
		padding: null,
		added_tokens: specials.map((content) => ({ id: pieces.indexOf(content), content, ...flags })),
		normalizer: word
			? { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }
			: { type: "NFKC" },
		pre_tokenizer: word
			? { type: "BertPreTokenizer" }
			: { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, metaspace] },
		post_processor: null,
		decoder: word ? { type: "WordPiece", prefix: "##", cleanup: true } : metaspace,
		model: word
			? { type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100, vocab }
			: {
					type: "Unigram",
					unk_id: 3,
					vocab: pieces.map((piece, id) => [piece, id < 4 ? 0 : -Math.log(id)]),
					byte_fallback: false,
				},
	};
	const names = word
		? {
				tokenizer_class: "BertTokenizer",
				cls_token: "[CLS]",
				sep_token: "[SEP]",
				pad_token: "[PAD]",
				unk_token: "[UNK]",
				do_lower_case: true,
			}
		: {
				tokenizer_class: "XLMRobertaTokenizer",
				cls_token: "<s>",
				sep_token: { content: "</s>" },
				pad_token: "<pad>",
				unk_token: "<unk>",
			};
	return { tokenizer, settings: names };
}

/** Hidden units of a random pair classifier, which no config.json says. */
const PAIR_WIDTH = 12;

/** Of a config.json with a block "umie"; one that names pair relations gets a classifier of 12 hidden units. */
export function randomArchitecture(config: Settings): Architecture {
	const named = "pair_relations" in (config.umie as object);
	return parseArchitecture(config, named ? PAIR_WIDTH : undefined);
}

/**
 * Writes a safetensors file.
 * @param nameOf what a tensor is called in the file; its numbers are those of its own name
 */
export function writeRandomTensors(
	path: string,
	shapes: ReadonlyMap<string, readonly number[]>,
	seed: number,
	nameOf = (name: string) => name,
): void {
	const own = new Map([...shapes.keys()].map((name) => [nameOf(name), name]));
	const heads = [...own].map(([name, original]) => ({ name, dtype: "float32" as const, shape: shapes.get(original)! }));
	const make = (name: string) => randomTensor(own.get(name)!, shapes.get(own.get(name)!)!, seed);
	streamSafetensors(path, heads, make, { format: "pt" });
}

/** The same numbers for the same name, shape and seed, whatever other tensors there are. */
export function randomTensor(name: string, shape: readonly number[], seed: number): Float32Array {
	const size = shape.reduce((product, dim) => product * dim, 1);
	const { centre, spread } = distribution(name, shape);
	const random = seededRandom(seed, name);
	const out = new Float32Array(size);
	for (let i = 0; i < size; i++) out[i] = centre + spread * (2 * random() - 1);
	return out;
}

/**
 * Uniform around a centre, wide enough that no part of the model vanishes, narrow enough that no soft-max saturates.
 */
function distribution(name: string, shape: readonly number[]): { readonly centre: number; readonly spread: number } {
	if (name.endsWith(".running_var")) return { centre: 1, spread: 0.5 };
	if (name.endsWith(".running_mean") || name.endsWith(".bias")) return { centre: 0, spread: 0.2 };
	if (shape.length === 1) return { centre: 1, spread: 0.3 };
	if (/^(shared|lm_head)\.|relative_attention_bias|place_bias/.test(name)) return { centre: 0, spread: 1.5 };
	const inputs = shape.slice(1).reduce((product, dim) => product * dim, 1);
	return { centre: 0, spread: Math.sqrt(3 / inputs) };
}

/** Rows of the embedding that a stock tokenizer has no piece for: T5's 32,128 rows have 32,100. */
const PADDING = 4;

/**
 * A Unigram tokenizer whose letters spell every lower-case word: specials, O1 …, a comma, "▁", a to z, then ▁w1 … up to
 * the vocabulary. A stock one has no separator and no objects, but a sentinel as its last piece, and fewer pieces than
 * the model has rows.
 */
export function randomTokenizer({ vocab_size, spot_token_id, object_token_ids }: Architecture): {
	readonly tokenizer: unknown;
	readonly settings: unknown;
} {
	const stock = spot_token_id === null;
	const specials = ["<pad>", "</s>", "<unk>", ...(stock ? [] : ["<spot>"])];
	const objects = object_token_ids.map((_, index) => `▁O${index + 1}`);
	const known = [...specials, ...objects, ",", "▁", ..."abcdefghijklmnopqrstuvwxyz"];
	const size = stock ? vocab_size - PADDING - 1 : vocab_size;
	const words = Array.from({ length: Math.max(0, size - known.length) }, (_, index) => `▁w${index + 1}`);
	const pieces = [...[...known, ...words].slice(0, size), ...(stock ? ["<extra_id_0>"] : [])];
	const added = [...specials, ...(stock ? ["<extra_id_0>"] : [])].map((content) => ({
		id: pieces.indexOf(content),
		content,
	}));
	const metaspace = {
		type: "Metaspace",
		replacement: "▁",
		prepend_scheme: "always",
		add_prefix_space: true,
		split: true,
	};
	const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
	const tokenizer = {
		version: "1.0",
		truncation: null,
		padding: null,
		added_tokens: added.map(({ id, content }) => ({ id, content, ...flags, special: content !== "<spot>" })),
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
	return {
		tokenizer,
		settings: { tokenizer_class: "T5Tokenizer", pad_token: "<pad>", eos_token: "</s>", unk_token: "<unk>" },
	};
}
