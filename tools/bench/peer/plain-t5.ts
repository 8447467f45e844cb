/**
 * Builds a T5's encoder and decoder as Optimum exports them, in the form ONNX Runtime's own fusions leave: a product
 * per weight, attention from plain operators. For the comparison only.
 */

import type { GraphContext } from "../../exporter/graphs/context.ts";
import { decoderTable, MAX_POSITIONS } from "../../exporter/graphs/relative-bias.ts";
import { maskBias, normalise, type Residual } from "../../exporter/graphs/t5.ts";
import { relativeBias } from "../../exporter/graphs/text-encoder.ts";
import type { Value } from "../../exporter/onnx/graph-builder.ts";

/** Keys and values of one attention, by heads: [B, N, S, H] each. */
interface KeyValue {
	readonly key: Value;
	readonly value: Value;
}

/** encoder_model.onnx: `input_ids`, `attention_mask` i64 [B, L] → `last_hidden_state` [B, L, D]. */
export function buildPlainEncoder(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const ids = graph.input("input_ids", "int64", ["batch_size", "L"]);
	const mask = graph.input("attention_mask", "int64", ["batch_size", "L"]);
	const bias = graph.add(relativeBias(c, ids, "encoder", "L"), maskBias(c, mask));
	let residual: Residual = { base: c.tokenRows("shared.weight", ids), update: null };
	for (let layer = 0; layer < a.num_layers; layer++) {
		const at = `encoder.block.${layer}.layer`;
		const { normed, state } = normalise(c, residual, `${at}.0.layer_norm`);
		const own = keyValue(c, normed, `${at}.0.SelfAttention`, "L");
		residual = feedForward(
			c,
			{ base: state, update: attend(c, normed, `${at}.0.SelfAttention`, own, bias, "L") },
			`${at}.1`,
		);
	}
	graph.output("last_hidden_state", normalise(c, residual, "encoder.final_layer_norm").normed, [
		"batch_size",
		"L",
		a.d_model,
	]);
}

/**
 * One branch of decoder_model_merged.onnx, its outputs named `name.logits` [B, 1, V] and
 * `name.present.N.{decoder,encoder}.{key,value}`.
 * @param cached continues `past_key_values.N.*`; else it is the first step, which reads `encoder_hidden_states` [B, L,
 * D]
 */
export function buildPlainDecoder(c: GraphContext, name: string, cached: boolean): void {
	const { graph, architecture: a } = c;
	const { d_kv: h, num_heads: n } = a;
	const ids = graph.input("input_ids", "int64", ["batch_size", 1]);
	const cross = maskBias(c, graph.input("encoder_attention_mask", "int64", ["batch_size", "L"]));
	const states = graph.input("encoder_hidden_states", "float32", ["batch_size", "L", a.d_model]);
	const past = (layer: number, side: "decoder" | "encoder", length: string): KeyValue => {
		const input = (part: string) =>
			graph.input(`past_key_values.${layer}.${side}.${part}`, "float32", ["batch_size", n, length, h]);
		return { key: input("key"), value: input("value") };
	};
	const output = (part: string, value: Value) => graph.output(`${name}.${part}`, value, value.shape);
	let bias: Value | null = null;
	let residual: Residual = { base: c.tokenRows("shared.weight", ids), update: null };
	for (let layer = 0; layer < a.num_decoder_layers; layer++) {
		const at = `decoder.block.${layer}.layer`;
		const before = cached ? { own: past(layer, "decoder", "T"), cross: past(layer, "encoder", "L") } : null;
		bias ??= selfBias(c, before?.own.key ?? null);

		const first = normalise(c, residual, `${at}.0.layer_norm`);
		const own = extend(c, before?.own ?? null, keyValue(c, first.normed, `${at}.0.SelfAttention`, 1));
		residual = { base: first.state, update: attend(c, first.normed, `${at}.0.SelfAttention`, own, bias, 1) };

		const second = normalise(c, residual, `${at}.1.layer_norm`);
		const read = before?.cross ?? keyValue(c, states, `${at}.1.EncDecAttention`, "L");
		residual = { base: second.state, update: attend(c, second.normed, `${at}.1.EncDecAttention`, read, cross, 1) };
		residual = feedForward(c, residual, `${at}.2`);

		output(`present.${layer}.decoder.key`, own.key);
		output(`present.${layer}.decoder.value`, own.value);
		// The library keeps what the first step returned; Optimum's second branch returns nothing in its place.
		const kept = cached ? { key: nothing(c), value: nothing(c) } : read;
		output(`present.${layer}.encoder.key`, kept.key);
		output(`present.${layer}.encoder.value`, kept.value);
	}
	output("logits", logits(c, normalise(c, residual, "decoder.final_layer_norm").normed));
}

function nothing({ graph, architecture: { num_heads: n, d_kv: h } }: GraphContext): Value {
	return graph.expand(graph.float(0), graph.ints([0, n, 1, h]), [0, n, 1, h]);
}

/** One query at position T over T + 1 keys. @returns [1, N, 1, T + 1] */
function selfBias(c: GraphContext, past: Value | null): Value {
	const { graph, architecture: a } = c;
	const name = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
	const options = { buckets: a.relative_attention_num_buckets, maxDistance: a.relative_attention_max_distance };
	const load = () => decoderTable(c.options.weights.floats(name), a.num_heads, options);
	const table = c.exact(`${name}.by_distance`, [a.num_heads, MAX_POSITIONS], load);
	const last = graph.ints([MAX_POSITIONS - 1]);
	const start = past === null ? last : graph.sub(last, graph.dim(past, 2));
	return graph.unsqueeze(
		graph.slice(table, start, graph.ints([MAX_POSITIONS]), [1], [past === null ? 1 : "T + 1"]),
		[0, 2],
	);
}

function keyValue(c: GraphContext, x: Value, at: string, length: string | 1): KeyValue {
	const { d_model: d, d_kv: h, num_heads: n } = c.architecture;
	const project = (part: string) => heads(c, c.linear(x, [`${at}.${part}`], n * h, d), length);
	return { key: project("k"), value: project("v") };
}

/** [B, S, N·H] → [B, N, S, H] */
function heads({ graph, architecture: { num_heads: n, d_kv: h } }: GraphContext, x: Value, length: string | 1): Value {
	return graph.transpose(graph.reshape(x, [0, -1, n, h], ["batch_size", length, n, h]), [0, 2, 1, 3]);
}

function extend({ graph }: GraphContext, past: KeyValue | null, own: KeyValue): KeyValue {
	if (past === null) return own;
	return {
		key: graph.concat([past.key, own.key], 2, "T + 1"),
		value: graph.concat([past.value, own.value], 2, "T + 1"),
	};
}

/** softmax(q kᵀ + bias) v, and the output projection. @returns [B, S, D] */
function attend(
	c: GraphContext,
	x: Value,
	at: string,
	{ key, value }: KeyValue,
	bias: Value,
	length: string | 1,
): Value {
	const { graph, architecture } = c;
	const { d_model: d, d_kv: h, num_heads: n } = architecture;
	const query = heads(c, c.linear(x, [`${at}.q`], n * h, d), length);
	const scores = graph.add(graph.matmul(query, graph.transpose(key, [0, 1, 3, 2])), bias);
	const mixed = graph.transpose(graph.matmul(graph.softmax(scores), value), [0, 2, 1, 3]);
	return c.linear(graph.reshape(mixed, [0, -1, n * h], ["batch_size", length, n * h]), [`${at}.o`], d, n * h);
}

function feedForward(c: GraphContext, residual: Residual, at: string): Residual {
	const { graph, architecture } = c;
	const { d_model: d, d_ff: f } = architecture;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const product = (part: string, x: Value, out: number, width: number) =>
		c.linear(x, [`${at}.DenseReluDense.${part}`], out, width);
	const hidden = graph.mul(graph.gelu(product("wi_0", normed, f, d)), product("wi_1", normed, f, d));
	return { base: state, update: product("wo", hidden, d, f) };
}

/** @param hidden [B, 1, D] @returns [B, 1, V] */
function logits(c: GraphContext, hidden: Value): Value {
	const { vocab_size: v, d_model: d } = c.architecture;
	if (!c.architecture.tie_word_embeddings) return c.linear(hidden, ["lm_head"], v, d);
	const flat = c.graph.reshape(c.graph.mul(hidden, c.graph.float(d ** -0.5)), [-1, d], ["batch_size", d]);
	return c.graph.reshape(c.tokenScores("shared.weight", flat), [-1, 1, v], ["batch_size", 1, v]);
}
