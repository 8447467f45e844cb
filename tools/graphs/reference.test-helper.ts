/** Goes in: a checkpoint's weights. Comes out: what UMIE computes with them, in plain loops and double precision, one post at a time. It shares nothing with the graphs it checks. For tests. */
import type { Architecture } from "../checkpoint/architecture.ts";

/** A matrix as its rows. */
export type Rows = number[][];

export interface Model {
	readonly a: Architecture;
	/** Numbers of a tensor, row-major. */
	readonly weights: (name: string) => Float32Array;
}

const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
const plus = (x: Rows, y: Rows): Rows => x.map((row, i) => row.map((value, j) => value + y[i]![j]!));
const column = (x: Rows, j: number) => x.map((row) => row[j]!);
const scaled = (x: Rows, factor: number): Rows => x.map((row) => row.map((value) => value * factor));

/** Row i of the table `name` whose rows are `width` wide. */
function row(m: Model, name: string, width: number, i: number): number[] {
	return [...m.weights(name).slice(i * width, (i + 1) * width)];
}

/** x Wᵀ */
function linear(m: Model, name: string, x: Rows): Rows {
	const width = x[0]!.length;
	const out = m.weights(`${name}.weight`).length / width;
	const matrix = Array.from({ length: out }, (_, i) => row(m, `${name}.weight`, width, i));
	return x.map((values) => matrix.map((weights) => dot(values, weights)));
}

function norm(m: Model, name: string, x: Rows): Rows {
	const weight = m.weights(`${name}.weight`);
	return x.map((values) => {
		const root = Math.sqrt(dot(values, values) / values.length + m.a.layer_norm_epsilon);
		return values.map((value, i) => (value / root) * weight[i]!);
	});
}

/** Soft-max over the allowed scores; the others get 0. */
function softmax(scores: readonly number[], allowed: (i: number) => boolean): number[] {
	const top = Math.max(...scores.filter((_, i) => allowed(i)));
	const powers = scores.map((score, i) => (allowed(i) ? Math.exp(score - top) : 0));
	const total = powers.reduce((sum, value) => sum + value, 0);
	return powers.map((value) => value / total);
}

/** T5's bucket of key position − query position, as Hugging Face writes it. */
export function t5Bucket(relative: number, bidirectional: boolean, buckets: number, maxDistance: number): number {
	let bucket = 0;
	let count = buckets;
	let n = -relative;
	if (bidirectional) {
		count /= 2;
		if (n < 0) bucket += count;
		n = Math.abs(n);
	} else n = Math.max(n, 0);
	const exact = count / 2;
	if (n < exact) return bucket + n;
	const large = exact + Math.trunc((Math.log(n / exact) / Math.log(maxDistance / exact)) * (count - exact));
	return bucket + Math.min(large, count - 1);
}

interface Attending {
	readonly x: Rows;
	/** What keys and values are made of. */
	readonly over: Rows;
	readonly bias: (head: number, query: number, key: number) => number;
	readonly allowed: (query: number, key: number) => boolean;
}

function attention(m: Model, at: string, { x, over, bias, allowed }: Attending): Rows {
	const { num_heads: n, d_kv: h } = m.a;
	const [q, k, v] = [linear(m, `${at}.q`, x), linear(m, `${at}.k`, over), linear(m, `${at}.v`, over)];
	const joined = x.map((_, i) =>
		Array.from({ length: n }, (_, head) => {
			const part = (values: number[]) => values.slice(head * h, (head + 1) * h);
			const scores = k.map((key, j) => dot(part(q[i]!), part(key)) + bias(head, i, j));
			const shares = softmax(scores, (j) => allowed(i, j));
			return Array.from({ length: h }, (_, d) => dot(shares, column(v.map(part), d)));
		}).flat(),
	);
	return linear(m, `${at}.o`, joined);
}

function feedForward(m: Model, at: string, x: Rows): Rows {
	const gelu = (z: number) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));
	const normed = norm(m, `${at}.layer_norm`, x);
	const [gate, up] = [linear(m, `${at}.DenseReluDense.wi_0`, normed), linear(m, `${at}.DenseReluDense.wi_1`, normed)];
	const hidden = gate.map((values, i) => values.map((value, j) => gelu(value) * up[i]![j]!));
	return plus(x, linear(m, `${at}.DenseReluDense.wo`, hidden));
}

function positionBias(m: Model, stack: string, bidirectional: boolean): Attending["bias"] {
	const { num_heads: n, relative_attention_num_buckets: buckets, relative_attention_max_distance: distance } = m.a;
	const table = m.weights(`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`);
	return (head, query, key) => table[t5Bucket(key - query, bidirectional, buckets, distance) * n + head]!;
}

function encoder(m: Model, stack: string, layers: number, x: Rows, mask: readonly number[], bias: Attending["bias"]): Rows {
	let state = x;
	for (let block = 0; block < layers; block++) {
		const at = `${stack}.block.${block}.layer`;
		const normed = norm(m, `${at}.0.layer_norm`, state);
		state = plus(state, attention(m, `${at}.0.SelfAttention`, { x: normed, over: normed, bias, allowed: (_, key) => mask[key] === 1 }));
		state = feedForward(m, `${at}.1`, state);
	}
	return norm(m, `${stack}.final_layer_norm`, state);
}

/** @returns h_e [L, D] */
export function encodeText(m: Model, ids: readonly number[], mask: readonly number[]): Rows {
	const x = ids.map((id) => row(m, "shared.weight", m.a.d_model, id));
	return encoder(m, "encoder", m.a.num_layers, x, mask, positionBias(m, "encoder", true));
}

// The picture

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
				for (let j = 0; j < kernel; j++) sum += (x[c]![top + i]?.[left + j] ?? 0) * weights[((o * channels + c) * kernel + i) * kernel + j]!;
		return sum;
	};
	return Array.from({ length: outputs }, (_, o) =>
		Array.from({ length: steps(height) }, (_, y) => Array.from({ length: steps(width) }, (_, z) => at(o, y * stride - pad, z * stride - pad))),
	);
}

function eachPixel(x: Planes, change: (value: number, c: number, y: number, z: number) => number): Planes {
	return x.map((plane, c) => plane.map((line, y) => line.map((value, z) => change(value, c, y, z))));
}

function batchNorm(m: Model, name: string, x: Planes): Planes {
	const part = (which: string, c: number) => m.weights(`${name}.${which}`)[c]!;
	return eachPixel(
		x,
		(value, c) => ((value - part("running_mean", c)) / Math.sqrt(part("running_var", c) + 1e-5)) * part("weight", c) + part("bias", c),
	);
}

const relu = (x: Planes) => eachPixel(x, (value) => Math.max(0, value));

function maxPool(x: Planes): Planes {
	const half = (length: number) => Math.floor((length - 1) / 2) + 1;
	const around = [-1, 0, 1];
	const best = (plane: Rows, y: number, z: number) =>
		Math.max(...around.flatMap((i) => around.map((j) => plane[2 * y + i]?.[2 * z + j] ?? Number.NEGATIVE_INFINITY)));
	return x.map((plane) =>
		Array.from({ length: half(plane.length) }, (_, y) => Array.from({ length: half(plane[0]!.length) }, (_, z) => best(plane, y, z))),
	);
}

function bottleneck(m: Model, at: string, x: Planes, stride: number): Planes {
	let y = relu(batchNorm(m, `${at}.bn1`, convolve(m, `${at}.conv1`, x, 1, 1)));
	y = relu(batchNorm(m, `${at}.bn2`, convolve(m, `${at}.conv2`, y, 3, stride)));
	y = batchNorm(m, `${at}.bn3`, convolve(m, `${at}.conv3`, y, 1, 1));
	const same = stride === 1 && x.length === y.length;
	const residual = same ? x : batchNorm(m, `${at}.downsample.1`, convolve(m, `${at}.downsample.0`, x, 1, stride));
	return relu(eachPixel(y, (value, c, i, j) => value + residual[c]![i]![j]!));
}

/** @param crop [3, s, s] row-major @returns f [d_v] */
export function features(m: Model, crop: Float32Array): number[] {
	const { image_size: s, backbone } = m.a.umie;
	const pixels = Array.from({ length: 3 }, (_, c) => Array.from({ length: s }, (_, y) => [...crop.slice((c * s + y) * s, (c * s + y + 1) * s)]));
	let x = relu(batchNorm(m, "visual.backbone.bn1", convolve(m, "visual.backbone.conv1", pixels, backbone.stem_kernel, backbone.stem_stride)));
	if (backbone.stem_pool) x = maxPool(x);
	for (const [stage, depth] of backbone.depths.entries())
		for (let block = 0; block < depth; block++) x = bottleneck(m, `visual.backbone.layer${stage + 1}.${block}`, x, stage > 0 && block === 0 ? 2 : 1);
	return x.map((plane) => plane.flat().reduce((sum, value) => sum + value, 0) / plane.flat().length);
}

export interface Seen {
	/** h_v [slots, D] */
	readonly states: Rows;
	/** 1 for the images that exist. [slots] */
	readonly mask: number[];
}

/** @param crops [R][3·s·s] @param boxes [R][4] */
export function encodePicture(m: Model, crops: readonly Float32Array[], boxes: Rows): Seen {
	const { d_v: width, max_objects: objects, visual_layers: layers, visual_relative_bias: biased } = m.a.umie;
	const slots = Array.from({ length: objects + 1 }, (_, slot) => slot);
	const mask = slots.map((slot) => (slot < crops.length ? 1 : 0));
	const f = slots.map((slot) => (slot < crops.length ? features(m, crops[slot]!) : Array.from({ length: width }, () => 0)));
	const affine = (name: string, x: Rows) => linear(m, name, x).map((values) => values.map((value, i) => value + m.weights(`${name}.bias`)[i]!));
	const e = plus(
		affine("visual.fc1", f),
		affine(
			"visual.fc2",
			slots.map((slot) => boxes[slot] ?? [0, 0, 0, 0]),
		),
	);
	return { states: encoder(m, "visual.encoder", layers, e, mask, biased ? positionBias(m, "visual.encoder", true) : () => 0), mask };
}

export interface FusedReference {
	readonly states: Rows;
	readonly gate: number;
	readonly attention: Rows;
}

/** Paper, Eq. 6–8. @param override g, if it is not the model's own */
export function fuse(m: Model, text: Rows, textMask: readonly number[], seen: Seen, override?: number): FusedReference {
	const { projections, negative_slope: slope } = m.a.umie.gate;
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
	const mean = (x: Rows, mask: readonly number[]) => {
		const there = x.filter((_, i) => mask[i] === 1);
		return there[0]!.map((_, j) => column(there, j).reduce((sum, value) => sum + value, 0) / there.length);
	};
	const product = dot(mean(k, seen.mask), mean(q, textMask));
	const gate = override ?? (product > 0 ? product : slope * product);
	return { states: plus(text, scaled(mixed, gate)), gate, attention };
}

/** Keys or values of the cross-attention of one layer, [N][L][H]. */
export function crossPart(m: Model, layer: number, part: "k" | "v", states: Rows): number[][][] {
	const all = linear(m, `decoder.block.${layer}.layer.1.EncDecAttention.${part}`, states);
	return Array.from({ length: m.a.num_heads }, (_, head) => all.map((values) => values.slice(head * m.a.d_kv, (head + 1) * m.a.d_kv)));
}

/** The whole sequence at once, without a cache. @param ids [T] @returns logits [T, V] */
export function decode(m: Model, ids: readonly number[], states: Rows, mask: readonly number[]): Rows {
	const { a } = m;
	const own = positionBias(m, "decoder", false);
	let x = ids.map((id) => row(m, "shared.weight", a.d_model, id));
	for (let block = 0; block < a.num_decoder_layers; block++) {
		const at = `decoder.block.${block}.layer`;
		const normed = norm(m, `${at}.0.layer_norm`, x);
		x = plus(x, attention(m, `${at}.0.SelfAttention`, { x: normed, over: normed, bias: own, allowed: (query, key) => key <= query }));
		const asking = norm(m, `${at}.1.layer_norm`, x);
		x = plus(x, attention(m, `${at}.1.EncDecAttention`, { x: asking, over: states, bias: () => 0, allowed: (_, key) => mask[key] === 1 }));
		x = feedForward(m, `${at}.2`, x);
	}
	const hidden = norm(m, "decoder.final_layer_norm", x);
	return a.tie_word_embeddings ? linear(m, "shared", scaled(hidden, a.d_model ** -0.5)) : linear(m, "lm_head", hidden);
}
