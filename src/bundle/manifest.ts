/**
 * Checks the JSON of `umie.json`, which may come from anywhere, and gives its type: what tools write and workers
 * read.
 */

import * as z from "zod/mini";
import { CalibrationSchema } from "../core/calibration.ts";
import { Failure } from "../core/failure.ts";
import { MAX_OBJECTS } from "../core/limits.ts";

const count = z.int().check(z.gte(1), z.lte(1_000_000));
const id = z.int().check(z.gte(0), z.lte(1_000_000));
const probability = z.number().check(z.gte(0), z.lte(1));
/** A path inside the bundle folder: no way out of it, no address. */
const path = z.string().check(z.regex(/^(?!.*\.\.)(?!(.*\/)?\.(\/|$))[\w.-]+(\/[\w.-]+)*$/));

/** What a graph does; see CONTRIBUTING, "The graphs", for inputs and outputs. */
const GRAPH_ROLES = [
	"text_encoder",
	"visual_encoder",
	"gated_attention",
	"decoder_context",
	"decoder",
	"decoder_extractive",
	"region_proposer",
	"screen",
	"pair_classifier",
] as const;
export type GraphRole = (typeof GRAPH_ROLES)[number];
/** What a graph is shaped for. One file serves both unless the manifest names a second one under `webgpu`. */
export const GRAPH_TARGETS = ["wasm", "webgpu"] as const;
export type GraphTarget = (typeof GRAPH_TARGETS)[number];

/**
 * Graphs that every bundle can do without, each with the name of its settings: a proposer of regions that needs no
 * weights serves, and everything is asked.
 */
const OPTIONAL_ROLES = {
	region_proposer: "proposer",
	// The former name of the prefilter, which the format keeps.
	screen: "screen",
	pair_classifier: "pair_relations",
} as const satisfies Partial<Record<GraphRole, keyof ModelConfig>>;
type OptionalRole = keyof typeof OPTIONAL_ROLES;
/** Graphs of the model itself. */
export const MODEL_ROLES = GRAPH_ROLES.filter(
	(role): role is Exclude<GraphRole, OptionalRole> => !Object.hasOwn(OPTIONAL_ROLES, role),
);
/** Graphs a text-only bundle does without. */
export const VISUAL_ROLES: readonly GraphRole[] = ["visual_encoder", "gated_attention"];

/**
 * Pieces that may stand between two records, in the order they are looked for: ours; T5's first sentinel, a piece no
 * text has; the same as mT5 spells it.
 */
export const SEPARATORS: readonly string[] = ["<spot>", "<extra_id_0>", "▁<extra_id_0>"];

/** How a checkpoint learned to be asked about pairs of entities (`instructors.relations`). */
export const RELATION_PROMPTS = ["all", "fitting", "read", "marked"] as const;
export type RelationPrompts = (typeof RELATION_PROMPTS)[number];

/**
 * Families of text encoders (`config.text_encoder`): T5's stack, or BERT's (also RoBERTa's, whose positions begin
 * later).
 */
const TEXT_ENCODER_KINDS = ["t5", "bert"] as const;
export type TextEncoderKind = (typeof TEXT_ENCODER_KINDS)[number];

/**
 * Types of mentions that have an opening marker of their own (`config.marker_token_ids`); "other" marks all further
 * types.
 */
export const MARKED_TYPES = ["person", "location", "organization", "miscellaneous", "other"] as const;
export type MarkedType = (typeof MARKED_TYPES)[number];

/** Weight of the pair classifier's vote where neither checkpoint nor manifest names one. */
export const DEFAULT_PAIR_VOTE = 0.7;

/**
 * Which region shows an entity that is in the picture (`instructors.grounding`): the object that is named,
 * or what its words looked at.
 */
export const GROUNDINGS = ["said", "seen"] as const;
export type Grounding = (typeof GROUNDINGS)[number];

/**
 * Ids of the pieces that mark mentions for the question about pairs: `<m:person>` … `<m:other>` open one, `</m>` closes
 * it.
 */
export const MarkerTokensSchema = z.object({
	open: z.object({ person: id, location: id, organization: id, miscellaneous: id, other: id } satisfies Record<
		MarkedType,
		typeof id
	>),
	close: id,
});
export type MarkerTokens = z.infer<typeof MarkerTokensSchema>;

/**
 * Names of the relations that `pair_classifier` scores, in the order of its outputs, the name for "not related" among
 * them.
 */
export const PairRelationsSchema = z
	.array(z.string().check(z.minLength(1), z.maxLength(80)))
	.check(z.minLength(1), z.maxLength(256));

/** How much the pair classifier's vote counts beside the decoder's: 0 not at all, 1 it decides alone. */
export const PairVoteSchema = probability;

const ends = z.enum(["head", "tail"]);

/**
 * What a relation joins and what it rules out, so that the relations of a result do not contradict each other; what is
 * absent is not ruled out.
 */
const RelationRuleSchema = z.object({
	/** `[head type, tail type]` that it may join. */
	joins: z.optional(z.readonly(z.array(z.readonly(z.tuple([z.string(), z.string()]))))),
	/** It holds both ways; one that does not holds one way only. */
	symmetric: z.optional(z.boolean()),
	/** Its ends are one thing under two names: no other relation joins them. */
	alias: z.optional(z.boolean()),
	/** Ends that have it only once, but for things of which one lies within the other ("born in Houston, Texas"). */
	once: z.optional(z.readonly(z.array(ends))),
	/** The end that lies within the other one; nothing lies within itself, over however many steps. */
	within: z.optional(ends),
});
export type RelationRule = z.infer<typeof RelationRuleSchema>;

const GraphSchema = z.object({
	file: path,
	/** The graph that serves WebGPU, where another shape is better there; same inputs, outputs and weights. */
	webgpu: z.optional(path),
	inputs: z.array(z.string()),
	outputs: z.array(z.string()),
	weights: z.array(path),
});

const ConfigSchema = z.object({
	/** V */
	vocab_size: count,
	/** D */
	d_model: count,
	/** H */
	d_kv: count,
	/** N */
	num_heads: count,
	d_ff: count,
	num_layers: count,
	num_decoder_layers: count,
	pad_token_id: id,
	eos_token_id: id,
	decoder_start_token_id: id,
	spot_token_id: id,
	object_token_ids: z.array(id),
	/** Longest input in tokens the model was made for. */
	max_input: count,
	/** S: tokens a row of the decoder may be fed in one run; absent: 1. */
	max_step_tokens: z.optional(z.int().check(z.gte(1), z.lte(64))),
	visual: z.nullable(
		z.object({
			/** Pixels of a crop's side; 37 larger crops are too much for a page. */
			image_size: z.int().check(z.gte(1), z.lte(1024)),
			image_mean: z.tuple([z.number(), z.number(), z.number()]),
			image_std: z.tuple([z.number(), z.number(), z.number()]),
			/** Results and vocabularies have names for O1…O36. */
			max_objects: z.int().check(z.gte(1), z.lte(MAX_OBJECTS)),
			d_v: count,
			depths: z.array(count),
			width: count,
		}),
	),
	gate: z.nullable(z.object({ negative_slope: z.number(), projections: z.boolean() })),
	/** How the graph `region_proposer` sees, where there is one. */
	proposer: z.optional(
		z.object({
			/** Pixels of the square it reads; a picture stands at its top left. */
			image_size: z.int().check(z.gte(32), z.lte(1024)),
			image_mean: z.tuple([z.number(), z.number(), z.number()]),
			image_std: z.tuple([z.number(), z.number(), z.number()]),
			/** Pixels between two cells of its outputs. */
			stride: z.int().check(z.gte(1), z.lte(64)),
			/** What each heat map finds, as regions are labelled. Two may find the same kind. */
			kinds: z.array(z.string().check(z.minLength(1), z.maxLength(40))).check(z.minLength(1), z.maxLength(16)),
			/** Boxes with a lower score are left out. */
			threshold: probability,
		}),
	),
	/** The probability from which on the graph `screen` lets a pair, or events, be asked about. */
	screen: z.optional(z.object({ related: probability, eventful: probability })),
	/** Which family of encoders reads the text; absent: "t5". The graph's inputs and outputs are the same for all. */
	text_encoder: z.optional(z.enum(TEXT_ENCODER_KINDS)),
	/**
	 * The decoder may copy from the text: its graphs take `places`, `pointer_key` and `text_mask` and give
	 * `pointer_scores`; absent: false.
	 */
	copying: z.optional(z.boolean()),
	/** Absent: mentions cannot be marked. */
	marker_token_ids: z.optional(MarkerTokensSchema),
	/** What the graph `pair_classifier` scores, where there is one. */
	pair_relations: z.optional(PairRelationsSchema),
	/** Weight of its vote; absent: `DEFAULT_PAIR_VOTE`. */
	pair_vote: z.optional(PairVoteSchema),
});

export const ManifestSchema = z.object({
	format: z.literal("umie-bundle/1"),
	name: z.string(),
	description: z.optional(z.string()),
	config: ConfigSchema,
	dtype: z.enum(["fp32", "fp16", "bf16", "int8", "int4"]),
	/** How the vocabulary's table is stored where that is not as `dtype` says (int4 stores it as int8). */
	embeddings: z.optional(z.enum(["int4"])),
	graphs: z.partialRecord(z.enum(GRAPH_ROLES), GraphSchema),
	/** Every other file of the bundle, by path. */
	files: z.record(
		path,
		z.object({ bytes: z.int().check(z.gte(0)), sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)) }),
	),
	languages: z.array(z.string()),
	license: z.string(),
	trained_on: z.array(z.string()),
	metrics: z.array(
		z.object({ dataset: z.string(), split: z.string(), metric: z.string(), value: z.number(), decoding: z.string() }),
	),
	/**
	 * What the precision costs, measured by the exporter against float32 graphs of the same checkpoint, one entry per
	 * kind of graphs.
	 */
	quality: z.optional(
		z.array(
			z.object({
				graphs: z.enum(GRAPH_TARGETS),
				posts: count,
				/** Largest difference of a logit, over every step of every output. */
				logit_difference: z.number(),
				/** Share of posts whose best output is the same, 0…1. */
				same_outputs: z.number(),
			}),
		),
	),
	/** Prompt templates and label lists the checkpoint was trained with. */
	instructors: z.object({
		mner: z.record(z.string(), z.string()),
		mre: z.string(),
		med: z.string(),
		meae: z.string(),
		/** Templates of further tasks, by the name of the generation ("gmner", …). */
		tasks: z.optional(z.record(z.string(), z.string())),
		/**
		 * Which relations the prompt of a pair with known types lists: "all" of them (absent: so), or those "fitting" the
		 * types. "read": no prompt is needed, pairs are asked about on what was read for the entities; where they have one
		 * anyway, it lists those that fit. "marked": all pairs of a text are asked about on one further reading, in
		 * which every mention stands between markers (`config.marker_token_ids`).
		 */
		relations: z.optional(z.enum(RELATION_PROMPTS)),
		/** Rules of its own relations, before the built-in ones of MNRE's. */
		relation_rules: z.optional(z.record(z.string(), RelationRuleSchema)),
		/**
		 * "seen": the checkpoint's attention was taught where mentions are, and points better than its decoder numbers
		 * regions; absent: "said".
		 */
		grounding: z.optional(z.enum(GROUNDINGS)),
		labels: z.object({
			entity_types: z.array(z.string()),
			relation_types: z.array(z.string()),
			event_types: z.array(z.string()),
			argument_roles: z.record(z.string(), z.array(z.string())),
			/** Fine types by coarse type (FMNERG). */
			fine_types: z.optional(z.record(z.string(), z.array(z.string()))),
			/** Relations between an object of the picture and an entity (MORE). */
			object_relation_types: z.optional(z.array(z.string())),
		}),
	}),
	/** Maps from scores to probabilities, fitted by `umie calibrate`; absent: scores are relative. */
	calibration: z.optional(CalibrationSchema),
	vision: z.enum(["trained", "untrained", "none"]),
	/**
	 * Generations the checkpoint was trained for; absent: mner, mre, med and meae. Others are offered as experimental.
	 */
	tasks: z.optional(z.array(z.string())),
	/**
	 * Data that the engine does not need, kept so that `umie read-back` can write the checkpoint again; absent in older
	 * bundles.
	 */
	checkpoint: z.optional(
		z.object({
			/** Its config.json. */
			config: z.record(z.string(), z.unknown()),
			/** Kinds of the region proposer: what they are called in training → as regions are labelled. */
			proposer_kinds: z.optional(z.record(z.string(), z.string())),
			/** `--float-activations` of its export. */
			float_activations: z.optional(z.string()),
		}),
	),
});

/** A bundle's `umie.json`, after its check. */
export type Manifest = z.infer<typeof ManifestSchema>;
export type ProposerConfig = NonNullable<ModelConfig["proposer"]>;
export type ModelConfig = z.infer<typeof ConfigSchema>;
export type GraphEntry = z.infer<typeof GraphSchema>;

/** The file of a graph that was shaped for `target`, else the one that serves all. */
export function graphFile({ file, webgpu }: Pick<GraphEntry, "file" | "webgpu">, target: GraphTarget): string {
	return target === "webgpu" ? (webgpu ?? file) : file;
}

/** @throws Failure `bundle-format` naming what was found and where. */
export function parseManifest(json: unknown): Manifest {
	const format = typeof json === "object" && json !== null && "format" in json ? json.format : undefined;
	if (format !== "umie-bundle/1")
		throw new Failure(
			"bundle-format",
			`umie.json: expected format "umie-bundle/1", found ${JSON.stringify(format) ?? "none"}.`,
		);
	const parsed = ManifestSchema.safeParse(json);
	if (!parsed.success) {
		const first = parsed.error.issues[0];
		throw new Failure(
			"bundle-format",
			`umie.json: ${first?.path.join(".") || "the file"}: ${first?.message ?? "not understood"}.`,
		);
	}
	checkOptionalGraphs(parsed.data);
	checkMarkers(parsed.data);
	return parsed.data;
}

/**
 * A graph without its settings, or settings without their graph, is half of a bundle.
 * @throws Failure `bundle-format`
 */
function checkOptionalGraphs({ graphs, config }: Manifest): void {
	for (const [role, settings] of Object.entries(OPTIONAL_ROLES) as [
		OptionalRole,
		(typeof OPTIONAL_ROLES)[OptionalRole],
	][]) {
		if ((graphs[role] === undefined) === (config[settings] === undefined)) continue;
		const [there, missing] =
			graphs[role] === undefined ? [`config.${settings}`, `graphs.${role}`] : [`graphs.${role}`, `config.${settings}`];
		throw new Failure("bundle-format", `umie.json has ${there} but not ${missing}: a bundle needs both or neither.`);
	}
}

/** Relations that are asked about on marked mentions need the markers. @throws Failure `bundle-format` */
function checkMarkers({ config, instructors }: Manifest): void {
	if (instructors.relations === "marked" && config.marker_token_ids === undefined)
		throw new Failure(
			"bundle-format",
			`umie.json: instructors.relations is "marked", but config.marker_token_ids is missing.`,
		);
}
