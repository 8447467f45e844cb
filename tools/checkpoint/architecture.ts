/** Goes in: a checkpoint's config.json, from anywhere. Comes out: the architecture the graphs are built from, and the tensors it needs, by name and shape. */
import * as z from "zod/mini";
import { Failure } from "../../src/core/failure.ts";

const count = z.int().check(z.gte(1), z.lte(1_000_000));
const id = z.int().check(z.gte(0), z.lte(1_000_000));

/** FLAN-T5 XXL has 24 layers, ResNet-152 36 blocks in a stage; every one is a dozen tensors looked for. */
const layers = count.check(z.lte(256));

const BackboneSchema = z.object({
	block: z.literal("bottleneck"),
	depths: z.array(layers).check(z.minLength(1), z.maxLength(8)),
	width: count,
	expansion: count,
	stem_kernel: count,
	stem_stride: count,
	stem_pool: z.boolean(),
	stride_in: z.literal("conv2"),
});

const UmieSchema = z.object({
	max_objects: count.check(z.lte(36)),
	image_size: count,
	image_mean: z.tuple([z.number(), z.number(), z.number()]),
	image_std: z.tuple([z.number(), z.number(), z.number()]),
	backbone: BackboneSchema,
	d_v: count,
	visual_layers: layers,
	visual_relative_bias: z._default(z.boolean(), false),
	box: z.literal("xyxy_0_1"),
	gate: z.object({
		projections: z.boolean(),
		negative_slope: z.number(),
		scale: z.literal("1/sqrt(d_model)"),
		mean: z.literal("masked"),
		signal: z.literal("dot"),
		pooled: z.literal("projected"),
	}),
	vision_trained: z._default(z.boolean(), false),
	spot_token_id: id,
	object_token_ids: z._default(z.array(id).check(z.maxLength(36)), []),
});

const ConfigSchema = z.object({
	vocab_size: count,
	d_model: count,
	d_kv: count,
	num_heads: count,
	d_ff: count,
	num_layers: layers,
	num_decoder_layers: z.optional(layers),
	relative_attention_num_buckets: z._default(count.check(z.gte(4), z.multipleOf(4)), 32),
	relative_attention_max_distance: z._default(count, 128),
	layer_norm_epsilon: z._default(z.number(), 1e-6),
	feed_forward_proj: z.literal("gated-gelu"),
	tie_word_embeddings: z._default(z.boolean(), true),
	pad_token_id: z._default(id, 0),
	eos_token_id: z._default(id, 1),
	decoder_start_token_id: z._default(id, 0),
	n_positions: z._default(count, 512),
	umie: UmieSchema,
});

/** Settings as config.json names them. */
export type Architecture = z.infer<typeof ConfigSchema> & { readonly num_decoder_layers: number };
export type Backbone = z.infer<typeof BackboneSchema>;

/** @throws Failure `checkpoint-format` naming the setting and what was found */
export function parseArchitecture(json: unknown): Architecture {
	const parsed = ConfigSchema.safeParse(json);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		const found = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], json);
		throw new Failure("checkpoint-format", `config.json: "${issue?.path.join(".")}" is ${JSON.stringify(found) ?? "missing"}: ${issue?.message}.`);
	}
	const architecture = { ...parsed.data, num_decoder_layers: parsed.data.num_decoder_layers ?? parsed.data.num_layers };
	const contradiction = findContradiction(architecture);
	if (contradiction !== null) throw new Failure("checkpoint-format", `config.json: ${contradiction}.`);
	return architecture;
}

/** Settings that are each possible, but not together. */
function findContradiction({
	vocab_size: vocabulary,
	relative_attention_num_buckets: buckets,
	relative_attention_max_distance: distance,
	...rest
}: Architecture): string | null {
	const { spot_token_id: spot, object_token_ids: objects, max_objects: most, d_v: width, backbone } = rest.umie;
	const pooled = (backbone.width << (backbone.depths.length - 1)) * backbone.expansion;
	const largest = Math.max(spot, rest.pad_token_id, rest.eos_token_id, rest.decoder_start_token_id, ...objects);
	if (width !== pooled) return `"umie.d_v" is ${width}, but the backbone ends in ${pooled} features`;
	if (largest >= vocabulary) return `token ${largest} is past the vocabulary of ${vocabulary}`;
	if (objects.length > most) return `${objects.length} object tokens for "umie.max_objects" ${most}`;
	// The decoder counts half of the buckets one by one; its logarithm starts there.
	if (distance <= buckets / 2) return `"relative_attention_max_distance" is ${distance}, at most half of the ${buckets} buckets`;
	return null;
}

/** Name → shape of every tensor the graphs read (LAYOUT: Hugging Face T5 names, torchvision ResNet names). */
export function expectedTensors(a: Architecture): ReadonlyMap<string, readonly number[]> {
	const out = new Map<string, readonly number[]>();
	out.set("shared.weight", [a.vocab_size, a.d_model]);
	if (!a.tie_word_embeddings) out.set("lm_head.weight", [a.vocab_size, a.d_model]);
	addStack(out, a, "encoder", a.num_layers, { decoder: false, bias: true });
	addStack(out, a, "decoder", a.num_decoder_layers, { decoder: true, bias: true });
	addStack(out, a, "visual.encoder", a.umie.visual_layers, { decoder: false, bias: a.umie.visual_relative_bias });
	for (const { name, shape } of backboneConvolutions(a.umie.backbone)) {
		out.set(`${name.conv}.weight`, shape);
		for (const part of ["weight", "bias", "running_mean", "running_var"]) out.set(`${name.norm}.${part}`, [shape[0]!]);
	}
	for (const [name, width] of [["visual.fc1", a.umie.d_v] as const, ["visual.fc2", 4] as const]) {
		out.set(`${name}.weight`, [a.d_model, width]).set(`${name}.bias`, [a.d_model]);
	}
	if (a.umie.gate.projections) for (const part of ["q", "k", "v", "o"]) out.set(`gate.${part}.weight`, [a.d_model, a.d_model]);
	return out;
}

function addStack(
	out: Map<string, readonly number[]>,
	a: Architecture,
	stack: string,
	layers: number,
	kind: { decoder: boolean; bias: boolean },
): void {
	const inner = a.num_heads * a.d_kv;
	for (let block = 0; block < layers; block++) {
		const at = `${stack}.block.${block}.layer`;
		const attentions = kind.decoder ? ["0.SelfAttention", "1.EncDecAttention"] : ["0.SelfAttention"];
		for (const attention of attentions) {
			for (const part of ["q", "k", "v"]) out.set(`${at}.${attention}.${part}.weight`, [inner, a.d_model]);
			out.set(`${at}.${attention}.o.weight`, [a.d_model, inner]).set(`${at}.${attention[0]}.layer_norm.weight`, [a.d_model]);
		}
		if (block === 0 && kind.bias) {
			out.set(`${at}.0.SelfAttention.relative_attention_bias.weight`, [a.relative_attention_num_buckets, a.num_heads]);
		}
		const feedForward = `${at}.${attentions.length}`;
		for (const part of ["wi_0", "wi_1"]) out.set(`${feedForward}.DenseReluDense.${part}.weight`, [a.d_ff, a.d_model]);
		out.set(`${feedForward}.DenseReluDense.wo.weight`, [a.d_model, a.d_ff]).set(`${feedForward}.layer_norm.weight`, [a.d_model]);
	}
	out.set(`${stack}.final_layer_norm.weight`, [a.d_model]);
}

export interface Convolution {
	readonly name: { readonly conv: string; readonly norm: string };
	/** [out, in, k, k] */
	readonly shape: readonly [number, number, number, number];
	readonly stride: number;
}

export interface BottleneckPlan {
	readonly convolutions: readonly [Convolution, Convolution, Convolution];
	readonly downsample: Convolution | null;
}

/** The stem of the ResNet. */
export function stem(backbone: Backbone): Convolution {
	const { width, stem_kernel: kernel, stem_stride: stride } = backbone;
	return { name: { conv: "visual.backbone.conv1", norm: "visual.backbone.bn1" }, shape: [width, 3, kernel, kernel], stride };
}

/** The bottleneck blocks of the ResNet in order: 1×1, 3×3 (strided), 1×1, and a 1×1 on the residual where shapes differ. */
export function bottlenecks({ depths, width, expansion }: Backbone): BottleneckPlan[] {
	let channels = width;
	return depths.flatMap((depth, stage) =>
		Array.from({ length: depth }, (_, index) => {
			const [inner, out] = [width << stage, (width << stage) * expansion];
			const stride = stage > 0 && index === 0 ? 2 : 1;
			const at = `visual.backbone.layer${stage + 1}.${index}`;
			const convolution = (n: number, shape: Convolution["shape"], strided: number) => ({
				name: { conv: `${at}.conv${n}`, norm: `${at}.bn${n}` },
				shape,
				stride: strided,
			});
			const plan: BottleneckPlan = {
				convolutions: [
					convolution(1, [inner, channels, 1, 1], 1),
					convolution(2, [inner, inner, 3, 3], stride),
					convolution(3, [out, inner, 1, 1], 1),
				],
				downsample:
					stride !== 1 || channels !== out
						? { name: { conv: `${at}.downsample.0`, norm: `${at}.downsample.1` }, shape: [out, channels, 1, 1], stride }
						: null,
			};
			channels = out;
			return plan;
		}),
	);
}

function backboneConvolutions(backbone: Backbone): Convolution[] {
	return [stem(backbone), ...bottlenecks(backbone).flatMap(({ convolutions, downsample }) => [...convolutions, ...(downsample ? [downsample] : [])])];
}
