/**
 * BERT's encoder, also RoBERTa's: absolute positions, a LayerNorm behind every sub-layer, biases everywhere. Its names
 * are Hugging Face's, behind "encoder.".
 */
import * as z from "zod/mini";
import { contradiction, count, id, layers } from "../settings.ts";
import type { T5Settings } from "../t5-settings.ts";
import { addAffine, addLayerNorm, type Shapes } from "../tensor-shapes.ts";
import type { PositionTable, TextEncoderFamily } from "./family.ts";

export const BertEncoderSchema = z.object({
	kind: z.literal("bert"),
	num_layers: layers,
	num_heads: count.check(z.lte(1024)),
	d_ff: count,
	/** BERT's exact gelu (by the error function). */
	hidden_act: z._default(z.literal("gelu"), "gelu"),
	layer_norm_eps: z._default(z.number().check(z.gt(0), z.lte(1)), 1e-12),
	max_position_embeddings: count.check(z.lte(65_536)),
	/** Only row 0 is used: every token has type 0. */
	type_vocab_size: z._default(count.check(z.lte(64)), 1),
	/** Row of the positions' table that the first position reads: 0 for BERT, 2 for RoBERTa. */
	position_offset: z._default(z.int().check(z.gte(0), z.lte(1024)), 0),
	/** Put in front of every text inside the graph, its state dropped again; null: nothing is. */
	start_token_id: z._default(z.nullable(id), null),
});

export type BertEncoder = z.infer<typeof BertEncoderSchema>;

/** The tables that are added to the word embeddings. */
const NAMES: PositionTable["names"] = {
	positions: "encoder.embeddings.position_embeddings.weight",
	types: "encoder.embeddings.token_type_embeddings.weight",
};

export const BERT_FAMILY: TextEncoderFamily<BertEncoder> = {
	check: checkBert,
	addTensors: addBert,
	maxTokens,
	describe: describeBert,
	withStartToken: (encoder, start_token_id) => ({ ...encoder, start_token_id }),
	positions: ({ position_offset: offset, start_token_id: start }) => ({ names: NAMES, offset, start }),
};

function checkBert(t5: T5Settings, encoder: BertEncoder): void {
	const { num_layers, num_heads, max_position_embeddings, start_token_id } = encoder;
	if (num_layers !== t5.num_layers)
		throw contradiction(`"num_layers" is ${t5.num_layers}, but "umie.text_encoder.num_layers" is ${num_layers}`);
	if (t5.d_model % num_heads !== 0)
		throw contradiction(`"d_model" ${t5.d_model} is not a multiple of the text encoder's ${num_heads} heads`);
	if (maxTokens(encoder) < 1)
		throw contradiction(
			`"umie.text_encoder.max_position_embeddings" is ${max_position_embeddings}, which leaves no position for a ` +
				"token of a text",
		);
	if (start_token_id !== null && start_token_id >= t5.vocab_size)
		throw contradiction(`token ${start_token_id} is past the vocabulary of ${t5.vocab_size}`);
}

function maxTokens({ max_position_embeddings, position_offset, start_token_id }: BertEncoder): number {
	return max_position_embeddings - position_offset - (start_token_id === null ? 0 : 1);
}

function addBert(
	out: Shapes,
	{ d_model: d }: T5Settings,
	{ num_layers, d_ff, max_position_embeddings, type_vocab_size }: BertEncoder,
): void {
	out.set(NAMES.positions, [max_position_embeddings, d]);
	out.set(NAMES.types, [type_vocab_size, d]);
	addLayerNorm(out, "encoder.embeddings.LayerNorm", d);
	for (let layer = 0; layer < num_layers; layer++) {
		const at = `encoder.layer.${layer}`;
		for (const part of ["query", "key", "value"]) addAffine(out, `${at}.attention.self.${part}`, d, d);
		addAffine(out, `${at}.attention.output.dense`, d, d);
		addLayerNorm(out, `${at}.attention.output.LayerNorm`, d);
		addAffine(out, `${at}.intermediate.dense`, d_ff, d);
		addAffine(out, `${at}.output.dense`, d, d_ff);
		addLayerNorm(out, `${at}.output.LayerNorm`, d);
	}
}

function describeBert(
	{ d_model }: T5Settings,
	{ num_layers, num_heads, d_ff, max_position_embeddings, position_offset, start_token_id }: BertEncoder,
): string {
	const from = position_offset === 0 ? "" : ` from ${position_offset} on`;
	const start = start_token_id === null ? "" : `, token ${start_token_id} in front`;
	return (
		`BERT encoder ${num_layers} layers, ${num_heads} heads × ${d_model / num_heads}, feed-forward ${d_ff}, ` +
		`${max_position_embeddings} positions${from}${start}`
	);
}
