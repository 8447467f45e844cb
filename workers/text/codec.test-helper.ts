/** Codecs over any tokenizer.json that has a separator, for tests. */
import type { ModelConfig } from "../../src/bundle/manifest.ts";
import { createCodec, type PlacedCodec } from "./codec.ts";

export const tinyConfig: ModelConfig = {
	vocab_size: 300_000,
	d_model: 256,
	d_kv: 32,
	num_heads: 8,
	d_ff: 640,
	num_layers: 4,
	num_decoder_layers: 2,
	pad_token_id: 0,
	eos_token_id: 1,
	decoder_start_token_id: 0,
	spot_token_id: 3,
	object_token_ids: [],
	max_input: 512,
	visual: null,
	gate: null,
};

export function codecOf(tokenizerJson: unknown, config: Partial<ModelConfig> = {}): PlacedCodec {
	const { added_tokens } = tokenizerJson as {
		readonly added_tokens: readonly { readonly content: string; readonly id: number }[];
	};
	const spot_token_id = added_tokens.find(({ content }) => content === "<spot>")?.id ?? -1;
	return createCodec(tokenizerJson, {}, { ...tinyConfig, spot_token_id, ...config });
}
