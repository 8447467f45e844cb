/** Goes in: settings. Comes out: the architecture they mean and the tensors it needs, or the setting that is wrong. */
import { describe, expect, test } from "vitest";
import { parseArchitecture } from "./architecture.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { type TinyChanges, tinyConfig } from "./random-checkpoint.ts";
import { residualBlocks, stem } from "./resnet.ts";

const tensorsOf = (changes: TinyChanges = {}) => expectedTensors(parseArchitecture(tinyConfig(changes)));

const SCREEN = { related: 0.3, eventful: 0.1, related_width: 4, eventful_width: 2 };

describe("settings", () => {
	test("left out ones are those of T5", () => {
		const a = parseArchitecture(tinyConfig({ t5: { num_decoder_layers: undefined, n_positions: undefined } }));
		expect(a).toMatchObject({
			num_decoder_layers: 2,
			n_positions: 512,
			relative_attention_num_buckets: 32,
			relative_attention_max_distance: 128,
			layer_norm_epsilon: 1e-6,
			pad_token_id: 0,
			eos_token_id: 1,
		});
	});

	test.each<[string, TinyChanges, string]>([
		["a feed-forward of another kind", { t5: { feed_forward_proj: "gated-silu" } }, '"feed_forward_proj" is "gated-silu"'],
		["no layers", { t5: { num_layers: 0 } }, '"num_layers" is 0'],
		["a million layers", { t5: { num_decoder_layers: 1_000_000 } }, '"num_decoder_layers" is 1000000'],
		["half a head", { t5: { num_heads: 0.5 } }, '"num_heads" is 0.5'],
		["the stride of another ResNet", { backbone: { stride_in: "conv1" } }, '"umie.backbone.stride_in" is "conv1"'],
		["blocks of another ResNet", { backbone: { block: "dense" } }, '"umie.backbone.block" is "dense"'],
		["basic blocks that widen", { backbone: { block: "basic" } }, '"umie.backbone.expansion" of basic blocks is 1'],
		["37 objects", { umie: { max_objects: 37 } }, '"umie.max_objects" is 37'],
		["a gate of another kind", { gate: { signal: "sum" } }, '"umie.gate.signal" is "sum"'],
		["a gate that does not say whether it projects", { gate: { projections: undefined } }, '"umie.gate.projections" is missing'],
		["features the backbone does not have", { umie: { d_v: 32 } }, '"umie.d_v" is 32, but the backbone ends in 16 features'],
		["a token past the vocabulary", { umie: { spot_token_id: 50 } }, "token 50 is past the vocabulary of 50"],
		["more object tokens than objects", { umie: { max_objects: 3 } }, '4 object tokens for "umie.max_objects" 3'],
		[
			"a screen that does not say how wide it is",
			{ umie: { screen: { related: 0.3, eventful: 0.1, related_width: 4 } } },
			'"umie.screen.eventful_width" is missing',
		],
		["a threshold that is no probability", { umie: { screen: { ...SCREEN, related: 1.5 } } }, '"umie.screen.related" is 1.5'],
		["prompts of another kind", { umie: { relations: "some" } }, '"umie.relations" is "some"'],
		["an odd number of buckets", { t5: { relative_attention_num_buckets: 31 } }, '"relative_attention_num_buckets" is 31'],
		["distances shorter than the buckets", { t5: { relative_attention_max_distance: 16 } }, '"relative_attention_max_distance" is 16'],
	])("%s are refused by name", (_, changes, what) => {
		const config = tinyConfig(changes);
		expect(() => parseArchitecture(config)).toThrow(expect.objectContaining({ code: "checkpoint-format", what: expect.stringContaining(what) }));
	});
});

describe("the tensors", () => {
	test("of an encoder block are 9, of a decoder block 14, and one bias for all blocks", () => {
		const names = [...tensorsOf().keys()];
		const startingWith = (start: string) => names.filter((name) => name.startsWith(start)).length;
		expect([
			startingWith("encoder.block.1."),
			startingWith("encoder.block.0."),
			startingWith("decoder.block.1."),
			startingWith("visual.encoder.block.0."),
		]).toEqual([9, 10, 14, 9]);
	});

	test("of a screen read two mentions, their product and their distance, and single tokens", () => {
		const tensors = tensorsOf({ umie: { screen: SCREEN } });
		const own = [...tensors].filter(([name]) => name.startsWith("screen.")).map(([name, shape]) => `${name} [${shape}]`);
		expect(own).toEqual([
			"screen.related.wi.weight [4,64]",
			"screen.related.wi.bias [4]",
			"screen.related.wo.weight [1,4]",
			"screen.related.wo.bias [1]",
			"screen.eventful.wi.weight [2,16]",
			"screen.eventful.wi.bias [2]",
			"screen.eventful.wo.weight [1,2]",
			"screen.eventful.wo.bias [1]",
		]);
		expect([...tensorsOf().keys()].filter((name) => name.startsWith("screen."))).toEqual([]);
	});

	test("are [out, in], whatever heads are wide", () => {
		const tensors = tensorsOf({ t5: { d_kv: 12 } });
		expect(tensors.get("encoder.block.0.layer.0.SelfAttention.q.weight")).toEqual([24, 16]);
		expect(tensors.get("encoder.block.0.layer.0.SelfAttention.o.weight")).toEqual([16, 24]);
		expect(tensors.get("decoder.block.1.layer.2.DenseReluDense.wi_1.weight")).toEqual([24, 16]);
		expect(tensors.get("visual.fc2.weight")).toEqual([16, 4]);
		expect(tensors.get("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight")).toEqual([32, 2]);
	});

	test("depend on tying, projections and positions", () => {
		expect(tensorsOf().has("lm_head.weight")).toBe(false);
		expect(tensorsOf({ t5: { tie_word_embeddings: false } }).get("lm_head.weight")).toEqual([50, 16]);
		expect(tensorsOf({ gate: { projections: false } }).has("gate.q.weight")).toBe(false);
		const position = "visual.encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
		expect([tensorsOf().has(position), tensorsOf({ umie: { visual_relative_bias: true } }).has(position)]).toEqual([false, true]);
	});

	test("hold a row for the picture and each object where places are embedded", () => {
		expect(tensorsOf().has("visual.object_embedding.weight")).toBe(false);
		expect(tensorsOf({ umie: { object_embedding: true } }).get("visual.object_embedding.weight")).toEqual([5, 16]);
	});

	test("of ResNet-101 are 104 convolutions that end in 2,048 channels, strided on the 3×3", () => {
		const resnet = {
			block: "bottleneck",
			depths: [3, 4, 23, 3],
			width: 64,
			expansion: 4,
			stem_kernel: 7,
			stem_stride: 2,
			stem_pool: true,
			stride_in: "conv2",
		} as const;
		const plans = residualBlocks({ ...resnet, depths: [...resnet.depths] });
		const convolutions = 1 + plans.reduce((sum, { downsample }) => sum + 3 + (downsample === null ? 0 : 1), 0);
		expect([convolutions, plans.length, plans.filter(({ downsample }) => downsample !== null).length]).toEqual([104, 33, 4]);
		expect(stem({ ...resnet, depths: [...resnet.depths] }).shape).toEqual([64, 3, 7, 7]);
		expect(plans.at(-1)!.convolutions.map(({ shape }) => shape)).toEqual([
			[512, 2048, 1, 1],
			[512, 512, 3, 3],
			[2048, 512, 1, 1],
		]);
		expect(plans[3]!.convolutions.map(({ stride }) => stride)).toEqual([1, 2, 1]);
		expect(plans[3]!.downsample).toEqual({
			name: { conv: "visual.backbone.layer2.0.downsample.0", norm: "visual.backbone.layer2.0.downsample.1" },
			shape: [512, 256, 1, 1],
			stride: 2,
		});
	});
});
