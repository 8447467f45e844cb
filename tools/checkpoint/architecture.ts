/** Goes in: a checkpoint's config.json, from anywhere. Comes out: the architecture the graphs are built from: a T5, and what sees pictures, if anything does. */
import * as z from "zod/mini";
import { GROUNDINGS, type Grounding, RELATION_PROMPTS, type RelationPrompts } from "../../src/bundle/manifest.ts";
import { Failure } from "../../src/core/failure.ts";
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

const UmieSchema = z.object({
	max_objects: count.check(z.lte(36)),
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
	spot_token_id: id,
	object_token_ids: z._default(z.array(id).check(z.maxLength(36)), []),
	screen: z.optional(ScreenSchema),
	relations: z.optional(z.enum(RELATION_PROMPTS)),
	grounding: z.optional(z.enum(GROUNDINGS)),
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
	/** Ours: the trainer has evened out what stands between a feed-forward's two products, in the encoder and the decoder, so that int8 holds it. */
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

/** What the authors' public code computes: CLIP, a visual embedding of norms and orders, a T5 stack, a T5 cross-attention behind a cosine gate. */
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
}

/** The T5 of any layout. @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseT5(json: unknown): T5Settings {
	const parsed = parse(T5Schema, json);
	const settings = { ...parsed, num_decoder_layers: parsed.num_decoder_layers ?? parsed.num_layers };
	const { vocab_size: vocabulary, relative_attention_num_buckets: buckets, relative_attention_max_distance: distance } = settings;
	const largest = Math.max(settings.pad_token_id, settings.eos_token_id, settings.decoder_start_token_id);
	if (largest >= vocabulary) throw contradiction(`token ${largest} is past the vocabulary of ${vocabulary}`);
	// The decoder counts half of the buckets one by one; its logarithm starts there.
	if (distance <= buckets / 2) throw contradiction(`"relative_attention_max_distance" is ${distance}, at most half of the ${buckets} buckets`);
	return settings;
}

/** Our own config.json, with its block "umie". @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseArchitecture(json: unknown): Architecture {
	const t5 = parseT5(json);
	const { umie } = parse(z.object({ umie: UmieSchema }), json);
	const { spot_token_id, object_token_ids, vision_trained: trained, backbone, gate, screen, relations, grounding, ...seen } = umie;
	const pooled = pooledFeatures(backbone);
	const largest = Math.max(spot_token_id, ...object_token_ids);
	if (backbone.block === "basic" && backbone.expansion !== 1) throw contradiction('"umie.backbone.expansion" of basic blocks is 1');
	if (seen.d_v !== pooled) throw contradiction(`"umie.d_v" is ${seen.d_v}, but the backbone ends in ${pooled} features`);
	if (largest >= t5.vocab_size) throw contradiction(`token ${largest} is past the vocabulary of ${t5.vocab_size}`);
	if (object_token_ids.length > seen.max_objects)
		throw contradiction(`${object_token_ids.length} object tokens for "umie.max_objects" ${seen.max_objects}`);
	const vision = { kind: "paper", trained, backbone, gate, ...seen } as const;
	const asked = { ...(relations && { relations }), ...(grounding && { grounding }) };
	return { ...t5, spot_token_id, object_token_ids, vision, ...(screen && { screen }), ...asked };
}

function parse<T extends z.ZodMiniType>(schema: T, json: unknown): z.infer<T> {
	const parsed = schema.safeParse(json);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	const found = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], json);
	throw new Failure("checkpoint-format", `config.json: "${issue?.path.join(".")}" is ${JSON.stringify(found) ?? "missing"}: ${issue?.message}.`);
}

/** Settings that are each possible, but not together. */
function contradiction(what: string): Failure {
	return new Failure("checkpoint-format", `config.json: ${what}.`);
}
