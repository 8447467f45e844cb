/** Goes in: a context. Comes out: visual_encoder.onnx: the crops of one picture [R, 3, s, s] and their boxes → visual_hidden_states [1, 37, D] (paper, Eq. 4 and 5). */
import { bottlenecks, type Convolution, stem } from "../checkpoint/architecture.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { encoderStack, maskBias } from "./t5.ts";
import { relativeBias } from "./text-encoder.ts";

/** torchvision's BatchNorm2d default. */
const BATCH_NORM_EPSILON = 1e-5;

export function buildVisualEncoder(c: GraphContext): void {
	const { graph, architecture: a } = c;
	const { image_size: size, max_objects: objects, d_v: width } = a.umie;
	const slots = objects + 1;
	const pixels = graph.input("pixel_values", "float32", ["R", 3, size, size]);
	const boxes = graph.input("boxes", "float32", ["R", 4]);
	const count = graph.dim(pixels, 0);
	const missing = graph.sub(graph.ints([slots]), count);

	const features = graph.padRows(backbone(c, pixels), missing, slots);
	c.inspect("backbone_features", features);
	const fc1 = graph.gemmTransposed(features, c.rows("visual.fc1.weight", [a.d_model, width]), c.exact("visual.fc1.bias", [a.d_model]));
	const fc2 = graph.gemmTransposed(
		graph.padRows(boxes, missing, slots),
		c.exact("visual.fc2.weight", [a.d_model, 4]),
		c.exact("visual.fc2.bias", [a.d_model]),
	);
	const embeddings = graph.unsqueeze(graph.add(fc1, fc2), [0]);
	c.inspect("visual_embeddings", embeddings);

	const mask = objectMask(c, count, slots);
	const bias = maskBias(c, mask);
	// MultiHeadAttention wants the bias for every query.
	const spread = graph.expand(bias, graph.ints([1, 1, slots, slots]), [1, 1, slots, slots]);
	const full = a.umie.visual_relative_bias ? graph.add(relativeBias(c, embeddings, "visual.encoder", slots), spread) : spread;
	graph.output("visual_hidden_states", encoderStack(c, embeddings, "visual.encoder", a.umie.visual_layers, full), [1, slots, a.d_model]);
	graph.output("visual_attention_mask", mask, [1, slots]);
}

/** 1 for the images that exist, 0 for padding. @returns i32 [1, 37] */
function objectMask(c: GraphContext, count: Value, slots: number): Value {
	const { graph } = c;
	const positions = graph.constant({ dtype: "int32", shape: [1, slots], values: Array.from({ length: slots }, (_, index) => index) });
	return graph.cast(graph.less(positions, graph.cast(count, "int32")), "int32");
}

/** ResNet to its pooled features. @returns [R, d_v] */
function backbone(c: GraphContext, pixels: Value): Value {
	const { graph, architecture: a } = c;
	const { backbone: plan, d_v: width } = a.umie;
	let x = graph.relu(convolution(c, pixels, stem(plan)));
	if (plan.stem_pool) x = graph.maxPool(x, 3, 2, 1);
	for (const { convolutions, downsample } of bottlenecks(plan)) {
		const [first, second, third] = convolutions;
		const residual = downsample === null ? x : convolution(c, x, downsample);
		const inner = graph.relu(convolution(c, graph.relu(convolution(c, x, first)), second));
		x = graph.relu(graph.add(convolution(c, inner, third), residual));
	}
	return graph.reshape(graph.globalAveragePool(x), [-1, width], ["R", width]);
}

/** A convolution with its batch normalisation folded in: w·γ/√(σ² + ε), β − μ·γ/√(σ² + ε). */
function convolution(c: GraphContext, x: Value, { name, shape, stride }: Convolution): Value {
	const load = (part: string) => c.options.weights.floats(`${name.norm}.${part}`);
	const scales = () => {
		const [gamma, variance] = [load("weight"), load("running_var")];
		return gamma.map((value, index) => value / Math.sqrt(variance[index]! + BATCH_NORM_EPSILON));
	};
	const weight = c.rows(`${name.conv}.weight|folded`, shape, () => {
		const scale = scales();
		const perOutput = shape[1] * shape[2] * shape[3];
		return c.options.weights.floats(`${name.conv}.weight`).map((value, index) => value * scale[Math.floor(index / perOutput)]!);
	});
	const bias = c.exact(`${name.conv}.bias|folded`, [shape[0]], () => {
		const [scale, mean] = [scales(), load("running_mean")];
		return load("bias").map((value, index) => value - mean[index]! * scale[index]!);
	});
	return c.graph.conv(x, weight, bias, stride);
}
