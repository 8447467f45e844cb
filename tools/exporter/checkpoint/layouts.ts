/** Recognises the layout of a checkpoint by its config.json and tensors, and reads its architecture from them. */
import { Failure } from "../../../src/core/failure.ts";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import { type Architecture, type AuthorsVision, type PaperVision, parseArchitecture } from "./architecture.ts";
import { ENCODER_IGNORED, encoderArchitecture, encoderFileName, isEncoder } from "./encoder-layout.ts";
import { AUTHORS } from "./expected-tensors.ts";
import type { Found, Layout, LayoutName, Shapes } from "./layout.ts";
import { CLIP_EXPANSION, CLIP_HEAD, type ClipResNet, pooledFeatures, type ResNet } from "./resnet.ts";
import { parseT5 } from "./t5-settings.ts";

const NOTHING = /^$/;
const IMAGENET = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] } as const;
const CLIP = {
	image_mean: [0.48145466, 0.4578275, 0.40821073],
	image_std: [0.26862954, 0.26130258, 0.27577711],
} as const;
/** The slope that PyTorch's LeakyReLU has. */
const SLOPE = 0.01;
/** CLIP's RN101, which the authors took: for a report before the backbone is at hand. */
const RN101: ClipResNet = { depths: [3, 4, 23, 3], width: 64, positions: 50 };

/** Its first axis is what config.json does not say of a pair classifier. */
const PAIRS = "pair_classifier.dense.weight";

/** The first that recognises a checkpoint is its layout. */
export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = {
	umie: {
		title: "ours (T5 with visual.* and gate.*)",
		recognise: ({ config, tensors }) =>
			tensors.has("visual.fc1.weight") || (typeof config === "object" && config !== null && "umie" in config),
		architecture: ({ config, tensors }) =>
			parseArchitecture(config, tensors.has(PAIRS) ? dim(tensors, PAIRS, 0) : undefined),
		backbone: null,
		ignored: NOTHING,
		initial: NOTHING,
	},
	authors: {
		title: "the authors' public code (T5 with encoder.visual_embedding and encoder.gate, CLIP RN101)",
		recognise: ({ tensors }) => tensors.has(`${AUTHORS.embedding}.feat_embedding.0.weight`),
		architecture: (found) => ({ ...stockT5(found), vision: authorsVision(found) }),
		backbone: "CLIP's RN101",
		ignored: /^encoder\.visual_embedding\.obj_order_embedding\.weight$|^encoder\.gate\.feat\.|^proj_[tv](_2)?\.weight$/,
		initial: NOTHING,
	},
	encoder: {
		title: "a text encoder alone (BERT, RoBERTa, XLM-RoBERTa)",
		recognise: isEncoder,
		architecture: encoderArchitecture,
		backbone: null,
		ignored: ENCODER_IGNORED,
		initial: NOTHING,
		fileName: encoderFileName,
	},
	"t5+resnet": {
		title: "a stock T5 with a torchvision ResNet, visual head and gate untrained",
		recognise: ({ backbone }) => backbone !== null,
		architecture: (found) => ({ ...stockT5(found), vision: untrainedVision(resnetOf(found.backbone!)) }),
		backbone: "a torchvision ResNet",
		ignored: NOTHING,
		initial: /^visual\.(fc[12]|encoder)\.|^gate\./,
	},
	t5: {
		title: "a stock T5 (T5, T5 1.1, FLAN-T5, mT5, umT5), text only",
		recognise: () => true,
		architecture: (found) => ({ ...stockT5(found), vision: null }),
		backbone: null,
		ignored: NOTHING,
		initial: NOTHING,
	},
};

/** @throws Failure `checkpoint-format` */
export function recogniseLayout(found: Found): {
	readonly name: LayoutName;
	readonly layout: Layout;
	readonly architecture: Architecture;
} {
	const [name, layout] = (Object.entries(LAYOUTS) as [LayoutName, Layout][]).find(([, { recognise }]) =>
		recognise(found),
	)!;
	return { name, layout, architecture: layout.architecture(found) };
}

/** A T5 as Hugging Face saves it. What config.json leaves open is read from the tensors. */
function stockT5({ config, tensors }: Found): Omit<Architecture, "vision"> {
	const gated = tensors.has("encoder.block.0.layer.1.DenseReluDense.wi_0.weight");
	// umT5 has a table in each layer.
	const each = tensors.has("encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight");
	return {
		...parseT5({ feed_forward_proj: gated ? "gated-gelu" : "relu", ...(config as object | null) }),
		...(each && { relative_bias_each: true }),
		spot_token_id: null,
		object_token_ids: [],
	};
}

/** The paper's visual encoder and gate (Eq. 4–8) over a backbone, before any training. */
function untrainedVision(backbone: ResNet): PaperVision {
	return {
		kind: "paper",
		trained: false,
		max_objects: MAX_OBJECTS,
		image_size: 224,
		...IMAGENET,
		d_v: pooledFeatures(backbone),
		visual_layers: 2,
		visual_relative_bias: false,
		object_embedding: false,
		backbone,
		gate: { projections: true, negative_slope: SLOPE },
	};
}

function authorsVision({ tensors, backbone }: Found): AuthorsVision {
	const has = (name: string) => tensors.has(`${AUTHORS.embedding}.${name}`);
	const tower = backbone === null ? RN101 : clipOf(backbone);
	return {
		kind: "authors",
		trained: true,
		max_objects: MAX_OBJECTS,
		// The start halves twice and every stage but the first once: a place of RN101's last grid has 32 × 32 pixels.
		image_size: 2 ** (tower.depths.length + 1) * Math.sqrt(tower.positions - 1),
		...CLIP,
		d_v: dim(tensors, `${AUTHORS.embedding}.feat_embedding.0.weight`, 1),
		visual_layers: countUp((n) => has(`vstack.block.${n}.layer.0.layer_norm.weight`)),
		backbone: tower,
		norms: has("feat_embedding.1.weight") ? "each" : has("layer_norm.weight") ? "sum" : "none",
		order: has("img_order_embedding.weight"),
		gate: {
			projections: true,
			negative_slope: SLOPE,
			widths: [dim(tensors, `${AUTHORS.gate}.proj_t.weight`, 0), dim(tensors, `${AUTHORS.gate}.proj_t_2.weight`, 0)],
		},
	};
}

function resnetOf(tensors: Shapes): ResNet {
	const depths = depthsOf(tensors);
	const block = tensors.has("layer1.0.conv3.weight") ? "bottleneck" : "basic";
	const width = dim(tensors, "conv1.weight", 0);
	const expansion =
		block === "basic" ? 1 : dim(tensors, "layer1.0.conv3.weight", 0) / dim(tensors, "layer1.0.conv2.weight", 0);
	if (!Number.isInteger(expansion))
		throw new Failure("checkpoint-format", "The backbone's bottlenecks do not widen by a whole number.");
	return {
		block,
		depths,
		width,
		expansion,
		stem_kernel: dim(tensors, "conv1.weight", 2),
		stem_stride: 2,
		stem_pool: true,
	};
}

function clipOf(tensors: Shapes): ClipResNet {
	if (!tensors.has("attnpool.positional_embedding"))
		throw new Failure(
			"checkpoint-format",
			"The backbone has no attnpool.positional_embedding: this checkpoint needs a ResNet of CLIP (RN101).",
		);
	const positions = dim(tensors, "attnpool.positional_embedding", 0);
	if (!Number.isInteger(Math.sqrt(positions - 1)))
		throw new Failure(
			"checkpoint-format",
			`The backbone's attention has ${positions} positions, which are not a square grid and a mean.`,
		);
	const plan = { depths: depthsOf(tensors), width: dim(tensors, "conv3.weight", 0), positions };
	const channels = pooledFeatures({ ...plan, expansion: CLIP_EXPANSION });
	if (channels % CLIP_HEAD !== 0)
		throw new Failure(
			"checkpoint-format",
			`The backbone's attention has ${channels} features, which is not a multiple of CLIP's ${CLIP_HEAD} per head.`,
		);
	return plan;
}

/** Blocks of each stage. ResNets have four; three more than any has are looked for. */
function depthsOf(tensors: Shapes): number[] {
	const depths = [1, 2, 3, 4, 5, 6, 7].map((stage) => countUp((n) => tensors.has(`layer${stage}.${n}.conv1.weight`)));
	const end = depths.indexOf(0);
	if (end === 0)
		throw new Failure(
			"checkpoint-format",
			"The backbone has no layer1.0.conv1.weight: it is not a ResNet of torchvision or CLIP.",
		);
	return end === -1 ? depths : depths.slice(0, end);
}

/** How many numbers from 0 up there are; no layout counts past 256. */
function countUp(there: (n: number) => boolean): number {
	let n = 0;
	while (n < 256 && there(n)) n++;
	return n;
}

/** @throws Failure `checkpoint-format` when the tensor is missing or has no such axis */
function dim(tensors: Shapes, name: string, axis: number): number {
	const found = tensors.get(name)?.shape[axis];
	if (found === undefined || found < 1 || found > 1_000_000)
		throw new Failure("checkpoint-format", `${name} is missing, or its shape does not fit.`);
	return found;
}
