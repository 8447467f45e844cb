/** Adds the convolutions and blocks of a ResNet to a graph. */
import type { BlockPlan, Convolution } from "../checkpoint/resnet.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { FOLDED } from "./stored-names.ts";

/** PyTorch's BatchNorm2d default. */
export const BATCH_NORM_EPSILON = 1e-5;

/** relu(x + convolutions of x), a ReLU between two; CLIP's pool before the last and before the residual's. */
export function residualBlock(c: GraphContext, x: Value, { convolutions, downsample, pool }: BlockPlan): Value {
	const { graph } = c;
	const pooled = (value: Value) => (pool === 1 ? value : graph.averagePool(value, pool));
	const residual = downsample === null ? x : convolution(c, pooled(x), downsample);
	const inner = convolutions.slice(0, -1).reduce((value, step) => graph.relu(convolution(c, value, step)), x);
	return graph.relu(graph.add(convolution(c, pooled(inner), convolutions.at(-1)!), residual));
}

/** A convolution with its batch normalisation folded in: w·γ/√(σ² + ε), β − μ·γ/√(σ² + ε). */
export function convolution(c: GraphContext, x: Value, { name, shape, stride }: Convolution): Value {
	const load = (part: string) => c.options.weights.floats(`${name.norm}.${part}`);
	const scales = () => {
		const [gamma, variance] = [load("weight"), load("running_var")];
		return gamma.map((value, index) => value / Math.sqrt(variance[index]! + BATCH_NORM_EPSILON));
	};
	const weight = c.rows(`${name.conv}.weight${FOLDED}`, shape, () => {
		const scale = scales();
		const perOutput = shape[1] * shape[2] * shape[3];
		return c.options.weights
			.floats(`${name.conv}.weight`)
			.map((value, index) => value * scale[Math.floor(index / perOutput)]!);
	});
	const bias = c.exact(`${name.conv}.bias${FOLDED}`, [shape[0]], () => {
		const [scale, mean] = [scales(), load("running_mean")];
		return load("bias").map((value, index) => value - mean[index]! * scale[index]!);
	});
	return c.graph.conv(x, weight, bias, stride);
}
