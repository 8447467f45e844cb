/**
 * Builds screen.onnx, the prefilter: states of a text [1, L, D] and its mentions → whether pairs are related [P], and
 * whether the text holds any event [1].
 */
import type { PrefilterPlan } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";

/** Added to what prompt and end say of events: e⁻¹⁰⁰⁰⁰ is 0. */
const MASKED = -1e4;

/**
 * related = σ(MLP([h; t; h∘t; |h−t|])) of mentions h and t, each the mean of its tokens. eventful = σ(log Σ exp MLP(x))
 * over tokens x of the text. The weights are widened when the session opens: one graph serves both backends, and the
 * products are too small for more.
 */
export function buildPrefilter(c: GraphContext, { related_width, eventful_width }: PrefilterPlan): void {
	const { graph, architecture: a } = c;
	const { d_model: d } = a;
	const states = graph.input("encoder_hidden_states", "float32", [1, "L", d]);
	const mask = graph.input("text_mask", "float32", [1, "L"]);
	const spans = graph.input("spans", "float32", ["M", "L"]);
	const pairs = graph.input("pairs", "int32", ["P", 2]);

	const tokens = graph.reshape(states, [-1, d], ["L", d]);
	const ends = graph.reshape(graph.gather(graph.matmul(spans, tokens), pairs), [-1, 2 * d], ["P", 2 * d]);
	const [head, tail] = graph.split(ends, [d, d], 1);
	const features = graph.concat([ends, graph.mul(head!, tail!), graph.abs(graph.sub(head!, tail!))], 1);
	const related = perceptron(c, features, "related", related_width);
	graph.output("related", graph.sigmoid(graph.reshape(related, [-1], ["P"])), ["P"]);

	const scores = graph.reshape(perceptron(c, tokens, "eventful", eventful_width), [1, -1], [1, "L"]);
	const masked = graph.add(scores, graph.mul(graph.sub(graph.float(1), mask), graph.float(MASKED)));
	// The largest is taken out first: WebGPU's own sum of exponentials overflows past 88.
	const largest = graph.largest(masked, 1);
	const sum = graph.add(graph.logSumExp(graph.sub(masked, largest), 1), graph.reshape(largest, [1], [1]));
	graph.output("eventful", graph.sigmoid(sum), [1]);
}

/** wo · relu(wi · x + bi) + bo. @param x [n, width of x] @returns [n, 1] */
function perceptron(c: GraphContext, x: Value, head: "related" | "eventful", width: number): Value {
	const { graph } = c;
	const affine = (input: Value, name: string, out: number, into: number) =>
		graph.gemmTransposed(
			input,
			c.rows(`screen.${head}.${name}.weight`, [out, into]),
			c.exact(`screen.${head}.${name}.bias`, [out]),
		);
	return affine(graph.relu(affine(x, "wi", width, x.shape[1] as number)), "wo", 1, width);
}
