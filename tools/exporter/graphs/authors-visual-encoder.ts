/**
 * Builds visual_encoder.onnx as the authors' public code has it: CLIP's ResNet, an embedding of features, boxes and
 * order, and the T5 stack over it.
 */
import type { AuthorsVision } from "../checkpoint/architecture.ts";
import { AUTHORS } from "../checkpoint/expected-tensors.ts";
import {
	BACKBONE,
	CLIP_EXPANSION,
	CLIP_HEAD,
	type ClipResNet,
	clipBlocks,
	clipStem,
	pooledFeatures,
} from "../checkpoint/resnet.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { convolution, residualBlock } from "./resnet.ts";
import { ORDER_EMBEDDING, ORDERS } from "./stored-names.ts";
import { visualStack } from "./visual-encoder.ts";

export function buildAuthorsVisualEncoder(c: GraphContext, vision: AuthorsVision): void {
	const { graph } = c;
	const { image_size: size, max_objects: objects, d_v: width } = vision;
	const slots = objects + 1;
	const pixels = graph.input("pixel_values", "float32", ["R", 3, size, size]);
	const boxes = graph.input("boxes", "float32", ["R", 4]);
	const count = graph.dim(pixels, 0);
	const missing = graph.sub(graph.ints([slots]), count);
	const features = graph.padRows(clipFeatures(c, pixels, vision.backbone, width), missing, slots);
	c.inspect("backbone_features", features);
	const places = graph.padRows(graph.concat([boxes, areas(c, boxes)], 1), missing, slots);
	const seen = graph.add(
		embedding(c, features, "feat_embedding", vision, width),
		embedding(c, places, "absolute_vis_pos_embedding", vision, 5),
	);
	const ordered = vision.order ? graph.add(seen, orders(c, slots)) : seen;
	const normed = vision.norms === "sum" ? norm(c, ordered, `${AUTHORS.embedding}.layer_norm`) : ordered;
	const embeddings = graph.unsqueeze(normed, [0]);
	c.inspect("visual_embeddings", embeddings);
	// Their posts have only pictures that exist, and no mask; ours have empty slots, which nobody may see.
	visualStack(c, embeddings, { name: AUTHORS.stack, layers: vision.visual_layers, relativeBias: true }, count, slots);
}

/** (x2 − x1) · (y2 − y1). @param boxes [R, 4] @returns [R, 1] */
function areas({ graph }: GraphContext, boxes: Value): Value {
	const [left, top, right, bottom] = graph.split(boxes, [1, 1, 1, 1], 1);
	return graph.mul(graph.sub(right!, left!), graph.sub(bottom!, top!));
}

/** A linear layer, and its own norm where each has one. @param x [slots, width] @returns [slots, D] */
function embedding(c: GraphContext, x: Value, part: string, { norms }: AuthorsVision, width: number): Value {
	const at = `${AUTHORS.embedding}.${part}`;
	const y = affine(c, x, `${at}.0`, c.architecture.d_model, width);
	return norms === "each" ? norm(c, y, `${at}.1`) : y;
}

function norm(c: GraphContext, x: Value, name: string): Value {
	const { d_model: d, layer_norm_epsilon: epsilon } = c.architecture;
	return c.graph.rmsNorm(x, c.exact(`${name}.weight`, [d]), epsilon);
}

/**
 * The first picture's embedding and those of the objects, which are the vocabulary's last tokens, counted backwards.
 * @returns [slots, D]
 */
function orders(c: GraphContext, slots: number): Value {
	const { d_model: d, vocab_size: v } = c.architecture;
	return c.exact(ORDERS, [slots, d], () => {
		const picture = c.options.weights.floats(ORDER_EMBEDDING);
		const tokens = c.options.weights.floats("shared.weight", (v - slots) * d, v * d);
		return Float32Array.from(
			{ length: slots * d },
			(_, i) => picture[i % d]! + tokens[(slots - 1 - Math.floor(i / d)) * d + (i % d)]!,
		);
	});
}

/** CLIP's ResNet to the embedding of a crop. @returns [R, d_v] */
function clipFeatures(c: GraphContext, pixels: Value, plan: ClipResNet, width: number): Value {
	const { graph } = c;
	let x = pixels;
	for (const step of clipStem(plan)) x = graph.relu(convolution(c, x, step));
	x = graph.averagePool(x, 2);
	for (const block of clipBlocks(plan)) x = residualBlock(c, x, block);
	return attentionPool(c, x, plan, width);
}

/** The mean of all places asks, the mean and the places answer. @param x [R, C, h, w] @returns [R, width] */
function attentionPool(c: GraphContext, x: Value, plan: ClipResNet, width: number): Value {
	const { graph } = c;
	const { positions } = plan;
	const channels = pooledFeatures({ ...plan, expansion: CLIP_EXPANSION });
	const at = `${BACKBONE}.attnpool`;
	const grid = graph.transpose(graph.reshape(x, [0, 0, -1], ["R", channels, positions - 1]), [0, 2, 1]);
	const mean = graph.unsqueeze(graph.mul(graph.sum(grid, 1), graph.float(1 / (positions - 1))), [1]);
	const places = graph.add(graph.concat([mean, grid], 1), c.exact(`${at}.positional_embedding`, [positions, channels]));
	const first = graph.slice(places, graph.ints([0]), graph.ints([1]), [1], [1]);
	const project = (from: Value, part: string, length: number) => {
		const rows = graph.reshape(from, [-1, channels], [`R·${length}`, channels]);
		return graph.reshape(
			affine(c, rows, `${at}.${part}_proj`, channels, channels),
			[-1, length, channels],
			["R", length, channels],
		);
	};
	const query = graph.mul(project(first, "q", 1), graph.float(CLIP_HEAD ** -0.5));
	const { output } = graph.attention(
		query,
		project(places, "k", positions),
		project(places, "v", positions),
		null,
		channels / CLIP_HEAD,
	);
	return affine(c, graph.reshape(output, [-1, channels], ["R", channels]), `${at}.c_proj`, width, channels);
}

/** x Wᵀ + b. @param x [rows, width] @returns [rows, out] */
function affine(c: GraphContext, x: Value, name: string, out: number, width: number): Value {
	return c.graph.gemmTransposed(x, c.rows(`${name}.weight`, [out, width]), c.exact(`${name}.bias`, [out]));
}
