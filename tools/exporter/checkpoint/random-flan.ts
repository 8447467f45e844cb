/**
 * Writes a checkpoint folder of a T5's true shapes (FLAN-T5 small to XXL are listed here) with random weights, as T5
 * starts: the same for the same seed, a few MB in memory at a time.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DTYPES } from "../onnx/dtype.ts";
import type { Architecture } from "./architecture.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { initialTensor } from "./initial-weights.ts";
import { randomTokenizer } from "./random-checkpoint.ts";
import { streamShards } from "./safetensors-writer.ts";
import { seededRandom } from "./seeded-random.ts";
import { parseT5 } from "./t5-settings.ts";

const shape = (d_model: number, d_ff: number, num_heads: number, layers: number) => {
	return { d_model, d_ff, num_heads, d_kv: 64, num_layers: layers, num_decoder_layers: layers, vocab_size: 32_128 };
};

/** config.json of google/flan-t5-small to -xxl. */
export const FLAN_SHAPES = {
	small: shape(512, 1024, 6, 8),
	base: shape(768, 2048, 12, 12),
	large: shape(1024, 2816, 16, 24),
	xl: shape(2048, 5120, 32, 24),
	xxl: shape(4096, 10_240, 64, 24),
} as const;
export type FlanSize = keyof typeof FLAN_SHAPES;

export const FLAN_DTYPES = { fp32: "float32", bf16: "bfloat16" } as const;
export type FlanDType = keyof typeof FLAN_DTYPES;

export interface RandomOptions {
	readonly dtype: FlanDType;
	readonly seed: number;
	/** Most bytes of tensors in a file. */
	readonly shardBytes?: number;
}

/** What Hugging Face's own checkpoints of this size have. */
const SHARD_BYTES = 5e9;
/** Elements made at once. */
const PIECE = 1 << 20;
/** A tensor's numbers are drawn from so many of T5's start: 5 ns each instead of 80. */
const DRAWN = 1 << 14;

export function flanConfig(size: FlanSize): Readonly<Record<string, unknown>> {
	return {
		architectures: ["T5ForConditionalGeneration"],
		...FLAN_SHAPES[size],
		feed_forward_proj: "gated-gelu",
		tie_word_embeddings: false,
	};
}

/** A stock T5 of these settings. */
export function stockArchitecture(config: unknown): Architecture {
	return { ...parseT5(config), spot_token_id: null, object_token_ids: [], vision: null };
}

/** Bytes of all tensors. */
export function flanBytes(size: FlanSize, dtype: FlanDType): number {
	const elements = [...expectedTensors(stockArchitecture(flanConfig(size))).values()].map((dims) =>
		dims.reduce((product, dim) => product * dim, 1),
	);
	return elements.reduce((sum, count) => sum + count, 0) * DTYPES[FLAN_DTYPES[dtype]].bytes;
}

/** Writes the weights, config.json, tokenizer.json and tokenizer_config.json. @returns the architecture */
export function writeRandomT5(
	folder: string,
	config: Readonly<Record<string, unknown>>,
	{ dtype, seed, shardBytes = SHARD_BYTES }: RandomOptions,
): Architecture {
	const architecture = stockArchitecture(config);
	const shapes = expectedTensors(architecture);
	mkdirSync(folder, { recursive: true });
	const heads = [...shapes].map(([name, dims]) => ({ name, dtype: FLAN_DTYPES[dtype], shape: dims }));
	const make = (name: string) => {
		const dims = shapes.get(name)!;
		const count = dims.reduce((product, dim) => product * dim, 1);
		const start = initialTensor(name, dims, architecture, seed, 0, Math.min(count, DRAWN));
		return draw(dtype === "bf16" ? upperHalves(start) : start, count, seededRandom(seed, `${name}, drawn`));
	};
	streamShards(folder, heads, make, shardBytes);
	const { tokenizer, settings } = randomTokenizer(architecture);
	const files = { "config.json": config, "tokenizer.json": tokenizer, "tokenizer_config.json": settings };
	for (const [name, json] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(json));
	return architecture;
}

/** So many numbers of `from`, in pieces. */
function* draw<T extends Float32Array | Uint16Array>(from: T, count: number, random: () => number): Iterable<T> {
	for (let left = count; left > 0; left -= PIECE) {
		const length = Math.min(left, PIECE);
		const out = (from instanceof Float32Array ? new Float32Array(length) : new Uint16Array(length)) as T;
		for (let i = 0; i < out.length; i++) out[i] = from[Math.floor(random() * from.length)]!;
		yield out;
	}
}

/** float32 → bfloat16, cut off: the numbers are random anyway. */
function upperHalves(data: Float32Array): Uint16Array {
	const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
	const out = new Uint16Array(data.length);
	for (let i = 0; i < out.length; i++) out[i] = words[i]! >>> 16;
	return out;
}
