/** Goes in: a context. Comes out: decoder_context.onnx (cross-attention keys and values, once per post), decoder.onnx and decoder_extractive.onnx (one step of B posts × K beams; paper, Eq. 3). */
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { decoderTable, MAX_POSITIONS } from "./relative-bias.ts";
import { feedForward, maskBias, normalise, type Residual } from "./t5.ts";

export function buildDecoderContext(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const { d_model: d, d_kv: h, num_heads: n } = a;
	const states = graph.input("cross_modal_states", "float32", ["B", "L", d]);
	// Part of the boundary, unused here: the mask is added to the scores in the step, so masked keys may hold anything.
	graph.input("attention_mask", "int32", ["B", "L"]);
	const inner = n * h;
	for (let layer = 0; layer < a.num_decoder_layers; layer++) {
		const at = `decoder.block.${layer}.layer.1.EncDecAttention`;
		const both = c.linear(states, [`${at}.k`, `${at}.v`], inner, d);
		const [key, value] = graph.split(both, [inner, inner], 2).map((x) => {
			const heads = graph.reshape(x, [0, 0, n, h], ["B", "L", n, h]);
			return graph.transpose(heads, [0, 2, 1, 3]);
		});
		graph.output(`cross_key.${layer}`, key!, ["B", n, "L", h]);
		graph.output(`cross_value.${layer}`, value!, ["B", n, "L", h]);
	}
}

/** `candidates`: score only candidate_ids instead of the whole vocabulary. */
export function buildDecoder(c: GraphContext, { candidates }: { readonly candidates: boolean }): void {
	const { graph, architecture: a } = c;
	const { d_kv: h, num_heads: n } = a;
	const ids = graph.input("decoder_input_ids", "int32", ["B·K", 1]);
	const parents = graph.input("beam_idx", "int32", ["B·K"]);
	const mask = graph.input("attention_mask", "int32", ["B", "L"]);
	const candidateIds = candidates ? graph.input("candidate_ids", "int32", ["B", "C"]) : null;
	const layers = Array.from({ length: a.num_decoder_layers }, (_, layer) => ({
		// P rows of the step before: fewer than B·K when the beams of a post have not parted yet.
		pastKey: graph.input(`past_key.${layer}`, "float32", ["P", n, "T", h]),
		pastValue: graph.input(`past_value.${layer}`, "float32", ["P", n, "T", h]),
		crossKey: graph.input(`cross_key.${layer}`, "float32", ["B", n, "L", h]),
		crossValue: graph.input(`cross_value.${layer}`, "float32", ["B", n, "L", h]),
	}));
	const self = selfBias(c, layers[0]!.pastKey);
	const beams = beamView(c, ids, mask);
	const cross = graph.expand(maskBias(c, mask), beams.expandShape, ["B", 1, "K", "L"]);

	let residual: Residual = { base: c.tokenRows("shared.weight", ids), update: null };
	for (const [layer, { pastKey, pastValue, crossKey, crossValue }] of layers.entries()) {
		const at = `decoder.block.${layer}.layer`;
		const past = { key: graph.gather(pastKey, parents), value: graph.gather(pastValue, parents), length: "T + 1" };
		const own = cachedSelfAttention(c, residual, `${at}.0`, self, past);
		graph.output(`present_key.${layer}`, own.presentKey, ["B·K", n, "T + 1", h]);
		graph.output(`present_value.${layer}`, own.presentValue, ["B·K", n, "T + 1", h]);
		residual = crossAttention(c, own.residual, `${at}.1`, cross, { key: crossKey, value: crossValue }, beams.splitShape);
		residual = feedForward(c, residual, `${at}.2`);
	}
	const hidden = normalise(c, residual, "decoder.final_layer_norm").normed;
	c.inspect("decoder_hidden", hidden);
	if (candidateIds === null) graph.output("logits", fullLogits(c, hidden), ["B·K", a.vocab_size]);
	else graph.output("logits", candidateLogits(c, hidden, candidateIds, beams.splitShape), ["B·K", "C"]);
}

/** T5's bias of the step's one query on T + 1 keys. @returns [1, N, 1, T + 1] */
function selfBias(c: GraphContext, past: Value): Value {
	const { graph, architecture: a } = c;
	const name = "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
	const options = { buckets: a.relative_attention_num_buckets, maxDistance: a.relative_attention_max_distance };
	const load = () => decoderTable(c.options.weights.floats(name), a.num_heads, options);
	const table = c.exact(`${name}.by_distance`, [a.num_heads, MAX_POSITIONS], load);
	const start = graph.sub(graph.ints([MAX_POSITIONS - 1]), graph.dim(past, 2));
	return graph.unsqueeze(graph.slice(table, start, graph.ints([MAX_POSITIONS]), 1, "T + 1"), [0, 2]);
}

/** The K beams of a post read the same keys, so for cross-attention they are K queries of one post, not K posts: no key is copied per beam. */
function beamView(c: GraphContext, ids: Value, mask: Value): { readonly splitShape: Value; readonly expandShape: Value } {
	const { graph, architecture: a } = c;
	const posts = graph.dim(mask, 0);
	const splitShape = graph.concat([posts, graph.ints([-1, a.d_model])], 0);
	const rows = graph.dim(ids, 0);
	const expandShape = graph.concat([graph.ints([1, 1]), graph.div(rows, posts), graph.ints([1])], 0);
	return { splitShape, expandShape };
}

function cachedSelfAttention(c: GraphContext, residual: Residual, at: string, bias: Value, past: { key: Value; value: Value; length: string }) {
	const { d_model: d, d_kv: h, num_heads: n } = c.architecture;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const inner = n * h;
	const qkv = c.linear(normed, [`${at}.SelfAttention.q`, `${at}.SelfAttention.k`, `${at}.SelfAttention.v`], inner, d);
	const [q, k, v] = c.graph.split(qkv, [inner, inner, inner], 2);
	const { output, presentKey, presentValue } = c.graph.attention(q!, k!, v!, bias, n, past);
	return { residual: { base: state, update: c.linear(output, [`${at}.SelfAttention.o`], d, inner) }, presentKey, presentValue };
}

function crossAttention(
	c: GraphContext,
	residual: Residual,
	at: string,
	bias: Value,
	keys: { key: Value; value: Value },
	splitShape: Value,
): Residual {
	const { graph, architecture: a } = c;
	const { d_model: d, d_kv: h, num_heads: n } = a;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const inner = n * h;
	const query = c.linear(normed, [`${at}.EncDecAttention.q`], inner, d);
	const split = graph.reshapeLike(query, inner === d ? splitShape : graph.concat([graph.dim(keys.key, 0), graph.ints([-1, inner])], 0), [
		"B",
		"K",
		inner,
	]);
	const { output } = graph.attention(split, keys.key, keys.value, bias, n);
	const rows = graph.reshape(output, [-1, 1, inner], ["B·K", 1, inner]);
	return { base: state, update: c.linear(rows, [`${at}.EncDecAttention.o`], d, inner) };
}

/** Logits over the vocabulary. Tied: h · D^-0.5 · sharedᵀ, else lm_head. @param hidden [B·K, 1, D] @returns [B·K, V] */
function fullLogits(c: GraphContext, hidden: Value): Value {
	const { graph, architecture: a } = c;
	const flat = graph.reshape(hidden, [-1, a.d_model], ["B·K", a.d_model]);
	if (!a.tie_word_embeddings) return graph.gemmTransposed(flat, c.tokenTable("lm_head.weight"));
	return graph.gemmTransposed(graph.mul(flat, graph.float(a.d_model ** -0.5)), c.tokenTable("shared.weight"));
}

/** Logits of the candidates only. @returns [B·K, C] */
function candidateLogits(c: GraphContext, hidden: Value, candidateIds: Value, splitShape: Value): Value {
	const { graph, architecture: a } = c;
	const tied = a.tie_word_embeddings;
	const rows = graph.transpose(c.tokenRows(tied ? "shared.weight" : "lm_head.weight", candidateIds), [0, 2, 1]);
	const scaled = tied ? graph.mul(hidden, graph.float(a.d_model ** -0.5)) : hidden;
	const logits = graph.matmul(graph.reshapeLike(scaled, splitShape, ["B", "K", a.d_model]), rows);
	const flat = graph.concat([graph.ints([-1]), graph.dim(candidateIds, 1)], 0);
	return graph.reshapeLike(logits, flat, ["B·K", "C"]);
}
