/** Describes a recognised architecture in lines for a person: text, vision, and what further parts there are. */
import type { RelationPrompts } from "../../../src/bundle/manifest.ts";
import type { Architecture, PrefilterPlan, Vision } from "./architecture.ts";
import type { Layout } from "./layout.ts";
import { familyOf, textEncoderOf } from "./text-encoders.ts";

const FITTING = "prompts of mre: the relations that fit the types of a pair";
const RELATIONS_SAID: Readonly<Record<RelationPrompts, readonly string[]>> = {
	all: [],
	fitting: [FITTING],
	read: ["relations: asked about on what was read for the entities", `${FITTING}, where it has its own`],
	marked: ["relations: asked about on one further reading, with all mentions marked"],
};

/** What was recognised, in lines for a person. */
export function describeArchitecture({ title }: Layout, a: Architecture): string[] {
	return [
		`layout: ${title}`,
		...describeText(a),
		`vision: ${a.vision === null ? "none" : describeVision(a.vision)}`,
		...(a.pairs === undefined
			? []
			: [`pair classifier: ${a.pairs.relations.length} relations, ${a.pairs.width} hidden units`]),
		...(a.prefilter === undefined ? [] : [`prefilter: ${describePrefilter(a.prefilter)}`]),
		...RELATIONS_SAID[a.relations ?? "all"],
		...(a.grounding === "seen" ? ["entities in the picture: in the region that their words look at"] : []),
	];
}

function describeText(a: Architecture): string[] {
	const encoder = textEncoderOf(a);
	const stack = `${a.num_heads} heads × ${a.d_kv}, feed-forward ${a.d_ff} (${a.feed_forward_proj})`;
	const scaled = a.scale_decoder_outputs ?? a.tie_word_embeddings;
	const scaling = scaled === a.tie_word_embeddings ? "" : scaled ? ", outputs scaled" : ", outputs not scaled";
	const head = `output head: ${a.tie_word_embeddings ? "tied to the embedding" : "its own (lm_head)"}${scaling}`;
	const copies = a.copying === undefined ? [] : [`decoder: copies from the text, pointer of width ${a.copying.width}`];
	const own = familyOf(encoder).describe(a, encoder);
	if (own === null)
		return [
			`text: encoder ${a.num_layers} and decoder ${a.num_decoder_layers} layers, width ${a.d_model}, ${stack}, ` +
				`vocabulary ${a.vocab_size}`,
			head,
			...copies,
		];
	return [
		`text: ${own}, width ${a.d_model}, vocabulary ${a.vocab_size}`,
		...(a.encoder_only === true
			? ["decoder: none"]
			: [`decoder: ${a.num_decoder_layers} layers, ${stack}`, head, ...copies]),
	];
}

function describePrefilter({ related, eventful, related_width, eventful_width }: PrefilterPlan): string {
	return `pairs from ${related} on (${related_width} hidden units), events from ${eventful} on (${eventful_width})`;
}

function describeVision(vision: Vision): string {
	const { depths, width } = vision.backbone;
	const tower = vision.kind === "authors" ? "CLIP ResNet" : `ResNet of ${vision.backbone.block} blocks`;
	const trained = vision.trained ? "trained" : "untrained";
	return (
		`${trained}, ${tower} ${depths.join("-")} of width ${width}, ${vision.d_v} features, ` +
		`${vision.visual_layers} layers`
	);
}
