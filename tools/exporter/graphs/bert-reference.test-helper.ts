/**
 * What a BERT computes, in plain loops and double precision, one text at a time. It shares nothing with the graphs it
 * checks. For tests.
 */
import type { BertEncoder } from "../checkpoint/text-encoders/bert.ts";
import { dot, linear, type Model, plus, type Rows, row, softmax } from "./reference.test-helper.ts";

function affine(m: Model, name: string, x: Rows): Rows {
	const bias = m.weights(`${name}.bias`);
	return linear(m, name, x).map((values) => values.map((value, i) => value + bias[i]!));
}

function layerNorm(m: Model, name: string, x: Rows, epsilon: number): Rows {
	const [weight, bias] = [m.weights(`${name}.weight`), m.weights(`${name}.bias`)];
	return x.map((values) => {
		const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
		const centred = values.map((value) => value - mean);
		const root = Math.sqrt(dot(centred, centred) / values.length + epsilon);
		return centred.map((value, i) => (value / root) * weight[i]! + bias[i]!);
	});
}

/** The error function by its series: exact to double precision for the small numbers of tests. */
export function erf(x: number): number {
	let [sum, term] = [x, x];
	for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
		term *= -(x * x) / n;
		sum += term / (2 * n + 1);
	}
	return Math.abs(x) > 5 ? Math.sign(x) : (2 / Math.sqrt(Math.PI)) * sum;
}

export const gelu = (x: number) => 0.5 * x * (1 + erf(x / Math.SQRT2));

/** @returns the states of the text's own tokens [L, D] */
export function encodeWithBert(m: Model, encoder: BertEncoder, ids: readonly number[], mask: readonly number[]): Rows {
	const { d_model: d } = m.a;
	const { num_heads: n, layer_norm_eps: epsilon, position_offset, start_token_id: start } = encoder;
	const [read, seen] =
		start === null
			? [ids, mask]
			: [
					[start, ...ids],
					[1, ...mask],
				];
	const type = row(m, "encoder.embeddings.token_type_embeddings.weight", d, 0);
	let x: Rows = read.map((id, at) => {
		const place = row(m, "encoder.embeddings.position_embeddings.weight", d, at + position_offset);
		return row(m, "shared.weight", d, id).map((value, i) => value + place[i]! + type[i]!);
	});
	x = layerNorm(m, "encoder.embeddings.LayerNorm", x, epsilon);
	const h = d / n;
	for (let layer = 0; layer < encoder.num_layers; layer++) {
		const at = `encoder.layer.${layer}`;
		const [q, k, v] = ["query", "key", "value"].map((part) => affine(m, `${at}.attention.self.${part}`, x)) as [
			Rows,
			Rows,
			Rows,
		];
		const joined = x.map((_, i) =>
			Array.from({ length: n }, (_, head) => {
				const part = (values: number[]) => values.slice(head * h, (head + 1) * h);
				const shares = softmax(
					k.map((key) => dot(part(q[i]!), part(key)) / Math.sqrt(h)),
					(j) => seen[j] === 1,
				);
				return Array.from({ length: h }, (_, c) => v.reduce((sum, value, j) => sum + shares[j]! * part(value)[c]!, 0));
			}).flat(),
		);
		x = layerNorm(
			m,
			`${at}.attention.output.LayerNorm`,
			plus(x, affine(m, `${at}.attention.output.dense`, joined)),
			epsilon,
		);
		const hidden = affine(m, `${at}.intermediate.dense`, x).map((values) => values.map(gelu));
		x = layerNorm(m, `${at}.output.LayerNorm`, plus(x, affine(m, `${at}.output.dense`, hidden)), epsilon);
	}
	return start === null ? x : x.slice(1);
}
