/**
 * Writes random checkpoints whose backbone lies in a file of its own: the authors' layout, and a stock T5 with a
 * torchvision ResNet.
 */

import { join } from "node:path";
import { MAX_OBJECTS } from "../../../src/core/limits.ts";
import type { AuthorsVision, Vision } from "./architecture.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { stockConfig, writeRandomCheckpoint, writeRandomTensors } from "./random-checkpoint.ts";
import { BACKBONE } from "./resnet.ts";

const isBackbone = ([name]: readonly [string, unknown]) => name.startsWith(`${BACKBONE}.`);

/** A stock T5 with the tensors of a vision, and the backbone's in a file of its own. */
function writeWithVision(folder: string, vision: Vision, nameInBackbone: (name: string) => string) {
	const architecture = { ...writeRandomCheckpoint(folder, stockConfig()), vision };
	const shapes = [...expectedTensors(architecture)];
	const backbone = `${folder}.safetensors`;
	writeRandomTensors(backbone, new Map(shapes.filter(isBackbone)), 1, (name) =>
		nameInBackbone(name.slice(BACKBONE.length + 1)),
	);
	return { folder, backbone, own: new Map(shapes.filter((entry) => !isBackbone(entry))) };
}

const SEEING = {
	trained: true,
	max_objects: MAX_OBJECTS,
	image_size: 64,
	image_mean: [0.5, 0.5, 0.5],
	image_std: [0.5, 0.5, 0.5],
	visual_layers: 2,
} as const;

/** An authors' checkpoint with what their trainer leaves in it. */
export function writeRandomAuthors(folder: string, changes: Partial<AuthorsVision> = {}) {
	const vision: AuthorsVision = {
		...SEEING,
		kind: "authors",
		d_v: 12,
		backbone: { depths: [1, 1, 1, 1], width: 2, positions: 5 },
		norms: "each",
		order: true,
		gate: { projections: true, negative_slope: 0.01, widths: [10, 6] },
		...changes,
	};
	const made = writeWithVision(folder, vision, (name) => `visual.${name}`);
	const unread = [
		"encoder.visual_embedding.obj_order_embedding.weight",
		"encoder.gate.feat.weight",
		"proj_t.weight",
		"proj_v_2.weight",
	];
	writeRandomTensors(
		join(made.folder, "model.safetensors"),
		new Map([...made.own, ...unread.map((name) => [name, [1, 1]] as const)]),
		1,
	);
	return made;
}

/** A checkpoint of T5 and a torchvision ResNet of two stages, classifier and counters included. */
export function writeRandomResNet(folder: string, block: "basic" | "bottleneck") {
	const backbone = {
		block,
		depths: [2, 1],
		width: 2,
		expansion: block === "basic" ? 1 : 4,
		stem_kernel: 7,
		stem_stride: 2,
		stem_pool: true,
	} as const;
	const d_v = 4 * backbone.expansion;
	const gate = { projections: true, negative_slope: 0.01 };
	const made = writeWithVision(
		folder,
		{ ...SEEING, kind: "paper", d_v, backbone, visual_relative_bias: false, object_embedding: false, gate },
		(name) => name,
	);
	return made;
}
