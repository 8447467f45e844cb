/** Writes the config.json of a bundle's checkpoint, from umie.json or, of an older bundle, off weights and graphs. */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { type Settings, visionSettings } from "../checkpoint/config-of.ts";
import type { ResNet } from "../checkpoint/resnet.ts";
import { DEFAULT_TEXT_ENCODER } from "../checkpoint/text-encoders.ts";
import { FOLDED } from "../graphs/stored-names.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import { findBuckets } from "./distances.ts";

/** Where the exporter's names stand for parts of the model. */
const BACKBONE_STEM = `visual.backbone.conv1.weight${FOLDED}`;
const FIRST_BLOCK = "visual.backbone.layer1.0";

export interface DerivedConfig {
	readonly config: Settings;
	/** What nothing in the bundle tells, in sentences for a person. */
	readonly unknown: readonly string[];
}

/** @throws Failure `bundle-format` for weights that no checkpoint of ours has */
export function deriveConfig(facts: BundleFacts): DerivedConfig {
	const { manifest } = facts.bundle;
	const kept = manifest.checkpoint?.config;
	const { copying, text_encoder = DEFAULT_TEXT_ENCODER } = manifest.config;
	if (kept === undefined && (copying === true || text_encoder !== DEFAULT_TEXT_ENCODER))
		throw new Failure(
			"bundle-format",
			'umie.json has no block "checkpoint". Without it only bundles of plain T5 models can be read back.',
		);
	if (kept !== undefined) return { config: completed(kept, manifest), unknown: [] };
	const ours = facts.shape("visual.fc1.weight") !== undefined || facts.weights.has("screen.related.wi.weight");
	return { config: { ...t5Settings(facts), ...(ours && { umie: umieSettings(facts) }) }, unknown: guessed(facts) };
}

/** A checkpoint that asked its tokenizer for the separator has got one, now that its vision makes it one of ours. */
function completed(kept: Settings, { config: { spot_token_id } }: Manifest): Settings {
	return isObject(kept.umie) ? { ...kept, umie: { spot_token_id, ...kept.umie } } : kept;
}

function isObject(value: unknown): value is Settings {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function t5Settings(facts: BundleFacts): Settings {
	const { config } = facts.bundle.manifest;
	const gated = [...facts.weights.keys()].some((name) => name.startsWith("decoder.block.0.") && name.includes(".wi_0"));
	const smoothed = isSmoothed(facts);
	return {
		model_type: "t5",
		architectures: ["T5ForConditionalGeneration"],
		is_encoder_decoder: true,
		vocab_size: config.vocab_size,
		d_model: config.d_model,
		d_kv: config.d_kv,
		num_heads: config.num_heads,
		d_ff: config.d_ff,
		num_layers: config.num_layers,
		num_decoder_layers: config.num_decoder_layers,
		...buckets(facts),
		layer_norm_epsilon: epsilonOf(facts),
		feed_forward_proj: gated ? "gated-gelu" : "relu",
		...(smoothed === true && { feed_forward_smoothed: true }),
		tie_word_embeddings: !facts.weights.has("lm_head.weight"),
		pad_token_id: config.pad_token_id,
		eos_token_id: config.eos_token_id,
		decoder_start_token_id: config.decoder_start_token_id,
		n_positions: config.max_input,
	};
}

function buckets(facts: BundleFacts): Settings {
	const tables = [...facts.distanceTables(facts.bundle.manifest.config.num_heads)];
	const found = findBuckets(
		tables.filter(([name]) => name.endsWith("relative_attention_bias.weight")).map(([, table]) => table),
	);
	if (found === null) throw new Failure("bundle-format", "The tables of relative positions are not those of a T5.");
	return { relative_attention_num_buckets: found.buckets, relative_attention_max_distance: found.maxDistance };
}

/** The decoder's norms are T5's, whatever reads the text. */
function epsilonOf(facts: BundleFacts): number {
	for (const { type, attributes } of facts.nodes("decoder")) {
		const { epsilon } = attributes;
		if (/^(Skip)?SimplifiedLayerNormalization$/.test(type) && typeof epsilon === "object" && "float" in epsilon)
			return shortest(epsilon.float);
	}
	return 1e-6;
}

/** The shortest number that is the same float32: 9.999999974752427e-7 was 1e-6. */
function shortest(value: number): number {
	for (let digits = 1; digits < 9; digits++)
		if (Math.fround(Number(value.toPrecision(digits))) === value) return Number(value.toPrecision(digits));
	return value;
}

/** Products of a decoder's layer: qkv and o, q and o, wi and wo. */
const PRODUCTS = 6;

/**
 * Graphs with few bits quantise what stands before a feed-forward's second product only where it was smoothed;
 * null: nothing tells.
 */
function isSmoothed(facts: BundleFacts): boolean | null {
	const second = facts.weights.get("decoder.block.0.layer.2.DenseReluDense.wo");
	if (second === undefined || (second.packing !== ".i8" && second.packing !== ".i4")) return null;
	const quantised = facts.nodes("decoder").filter(({ type }) => type === "DynamicQuantizeMatMul").length;
	return quantised === 0 ? null : quantised >= PRODUCTS * facts.bundle.manifest.config.num_decoder_layers;
}

function umieSettings(facts: BundleFacts): Settings {
	const { config, instructors } = facts.bundle.manifest;
	const { relations, grounding } = instructors;
	const prefilter = prefilterSettings(facts);
	return {
		...seenSettings(facts),
		spot_token_id: config.spot_token_id,
		object_token_ids: config.object_token_ids,
		...(relations !== undefined && { relations }),
		...(grounding !== undefined && { grounding }),
		// The former name, which the format keeps.
		...(prefilter !== null && { screen: prefilter }),
	};
}

function seenSettings(facts: BundleFacts): Settings {
	const { config, vision } = facts.bundle.manifest;
	const { visual, gate } = config;
	if (visual === null || gate === null || facts.shape("visual.fc1.weight") === undefined) return {};
	const layers = new Set(
		[...facts.weights.keys()].flatMap((name) => /^visual\.encoder\.block\.(\d+)\./.exec(name)?.[1] ?? []),
	);
	return visionSettings({
		trained: vision === "trained",
		max_objects: visual.max_objects,
		image_size: visual.image_size,
		image_mean: visual.image_mean,
		image_std: visual.image_std,
		backbone: backboneOf(facts, visual),
		d_v: visual.d_v,
		visual_layers: layers.size,
		visual_relative_bias: [...facts.weights.keys()].some(
			(name) => name.startsWith("visual.encoder.") && name.includes("relative_attention_bias"),
		),
		object_embedding: facts.weights.has("visual.object_embedding.weight"),
		gate,
	});
}

function backboneOf(facts: BundleFacts, { depths, width }: NonNullable<Manifest["config"]["visual"]>): ResNet {
	const channels = (name: string) => facts.shape(`${FIRST_BLOCK}.${name}.weight${FOLDED}`)?.[0] ?? 1;
	const bottleneck = facts.weights.has(`${FIRST_BLOCK}.conv3.weight${FOLDED}`);
	const first = facts.nodes("visual_encoder").find(({ type }) => type === "Conv");
	const strides = first?.attributes.strides;
	return {
		block: bottleneck ? "bottleneck" : "basic",
		depths,
		width,
		expansion: bottleneck ? channels("conv3") / channels("conv2") : 1,
		stem_kernel: facts.shape(BACKBONE_STEM)?.[2] ?? 7,
		stem_stride: Array.isArray(strides) ? (strides as readonly number[])[0]! : 2,
		stem_pool: facts.nodes("visual_encoder").some(({ type }) => type === "MaxPool"),
	};
}

function prefilterSettings(facts: BundleFacts): Settings | null {
	const { screen: thresholds } = facts.bundle.manifest.config;
	if (thresholds === undefined) return null;
	const width = (head: string) => facts.shape(`screen.${head}.wi.weight`)?.[0] ?? 0;
	return { ...thresholds, related_width: width("related"), eventful_width: width("eventful") };
}

function guessed(facts: BundleFacts): string[] {
	if (isSmoothed(facts) !== null) return [];
	return [
		"whether feed-forwards were smoothed for int8: config.json says they were not, which costs an int8 bundle " +
			"some speed, no quality",
	];
}
