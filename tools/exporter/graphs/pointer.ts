/**
 * Builds what lets a decoder copy: keys of the text's positions, the place copied last as a bias of cross-attention and
 * pointer, and the pointer's scores.
 */
import type { CopyingPlan } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { MAX_POSITIONS, placeBuckets } from "./relative-bias.ts";
import { PLACE_BUCKETS, PLACES } from "./stored-names.ts";

/** ε of the norm of embeddings. */
const EPSILON = 1e-6;
/** Added to scores outside the text: what stays is −1e9 or less, whatever the score. */
const OUTSIDE = -2e9;

export interface PointerInputs {
	/** The place each fed token's step looks from: the position copied last, or the one before the text. i32 [B·K, S] */
	readonly places: Value;
	/** f32 [B, L, W] */
	readonly key: Value;
	/** 1: a token of the text. i32 [B, L] */
	readonly textMask: Value;
}

export function pointerInputs({ graph }: GraphContext, { width }: CopyingPlan): PointerInputs {
	return {
		places: graph.input("places", "int32", ["B·K", "S"]),
		key: graph.input("pointer_key", "float32", ["B", "L", width]),
		textMask: graph.input("text_mask", "int32", ["B", "L"]),
	};
}

/**
 * key_l = K · [c_l ; rms(E[id_l]) ; rms(E[id_{l−1}])], zeros for the last part at l = 0. Once a post and small (a
 * hundredth of the encoder), so its inputs, which are of two scales, stay float.
 * @param states c [B, L, D] @param ids i32 [B, L] @returns [B, L, W]
 */
export function pointerKeys(c: GraphContext, { width }: CopyingPlan, states: Value, ids: Value): Value {
	const { graph, architecture: a } = c;
	const d = a.d_model;
	const ones = graph.constant({ dtype: "float32", shape: [d], values: Array(d).fill(1) });
	const own = graph.rmsNorm(c.tokenRows("shared.weight", ids), ones, EPSILON);
	const before = graph.slice(graph.padFront(own, 1, 1, "L + 1"), graph.ints([0]), graph.dim(ids, 1), [1], ["L"]);
	return c.linear(graph.concat([states, own, before], 2), ["decoder.pointer.k"], width, 3 * d, { outliers: true });
}

/**
 * Biases by the distance of each position from a query's place, all layers and the pointer in one look-up.
 * @param mask of the cross-attention [B, 1, 1, L]
 * @returns one bias [B, N, K·S, L] a layer, and the pointer's [B, 1, K·S, L], the mask added to each
 */
export function placeBias(c: GraphContext, plan: CopyingPlan, { places }: PointerInputs, mask: Value) {
	const { graph, architecture: a } = c;
	const n = a.num_heads;
	const heads = [...Array.from({ length: a.num_decoder_layers }, () => n), 1];
	const total = heads.reduce((sum, count) => sum + count, 0);
	const batch = graph.dim(mask, 0);
	const positions = graph.range(graph.cast(graph.squeeze(graph.dim(mask, 3), [0]), "int32"), "L");
	const origin = graph.constant({ dtype: "int32", shape: [], values: [MAX_POSITIONS] });
	const queries = graph.reshapeLike(places, graph.concat([batch, graph.ints([-1, 1])], 0), ["B", "K·S", 1]);
	const distances = graph.sub(graph.add(positions, origin), queries);
	const found = graph.gather(placeTable(c, plan, total), distances);
	const all = graph.add(graph.transpose(found, [0, 3, 1, 2]), mask);
	const parts = graph.split(all, heads, 1);
	return { layers: parts.slice(0, -1), pointer: parts.at(-1)! };
}

/**
 * Only the buckets' own biases are stored; which bucket a distance has is looked up when the session opens.
 * @returns [2·MAX + 1, layers·N + 1]
 */
function placeTable(c: GraphContext, { buckets, max_distance }: CopyingPlan, total: number): Value {
	const { graph, architecture: a } = c;
	const n = a.num_heads;
	const tables = [
		...Array.from({ length: a.num_decoder_layers }, (_, layer) => ({
			name: `decoder.block.${layer}.layer.1.EncDecAttention.place_bias.weight`,
			width: n,
		})),
		{ name: "decoder.pointer.place_bias.weight", width: 1 },
	];
	const joined = () => {
		const out = new Float32Array(buckets * total);
		let left = 0;
		for (const { name, width } of tables) {
			const values = c.options.weights.floats(name);
			for (let bucket = 0; bucket < buckets; bucket++)
				out.set(values.subarray(bucket * width, (bucket + 1) * width), bucket * total + left);
			left += width;
		}
		return out;
	};
	const table = c.exact(PLACES, [buckets, total], joined);
	return graph.gather(
		table,
		c.integers(PLACE_BUCKETS, () => placeBuckets({ buckets, maxDistance: max_distance }), 2 * MAX_POSITIONS + 1),
	);
}

/** score(l) = Q·h · key_l + bias. @param hidden h [B·K, S, D] @param bias [B, 1, K·S, L] @returns [B·K·S, L] */
export function pointerScores(
	c: GraphContext,
	{ width }: CopyingPlan,
	hidden: Value,
	{ key, textMask }: PointerInputs,
	bias: Value,
): Value {
	const { graph, architecture: a } = c;
	const query = c.linear(hidden, ["decoder.pointer.q"], width, a.d_model, { outliers: true });
	const split = graph.reshapeLike(query, graph.concat([graph.dim(textMask, 0), graph.ints([-1, width])], 0), [
		"B",
		"K·S",
		width,
	]);
	const products = graph.add(graph.matmul(split, graph.transpose(key, [0, 2, 1])), graph.squeeze(bias, [1]));
	const outside = graph.mul(graph.sub(graph.float(1), graph.cast(textMask, "float32")), graph.float(OUTSIDE));
	const scores = graph.add(products, graph.unsqueeze(outside, [1]));
	return graph.reshapeLike(scores, graph.concat([graph.ints([-1]), graph.dim(textMask, 1)], 0), ["B·K·S", "L"]);
}
