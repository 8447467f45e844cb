/**
 * Builds region_proposer.onnx: one picture [1, 3, s, s] → scores [1, K, s/4, s/4] of a box's middle by kind, and
 * distances in pixels to its edges [1, 4, s/4, s/4].
 */
import { PROPOSER_STRIDE, type ProposerPlan, proposerLayers } from "../checkpoint/proposer.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { convolution } from "./resnet.ts";

/** As in training: distances are 4 · e^x pixels, x at most 5. */
const FARTHEST = 5;

export function buildRegionProposer(c: GraphContext, plan: ProposerPlan): void {
	const { graph } = c;
	const { image_size: size } = plan;
	const layers = proposerLayers(plan);
	let x = graph.relu(convolution(c, graph.input("pixel_values", "float32", [1, 3, size, size]), layers.stem));
	const levels = layers.stages.map(({ down, blocks }) => {
		x = graph.relu(convolution(c, x, down));
		for (const [first, second] of blocks)
			x = graph.relu(graph.add(x, convolution(c, graph.relu(convolution(c, x, first)), second)));
		return x;
	});
	const top = levels.length - 1;
	let up = graph.relu(convolution(c, levels[top]!, layers.lateral[top]!));
	for (let at = top - 1; at >= 0; at--) {
		const merged = graph.add(convolution(c, levels[at]!, layers.lateral[at]!), graph.upsample(up, 2));
		up = graph.relu(convolution(c, graph.relu(merged), layers.smooth[at]!));
	}
	c.inspect("proposer_features", up);
	const hidden = graph.relu(convolution(c, up, layers.head));
	const cells = size / PROPOSER_STRIDE;
	const output = (name: "scores" | "boxes") => projected(c, hidden, name, layers.outputs[name]);
	graph.output("scores", graph.sigmoid(output("scores")), [1, Object.keys(plan.kinds).length, cells, cells]);
	const farthest = graph.min(output("boxes"), graph.float(FARTHEST));
	graph.output("boxes", graph.mul(graph.exp(farthest), graph.float(PROPOSER_STRIDE)), [1, 4, cells, cells]);
}

/** A 1×1 convolution with a bias. */
function projected(c: GraphContext, x: Value, name: string, shape: readonly number[]): Value {
	return c.graph.conv(x, c.rows(`${name}.weight`, shape), c.exact(`${name}.bias`, [shape[0]!]), 1);
}
