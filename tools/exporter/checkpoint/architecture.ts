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
} from "../../../src/bundle/manifest.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { INSTRUCTOR_NAMES } from "../../../src/tasks/defaults.ts";
import { type ClipResNet, pooledFeatures, type ResNet } from "./resnet.ts";
import { contradiction, count, id, layers, parseSettings } from "./settings.ts";
import { parseT5, type T5Settings } from "./t5-settings.ts";
import { familyOf, type TextEncoder, TextEncoderSchema } from "./text-encoders.ts";

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

/** A threshold of the prefilter: from which probability on a question is asked. */
const threshold = z.number().check(z.gte(0), z.lte(1));

const PrefilterSchema = z.object({
	related: threshold,
	eventful: threshold,
	/** Hidden units of each head. */
	related_width: count,
	eventful_width: count,
});

/** What tells which pairs, and whether events, are worth asking about. */
export type PrefilterPlan = z.infer<typeof PrefilterSchema>;

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
	/** The former name, which the format keeps. */
	screen: z.optional(PrefilterSchema),
	relations: z.optional(z.enum(RELATION_PROMPTS)),
	grounding: z.optional(z.enum(GROUNDINGS)),
	instructors: z.optional(InstructorsSchema),
	text_encoder: z.optional(TextEncoderSchema),
	copying: z.optional(CopyingSchema),
	marker_token_ids: z.optional(MarkerTokensSchema),
	pair_relations: z.optional(PairRelationsSchema),
	pair_vote: z.optional(PairVoteSchema),
	embedding_block: z.optional(z.literal([32, 64, 128])),
});

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
	/** Absent: it has no prefilter, and every question is asked. */
	readonly prefilter?: PrefilterPlan;
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
		screen: prefilter,
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
	if (text_encoder !== undefined) familyOf(text_encoder).check(t5, text_encoder);
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
		...(prefilter && { prefilter }),
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

function checkPairs(
	{ pair_relations: relations, marker_token_ids: markers, relations: prompts }: z.infer<typeof UmieSchema>,
	width?: number,
): void {
	if (width !== undefined && relations === undefined)
		throw contradiction('there is a pair_classifier, but "umie.pair_relations" does not name its relations');
	if (relations !== undefined && new Set(relations).size < relations.length)
		throw contradiction('"umie.pair_relations" names a relation twice');
	if (prompts === "marked" && markers === undefined)
		throw contradiction('"umie.relations" is "marked", but there are no "umie.marker_token_ids"');
}
