/** Goes in: a context. Comes out: gated_attention.onnx: text and picture → cross_modal_states [B, L, D], the gate and the attention map (paper, Eq. 6–8). */
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { maskBias } from "./t5.ts";

export function buildGatedAttention(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const { d_model: d } = a;
	const { projections, negative_slope: slope } = a.umie.gate;
	const slots = a.umie.max_objects + 1;
	const text = graph.input("encoder_hidden_states", "float32", ["B", "L", d]);
	const textMask = graph.input("attention_mask", "int32", ["B", "L"]);
	const visual = graph.input("visual_hidden_states", "float32", [1, slots, d]);
	const visualMask = graph.input("visual_attention_mask", "int32", [1, slots]);
	const override = graph.input("gate_override", "float32", [1]);

	const project = (x: Value, part: string) => (projections ? c.linear(x, [`gate.${part}`], d, d) : x);
	const [q, k, v] = [project(text, "q"), project(visual, "k"), project(visual, "v")];
	const scores = graph.mul(graph.matmul(q, graph.transpose(k, [0, 2, 1])), graph.float(d ** -0.5));
	const attention = graph.softmax(graph.add(scores, graph.squeeze(maskBias(c, visualMask), [1])));
	const mixed = project(graph.matmul(attention, v), "o");
	c.inspect("M", mixed);

	const dot = graph.sum(graph.mul(maskedMean(c, k, visualMask), maskedMean(c, q, textMask)), 1);
	c.inspect("gate_dot", dot);
	const own = graph.leakyRelu(dot, slope);
	// NaN means: the model's own gate.
	const gate = graph.where(graph.isNumber(override), override, own);
	const update = graph.mul(graph.unsqueeze(gate, [1, 2]), mixed);
	graph.output("cross_modal_states", graph.add(text, update), ["B", "L", d]);
	graph.output("gate", gate, ["B"]);
	graph.output("attention", attention, ["B", "L", slots]);
}

/** Mean over the positions whose mask is 1. @param x [B, L, D] @param mask i32 [B, L] @returns [B, D] */
function maskedMean(c: GraphContext, x: Value, mask: Value): Value {
	const { graph } = c;
	const weights = graph.cast(mask, "float32");
	const total = graph.sum(graph.mul(x, graph.unsqueeze(weights, [2])), 1);
	const count = graph.max(graph.sum(weights, 1), graph.float(1));
	return graph.div(total, graph.unsqueeze(count, [1]));
}
