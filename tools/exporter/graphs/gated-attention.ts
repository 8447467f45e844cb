/**
 * Builds gated_attention.onnx: text and picture → cross_modal_states [B, L, D], the gate and the attention map (paper,
 * Eq. 6–8).
 */
import type { PaperVision } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { maskBias } from "./t5.ts";

export function buildGatedAttention(c: GraphContext, { gate: settings, max_objects: objects }: PaperVision): void {
	const { graph, architecture: a } = c;
	const { d_model: d } = a;
	const { projections, negative_slope: slope } = settings;
	const slots = objects + 1;
	const { text, textMask, visual, visualMask, override } = gateInputs(c, slots);

	const project = (x: Value, part: string) => (projections ? c.linear(x, [`gate.${part}`], d, d) : x);
	const [q, k, v] = [project(text, "q"), project(visual, "k"), project(visual, "v")];
	const scores = graph.mul(graph.matmul(q, graph.transpose(k, [0, 2, 1])), graph.float(d ** -0.5));
	const attention = graph.softmax(graph.add(scores, graph.squeeze(maskBias(c, visualMask), [1])));
	const mixed = project(graph.matmul(attention, v), "o");
	c.inspect("M", mixed);

	const dot = graph.sum(graph.mul(maskedMean(c, k, visualMask), maskedMean(c, q, textMask)), 1);
	c.inspect("gate_dot", dot);
	const own = graph.leakyRelu(dot, slope);
	gateOutputs(c, { text, own, override, mixed, attention }, slots);
}

/** What every gate reads. */
export function gateInputs({ graph, architecture: { d_model: d } }: GraphContext, slots: number) {
	return {
		text: graph.input("encoder_hidden_states", "float32", ["B", "L", d]),
		textMask: graph.input("attention_mask", "int32", ["B", "L"]),
		visual: graph.input("visual_hidden_states", "float32", [1, slots, d]),
		visualMask: graph.input("visual_attention_mask", "int32", [1, slots]),
		override: graph.input("gate_override", "float32", [1]),
	};
}

export interface Gated {
	readonly text: Value;
	/** The model's own gate. [B] */
	readonly own: Value;
	readonly override: Value;
	/** What the gate lets in. [B, L, D] */
	readonly mixed: Value;
	/** [B, L, slots] */
	readonly attention: Value;
}

/** What every gate gives: c = h_e + g·M, g, and where the text looked. */
export function gateOutputs(c: GraphContext, { text, own, override, mixed, attention }: Gated, slots: number): void {
	const { graph } = c;
	// NaN means: the model's own gate.
	const gate = graph.where(graph.isNumber(override), override, own);
	const update = graph.mul(graph.unsqueeze(gate, [1, 2]), mixed);
	graph.output("cross_modal_states", graph.add(text, update), ["B", "L", c.architecture.d_model]);
	graph.output("gate", gate, ["B"]);
	graph.output("attention", attention, ["B", "L", slots]);
}

/** Mean over the positions whose mask is 1. @param x [B, L, D] @param mask i32 [B, L] @returns [B, D] */
export function maskedMean(c: GraphContext, x: Value, mask: Value): Value {
	const { graph } = c;
	const weights = graph.cast(mask, "float32");
	const total = graph.sum(graph.mul(x, graph.unsqueeze(weights, [2])), 1);
	const count = graph.max(graph.sum(weights, 1), graph.float(1));
	return graph.div(total, graph.unsqueeze(count, [1]));
}
