/**
 * Reads any checkpoint's config.json as the architecture that graphs are built from: a T5, and its vision, if it has
 * any.
 */

import * as z from "zod/mini";
import {
	GROUNDINGS,
	type Grounding,
	type MarkerTokens,
	MarkerTokensSchema,
	PairRelationsSchema,
	PairVoteSchema,
	RELATION_PROMPTS,
	type RelationPrompts,
	type TextEncoderKind,
} from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { INSTRUCTOR_NAMES } from "../../../src/tasks/defaults.ts";
import { type ClipResNet, pooledFeatures, type ResNet } from "./resnet.ts";

const count = z.int().check(z.gte(1), z.lte(1_000_000));
const id = z.int().check(z.gte(0), z.lte(1_000_000));

/** FLAN-T5 XXL has 24 layers, ResNet-152 36 blocks in a stage; every one is a dozen tensors looked for. */
const layers = count.check(z.lte(256));

const BackboneSchema = z.object({
	block: z.enum(["basic", "bottleneck"]),
	depths: z.array(layers).check(z.minLength(1), z.maxLength(8)),
	width: count,
	expansion: count,
	stem_kernel: count,
	stem_stride: count,
	stem_pool: z.boolean(),
	stride_in: z.literal("conv2"),
});

/** A threshold of the screen: from which probability on something is asked. */
const threshold = z.number().check(z.gte(0), z.lte(1));

const ScreenSchema = z.object({
	related: threshold,
	eventful: threshold,
	/** Hidden units of each head. */
	related_width: count,
	eventful_width: count,
});

/** What tells which pairs, and whether events, are worth asking about. */
export type ScreenPlan = z.infer<typeof ScreenSchema>;

const T5EncoderSchema = z.object({ kind: z.literal("t5") });

const BertEncoderSchema = z.object({
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

/** BERT's encoder: absolute positions, a LayerNorm behind every sub-layer, biases everywhere. */
export type BertEncoder = z.infer<typeof BertEncoderSchema>;
/** T5's own encoder: its settings are those of the T5 it is part of. */
export type T5Encoder = z.infer<typeof T5EncoderSchema>;

export interface TextEncoders {
	readonly t5: T5Encoder;
	readonly bert: BertEncoder;
}
export type TextEncoder<K extends TextEncoderKind = TextEncoderKind> = { readonly [P in K]: TextEncoders[P] }[K];

const CopyingSchema = z.object({
	/** W: width of the pointer's queries and keys. */
	width: count.check(z.lte(8192)),
	/** Buckets of the distance to the place that was copied last, as T5 counts them in both directions. */
	buckets: z._default(count.check(z.gte(4), z.multipleOf(4), z.lte(1024)), 32),
	max_distance: z._default(count, 128),
});

/** A decoder that may copy from the text. */
export type CopyingPlan = z.infer<typeof CopyingSchema>;

/** What reads two marked mentions and scores the relations between them. */
export interface PairPlan {
	/** R names, in the order of the outputs. */
	readonly relations: readonly string[];
	/** Hidden units. */
	readonly width: number;
}

/** What sees pictures; a model that reads text only has none of these settings. */
const VisionSchema = z.object({
	max_objects: count.check(z.lte(MAX_OBJECTS)),
	image_size: count,
	image_mean: z.tuple([z.number(), z.number(), z.number()]),
	image_std: z.tuple([z.number(), z.number(), z.number()]),
	backbone: BackboneSchema,
	d_v: count,
	visual_layers: layers,
	visual_relative_bias: z._default(z.boolean(), false),
	object_embedding: z._default(z.boolean(), false),
	box: z.literal("xyxy_0_1"),
	gate: z.object({
		projections: z.boolean(),
		negative_slope: z.number(),
		scale: z.literal("1/sqrt(d_model)"),
		mean: z.literal("masked"),
		signal: z.literal("dot"),
		pooled: z.literal("projected"),
	}),
	vision_trained: z._default(z.boolean(), false),
});

/** A question may be reworded, not renamed. */
const InstructorsSchema = z
	.record(z.string(), z.string().check(z.maxLength(400)))
	.check(
		z.refine(
			(own) => Object.keys(own).every((name) => INSTRUCTOR_NAMES.includes(name)),
			`knows ${INSTRUCTOR_NAMES.join(", ")}`,
		),
	);

const UmieSchema = z.object({
	spot_token_id: id,
	object_token_ids: z._default(z.array(id).check(z.maxLength(MAX_OBJECTS)), []),
	screen: z.optional(ScreenSchema),
	relations: z.optional(z.enum(RELATION_PROMPTS)),
	grounding: z.optional(z.enum(GROUNDINGS)),
	instructors: z.optional(InstructorsSchema),
	text_encoder: z.optional(z.discriminatedUnion("kind", [T5EncoderSchema, BertEncoderSchema])),
	copying: z.optional(CopyingSchema),
	marker_token_ids: z.optional(MarkerTokensSchema),
	pair_relations: z.optional(PairRelationsSchema),
	pair_vote: z.optional(PairVoteSchema),
	embedding_block: z.optional(z.literal([32, 64, 128])),
});

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
	feed_forward_proj: z._default(z.enum(["relu", "gated-gelu"]), "relu"),
	/**
	 * Ours: the trainer has evened out what stands between a feed-forward's two products, in the encoder and the decoder,
	 * so that int8 holds it.
	 */
	feed_forward_smoothed: z._default(z.boolean(), false),
	initializer_factor: z._default(z.number(), 1),
	tie_word_embeddings: z._default(z.boolean(), true),
	pad_token_id: z._default(id, 0),
	eos_token_id: z._default(id, 1),
	decoder_start_token_id: z._default(id, 0),
	n_positions: z._default(count, 512),
});

/** Settings as Hugging Face's config.json names them. */
export type T5Settings = z.infer<typeof T5Schema> & { readonly num_decoder_layers: number };

interface VisionSettings {
	readonly trained: boolean;
	readonly max_objects: number;
	/** Pixels of a crop's side. */
	readonly image_size: number;
	readonly image_mean: readonly [number, number, number];
	readonly image_std: readonly [number, number, number];
	/** Features of a crop. */
	readonly d_v: number;
	readonly visual_layers: number;
	readonly gate: { readonly projections: boolean; readonly negative_slope: number };
}

/** The paper's equations: ResNet, FC1 and FC2, a T5 stack, the gate of Eq. 6–8. */
export interface PaperVision extends VisionSettings {
	readonly kind: "paper";
	readonly backbone: ResNet;
	readonly visual_relative_bias: boolean;
	/** Whether each place (the picture, O1…O36) has an embedding, so that an output can name an object by its number. */
	readonly object_embedding: boolean;
}

/**
 * What the authors' public code computes: CLIP, a visual embedding of norms and orders, a T5 stack, a T5
 * cross-attention behind a cosine gate.
 */
export interface AuthorsVision extends VisionSettings {
	readonly kind: "authors";
	readonly backbone: ClipResNet;
	/** Whether features and boxes are normalised each, their sum, or nothing is. */
	readonly norms: "each" | "sum" | "none";
	/** Whether pictures and objects are told apart by an embedding of their order. */
	readonly order: boolean;
	/** Widths of the gate's two projections. */
	readonly gate: VisionSettings["gate"] & { readonly widths: readonly [number, number] };
}

export interface VisionKinds {
	readonly paper: PaperVision;
	readonly authors: AuthorsVision;
}
export type VisionKind = keyof VisionKinds;
export type Vision<K extends VisionKind = VisionKind> = { readonly [P in K]: VisionKinds[P] }[K];

export interface Architecture extends T5Settings {
	/** null: whatever the tokenizer has for it. */
	readonly spot_token_id: number | null;
	readonly object_token_ids: readonly number[];
	/** null: it reads text only. */
	readonly vision: Vision | null;
	/** Absent: it has no screen, and everything is asked. */
	readonly screen?: ScreenPlan;
	/** Relations that the prompts of its training listed, or whether it needs none; absent: all. */
	readonly relations?: RelationPrompts;
	/** Where it shows an entity that is in the picture; absent: where it says. */
	readonly grounding?: Grounding;
	/** Its own wordings of the prompts, by `INSTRUCTOR_NAMES`; absent: the paper's. */
	readonly instructors?: Readonly<Record<string, string>>;
	/** Absent: T5's own. */
	readonly text_encoder?: TextEncoder;
	/** There is no decoder: it can be looked at and joined with one, not exported. */
	readonly encoder_only?: boolean;
	/** Absent: the decoder writes, and copies nothing. */
	readonly copying?: CopyingPlan;
	/** Absent: mentions cannot be marked. */
	readonly marker_token_ids?: MarkerTokens;
	/** Absent: pairs have no classifier. */
	readonly pairs?: PairPlan;
	/** Weight of its vote; absent: the engine's default. */
	readonly pair_vote?: number;
	/** Numbers of a row that shared a scale where it was trained with embeddings in 4 bits. */
	readonly embedding_block?: 32 | 64 | 128;
}

/** What reads the text. */
export function textEncoderOf({ text_encoder }: Pick<Architecture, "text_encoder">): TextEncoder {
	return text_encoder ?? { kind: "t5" };
}

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

/**
 * Our own config.json, with its block "umie".
 * @param pairWidth hidden units of the checkpoint's pair classifier, which its config.json does not say; absent: it has
 * none
 * @throws Failure `checkpoint-format` naming the setting and what was found
 */
export function parseArchitecture(json: unknown, pairWidth?: number): Architecture {
	const t5 = parseT5(json);
	const { umie } = parseSettings(z.object({ umie: UmieSchema }), json);
	const {
		spot_token_id,
		object_token_ids,
		screen,
		relations,
		grounding,
		instructors,
		text_encoder,
		copying,
		marker_token_ids,
		pair_relations,
		pair_vote,
		embedding_block,
	} = umie;
	if (text_encoder?.kind === "bert") checkBert(t5, text_encoder);
	// The decoder's place bias counts a quarter of the buckets one by one in each direction; its logarithm starts there.
	if (copying !== undefined && copying.max_distance <= copying.buckets / 4)
		throw contradiction(
			`"umie.copying.max_distance" is ${copying.max_distance}, at most a quarter of the ${copying.buckets} buckets`,
		);
	checkPairs(umie, pairWidth);
	const markers =
		marker_token_ids === undefined ? [] : [...Object.values(marker_token_ids.open), marker_token_ids.close];
	const largest = Math.max(spot_token_id, ...object_token_ids, ...markers);
	if (largest >= t5.vocab_size) throw contradiction(`token ${largest} is past the vocabulary of ${t5.vocab_size}`);
	return {
		...t5,
		spot_token_id,
		object_token_ids,
		vision: parseVision(json, object_token_ids),
		...(screen && { screen }),
		...(relations && { relations }),
		...(grounding && { grounding }),
		...(instructors && { instructors }),
		...(text_encoder && { text_encoder }),
		...(copying && { copying }),
		...(marker_token_ids && { marker_token_ids }),
		...(pair_relations && pairWidth !== undefined && { pairs: { relations: pair_relations, width: pairWidth } }),
		...(pair_vote !== undefined && { pair_vote }),
		...(embedding_block && { embedding_block }),
	};
}

/** null where the block has no setting of pictures at all. */
function parseVision(json: unknown, objects: readonly number[]): PaperVision | null {
	const block = (json as { readonly umie: object }).umie;
	if (!Object.keys(VisionSchema.def.shape).some((key) => Object.hasOwn(block, key))) return null;
	const {
		vision_trained: trained,
		backbone,
		gate,
		...seen
	} = parseSettings(z.object({ umie: VisionSchema }), json).umie;
	const pooled = pooledFeatures(backbone);
	if (backbone.block === "basic" && backbone.expansion !== 1)
		throw contradiction('"umie.backbone.expansion" of basic blocks is 1');
	if (seen.d_v !== pooled)
		throw contradiction(`"umie.d_v" is ${seen.d_v}, but the backbone ends in ${pooled} features`);
	if (objects.length > seen.max_objects)
		throw contradiction(`${objects.length} object tokens for "umie.max_objects" ${seen.max_objects}`);
	return { kind: "paper", trained, backbone, gate, ...seen };
}

/** @throws Failure `checkpoint-format` */
export function checkBert(
	t5: T5Settings,
	{ num_layers, num_heads, max_position_embeddings, position_offset, start_token_id }: BertEncoder,
): void {
	if (num_layers !== t5.num_layers)
		throw contradiction(`"num_layers" is ${t5.num_layers}, but "umie.text_encoder.num_layers" is ${num_layers}`);
	if (t5.d_model % num_heads !== 0)
		throw contradiction(`"d_model" ${t5.d_model} is not a multiple of the text encoder's ${num_heads} heads`);
	const positions = max_position_embeddings - position_offset - (start_token_id === null ? 0 : 1);
	if (positions < 1)
		throw contradiction(
			`"umie.text_encoder.max_position_embeddings" is ${max_position_embeddings}, which leaves no position for a ` +
				"token of a text",
		);
	if (start_token_id !== null && start_token_id >= t5.vocab_size)
		throw contradiction(`token ${start_token_id} is past the vocabulary of ${t5.vocab_size}`);
}

function checkPairs(
	{ pair_relations: relations, marker_token_ids: markers, relations: asked }: z.infer<typeof UmieSchema>,
	width?: number,
): void {
	if (width !== undefined && relations === undefined)
		throw contradiction('there is a pair_classifier, but "umie.pair_relations" does not name its relations');
	if (relations !== undefined && new Set(relations).size < relations.length)
		throw contradiction('"umie.pair_relations" names a relation twice');
	if (asked === "marked" && markers === undefined)
		throw contradiction('"umie.relations" is "marked", but there are no "umie.marker_token_ids"');
}

/** Settings as a schema has them. @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseSettings<T extends z.ZodMiniType>(schema: T, json: unknown, file = "config.json"): z.infer<T> {
	const parsed = schema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	const found = issue?.path.reduce<unknown>(
		(at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key],
		json,
	);
	throw new Failure(
		"checkpoint-format",
		`${file}: "${issue?.path.join(".")}" is ${JSON.stringify(found) ?? "missing"}: ${issue?.message}.`,
	);
}

/** Settings that are each possible, but not together. */
function contradiction(what: string): Failure {
	return new Failure("checkpoint-format", `config.json: ${what}.`);
}
