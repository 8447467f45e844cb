/**
 * Builds gated_attention.onnx as the authors' public code has it: a T5 cross-attention and feed-forward behind a gate
 * of cosines.
 */
import type { AuthorsVision } from "../checkpoint/architecture.ts";
import { AUTHORS } from "../checkpoint/expected-tensors.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { gateInputs, gateOutputs, maskedMean } from "./gated-attention.ts";
import { feedForward, maskBias, normalise } from "./t5.ts";

/** CLIP's temperature, which they never train. */
const TEMPERATURE = Math.exp(0.5);

export function buildAuthorsGate(
	c: GraphContext,
	{ gate: { negative_slope: slope, widths }, max_objects: objects }: AuthorsVision,
): void {
	const { graph } = c;
	const slots = objects + 1;
	const { text, textMask, visual, visualMask, override } = gateInputs(c, slots);
	const at = `${AUTHORS.gate}.layer`;
	const { update, attention } = crossAttention(c, text, visual, visualMask, `${at}.0`);
	const last = feedForward(c, { base: text, update }, `${at}.1`);
	const mixed = graph.add(last.base, last.update!);
	c.inspect("M", mixed);

	const t = project(c, maskedMean(c, text, textMask), "t", widths);
	const v = project(c, maskedMean(c, visual, visualMask), "v", widths);
	const product = (x: Value, y: Value) => graph.sum(graph.mul(x, y), 1);
	const cosine = graph.div(product(t, v), graph.sqrt(graph.mul(product(t, t), product(v, v))));
	c.inspect("gate_dot", cosine);
	const own = graph.leakyRelu(graph.leakyRelu(graph.mul(cosine, graph.float(TEMPERATURE)), slope), slope);
	gateOutputs(c, { text, own, override, mixed, attention }, slots);
}

/**
 * Two linear layers. They average afterwards; the mean of projections is the projection of the mean.
 * @param x [B, D]
 * @returns [B, widths[1]]
 */
function project(c: GraphContext, x: Value, side: "t" | "v", [first, second]: AuthorsVision["gate"]["widths"]): Value {
	const inner = c.graph.gemmTransposed(
		x,
		c.rows(`${AUTHORS.gate}.proj_${side}.weight`, [first, c.architecture.d_model]),
	);
	return c.graph.gemmTransposed(inner, c.rows(`${AUTHORS.gate}.proj_${side}_2.weight`, [second, first]));
}

/**
 * T5's cross-attention, written out: the fused operator does not tell where it looked.
 * @returns what it adds to the text [B, L, D], and the soft-max, averaged over heads [B, L, slots]
 */
function crossAttention(c: GraphContext, text: Value, visual: Value, mask: Value, at: string) {
	const { graph, architecture: a } = c;
	const { d_model: d, d_kv: h, num_heads: n } = a;
	const inner = n * h;
	const { normed } = normalise(c, { base: text, update: null }, `${at}.layer_norm`);
	const both = c.linear(visual, [`${at}.EncDecAttention.k`, `${at}.EncDecAttention.v`], inner, d);
	const [key, value] = graph.split(both, [inner, inner], 2);
	const heads = (x: Value) =>
		graph.transpose(graph.reshape(x, [0, 0, n, h], [...x.shape.slice(0, 2), n, h]), [0, 2, 1, 3]);
	const query = heads(c.linear(normed, [`${at}.EncDecAttention.q`], inner, d));
	const scores = graph.add(graph.matmul(query, graph.transpose(heads(key!), [0, 1, 3, 2])), maskBias(c, mask));
	const shares = graph.softmax(scores);
	const joined = graph.reshape(
		graph.transpose(graph.matmul(shares, heads(value!)), [0, 2, 1, 3]),
		[0, 0, inner],
		["B", "L", inner],
	);
	const update = c.linear(joined, [`${at}.EncDecAttention.o`], d, inner);
	return { update, attention: graph.mul(graph.sum(shares, 1), graph.float(1 / n)) };
}
