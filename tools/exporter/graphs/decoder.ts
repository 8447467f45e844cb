/**
 * Builds decoder_context.onnx (cross-attention keys and values, once per post), and decoder.onnx and
 * decoder_extractive.onnx (one step of B posts × K beams × S tokens; paper, Eq. 3).
 */
import type { CopyingPlan } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { type PointerInputs, placeBias, pointerInputs, pointerKeys, pointerScores } from "./pointer.ts";
import { decoderTable, MAX_POSITIONS, MAX_STEP_TOKENS } from "./relative-bias.ts";
import { BY_DISTANCE } from "./stored-names.ts";
import { feedForward, MASKED, maskBias, normalise, type Residual } from "./t5.ts";

export function buildDecoderContext(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const { d_model: d, d_kv: h, num_heads: n } = a;
	const states = graph.input("cross_modal_states", "float32", ["B", "L", d]);
	// Part of the boundary, unused here: the mask is added to the scores in the step, so masked keys may hold anything.
	graph.input("attention_mask", "int32", ["B", "L"]);
	if (a.copying !== undefined) {
		const ids = graph.input("input_ids", "int32", ["B", "L"]);
		graph.output("pointer_key", pointerKeys(c, a.copying, states, ids), ["B", "L", a.copying.width]);
	}
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

/**
 * S tokens a row at once, each seeing those before it. `candidates`: score only candidate_ids instead of the whole
 * vocabulary, and leave their sum to the search.
 */
export function buildDecoder(c: GraphContext, { candidates }: { readonly candidates: boolean }): void {
	const { graph, architecture: a } = c;
	const { d_kv: h, num_heads: n } = a;
	const ids = graph.input("decoder_input_ids", "int32", ["B·K", "S"]);
	const parents = graph.input("beam_idx", "int32", ["B·K"]);
	const mask = graph.input("attention_mask", "int32", ["B", "L"]);
	const candidateIds = candidates ? graph.input("candidate_ids", "int32", ["B", "C"]) : null;
	const pointer = a.copying === undefined ? null : { plan: a.copying, inputs: pointerInputs(c, a.copying) };
	const layers = Array.from({ length: a.num_decoder_layers }, (_, layer) => ({
		// P rows of the step before: fewer than B·K when the beams of a post have not parted yet.
		pastKey: graph.input(`past_key.${layer}`, "float32", ["P", n, "T", h]),
		pastValue: graph.input(`past_value.${layer}`, "float32", ["P", n, "T", h]),
		crossKey: graph.input(`cross_key.${layer}`, "float32", ["B", n, "L", h]),
		crossValue: graph.input(`cross_value.${layer}`, "float32", ["B", n, "L", h]),
	}));
	const firstSelf = selfBias(c, layers[0]!.pastKey, ids, 0);
	const selfOf = (layer: number) =>
		layer > 0 && a.relative_bias_each === true ? selfBias(c, layers[0]!.pastKey, ids, layer) : firstSelf;
	const embedded = c.tokenRows("shared.weight", ids);
	const beams = beamView(c, embedded, mask);
	const bias = crossBias(c, mask, beams, pointer);

	let residual: Residual = { base: embedded, update: null };
	for (const [layer, { pastKey, pastValue, crossKey, crossValue }] of layers.entries()) {
		const at = `decoder.block.${layer}.layer`;
		const past = { key: graph.gather(pastKey, parents), value: graph.gather(pastValue, parents), length: "T + S" };
		const own = cachedSelfAttention(c, residual, `${at}.0`, selfOf(layer), past);
		graph.output(`present_key.${layer}`, own.presentKey, ["B·K", n, "T + S", h]);
		graph.output(`present_value.${layer}`, own.presentValue, ["B·K", n, "T + S", h]);
		residual = crossAttention(
			c,
			own.residual,
			`${at}.1`,
			bias.layers[layer]!,
			{ key: crossKey, value: crossValue },
			beams,
		);
		residual = feedForward(c, residual, `${at}.2`);
	}
	const hidden = normalise(c, residual, "decoder.final_layer_norm").normed;
	c.inspect("decoder_hidden", hidden);
	if (pointer !== null)
		graph.output("pointer_scores", pointerScores(c, pointer.plan, hidden, pointer.inputs, bias.pointer!), [
			"B·K·S",
			"L",
		]);
	if (candidateIds === null) {
		const logits = fullLogits(c, hidden);
		graph.output("logits", logits, ["B·K·S", a.vocab_size]);
		graph.output("log_sum_exp", logSumExp(c, logits), ["B·K·S"]);
	} else graph.output("logits", candidateLogits(c, hidden, candidateIds, beams.splitShape), ["B·K·S", "C"]);
}

/**
 * What is added to the scores of every layer's cross-attention: the mask, and in a decoder that copies where it copied
 * last.
 */
function crossBias(
	c: GraphContext,
	mask: Value,
	{ expandShape }: BeamView,
	pointer: { readonly plan: CopyingPlan; readonly inputs: PointerInputs } | null,
): { readonly layers: readonly Value[]; readonly pointer: Value | null } {
	const { graph, architecture: a } = c;
	const masked = maskBias(c, mask);
	if (pointer !== null) return placeBias(c, pointer.plan, pointer.inputs, masked);
	const same = graph.expand(masked, expandShape, ["B", 1, "K·S", "L"]);
	return { layers: Array.from({ length: a.num_decoder_layers }, () => same), pointer: null };
}

/** T5's bias of the step's S queries on T + S keys; keys behind a query are masked. @returns [1, N, S, T + S] */
function selfBias(c: GraphContext, past: Value, ids: Value, layer: number): Value {
	const { graph } = c;
	const table = selfBiasTable(c, layer);
	const firsts = graph.concat(
		[graph.ints([MAX_STEP_TOKENS]), graph.sub(graph.ints([MAX_POSITIONS]), graph.dim(past, 2))],
		0,
	);
	const ends = graph.ints([MAX_STEP_TOKENS, MAX_POSITIONS]);
	return graph.slice(table, graph.sub(firsts, graph.dim(ids, 1)), ends, [2, 3], ["S", "T + S"]);
}

/**
 * The last row is that of the last query by distance; that of a query before it is moved by one and masks one key more.
 * So the corner of S rows and T + S columns serves every T and S. Only the one row is stored: the rest reads constants,
 * and onnxruntime folds it when the session opens.
 * @returns [1, N, MAX_STEP_TOKENS, MAX_POSITIONS]
 */
function selfBiasTable(c: GraphContext, layer: number): Value {
	const { graph, architecture: a } = c;
	const n = a.num_heads;
	const name = `decoder.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`;
	const options = { buckets: a.relative_attention_num_buckets, maxDistance: a.relative_attention_max_distance };
	const load = () => decoderTable(c.options.weights.floats(name), n, options);
	const last = c.exact(`${name}${BY_DISTANCE}`, [n, MAX_POSITIONS], load);
	const rows = Array.from({ length: MAX_STEP_TOKENS }, (_, row) => {
		const later = MAX_STEP_TOKENS - 1 - row;
		const seen = graph.slice(last, graph.ints([later]), graph.ints([MAX_POSITIONS]), [1], [MAX_POSITIONS - later]);
		const masked = graph.constant({ dtype: "float32", shape: [n, later], values: Array(n * later).fill(MASKED) });
		return graph.unsqueeze(later === 0 ? last : graph.concat([seen, masked], 1), [0, 2]);
	});
	return graph.concat(rows, 2);
}

/**
 * Shapes of a step. The K beams × S tokens of a post read the same keys, so for cross-attention they are K·S queries of
 * one post, not K posts: no key is copied per beam.
 */
interface BeamView {
	/** [B, K·S, D] */
	readonly splitShape: Value;
	/** [1, 1, K·S, 1] */
	readonly expandShape: Value;
	/** [B·K, S, N·H] */
	readonly rowShape: Value;
}

/** @param embedded [B·K, S, D] */
function beamView(c: GraphContext, embedded: Value, mask: Value): BeamView {
	const { graph, architecture: a } = c;
	const splitShape = graph.concat([graph.dim(mask, 0), graph.ints([-1, a.d_model])], 0);
	// Read off a reshape: two nodes, where multiplying and dividing takes three.
	const queries = graph.dim(graph.reshapeLike(embedded, splitShape, ["B", "K·S", a.d_model]), 1);
	const expandShape = graph.concat([graph.ints([1, 1]), queries, graph.ints([1])], 0);
	const rowShape = graph.concat([graph.ints([-1]), graph.dim(embedded, 1), graph.ints([a.num_heads * a.d_kv])], 0);
	return { splitShape, expandShape, rowShape };
}

function cachedSelfAttention(
	c: GraphContext,
	residual: Residual,
	at: string,
	bias: Value,
	past: { key: Value; value: Value; length: string },
) {
	const { d_model: d, d_kv: h, num_heads: n } = c.architecture;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const inner = n * h;
	const qkv = c.linear(normed, [`${at}.SelfAttention.q`, `${at}.SelfAttention.k`, `${at}.SelfAttention.v`], inner, d);
	const [q, k, v] = c.graph.split(qkv, [inner, inner, inner], 2);
	const { output, presentKey, presentValue } = c.graph.attention(q!, k!, v!, bias, n, past);
	return {
		residual: { base: state, update: c.linear(output, [`${at}.SelfAttention.o`], d, inner) },
		presentKey,
		presentValue,
	};
}

function crossAttention(
	c: GraphContext,
	residual: Residual,
	at: string,
	bias: Value,
	keys: { key: Value; value: Value },
	{ splitShape, rowShape }: BeamView,
): Residual {
	const { graph, architecture: a } = c;
	const { d_model: d, d_kv: h, num_heads: n } = a;
	const { normed, state } = normalise(c, residual, `${at}.layer_norm`);
	const inner = n * h;
	const query = c.linear(normed, [`${at}.EncDecAttention.q`], inner, d);
	const split = graph.reshapeLike(
		query,
		inner === d ? splitShape : graph.concat([graph.dim(keys.key, 0), graph.ints([-1, inner])], 0),
		["B", "K·S", inner],
	);
	const { output } = graph.attention(split, keys.key, keys.value, bias, n);
	const rows = graph.reshapeLike(output, rowShape, ["B·K", "S", inner]);
	return { base: state, update: c.linear(rows, [`${at}.EncDecAttention.o`], d, inner) };
}

/**
 * Logits over the vocabulary. Usually h · D^-0.5 · sharedᵀ where tied, else h · lm_headᵀ.
 * @param hidden [B·K, S, D]
 * @returns [B·K·S, V]
 */
function fullLogits(c: GraphContext, hidden: Value): Value {
	const { graph, architecture: a } = c;
	const flat = graph.reshape(hidden, [-1, a.d_model], ["B·K·S", a.d_model]);
	return c.tokenScores(headName(c), scaledOutput(c, flat));
}

const headName = ({ architecture }: GraphContext): string =>
	architecture.tie_word_embeddings ? "shared.weight" : "lm_head.weight";

function scaledOutput({ graph, architecture: a }: GraphContext, hidden: Value): Value {
	return (a.scale_decoder_outputs ?? a.tie_word_embeddings)
		? graph.mul(hidden, graph.float(a.d_model ** -0.5))
		: hidden;
}

/**
 * log Σ exp of a row, for which the search would take 64 µs a row. Read off the most likely token, for which softmax
 * says exp(largest − log Σ exp): softmax runs in SIMD on WASM and has a kernel on WebGPU. Added to a run over 8,000
 * columns, 1 and 4 rows: 15 and 54 µs; LogSoftmax 12 and 41, but WebGPU has none; max, exp, sum and log 20 and 71;
 * ReduceLogSumExp 29 and 115. @param logits [B·K·S, V] @returns [B·K·S]
 */
function logSumExp({ graph }: GraphContext, logits: Value): Value {
	const likeliest = graph.log(graph.largest(graph.softmax(logits), 1));
	return graph.squeeze(graph.sub(graph.largest(logits, 1), likeliest), [1]);
}

/** Logits of the candidates only. @param hidden [B·K, S, D] @returns [B·K·S, C] */
function candidateLogits(c: GraphContext, hidden: Value, candidateIds: Value, splitShape: Value): Value {
	const { graph, architecture: a } = c;
	const rows = graph.transpose(c.tokenRows(headName(c), candidateIds), [0, 2, 1]);
	const logits = graph.matmul(graph.reshapeLike(scaledOutput(c, hidden), splitShape, ["B", "K·S", a.d_model]), rows);
	const flat = graph.concat([graph.ints([-1]), graph.dim(candidateIds, 1)], 0);
	return graph.reshapeLike(logits, flat, ["B·K·S", "C"]);
}
