/** Goes in: a checkpoint's architecture and weights. Comes out: every graph of a bundle (role → model bytes, inputs, outputs, weight files). */
import { GRAPH_ROLES, type GraphRole } from "../../src/bundle/manifest.ts";
import { GraphContext, type GraphOptions, type WeightGroup } from "./context.ts";
import { buildDecoder, buildDecoderContext } from "./decoder.ts";
import { buildGatedAttention } from "./gated-attention.ts";
import { buildTextEncoder } from "./text-encoder.ts";
import { buildVisualEncoder } from "./visual-encoder.ts";

const BUILDERS = {
	text_encoder: { group: "text_encoder", build: buildTextEncoder },
	visual_encoder: { group: "visual", build: buildVisualEncoder },
	gated_attention: { group: "visual", build: buildGatedAttention },
	decoder_context: { group: "decoder", build: buildDecoderContext },
	decoder: { group: "decoder", build: (c) => buildDecoder(c, { candidates: false }) },
	decoder_extractive: { group: "decoder", build: (c) => buildDecoder(c, { candidates: true }) },
} as const satisfies Record<GraphRole, { group: WeightGroup; build: (context: GraphContext) => void }>;

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

/** Every graph of a bundle, in the order they are built. */
export const ROLES = GRAPH_ROLES;
