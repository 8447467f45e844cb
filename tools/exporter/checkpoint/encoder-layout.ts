/**
 * Reads what Hugging Face saves of a text encoder alone: BERT, RoBERTa and XLM-RoBERTa, also as the transformer of a
 * sentence-transformers folder.
 */
import * as z from "zod/mini";
import type { Architecture } from "./architecture.ts";
import type { Found, Shapes } from "./layout.ts";
import { count, parseSettings } from "./settings.ts";
import { parseT5 } from "./t5-settings.ts";
import { BERT_FAMILY, type BertEncoder } from "./text-encoders/bert.ts";

/** What differs between the kinds, by `model_type` of config.json. */
const MODEL_TYPES = {
	bert: { offset: () => 0 },
	/** Its positions are counted from behind the padding token's id. */
	roberta: { offset: (pad: number) => pad + 1 },
	"xlm-roberta": { offset: (pad: number) => pad + 1 },
} as const satisfies Record<string, { offset(pad: number): number }>;

const ConfigSchema = z.object({
	model_type: z._default(z.enum(Object.keys(MODEL_TYPES) as (keyof typeof MODEL_TYPES)[]), "bert"),
	vocab_size: count,
	hidden_size: count.check(z.lte(65_536)),
	num_hidden_layers: count.check(z.lte(256)),
	num_attention_heads: count.check(z.lte(1024)),
	intermediate_size: count,
	hidden_act: z._default(z.literal("gelu"), "gelu"),
	layer_norm_eps: z._default(z.number().check(z.gt(0), z.lte(1)), 1e-12),
	max_position_embeddings: count.check(z.lte(65_536)),
	type_vocab_size: z._default(count.check(z.lte(64)), 2),
	pad_token_id: z._default(z.nullable(z.int().check(z.gte(0), z.lte(1_000_000))), 0),
	position_embedding_type: z.optional(z.nullable(z.literal("absolute"))),
});

/** Heads, pooling and counters that a reader of texts does not need. */
export const ENCODER_IGNORED =
	/(^|\.)(pooler|cls|lm_head|classifier|qa_outputs)\.|embeddings\.(position_ids|token_type_ids)$/;

/** What stands before the names of some files. */
const PREFIXES = ["", "bert.", "roberta."] as const;
const EMBEDDINGS = "embeddings.word_embeddings.weight";

export function isEncoder({ config, tensors }: Found): boolean {
	const type = typeof config === "object" && config !== null && "model_type" in config ? config.model_type : undefined;
	return (
		(typeof type === "string" && Object.hasOwn(MODEL_TYPES, type)) ||
		PREFIXES.some((prefix) => tensors.has(`${prefix}${EMBEDDINGS}`))
	);
}

/**
 * "encoder.layer.0 …" and "encoder.embeddings …" as the file calls them; "shared.weight" is its word embeddings. Files
 * of before 2019 call the weight and bias of a norm gamma and beta.
 */
export function encoderFileName(name: string, tensors: Shapes): string {
	const prefix = PREFIXES.find((candidate) => tensors.has(`${candidate}${EMBEDDINGS}`)) ?? "";
	const own = name === "shared.weight" ? EMBEDDINGS : name.replace(/^encoder\.embeddings\./, "embeddings.");
	const old = `${prefix}${own}`
		.replace(/LayerNorm\.weight$/, "LayerNorm.gamma")
		.replace(/LayerNorm\.bias$/, "LayerNorm.beta");
	return tensors.has(old) ? old : `${prefix}${own}`;
}

/** Layers of the decoder an encoder is joined with where no checkpoint has one, and the width of its heads. */
const DECODER = { layers: 2, head: 32 } as const;

/**
 * The encoder, and beside it the settings of the small decoder it can be joined with.
 * @throws Failure `checkpoint-format` naming the setting and what was found
 */
export function encoderArchitecture({ config }: Found): Architecture {
	const { model_type, hidden_size: width, pad_token_id, ...settings } = parseSettings(ConfigSchema, config);
	const pad = pad_token_id ?? 0;
	const offset = MODEL_TYPES[model_type].offset(pad);
	const encoder: BertEncoder = {
		kind: "bert",
		num_layers: settings.num_hidden_layers,
		num_heads: settings.num_attention_heads,
		d_ff: settings.intermediate_size,
		hidden_act: settings.hidden_act,
		layer_norm_eps: settings.layer_norm_eps,
		max_position_embeddings: settings.max_position_embeddings,
		type_vocab_size: settings.type_vocab_size,
		position_offset: offset,
		start_token_id: null,
	};
	const head = width % DECODER.head === 0 ? DECODER.head : width / settings.num_attention_heads;
	const t5 = parseT5({
		vocab_size: settings.vocab_size,
		d_model: width,
		d_kv: Math.max(1, Math.floor(head)),
		num_heads: Math.max(1, Math.floor(width / head)),
		d_ff: 2 * width,
		num_layers: encoder.num_layers,
		num_decoder_layers: DECODER.layers,
		feed_forward_proj: "gated-gelu",
		pad_token_id: pad,
		decoder_start_token_id: pad,
		// Of the tokenizer, which is read where the two are joined.
		eos_token_id: pad,
		n_positions: Math.max(1, encoder.max_position_embeddings - offset),
	});
	BERT_FAMILY.check(t5, encoder);
	return { ...t5, spot_token_id: null, object_token_ids: [], vision: null, text_encoder: encoder, encoder_only: true };
}
