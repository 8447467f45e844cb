/** Builds text_encoder.onnx of a T5: token ids [B, L] → encoder_hidden_states [B, L, D] (paper, Eq. 1). */
import type { Value } from "../onnx/graph-builder.ts";
import type { Dim } from "../onnx/model.ts";
import type { GraphContext } from "./context.ts";
import { encoderTable, MAX_POSITIONS } from "./relative-bias.ts";
import { BY_DISTANCE } from "./stored-names.ts";
import { encoderStack, maskBias } from "./t5.ts";

export function buildT5TextEncoder(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const ids = graph.input("input_ids", "int32", ["B", "L"]);
	const mask = graph.input("attention_mask", "int32", ["B", "L"]);
	const x = c.tokenRows("shared.weight", ids);
	const relative = relativeBias(c, ids, "encoder", "L");
	const masked = maskBias(c, mask);
	const first = graph.add(relative, masked);
	const states = encoderStack(c, x, "encoder", a.num_layers, (layer) =>
		layer > 0 && a.relative_bias_each === true ? graph.add(relativeBias(c, ids, "encoder", "L", layer), masked) : first,
	);
	graph.output("encoder_hidden_states", states, ["B", "L", a.d_model]);
}

/**
 * T5's bias of a bidirectional stack: that of its first layer, or in umT5 of each.
 * @param like a tensor whose axis 1 has the length @returns [1, N, L, L]
 */
export function relativeBias(c: GraphContext, like: Value, stack: string, length: Dim, layer = 0): Value {
	const { graph, architecture: a } = c;
	const name = `${stack}.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`;
	const options = { buckets: a.relative_attention_num_buckets, maxDistance: a.relative_attention_max_distance };
	const load = () => encoderTable(c.options.weights.floats(name), a.num_heads, options);
	const table = c.exact(`${name}${BY_DISTANCE}`, [2 * MAX_POSITIONS - 1, a.num_heads], load);
	const positions = graph.range(graph.cast(graph.squeeze(graph.dim(like, 1), [0]), "int32"), length);
	const zero = graph.constant({ dtype: "int32", shape: [], values: [MAX_POSITIONS - 1] });
	const keys = graph.add(graph.unsqueeze(positions, [0]), zero);
	const distances = graph.sub(keys, graph.unsqueeze(positions, [1]));
	return graph.unsqueeze(graph.transpose(graph.gather(table, distances), [2, 0, 1]), [0]);
}
