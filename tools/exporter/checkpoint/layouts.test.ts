/** Shows which layout the names and shapes of existing checkpoints are recognised as, and what is read from them. */
import { describe, expect, test } from "vitest";
import { expectedTensors } from "./expected-tensors.ts";
import { initialTensor } from "./initial-weights.ts";
import type { Found } from "./layout.ts";
import { recogniseLayout } from "./layouts.ts";
import { stockConfig, tinyConfig } from "./random-checkpoint.ts";
import { BACKBONE, type BlockPlan, clipBlocks, clipStem, convolutionsOf, residualBlocks, stem } from "./resnet.ts";
import { parseT5 } from "./t5-settings.ts";

const shapesOf = (entries: Iterable<readonly [string, readonly number[]]>) =>
	new Map([...entries].map(([name, shape]) => [name, { shape }]));

/** Names and shapes of a stock T5, as config.json says, some left out. */
function stock(config: Record<string, unknown>, without: readonly string[] = []): Found {
	const shapes = expectedTensors({
		...parseT5({ tie_word_embeddings: false, ...config }),
		spot_token_id: null,
		object_token_ids: [],
		vision: null,
	});
	return { config, tensors: shapesOf([...shapes].filter(([name]) => !without.includes(name))), backbone: null };
}

const bare = (name: string) => name.slice(BACKBONE.length + 1);
const kernels = (convolutions: ReturnType<typeof convolutionsOf>) =>
	convolutions.map(({ name, shape }) => [`${bare(name.conv)}.weight`, shape] as const);

/** torchvision's ResNet, its classifier included. */
function torchvision(block: "basic" | "bottleneck", depths: readonly number[]) {
	const plan = {
		block,
		depths,
		width: 64,
		expansion: block === "basic" ? 1 : 4,
		stem_kernel: 7,
		stem_stride: 2,
		stem_pool: true,
	};
	return shapesOf([
		...kernels([stem(plan), ...convolutionsOf(residualBlocks(plan))]),
		["fc.weight", [1000, 512 * plan.expansion]],
	]);
}

describe("a stock T5", () => {
	test("is text only; its head is what config.json says until the file is asked", () => {
		const tied = (found: Found) => recogniseLayout(found).architecture.tie_word_embeddings;
		const flan = stock({ ...stockConfig(), tie_word_embeddings: false });
		expect(recogniseLayout(flan)).toMatchObject({
			name: "t5",
			architecture: { vision: null, spot_token_id: null, object_token_ids: [] },
		});
		expect(tied(flan)).toBe(false);
		expect(tied(stock({ ...stockConfig(), tie_word_embeddings: true }))).toBe(true);
		expect(tied(stock({ ...stockConfig(), tie_word_embeddings: undefined }))).toBe(true);
		expect(tied(stock({ ...stockConfig(), tie_word_embeddings: false }, ["lm_head.weight"]))).toBe(false);
	});

	test("that does not name its feed-forward is T5 1.0 by wi, T5 1.1 by wi_0", () => {
		const { feed_forward_proj: _, ...silent } = stockConfig() as Record<string, unknown>;
		for (const kind of ["relu", "gated-gelu"])
			expect(
				recogniseLayout({ ...stock({ ...silent, feed_forward_proj: kind }), config: silent }).architecture
					.feed_forward_proj,
			).toBe(kind);
	});

	test.each([
		["small", 512, 8, 6, 64, 1024],
		["base", 768, 12, 12, 64, 2048],
		["large", 1024, 24, 16, 64, 2816],
		["XL", 2048, 24, 32, 64, 5120],
		["XXL", 4096, 24, 64, 64, 10240],
	])("FLAN-T5 %s and mT5 of that size are recognised", (_, d_model, num_layers, num_heads, d_kv, d_ff) => {
		for (const vocab_size of [32_128, 250_112]) {
			const config = {
				vocab_size,
				d_model,
				d_kv,
				d_ff,
				num_layers,
				num_heads,
				feed_forward_proj: "gated-gelu",
				tie_word_embeddings: false,
			};
			const { name, architecture } = recogniseLayout(stock(config));
			expect([name, architecture.num_decoder_layers, architecture.n_positions]).toEqual(["t5", num_layers, 512]);
		}
	});

	test("of FLAN-T5-small's settings has the 190 tensors and 76,961,152 weights that FLAN-T5-small has", () => {
		const config = {
			vocab_size: 32_128,
			d_model: 512,
			d_kv: 64,
			d_ff: 1024,
			num_layers: 8,
			num_heads: 6,
			feed_forward_proj: "gated-gelu",
		};
		const shapes = [...stock(config).tensors.values()].map(({ shape }) =>
			shape.reduce((product, dim) => product * dim, 1),
		);
		expect([shapes.length, shapes.reduce((sum, size) => sum + size, 0)]).toEqual([190, 76_961_152]);
	});

	test.each([
		null,
		[],
		3,
		"t5",
	])("whose config.json is %j is refused by the first setting that is missing", (config) => {
		expect(() => recogniseLayout({ ...stock(stockConfig()), config })).toThrow(
			expect.objectContaining({ code: "checkpoint-format", what: expect.stringContaining('"vocab_size" is missing') }),
		);
	});
});

test("a block umie in config.json, or visual.fc1, is our own layout", () => {
	expect(recogniseLayout({ config: tinyConfig(), tensors: new Map(), backbone: null }).name).toBe("umie");
	const lost = { config: stockConfig(), tensors: shapesOf([["visual.fc1.weight", [16, 16]]]), backbone: null };
	expect(() => recogniseLayout(lost)).toThrow('config.json: "umie" is missing');
});

describe("a backbone beside a stock T5", () => {
	test.each([
		["ResNet-18", "basic", [2, 2, 2, 2], 512],
		["ResNet-34", "basic", [3, 4, 6, 3], 512],
		["ResNet-50", "bottleneck", [3, 4, 6, 3], 2048],
		["ResNet-101", "bottleneck", [3, 4, 23, 3], 2048],
		["ResNet-152", "bottleneck", [3, 8, 36, 3], 2048],
	] as const)("%s: %s blocks %j, %d features", (_, block, depths, d_v) => {
		const { name, architecture } = recogniseLayout({ ...stock(stockConfig()), backbone: torchvision(block, depths) });
		expect([name, architecture.vision]).toMatchObject([
			"t5+resnet",
			{ kind: "paper", trained: false, d_v, backbone: { block, depths, width: 64, stem_kernel: 7 } },
		]);
	});

	test("that is not a ResNet is refused", () => {
		for (const tensors of [new Map(), shapesOf([["conv1.weight", [64, 3, 7, 7]]])])
			expect(() => recogniseLayout({ ...stock(stockConfig()), backbone: tensors })).toThrow(
				expect.objectContaining({ code: "checkpoint-format" }),
			);
	});
});

describe("the authors' layout", () => {
	const at = "encoder.visual_embedding";
	const authors = (...more: (readonly [string, readonly number[]])[]): Found => {
		const { config, tensors } = stock(stockConfig());
		const own = shapesOf([
			[`${at}.feat_embedding.0.weight`, [16, 512]],
			[`${at}.vstack.block.0.layer.0.layer_norm.weight`, [16]],
			[`${at}.vstack.block.1.layer.0.layer_norm.weight`, [16]],
			["encoder.gate.proj_t.weight", [384, 16]],
			["encoder.gate.proj_t_2.weight", [128, 384]],
			...more,
		]);
		return { config, tensors: new Map([...tensors, ...own]), backbone: null };
	};
	const clip = (side: number, width = 64) => {
		const plan = { depths: [3, 4, 23, 3], width, positions: side * side + 1 };
		return shapesOf([
			...kernels([...clipStem(plan), ...convolutionsOf(clipBlocks(plan))]),
			["attnpool.positional_embedding", [plan.positions, width * 32]],
		]);
	};

	test("norms and orders are told by their names, sizes by their shapes", () => {
		const vision = (...more: (readonly [string, readonly number[]])[]) =>
			recogniseLayout(authors(...more)).architecture.vision;
		expect(vision()).toMatchObject({
			kind: "authors",
			norms: "none",
			order: false,
			visual_layers: 2,
			d_v: 512,
			gate: { widths: [384, 128] },
		});
		expect(vision([`${at}.layer_norm.weight`, [16]])).toMatchObject({ norms: "sum" });
		expect(
			vision([`${at}.feat_embedding.1.weight`, [16]], [`${at}.img_order_embedding.weight`, [2, 16]]),
		).toMatchObject({
			norms: "each",
			order: true,
		});
	});

	test("CLIP's RN101 sees 224 pixels, 7 × 7 places and a mean; more positions mean larger pictures", () => {
		const seen = (side: number) => recogniseLayout({ ...authors(), backbone: clip(side) }).architecture.vision;
		expect(seen(7)).toMatchObject({ image_size: 224, backbone: { depths: [3, 4, 23, 3], width: 64, positions: 50 } });
		expect(seen(9)).toMatchObject({ image_size: 288 });
	});

	test("a table of positions that is not square, and heads that do not divide, are refused", () => {
		const odd = new Map([...clip(7), ["attnpool.positional_embedding", { shape: [49, 2048] }] as const]);
		for (const backbone of [odd, clip(7, 3)])
			expect(() => recogniseLayout({ ...authors(), backbone })).toThrow(
				expect.objectContaining({ code: "checkpoint-format" }),
			);
	});

	test("CLIP averages where torchvision strides", () => {
		const strided = (blocks: readonly BlockPlan[]) =>
			blocks.map(({ convolutions, downsample, pool }) => [
				...convolutions.map(({ stride }) => stride),
				downsample?.stride ?? 0,
				pool,
			]);
		expect(strided(clipBlocks({ depths: [1, 1], width: 64, positions: 50 }))).toEqual([
			[1, 1, 1, 1, 1],
			[1, 1, 1, 1, 2],
		]);
	});
});

describe("weights that no file has", () => {
	const a = parseT5({ ...stockConfig(), d_model: 64, d_kv: 16 });
	const deviation = (name: string, shape: number[]) => {
		const data = initialTensor(name, shape, a, 1);
		return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
	};

	test.each([
		["visual.encoder.block.0.layer.0.SelfAttention.q.weight", [400, 64], 1 / 32],
		["visual.encoder.block.0.layer.0.SelfAttention.k.weight", [400, 64], 1 / 8],
		["visual.encoder.block.0.layer.0.SelfAttention.o.weight", [64, 400], 1 / 20],
		["visual.encoder.block.0.layer.1.DenseReluDense.wo.weight", [64, 900], 1 / 30],
		["visual.fc2.weight", [9000, 4], 1 / 2],
		["shared.weight", [400, 64], 1],
		["lm_head.weight", [400, 64], 1],
		["gate.q.weight", [64, 64], 1 / 8],
		["visual.encoder.final_layer_norm.weight", [64], 1],
		["visual.fc1.bias", [64], 0],
	])("%s %j spreads by %d, as T5 starts", (name, shape, expected) => {
		expect(Math.abs(deviation(name, shape) - expected)).toBeLessThanOrEqual(0.04 * expected);
	});

	test("are the same read in parts", () => {
		const all = [...initialTensor("gate.q.weight", [3, 3], a, 1)];
		for (let begin = 0; begin <= 9; begin++)
			for (let end = begin; end <= 9; end++)
				expect([...initialTensor("gate.q.weight", [3, 3], a, 1, begin, end)]).toEqual(all.slice(begin, end));
	});

	test("are the same for the same seed and name, and no other", () => {
		const numbers = (name: string, seed: number) => [...initialTensor(name, [4, 4], a, seed)];
		expect(numbers("gate.q.weight", 1)).toEqual(numbers("gate.q.weight", 1));
		expect(numbers("gate.q.weight", 1)).not.toEqual(numbers("gate.q.weight", 2));
		expect(numbers("gate.q.weight", 1)).not.toEqual(numbers("gate.k.weight", 1));
	});
});
