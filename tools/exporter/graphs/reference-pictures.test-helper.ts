/**
 * Computes what UMIE sees in pictures and lets into the text, in plain loops and double precision. It shares nothing
 * with the graphs it checks. For tests.
 */
import type { AuthorsVision, PaperVision } from "../checkpoint/architecture.ts";
import {
	attention,
	column,
	dot,
	encoder,
	feedForward,
	linear,
	type Model,
	norm,
	plus,
	positionBias,
	type Rows,
	row,
	scaled,
	softmax,
} from "./reference.test-helper.ts";

/** [channels][height][width] */
type Planes = number[][][];

function convolve(m: Model, name: string, x: Planes, kernel: number, stride: number): Planes {
	const weights = m.weights(`${name}.weight`);
	const pad = (kernel - 1) / 2;
	const [channels, height, width] = [x.length, x[0]!.length, x[0]![0]!.length];
	const outputs = weights.length / (channels * kernel * kernel);
	const steps = (length: number) => Math.floor((length + 2 * pad - kernel) / stride) + 1;
	const at = (o: number, top: number, left: number) => {
		let sum = 0;
		for (let c = 0; c < channels; c++)
			for (let i = 0; i < kernel; i++)
				for (let j = 0; j < kernel; j++)
					sum += (x[c]![top + i]?.[left + j] ?? 0) * weights[((o * channels + c) * kernel + i) * kernel + j]!;
		return sum;
	};
	return Array.from({ length: outputs }, (_, o) =>
		Array.from({ length: steps(height) }, (_, y) =>
			Array.from({ length: steps(width) }, (_, z) => at(o, y * stride - pad, z * stride - pad)),
		),
	);
}

function eachPixel(x: Planes, change: (value: number, c: number, y: number, z: number) => number): Planes {
	return x.map((plane, c) => plane.map((line, y) => line.map((value, z) => change(value, c, y, z))));
}

function batchNorm(m: Model, name: string, x: Planes): Planes {
	const part = (which: string, c: number) => m.weights(`${name}.${which}`)[c]!;
	return eachPixel(
		x,
		(value, c) =>
			((value - part("running_mean", c)) / Math.sqrt(part("running_var", c) + 1e-5)) * part("weight", c) +
			part("bias", c),
	);
}

const relu = (x: Planes) => eachPixel(x, (value) => Math.max(0, value));

function maxPool(x: Planes): Planes {
	const half = (length: number) => Math.floor((length - 1) / 2) + 1;
	const around = [-1, 0, 1];
	const best = (plane: Rows, y: number, z: number) =>
		Math.max(...around.flatMap((i) => around.map((j) => plane[2 * y + i]?.[2 * z + j] ?? Number.NEGATIVE_INFINITY)));
	return x.map((plane) =>
		Array.from({ length: half(plane.length) }, (_, y) =>
			Array.from({ length: half(plane[0]!.length) }, (_, z) => best(plane, y, z)),
		),
	);
}

function block(m: Model, at: string, x: Planes, stride: number, kind: "basic" | "bottleneck"): Planes {
	let y: Planes;
	if (kind === "basic") {
		y = relu(batchNorm(m, `${at}.bn1`, convolve(m, `${at}.conv1`, x, 3, stride)));
		y = batchNorm(m, `${at}.bn2`, convolve(m, `${at}.conv2`, y, 3, 1));
	} else {
		y = relu(batchNorm(m, `${at}.bn1`, convolve(m, `${at}.conv1`, x, 1, 1)));
		y = relu(batchNorm(m, `${at}.bn2`, convolve(m, `${at}.conv2`, y, 3, stride)));
		y = batchNorm(m, `${at}.bn3`, convolve(m, `${at}.conv3`, y, 1, 1));
	}
	const same = stride === 1 && x.length === y.length;
	const residual = same ? x : batchNorm(m, `${at}.downsample.1`, convolve(m, `${at}.downsample.0`, x, 1, stride));
	return relu(eachPixel(y, (value, c, i, j) => value + residual[c]![i]![j]!));
}

/** [3, s, s] row-major as planes. */
const planesOf = (crop: Float32Array, s: number): Planes =>
	Array.from({ length: 3 }, (_, c) =>
		Array.from({ length: s }, (_, y) => [...crop.slice((c * s + y) * s, (c * s + y + 1) * s)]),
	);

/** @param crop [3, s, s] row-major @returns f [d_v] */
function features(m: Model, { image_size: s, backbone }: PaperVision, crop: Float32Array): number[] {
	const first = convolve(m, "visual.backbone.conv1", planesOf(crop, s), backbone.stem_kernel, backbone.stem_stride);
	let x = relu(batchNorm(m, "visual.backbone.bn1", first));
	if (backbone.stem_pool) x = maxPool(x);
	for (const [stage, depth] of backbone.depths.entries())
		for (let at = 0; at < depth; at++)
			x = block(m, `visual.backbone.layer${stage + 1}.${at}`, x, stage > 0 && at === 0 ? 2 : 1, backbone.block);
	return x.map((plane) => plane.flat().reduce((sum, value) => sum + value, 0) / plane.flat().length);
}

export interface Seen {
	/** h_v [slots, D] */
	readonly states: Rows;
	/** 1 for the images that exist. [slots] */
	readonly mask: number[];
}

const affine = (m: Model, name: string, x: Rows) =>
	linear(m, name, x).map((values) => values.map((value, i) => value + m.weights(`${name}.bias`)[i]!));

/** @param crops [R][3·s·s] @param boxes [R][4] */
export function encodePicture(m: Model, crops: readonly Float32Array[], boxes: Rows): Seen {
	const { vision } = m.a;
	if (vision === null) throw new Error("this model sees nothing");
	return vision.kind === "paper" ? encodeAsPaper(m, vision, crops, boxes) : encodeAsAuthors(m, vision, crops, boxes);
}

function encodeAsPaper(m: Model, vision: PaperVision, crops: readonly Float32Array[], boxes: Rows): Seen {
	const { d_v: width, max_objects: objects, visual_layers: layers, visual_relative_bias: biased } = vision;
	const slots = Array.from({ length: objects + 1 }, (_, slot) => slot);
	const mask = slots.map((slot) => (slot < crops.length ? 1 : 0));
	const f = slots.map((slot) =>
		slot < crops.length ? features(m, vision, crops[slot]!) : Array.from({ length: width }, () => 0),
	);
	const placed = slots.map((slot) => boxes[slot] ?? [0, 0, 0, 0]);
	const seen = plus(affine(m, "visual.fc1", f), affine(m, "visual.fc2", placed));
	const table = vision.object_embedding ? m.weights("visual.object_embedding.weight") : null;
	const e = table ? seen.map((row, slot) => row.map((value, i) => value + table[slot * row.length + i]!)) : seen;
	return {
		states: encoder(m, "visual.encoder", layers, e, mask, biased ? positionBias(m, "visual.encoder", true) : () => 0),
		mask,
	};
}

// The authors' public code

function halved(x: Planes): Planes {
	const half = (length: number) => Math.floor(length / 2);
	return x.map((plane) =>
		Array.from({ length: half(plane.length) }, (_, y) =>
			Array.from(
				{ length: half(plane[0]!.length) },
				(_, z) =>
					(plane[2 * y]![2 * z]! +
						plane[2 * y]![2 * z + 1]! +
						plane[2 * y + 1]![2 * z]! +
						plane[2 * y + 1]![2 * z + 1]!) /
					4,
			),
		),
	);
}

/** CLIP's bottleneck: averages where torchvision's strides. */
function clipBottleneck(m: Model, at: string, x: Planes, stride: number): Planes {
	const shrink = (planes: Planes) => (stride === 2 ? halved(planes) : planes);
	let y = relu(batchNorm(m, `${at}.bn1`, convolve(m, `${at}.conv1`, x, 1, 1)));
	y = relu(batchNorm(m, `${at}.bn2`, convolve(m, `${at}.conv2`, y, 3, 1)));
	y = batchNorm(m, `${at}.bn3`, convolve(m, `${at}.conv3`, shrink(y), 1, 1));
	const same = stride === 1 && x.length === y.length;
	const residual = same ? x : batchNorm(m, `${at}.downsample.1`, convolve(m, `${at}.downsample.0`, shrink(x), 1, 1));
	return relu(eachPixel(y, (value, c, i, j) => value + residual[c]![i]![j]!));
}

/** CLIP's embedding of a crop. @returns [d_v] */
function clipFeatures(m: Model, { image_size: s, backbone }: AuthorsVision, crop: Float32Array): number[] {
	const at = "visual.backbone";
	let x = planesOf(crop, s);
	for (const n of [1, 2, 3])
		x = relu(batchNorm(m, `${at}.bn${n}`, convolve(m, `${at}.conv${n}`, x, 3, n === 1 ? 2 : 1)));
	x = halved(x);
	for (const [stage, depth] of backbone.depths.entries())
		for (let i = 0; i < depth; i++)
			x = clipBottleneck(m, `${at}.layer${stage + 1}.${i}`, x, stage > 0 && i === 0 ? 2 : 1);
	const grid = x[0]!.flatMap((line, y) => line.map((_, z) => x.map((plane) => plane[y]![z]!)));
	const mean = x.map((_, c) => column(grid, c).reduce((sum, value) => sum + value, 0) / grid.length);
	const tokens = plus(
		[mean, ...grid],
		[mean, ...grid].map((_, i) => row(m, `${at}.attnpool.positional_embedding`, x.length, i)),
	);
	const [[q], k, v] = [
		affine(m, `${at}.attnpool.q_proj`, [tokens[0]!]),
		affine(m, `${at}.attnpool.k_proj`, tokens),
		affine(m, `${at}.attnpool.v_proj`, tokens),
	];
	const pooled = Array.from({ length: x.length / 64 }, (_, head) => {
		const part = (values: number[]) => values.slice(head * 64, (head + 1) * 64);
		const shares = softmax(
			k.map((key) => dot(part(q!), part(key)) / 8),
			() => true,
		);
		return Array.from({ length: 64 }, (_, d) => dot(shares, column(v.map(part), d)));
	}).flat();
	return affine(m, `${at}.attnpool.c_proj`, [pooled])[0]!;
}

/** Only pictures that exist, without a mask, as they do; the slots that do not exist are not computed. */
function encodeAsAuthors(m: Model, vision: AuthorsVision, crops: readonly Float32Array[], boxes: Rows): Seen {
	const { norms, order, max_objects: objects, visual_layers: layers } = vision;
	const { d_model: d, vocab_size: v } = m.a;
	const at = "encoder.visual_embedding";
	const embed = (part: string, x: Rows) => {
		const y = affine(m, `${at}.${part}.0`, x);
		return norms === "each" ? norm(m, `${at}.${part}.1`, y) : y;
	};
	const placed = boxes
		.slice(0, crops.length)
		.map(([x1, y1, x2, y2]) => [x1!, y1!, x2!, y2!, (x2! - x1!) * (y2! - y1!)]);
	let e = plus(
		embed(
			"feat_embedding",
			crops.map((crop) => clipFeatures(m, vision, crop)),
		),
		embed("absolute_vis_pos_embedding", placed),
	);
	if (order)
		e = e.map((values, r) => {
			const [picture, object] = [
				row(m, `${at}.img_order_embedding.weight`, d, 0),
				row(m, "shared.weight", d, v - 1 - r),
			];
			return values.map((value, i) => value + picture[i]! + object[i]!);
		});
	if (norms === "sum") e = norm(m, `${at}.layer_norm`, e);
	const stack = `${at}.vstack`;
	const states = encoder(
		m,
		stack,
		layers,
		e,
		crops.map(() => 1),
		positionBias(m, stack, true),
	);
	return { states, mask: Array.from({ length: objects + 1 }, (_, slot) => (slot < crops.length ? 1 : 0)) };
}

export interface FusedReference {
	readonly states: Rows;
	readonly gate: number;
	readonly attention: Rows;
}

/** @param override g, if it is not the model's own */
export function fuse(m: Model, text: Rows, textMask: readonly number[], seen: Seen, override?: number): FusedReference {
	return m.a.vision!.kind === "paper"
		? fuseAsPaper(m, text, textMask, seen, override)
		: fuseAsAuthors(m, text, textMask, seen, override);
}

const meanOf = (x: Rows, there: (i: number) => boolean) => {
	const kept = x.filter((_, i) => there(i));
	return kept[0]!.map((_, j) => column(kept, j).reduce((sum, value) => sum + value, 0) / kept.length);
};

function fuseAsAuthors(
	m: Model,
	text: Rows,
	textMask: readonly number[],
	{ states, mask }: Seen,
	override?: number,
): FusedReference {
	const { num_heads: n, d_kv: h } = m.a;
	const count = mask.filter((there) => there === 1).length;
	const visual = states.slice(0, count);
	const at = "encoder.gate";
	const normed = norm(m, `${at}.layer.0.layer_norm`, text);
	const looked = attention(m, `${at}.layer.0.EncDecAttention`, {
		x: normed,
		over: visual,
		bias: () => 0,
		allowed: () => true,
	});
	const mixed = feedForward(m, `${at}.layer.1`, plus(text, looked));
	const [q, k] = [
		linear(m, `${at}.layer.0.EncDecAttention.q`, normed),
		linear(m, `${at}.layer.0.EncDecAttention.k`, visual),
	];
	const shares = q.map((query) => {
		const heads = Array.from({ length: n }, (_, head) =>
			softmax(
				k.map((key) => dot(query.slice(head * h, (head + 1) * h), key.slice(head * h, (head + 1) * h))),
				() => true,
			),
		);
		return mask.map((_, slot) => (slot < count ? column(heads, slot).reduce((sum, value) => sum + value, 0) / n : 0));
	});
	const direction = (side: string, x: Rows, there: (i: number) => boolean) => {
		const mean = meanOf(linear(m, `${at}.proj_${side}_2`, linear(m, `${at}.proj_${side}`, x)), there);
		return mean.map((value) => value / Math.sqrt(dot(mean, mean)));
	};
	const leaky = (z: number) => (z > 0 ? z : 0.01 * z);
	const cosine = dot(
		direction("t", text, (i) => textMask[i] === 1),
		direction("v", visual, () => true),
	);
	const gate = override ?? leaky(leaky(cosine * Math.exp(0.5)));
	return { states: plus(text, scaled(mixed, gate)), gate, attention: shares };
}

/** Paper, Eq. 6–8. */
function fuseAsPaper(m: Model, text: Rows, textMask: readonly number[], seen: Seen, override?: number): FusedReference {
	const { projections, negative_slope: slope } = m.a.vision!.gate;
	const project = (part: string, x: Rows) => (projections ? linear(m, `gate.${part}`, x) : x);
	const [q, k, v] = [project("q", text), project("k", seen.states), project("v", seen.states)];
	const attention = q.map((query) =>
		softmax(
			k.map((key) => dot(query, key) / Math.sqrt(m.a.d_model)),
			(j) => seen.mask[j] === 1,
		),
	);
	const mixed = project(
		"o",
		attention.map((shares) => v[0]!.map((_, j) => dot(shares, column(v, j)))),
	);
	const product = dot(
		meanOf(k, (i) => seen.mask[i] === 1),
		meanOf(q, (i) => textMask[i] === 1),
	);
	const gate = override ?? (product > 0 ? product : slope * product);
	return { states: plus(text, scaled(mixed, gate)), gate, attention };
}
