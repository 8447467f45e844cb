/**
 * What a decoder that copies computes, in plain loops, the whole output of one post at once and without a cache. It
 * shares nothing with the graphs it checks. For tests.
 */
import type { CopyingPlan } from "../checkpoint/architecture.ts";
import {
	attention,
	dot,
	feedForward,
	linear,
	type Model,
	norm,
	plus,
	positionBias,
	type Rows,
	row,
	scaled,
	t5Bucket,
} from "./reference.test-helper.ts";

export interface Copied {
	/** [T][V] of the vocabulary alone. */
	readonly logits: Rows;
	/** [T][L], −∞ outside the text. */
	readonly pointer: Rows;
}

const rms = (x: readonly number[]) => x.map((value) => value / Math.sqrt(dot(x, x) / x.length + 1e-6));

/** @param states c [L, D] @returns [L, W] */
export function pointerKeysOf(m: Model, states: Rows, ids: readonly number[]): Rows {
	const d = m.a.d_model;
	const embedded = ids.map((id) => rms(row(m, "shared.weight", d, id)));
	const before = [Array<number>(d).fill(0), ...embedded.slice(0, -1)];
	return linear(
		m,
		"decoder.pointer.k",
		states.map((state, l) => [...state, ...embedded[l]!, ...before[l]!]),
	);
}

export interface Fed {
	/** Tokens fed [T], the start token first, and the place of each step [T]. */
	readonly ids: readonly number[];
	readonly places: readonly number[];
}

export interface Read {
	/** c [L, D], and the post's ids and mask [L]; `text` is 1 for tokens of the text. */
	readonly states: Rows;
	readonly ids: readonly number[];
	readonly mask: readonly number[];
	readonly text: readonly number[];
}

export function decodeCopying(m: Model, plan: CopyingPlan, fed: Fed, read: Read): Copied {
	const { a } = m;
	const own = positionBias(m, "decoder", false);
	const placed = (table: Float32Array, heads: number) => (head: number, step: number, l: number) =>
		table[t5Bucket(l - fed.places[step]!, true, plan.buckets, plan.max_distance) * heads + head]!;
	let x = fed.ids.map((id) => row(m, "shared.weight", a.d_model, id));
	for (let block = 0; block < a.num_decoder_layers; block++) {
		const at = `decoder.block.${block}.layer`;
		const normed = norm(m, `${at}.0.layer_norm`, x);
		x = plus(
			x,
			attention(m, `${at}.0.SelfAttention`, {
				x: normed,
				over: normed,
				bias: own,
				allowed: (query, key) => key <= query,
			}),
		);
		const bias = placed(m.weights(`${at}.1.EncDecAttention.place_bias.weight`), a.num_heads);
		const asking = norm(m, `${at}.1.layer_norm`, x);
		x = plus(
			x,
			attention(m, `${at}.1.EncDecAttention`, {
				x: asking,
				over: read.states,
				bias,
				allowed: (_, key) => read.mask[key] === 1,
			}),
		);
		x = feedForward(m, `${at}.2`, x);
	}
	const hidden = norm(m, "decoder.final_layer_norm", x);
	const [queries, keys] = [linear(m, "decoder.pointer.q", hidden), pointerKeysOf(m, read.states, read.ids)];
	const bias = placed(m.weights("decoder.pointer.place_bias.weight"), 1);
	return {
		logits: linear(m, "shared", scaled(hidden, a.d_model ** -0.5)),
		pointer: queries.map((query, step) =>
			keys.map((key, l) => (read.text[l] === 1 ? dot(query, key) + bias(0, step, l) : Number.NEGATIVE_INFINITY)),
		),
	};
}
