/**
 * Adds the sub-layers of a T5 stack to a graph. Arithmetic: Hugging Face T5 1.1 (RMS norm, no attention scaling, gated
 * gelu_new) and 1.0 (relu).
 */
import type { T5Settings } from "../checkpoint/t5-settings.ts";
import { FEED_FORWARD_PARTS } from "../checkpoint/tensor-shapes.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";

/** Large enough to vanish in a soft-max, small enough to add to scores in float32 (the trainer's number). */
export const MASKED = -1e9;

/** A hidden state and what the last sub-layer adds to it, not yet summed: the sum and the next norm are one node. */
export interface Residual {
	readonly base: Value;
	readonly update: Value | null;
}

/** Adds the update and normalises. @returns the norm, and the state itself */
export function normalise(
	c: GraphContext,
	{ base, update }: Residual,
	name: string,
): { readonly normed: Value; readonly state: Value } {
	const { d_model: d, layer_norm_epsilon: epsilon } = c.architecture;
	const weight = c.exact(`${name}.weight`, [d]);
	if (update === null) return { normed: c.graph.rmsNorm(base, weight, epsilon), state: base };
	const { normed, sum } = c.graph.skipRmsNorm(update, base, weight, epsilon);
	return { normed, state: sum };
}

/** 0 where the mask is 1, −1e9 where it is 0. @param mask i32 [B, L] @returns f32 [B, 1, 1, L] */
export function maskBias(c: GraphContext, mask: Value): Value {
	const { graph } = c;
	const scaled = graph.mul(graph.sub(graph.float(1), graph.cast(mask, "float32")), graph.float(MASKED));
	return graph.unsqueeze(scaled, [1, 2]);
}

/** Encoder self-attention. @param bias [B or 1, N or 1, L, L] */
function selfAttention(c: GraphContext, residual: Residual, at: string, bias: Value): Residual {
	const { d_model: d, d_kv: h, num_heads: n } = c.architecture;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const inner = n * h;
	const qkv = c.linear(
		normed,
		["q", "k", "v"].map((part) => `${at}.SelfAttention.${part}`),
		inner,
		d,
	);
	const [q, k, v] = c.graph.split(qkv, [inner, inner, inner], 2);
	const { output } = c.graph.attention(q!, k!, v!, bias, n);
	return { base: state, update: c.linear(output, [`${at}.SelfAttention.o`], d, inner) };
}

/** What stands between the two products of a feed-forward: gelu or silu(wi_0 x) · wi_1 x, or relu(wi x) in T5 1.0. */
const ACTIVATIONS = {
	"gated-gelu": ({ graph, architecture: { d_ff: f } }, x) => {
		const [gate, up] = graph.split(x, [f, f], x.shape.length - 1);
		return graph.mul(graph.gelu(gate!), up!);
	},
	"gated-silu": ({ graph, architecture: { d_ff: f } }, x) => {
		const [gate, up] = graph.split(x, [f, f], x.shape.length - 1);
		return graph.mul(graph.mul(gate!, graph.sigmoid(gate!)), up!);
	},
	relu: ({ graph }, x) => graph.relu(x),
} as const satisfies Record<T5Settings["feed_forward_proj"], (c: GraphContext, x: Value) => Value>;

/** Feed-forward: wo(activation(wi x)). */
export function feedForward(c: GraphContext, residual: Residual, at: string): Residual {
	const { d_model: d, d_ff: f, feed_forward_proj: kind } = c.architecture;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const parts = FEED_FORWARD_PARTS[kind].map((part) => `${at}.DenseReluDense.${part}`);
	const hidden = ACTIVATIONS[kind](c, c.linear(normed, parts, f, d));
	c.inspect(`${at}.DenseReluDense.hidden`, hidden);
	// gelu · up has outliers: with activations quantised here M2E2 trigger F1 falls by 1.1 (1 beam, full) and 1.9 (4
	// beams, extractive), without by 0.1 and 0. A smoothed checkpoint has hardly any: F1 is that of float activations,
	// the encoder takes a fifth less time, a step of 4 beams a tenth.
	const outliers = !c.architecture.feed_forward_smoothed || at.startsWith("visual.");
	return { base: state, update: c.linear(hidden, [`${at}.DenseReluDense.wo`], d, f, { outliers }) };
}

/** A whole encoder stack with its final norm. @param x [B, L, D] @param biasOf a layer's bias, as `selfAttention` */
export function encoderStack(
	c: GraphContext,
	x: Value,
	stack: string,
	layers: number,
	biasOf: (layer: number) => Value,
): Value {
	let residual: Residual = { base: x, update: null };
	for (let block = 0; block < layers; block++) {
		residual = selfAttention(c, residual, `${stack}.block.${block}.layer.0`, biasOf(block));
		residual = feedForward(c, residual, `${stack}.block.${block}.layer.1`);
	}
	return normalise(c, residual, `${stack}.final_layer_norm`).normed;
}
