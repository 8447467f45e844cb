/** Names and shapes of the tensors that parts of a model have in common: Hugging Face's names of T5's sub-layers. */
import type { T5Settings } from "./t5-settings.ts";

/** Name → shape. */
export type Shapes = Map<string, readonly number[]>;

/** The matrices before the activation. */
export const FEED_FORWARD_PARTS = {
	relu: ["wi"],
	"gated-gelu": ["wi_0", "wi_1"],
	"gated-silu": ["wi_0", "wi_1"],
} as const satisfies Record<T5Settings["feed_forward_proj"], readonly string[]>;

export function addAffine(out: Shapes, name: string, height: number, width: number): void {
	out.set(`${name}.weight`, [height, width]).set(`${name}.bias`, [height]);
}

export function addLayerNorm(out: Shapes, name: string, width: number): void {
	out.set(`${name}.weight`, [width]).set(`${name}.bias`, [width]);
}

export function addStack(
	out: Shapes,
	a: T5Settings,
	stack: string,
	layers: number,
	kind: { readonly decoder: boolean; readonly bias: boolean; readonly biasEach?: boolean | undefined },
): void {
	for (let block = 0; block < layers; block++) {
		const at = `${stack}.block.${block}.layer`;
		addAttention(out, a, `${at}.0`, "SelfAttention");
		if (kind.decoder) addAttention(out, a, `${at}.1`, "EncDecAttention");
		if (kind.bias && (block === 0 || kind.biasEach === true))
			out.set(`${at}.0.SelfAttention.relative_attention_bias.weight`, [a.relative_attention_num_buckets, a.num_heads]);
		addFeedForward(out, a, `${at}.${kind.decoder ? 2 : 1}`);
	}
	out.set(`${stack}.final_layer_norm.weight`, [a.d_model]);
}

export function addAttention(out: Shapes, a: T5Settings, layer: string, attention: string): void {
	const inner = a.num_heads * a.d_kv;
	for (const part of ["q", "k", "v"]) out.set(`${layer}.${attention}.${part}.weight`, [inner, a.d_model]);
	out.set(`${layer}.${attention}.o.weight`, [a.d_model, inner]).set(`${layer}.layer_norm.weight`, [a.d_model]);
}

export function addFeedForward(out: Shapes, a: T5Settings, layer: string): void {
	for (const part of FEED_FORWARD_PARTS[a.feed_forward_proj])
		out.set(`${layer}.DenseReluDense.${part}.weight`, [a.d_ff, a.d_model]);
	out.set(`${layer}.DenseReluDense.wo.weight`, [a.d_model, a.d_ff]).set(`${layer}.layer_norm.weight`, [a.d_model]);
}
