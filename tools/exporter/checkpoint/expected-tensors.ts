/**
 * Lists the name and shape of every tensor that an architecture's graphs read: Hugging Face T5 names, torchvision and
 * CLIP names of a ResNet, and those of the parts between.
 */
import type {
	Architecture,
	AuthorsVision,
	CopyingPlan,
	PairPlan,
	PaperVision,
	PrefilterPlan,
	Vision,
	VisionKind,
	VisionKinds,
} from "./architecture.ts";
import {
	BACKBONE,
	CLIP_EXPANSION,
	type Convolution,
	clipBlocks,
	clipStem,
	convolutionsOf,
	pooledFeatures,
	residualBlocks,
	stem,
} from "./resnet.ts";
import type { T5Settings } from "./t5-settings.ts";
import { addAffine, addAttention, addFeedForward, addStack, type Shapes } from "./tensor-shapes.ts";
import { familyOf, textEncoderOf } from "./text-encoders.ts";

/** Names of the authors' modules. */
export const AUTHORS = {
	embedding: "encoder.visual_embedding",
	stack: "encoder.visual_embedding.vstack",
	gate: "encoder.gate",
} as const;

const VISION_TENSORS: { readonly [K in VisionKind]: (out: Shapes, a: Architecture, vision: VisionKinds[K]) => void } = {
	paper: addPaperVision,
	authors: addAuthorsVision,
};

/** The convolutions of each kind's backbone. */
const CONVOLUTIONS: { readonly [K in VisionKind]: (vision: Pick<VisionKinds[K], "backbone">) => Convolution[] } = {
	paper: ({ backbone }) => [stem(backbone), ...convolutionsOf(residualBlocks(backbone))],
	authors: ({ backbone }) => [...clipStem(backbone), ...convolutionsOf(clipBlocks(backbone))],
};

/** Every convolution of what sees pictures. */
export function backboneConvolutions<K extends VisionKind>(vision: Vision<K>): Convolution[] {
	return CONVOLUTIONS[vision.kind as K](vision);
}

export function expectedTensors(a: Architecture): ReadonlyMap<string, readonly number[]> {
	const out: Shapes = new Map();
	out.set("shared.weight", [a.vocab_size, a.d_model]);
	const encoder = textEncoderOf(a);
	familyOf(encoder).addTensors(out, a, encoder);
	if (a.encoder_only === true) return out;
	if (!a.tie_word_embeddings) out.set("lm_head.weight", [a.vocab_size, a.d_model]);
	addStack(out, a, "decoder", a.num_decoder_layers, {
		decoder: true,
		bias: true,
		biasEach: a.relative_bias_each,
	});
	if (a.copying !== undefined) addCopying(out, a, a.copying);
	if (a.vision !== null) addVision(out, a, a.vision);
	if (a.prefilter !== undefined) addPrefilter(out, a, a.prefilter);
	if (a.pairs !== undefined) addPairs(out, a, a.pairs);
	return out;
}

/** The place copied last as a bias of every cross-attention and of the pointer, and the pointer's queries and keys. */
function addCopying(
	out: Shapes,
	{ d_model: d, num_heads, num_decoder_layers }: T5Settings,
	{ width, buckets }: CopyingPlan,
): void {
	for (let layer = 0; layer < num_decoder_layers; layer++)
		out.set(`decoder.block.${layer}.layer.1.EncDecAttention.place_bias.weight`, [buckets, num_heads]);
	out.set("decoder.pointer.q.weight", [width, d]).set("decoder.pointer.k.weight", [width, 3 * d]);
	out.set("decoder.pointer.place_bias.weight", [buckets, 1]);
}

/** One hidden layer over the states of two opening markers. */
function addPairs(out: Shapes, { d_model: d }: T5Settings, { relations, width }: PairPlan): void {
	addAffine(out, "pair_classifier.dense", width, 2 * d);
	addAffine(out, "pair_classifier.out", relations.length, width);
}

/** Two small networks of one hidden layer: over two mentions, their product and their distance; over each token. */
function addPrefilter(out: Shapes, { d_model: d }: T5Settings, { related_width, eventful_width }: PrefilterPlan): void {
	for (const [head, width, features] of [
		["related", related_width, 4 * d] as const,
		["eventful", eventful_width, d] as const,
	]) {
		addAffine(out, `screen.${head}.wi`, width, features);
		addAffine(out, `screen.${head}.wo`, 1, width);
	}
}

function addVision<K extends VisionKind>(out: Shapes, a: Architecture, vision: Vision<K>): void {
	VISION_TENSORS[vision.kind as K](out, a, vision);
}

function addPaperVision(out: Shapes, a: Architecture, vision: PaperVision): void {
	addStack(out, a, "visual.encoder", vision.visual_layers, { decoder: false, bias: vision.visual_relative_bias });
	addConvolutions(out, CONVOLUTIONS.paper(vision));
	addAffine(out, "visual.fc1", a.d_model, vision.d_v);
	addAffine(out, "visual.fc2", a.d_model, 4);
	if (vision.object_embedding) out.set("visual.object_embedding.weight", [vision.max_objects + 1, a.d_model]);
	if (vision.gate.projections)
		for (const part of ["q", "k", "v", "o"]) out.set(`gate.${part}.weight`, [a.d_model, a.d_model]);
}

function addAuthorsVision(
	out: Shapes,
	a: Architecture,
	{ backbone, d_v, norms, order, visual_layers, gate }: AuthorsVision,
): void {
	addConvolutions(out, CONVOLUTIONS.authors({ backbone }));
	const channels = pooledFeatures({ ...backbone, expansion: CLIP_EXPANSION });
	out.set(`${BACKBONE}.attnpool.positional_embedding`, [backbone.positions, channels]);
	for (const part of ["q", "k", "v"]) addAffine(out, `${BACKBONE}.attnpool.${part}_proj`, channels, channels);
	addAffine(out, `${BACKBONE}.attnpool.c_proj`, d_v, channels);
	for (const [part, width] of [["feat_embedding", d_v] as const, ["absolute_vis_pos_embedding", 5] as const]) {
		addAffine(out, `${AUTHORS.embedding}.${part}.0`, a.d_model, width);
		if (norms === "each") out.set(`${AUTHORS.embedding}.${part}.1.weight`, [a.d_model]);
	}
	if (norms === "sum") out.set(`${AUTHORS.embedding}.layer_norm.weight`, [a.d_model]);
	if (order) out.set(`${AUTHORS.embedding}.img_order_embedding.weight`, [2, a.d_model]);
	addStack(out, a, AUTHORS.stack, visual_layers, { decoder: false, bias: true });
	addAttention(out, a, `${AUTHORS.gate}.layer.0`, "EncDecAttention");
	addFeedForward(out, a, `${AUTHORS.gate}.layer.1`);
	const [first, second] = gate.widths;
	for (const side of ["t", "v"]) {
		out.set(`${AUTHORS.gate}.proj_${side}.weight`, [first, a.d_model]);
		out.set(`${AUTHORS.gate}.proj_${side}_2.weight`, [second, first]);
	}
}

function addConvolutions(out: Shapes, convolutions: readonly Convolution[]): void {
	for (const { name, shape } of convolutions) {
		out.set(`${name.conv}.weight`, shape);
		for (const part of ["weight", "bias", "running_mean", "running_var"]) out.set(`${name.norm}.${part}`, [shape[0]]);
	}
}

/** How many weights a checkpoint of this architecture has. */
export function parametersOf(architecture: Architecture): number {
	let sum = 0;
	for (const shape of expectedTensors(architecture).values()) sum += shape.reduce((product, dim) => product * dim, 1);
	return sum;
}
