/**
 * Computes UMIE's T5 in plain loops and double precision, one post at a time. It shares nothing with the graphs it
 * checks. For tests.
 */
import type { Architecture } from "../checkpoint/architecture.ts";

/** A matrix as its rows. */
export type Rows = number[][];

export interface Model {
	readonly a: Architecture;
	/** Numbers of a tensor, row-major. */
	readonly weights: (name: string) => Float32Array;
}

export const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
export const plus = (x: Rows, y: Rows): Rows => x.map((row, i) => row.map((value, j) => value + y[i]![j]!));
export const column = (x: Rows, j: number) => x.map((row) => row[j]!);
export const scaled = (x: Rows, factor: number): Rows => x.map((row) => row.map((value) => value * factor));

/** Row i of the table `name` whose rows are `width` wide. */
export function row(m: Model, name: string, width: number, i: number): number[] {
	return [...m.weights(name).slice(i * width, (i + 1) * width)];
}

/**
 * x Wᵀ. A loop over the weights as they lie: a base-sized model has 85 million of them, and a row as an array of its
 * own costs ten times the sum.
 */
export function linear(m: Model, name: string, x: Rows): Rows {
	const width = x[0]!.length;
	const weights = m.weights(`${name}.weight`);
	const out = weights.length / width;
	return x.map((values) => {
		const result = new Array<number>(out);
		for (let i = 0; i < out; i++) {
			let sum = 0;
			for (let j = 0; j < width; j++) sum += weights[i * width + j]! * values[j]!;
			result[i] = sum;
		}
		return result;
	});
}

export function norm(m: Model, name: string, x: Rows): Rows {
	const weight = m.weights(`${name}.weight`);
	return x.map((values) => {
		const root = Math.sqrt(dot(values, values) / values.length + m.a.layer_norm_epsilon);
		return values.map((value, i) => (value / root) * weight[i]!);
	});
}

/** Soft-max over the allowed scores; the others get 0. */
export function softmax(scores: readonly number[], allowed: (i: number) => boolean): number[] {
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

export function attention(m: Model, at: string, { x, over, bias, allowed }: Attending): Rows {
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

export function feedForward(m: Model, at: string, x: Rows): Rows {
	const gelu = (z: number) => 0.5 * z * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z ** 3)));
	const normed = norm(m, `${at}.layer_norm`, x);
	if (m.a.feed_forward_proj === "relu") {
		const positive = linear(m, `${at}.DenseReluDense.wi`, normed).map((values) =>
			values.map((value) => Math.max(0, value)),
		);
		return plus(x, linear(m, `${at}.DenseReluDense.wo`, positive));
	}
	const [gate, up] = [linear(m, `${at}.DenseReluDense.wi_0`, normed), linear(m, `${at}.DenseReluDense.wi_1`, normed)];
	const silu = (z: number) => z / (1 + Math.exp(-z));
	const curve = m.a.feed_forward_proj === "gated-silu" ? silu : gelu;
	const hidden = gate.map((values, i) => values.map((value, j) => curve(value) * up[i]![j]!));
	return plus(x, linear(m, `${at}.DenseReluDense.wo`, hidden));
}

export function positionBias(m: Model, stack: string, bidirectional: boolean, layer = 0): Attending["bias"] {
	const { num_heads: n, relative_attention_num_buckets: buckets, relative_attention_max_distance: distance } = m.a;
	const table = m.weights(`${stack}.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`);
	return (head, query, key) => table[t5Bucket(key - query, bidirectional, buckets, distance) * n + head]!;
}

export function encoder(
	m: Model,
	stack: string,
	layers: number,
	x: Rows,
	mask: readonly number[],
	bias: Attending["bias"],
): Rows {
	let state = x;
	for (let block = 0; block < layers; block++) {
		const at = `${stack}.block.${block}.layer`;
		const normed = norm(m, `${at}.0.layer_norm`, state);
		const own = block > 0 && stack === "encoder" && m.a.relative_bias_each ? positionBias(m, stack, true, block) : bias;
		state = plus(
			state,
			attention(m, `${at}.0.SelfAttention`, {
				x: normed,
				over: normed,
				bias: own,
				allowed: (_, key) => mask[key] === 1,
			}),
		);
		state = feedForward(m, `${at}.1`, state);
	}
	return norm(m, `${stack}.final_layer_norm`, state);
}

/** @returns h_e [L, D] */
export function encodeText(m: Model, ids: readonly number[], mask: readonly number[]): Rows {
	const x = ids.map((id) => row(m, "shared.weight", m.a.d_model, id));
	return encoder(m, "encoder", m.a.num_layers, x, mask, positionBias(m, "encoder", true));
}

/** Keys or values of the cross-attention of one layer, [N][L][H]. */
export function crossPart(m: Model, layer: number, part: "k" | "v", states: Rows): number[][][] {
	const all = linear(m, `decoder.block.${layer}.layer.1.EncDecAttention.${part}`, states);
	return Array.from({ length: m.a.num_heads }, (_, head) =>
		all.map((values) => values.slice(head * m.a.d_kv, (head + 1) * m.a.d_kv)),
	);
}

/** The whole sequence at once, without a cache. @param ids [T] @returns logits [T, V] */
export function decode(m: Model, ids: readonly number[], states: Rows, mask: readonly number[]): Rows {
	const { a } = m;
	const ownOf = (block: number) => positionBias(m, "decoder", false, a.relative_bias_each ? block : 0);
	let x = ids.map((id) => row(m, "shared.weight", a.d_model, id));
	for (let block = 0; block < a.num_decoder_layers; block++) {
		const at = `decoder.block.${block}.layer`;
		const normed = norm(m, `${at}.0.layer_norm`, x);
		x = plus(
			x,
			attention(m, `${at}.0.SelfAttention`, {
				x: normed,
				over: normed,
				bias: ownOf(block),
				allowed: (query, key) => key <= query,
			}),
		);
		const asking = norm(m, `${at}.1.layer_norm`, x);
		x = plus(
			x,
			attention(m, `${at}.1.EncDecAttention`, {
				x: asking,
				over: states,
				bias: () => 0,
				allowed: (_, key) => mask[key] === 1,
			}),
		);
		x = feedForward(m, `${at}.2`, x);
	}
	const hidden = norm(m, "decoder.final_layer_norm", x);
	return a.tie_word_embeddings ? linear(m, "shared", scaled(hidden, a.d_model ** -0.5)) : linear(m, "lm_head", hidden);
}
