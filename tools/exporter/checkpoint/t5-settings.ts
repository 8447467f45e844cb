/** Reads the settings of a T5 from the config.json of any layout. */
import * as z from "zod/mini";
import { contradiction, count, id, layers, parseSettings } from "./settings.ts";

const T5Schema = z.object({
	vocab_size: count,
	d_model: count,
	d_kv: count,
	num_heads: count,
	d_ff: count,
	num_layers: layers,
	num_decoder_layers: z.optional(layers),
	relative_attention_num_buckets: z._default(count.check(z.gte(4), z.multipleOf(4)), 32),
	relative_attention_max_distance: z._default(count, 128),
	layer_norm_epsilon: z._default(z.number(), 1e-6),
	/** T5 1.0 says nothing, and means relu. */
	feed_forward_proj: z._default(z.enum(["relu", "gated-gelu", "gated-silu"]), "relu"),
	/**
	 * Ours: the trainer has evened out what stands between a feed-forward's two products, in the encoder and the decoder,
	 * so that int8 holds it.
	 */
	feed_forward_smoothed: z._default(z.boolean(), false),
	/** umT5: every layer has a table of relative positions of its own; absent: the first serves all. */
	relative_bias_each: z.optional(z.boolean()),
	initializer_factor: z._default(z.number(), 1),
	tie_word_embeddings: z._default(z.boolean(), true),
	/** transformers 5; absent: as `tie_word_embeddings`. */
	scale_decoder_outputs: z.optional(z.boolean()),
	pad_token_id: z._default(id, 0),
	eos_token_id: z._default(id, 1),
	decoder_start_token_id: z._default(id, 0),
	n_positions: z._default(count, 512),
});

/** Settings as Hugging Face's config.json names them. */
export type T5Settings = z.infer<typeof T5Schema> & { readonly num_decoder_layers: number };

/** The T5 of any layout. @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseT5(json: unknown): T5Settings {
	const parsed = parseSettings(T5Schema, json);
	const settings = { ...parsed, num_decoder_layers: parsed.num_decoder_layers ?? parsed.num_layers };
	const {
		vocab_size: vocabulary,
		relative_attention_num_buckets: buckets,
		relative_attention_max_distance: distance,
	} = settings;
	const largest = Math.max(settings.pad_token_id, settings.eos_token_id, settings.decoder_start_token_id);
	if (largest >= vocabulary) throw contradiction(`token ${largest} is past the vocabulary of ${vocabulary}`);
	// The decoder counts half of the buckets one by one; its logarithm starts there.
	if (distance <= buckets / 2)
		throw contradiction(`"relative_attention_max_distance" is ${distance}, at most half of the ${buckets} buckets`);
	return settings;
}
