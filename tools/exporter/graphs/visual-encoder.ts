/**
 * Builds visual_encoder.onnx: the crops of one picture [R, 3, s, s] and their boxes → visual_hidden_states [1, 37, D]
 * (paper, Eq. 4 and 5).
 */
import type { PaperVision } from "../checkpoint/architecture.ts";
import { type ResNet, residualBlocks, stem } from "../checkpoint/resnet.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { convolution, residualBlock } from "./resnet.ts";
import { encoderStack, maskBias } from "./t5.ts";
import { relativeBias } from "./text-encoder.ts";

export function buildVisualEncoder(c: GraphContext, vision: PaperVision): void {
	const { graph, architecture: a } = c;
	const { image_size: size, max_objects: objects, d_v: width } = vision;
	const slots = objects + 1;
	const pixels = graph.input("pixel_values", "float32", ["R", 3, size, size]);
	const boxes = graph.input("boxes", "float32", ["R", 4]);
	const count = graph.dim(pixels, 0);
	const missing = graph.sub(graph.ints([slots]), count);

	const features = graph.padRows(backbone(c, pixels, vision.backbone, width), missing, slots);
	c.inspect("backbone_features", features);
	const fc1 = graph.gemmTransposed(
		features,
		c.rows("visual.fc1.weight", [a.d_model, width]),
		c.exact("visual.fc1.bias", [a.d_model]),
	);
	const fc2 = graph.gemmTransposed(
		graph.padRows(boxes, missing, slots),
		c.exact("visual.fc2.weight", [a.d_model, 4]),
		c.exact("visual.fc2.bias", [a.d_model]),
	);
	const placed = graph.add(fc1, fc2);
	const ordered = vision.object_embedding
		? graph.add(placed, c.exact("visual.object_embedding.weight", [slots, a.d_model]))
		: placed;
	const embeddings = graph.unsqueeze(ordered, [0]);
	c.inspect("visual_embeddings", embeddings);

	const stack = { name: "visual.encoder", layers: vision.visual_layers, relativeBias: vision.visual_relative_bias };
	visualStack(c, embeddings, stack, count, slots);
}

/**
 * The T5 stack over the pictures, and the graph's outputs.
 * @param x [1, 37, D]
 * @param count of the pictures that exist
 */
export function visualStack(
	c: GraphContext,
	x: Value,
	{
		name,
		layers,
		relativeBias: biased,
	}: { readonly name: string; readonly layers: number; readonly relativeBias: boolean },
	count: Value,
	slots: number,
): void {
	const { graph, architecture: a } = c;
	const mask = objectMask(c, count, slots);
	const bias = maskBias(c, mask);
	// MultiHeadAttention wants the bias for every query.
	const spread = graph.expand(bias, graph.ints([1, 1, slots, slots]), [1, 1, slots, slots]);
	const full = biased ? graph.add(relativeBias(c, x, name, slots), spread) : spread;
	graph.output(
		"visual_hidden_states",
		encoderStack(c, x, name, layers, () => full),
		[1, slots, a.d_model],
	);
	graph.output("visual_attention_mask", mask, [1, slots]);
}

/** 1 for the images that exist, 0 for padding. @returns i32 [1, 37] */
function objectMask(c: GraphContext, count: Value, slots: number): Value {
	const { graph } = c;
	const positions = graph.constant({
		dtype: "int32",
		shape: [1, slots],
		values: Array.from({ length: slots }, (_, index) => index),
	});
	return graph.cast(graph.less(positions, graph.cast(count, "int32")), "int32");
}

/** ResNet to its pooled features. @returns [R, d_v] */
function backbone(c: GraphContext, pixels: Value, plan: ResNet, width: number): Value {
	const { graph } = c;
	let x = graph.relu(convolution(c, pixels, stem(plan)));
	if (plan.stem_pool) x = graph.maxPool(x, 3, 2, 1);
	for (const block of residualBlocks(plan)) x = residualBlock(c, x, block);
	return graph.reshape(graph.globalAveragePool(x), [-1, width], ["R", width]);
}
