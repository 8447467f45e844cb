/**
 * Builds pair_classifier.onnx: states of a text with marked mentions [1, L, D] and the places of pairs →
 * log-probabilities of the relations [P, R].
 */
import type { PairPlan } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";

/**
 * log softmax(out(gelu(dense([h_head ; h_tail])))) of the states at two opening markers. The weights are widened when
 * the session opens: one graph serves both backends, and the products are too small for more.
 */
export function buildPairClassifier(c: GraphContext, { relations, width }: PairPlan): void {
	const { graph, architecture: a } = c;
	const d = a.d_model;
	const states = graph.input("encoder_hidden_states", "float32", [1, "L", d]);
	const ends = graph.input("ends", "int32", ["P", 2]);
	const tokens = graph.reshape(states, [-1, d], ["L", d]);
	const both = graph.reshape(graph.gather(tokens, ends), [-1, 2 * d], ["P", 2 * d]);
	const hidden = graph.exactGelu(affine(c, both, "dense", width));
	const scores = affine(c, hidden, "out", relations.length);
	// The largest is taken out first: WebGPU's own sum of exponentials overflows past 88, and its LogSoftmax runs on the
	// CPU.
	const lowered = graph.sub(scores, graph.largest(scores, 1));
	graph.output("relation_log_probs", graph.sub(lowered, graph.unsqueeze(graph.logSumExp(lowered, 1), [1])), [
		"P",
		relations.length,
	]);
}

function affine(c: GraphContext, x: Value, part: "dense" | "out", out: number): Value {
	const name = `pair_classifier.${part}`;
	return c.graph.gemmTransposed(
		x,
		c.rows(`${name}.weight`, [out, x.shape[1] as number]),
		c.exact(`${name}.bias`, [out]),
	);
}
