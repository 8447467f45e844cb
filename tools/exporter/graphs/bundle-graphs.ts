/** Builds every graph of a bundle from a checkpoint: role → model bytes, inputs, outputs, weight files. */
import { type GraphRole, MODEL_ROLES, type TextEncoderKind, VISUAL_ROLES } from "../../../src/bundle/manifest.ts";
import type { Architecture, Vision, VisionKind, VisionKinds } from "../checkpoint/architecture.ts";
import type { ProposerPlan } from "../checkpoint/proposer.ts";
import { type TextEncoder, type TextEncoders, textEncoderOf } from "../checkpoint/text-encoders.ts";
import { buildAuthorsGate } from "./authors-gate.ts";
import { buildAuthorsVisualEncoder } from "./authors-visual-encoder.ts";
import { buildBertTextEncoder } from "./bert.ts";
import { GraphContext, type GraphOptions, type WeightGroup } from "./context.ts";
import { buildDecoder, buildDecoderContext } from "./decoder.ts";
import { buildGatedAttention } from "./gated-attention.ts";
import { buildPairClassifier } from "./pair-classifier.ts";
import { buildPrefilter } from "./prefilter.ts";
import { buildRegionProposer } from "./region-proposer.ts";
import { buildT5TextEncoder } from "./text-encoder.ts";
import { buildVisualEncoder } from "./visual-encoder.ts";

type VisualRole = "visual_encoder" | "gated_attention";

/** What each kind of vision computes. */
const VISION: {
	readonly [K in VisionKind]: Readonly<Record<VisualRole, (context: GraphContext, vision: VisionKinds[K]) => void>>;
} = {
	paper: { visual_encoder: buildVisualEncoder, gated_attention: buildGatedAttention },
	authors: { visual_encoder: buildAuthorsVisualEncoder, gated_attention: buildAuthorsGate },
};

/** What each family of text encoders computes. */
const TEXT_ENCODERS: { readonly [K in TextEncoderKind]: (context: GraphContext, encoder: TextEncoders[K]) => void } = {
	t5: buildT5TextEncoder,
	bert: buildBertTextEncoder,
};

const BUILDERS = {
	text_encoder: { group: "text_encoder", build: (c) => buildTextEncoder(c, textEncoderOf(c.architecture)) },
	visual_encoder: { group: "visual", build: (c) => buildVisual(c, "visual_encoder") },
	gated_attention: { group: "visual", build: (c) => buildVisual(c, "gated_attention") },
	decoder_context: { group: "decoder", build: buildDecoderContext },
	decoder: { group: "decoder", build: (c) => buildDecoder(c, { candidates: false }) },
	decoder_extractive: { group: "decoder", build: (c) => buildDecoder(c, { candidates: true }) },
	region_proposer: { group: "proposer", build: buildProposer },
	// The former name of the prefilter, which the format keeps.
	screen: { group: "screen", build: buildOptionalPrefilter },
	pair_classifier: { group: "pairs", build: buildPairs },
} as const satisfies Record<GraphRole, { group: WeightGroup; build: (context: GraphContext) => void }>;

function buildProposer(c: GraphContext): void {
	const { proposer } = c.options;
	if (proposer === undefined) throw new Error("region_proposer without its plan");
	buildRegionProposer(c, proposer);
}

function buildTextEncoder<K extends TextEncoderKind>(c: GraphContext, encoder: TextEncoder<K>): void {
	TEXT_ENCODERS[encoder.kind as K](c, encoder);
}

function buildPairs(c: GraphContext): void {
	const { pairs } = c.architecture;
	if (pairs === undefined) throw new Error("pair_classifier of a model without one");
	buildPairClassifier(c, pairs);
}

function buildOptionalPrefilter(c: GraphContext): void {
	const { prefilter } = c.architecture;
	if (prefilter === undefined) throw new Error("prefilter of a model without one");
	buildPrefilter(c, prefilter);
}

function buildVisual(c: GraphContext, role: VisualRole): void {
	const { vision } = c.architecture;
	if (vision === null) throw new Error(`${role} of a model without vision`);
	buildOfKind(c, role, vision);
}

function buildOfKind<K extends VisionKind>(c: GraphContext, role: VisualRole, vision: Vision<K>): void {
	VISION[vision.kind as K][role](c, vision);
}

export interface BuiltGraph {
	readonly role: GraphRole;
	readonly model: Uint8Array;
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly weights: readonly string[];
}

/** Builds graphs one after the other; weights go to the store as they are met. */
export function buildGraph(role: GraphRole, options: GraphOptions): BuiltGraph {
	const { group, build } = BUILDERS[role];
	const context = new GraphContext(role, group, options);
	build(context);
	return { role, ...context.graph.build() };
}

/** Graphs of a bundle, in the order they are built: those of the model, and its region proposer if there is one. */
export function rolesWith(architecture: Architecture, proposer: ProposerPlan | undefined): readonly GraphRole[] {
	return proposer === undefined ? rolesOf(architecture) : [...rolesOf(architecture), "region_proposer"];
}

/** Graphs of a model, its prefilter and its pair classifier among them if it has them. */
function rolesOf({ vision, prefilter, pairs }: Architecture): readonly GraphRole[] {
	const roles: readonly GraphRole[] =
		vision === null ? MODEL_ROLES.filter((role) => !VISUAL_ROLES.includes(role)) : MODEL_ROLES;
	return [
		...roles,
		...(prefilter === undefined ? [] : (["screen"] as const)),
		...(pairs === undefined ? [] : (["pair_classifier"] as const)),
	];
}
