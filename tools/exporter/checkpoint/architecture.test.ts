/** Shows which architecture settings mean and which tensors it needs, or which setting is wrong. */
import { describe, expect, test } from "vitest";
import { parseArchitecture } from "./architecture.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { type TinyChanges, tinyConfig } from "./random-checkpoint.ts";
import { residualBlocks, stem } from "./resnet.ts";

const tensorsOf = (changes: TinyChanges = {}) => expectedTensors(parseArchitecture(tinyConfig(changes)));

const BERT = { kind: "bert", num_layers: 2, num_heads: 2, d_ff: 24, max_position_embeddings: 64 } as const;
const MARKERS = { open: { person: 1, location: 2, organization: 3, miscellaneous: 4, other: 5 }, close: 6 } as const;
const PREFILTER = { related: 0.3, eventful: 0.1, related_width: 4, eventful_width: 2 };

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
		[
			"a feed-forward of another kind",
			{ t5: { feed_forward_proj: "gated-tanh" } },
			'"feed_forward_proj" is "gated-tanh"',
		],
		["no layers", { t5: { num_layers: 0 } }, '"num_layers" is 0'],
		["a million layers", { t5: { num_decoder_layers: 1_000_000 } }, '"num_decoder_layers" is 1000000'],
		["half a head", { t5: { num_heads: 0.5 } }, '"num_heads" is 0.5'],
		["the stride of another ResNet", { backbone: { stride_in: "conv1" } }, '"umie.backbone.stride_in" is "conv1"'],
		["blocks of another ResNet", { backbone: { block: "dense" } }, '"umie.backbone.block" is "dense"'],
		["basic blocks that widen", { backbone: { block: "basic" } }, '"umie.backbone.expansion" of basic blocks is 1'],
		["37 objects", { umie: { max_objects: 37 } }, '"umie.max_objects" is 37'],
		["a gate of another kind", { gate: { signal: "sum" } }, '"umie.gate.signal" is "sum"'],
		[
			"a gate that does not say whether it projects",
			{ gate: { projections: undefined } },
			'"umie.gate.projections" is missing',
		],
		[
			"features the backbone does not have",
			{ umie: { d_v: 32 } },
			'"umie.d_v" is 32, but the backbone ends in 16 features',
		],
		["a token past the vocabulary", { umie: { spot_token_id: 50 } }, "token 50 is past the vocabulary of 50"],
		["more object tokens than objects", { umie: { max_objects: 3 } }, '4 object tokens for "umie.max_objects" 3'],
		[
			"a prefilter that does not say how wide it is",
			// The former name, which the format keeps.
			{ umie: { screen: { related: 0.3, eventful: 0.1, related_width: 4 } } },
			'"umie.screen.eventful_width" is missing',
		],
		[
			"a threshold that is not a probability",
			{ umie: { screen: { ...PREFILTER, related: 1.5 } } },
			'"umie.screen.related" is 1.5',
		],
		["prompts of another kind", { umie: { relations: "some" } }, '"umie.relations" is "some"'],
		[
			"an odd number of buckets",
			{ t5: { relative_attention_num_buckets: 31 } },
			'"relative_attention_num_buckets" is 31',
		],
		[
			"distances shorter than the buckets",
			{ t5: { relative_attention_max_distance: 16 } },
			'"relative_attention_max_distance" is 16',
		],
		[
			"an encoder of another kind",
			{ umie: { text_encoder: { ...BERT, kind: "gpt" } } },
			'"umie.text_encoder.kind" is "gpt"',
		],
		[
			"an activation of another kind",
			{ umie: { text_encoder: { ...BERT, hidden_act: "relu" } } },
			'"umie.text_encoder.hidden_act" is "relu"',
		],
		[
			"layers that two places count differently",
			{ umie: { text_encoder: { ...BERT, num_layers: 3 } } },
			'"umie.text_encoder.num_layers" is 3',
		],
		[
			"heads that do not divide the width",
			{ umie: { text_encoder: { ...BERT, num_heads: 3 } } },
			"16 is not a multiple of the text encoder's 3 heads",
		],
		[
			"more positions than there is memory for",
			{ umie: { text_encoder: { ...BERT, max_position_embeddings: 1e9 } } },
			'"umie.text_encoder.max_position_embeddings" is 1000000000',
		],
		[
			"positions that the offset uses up",
			{ umie: { text_encoder: { ...BERT, position_offset: 64 } } },
			"leaves no position for a token of a text",
		],
		[
			"positions before the table",
			{ umie: { text_encoder: { ...BERT, position_offset: -1 } } },
			'"umie.text_encoder.position_offset" is -1',
		],
		[
			"a start token past the vocabulary",
			{ umie: { text_encoder: { ...BERT, start_token_id: 50 } } },
			"token 50 is past the vocabulary of 50",
		],
		[
			"an epsilon that divides by zero",
			{ umie: { text_encoder: { ...BERT, layer_norm_eps: 0 } } },
			'"umie.text_encoder.layer_norm_eps" is 0',
		],
		["a pointer wider than any", { umie: { copying: { width: 1e6 } } }, '"umie.copying.width" is 1000000'],
		[
			"an odd number of place buckets",
			{ umie: { copying: { width: 6, buckets: 31 } } },
			'"umie.copying.buckets" is 31',
		],
		[
			"places nearer than their buckets",
			{ umie: { copying: { width: 6, buckets: 32, max_distance: 8 } } },
			'"umie.copying.max_distance" is 8',
		],
		[
			"markers without one for other types",
			{ umie: { marker_token_ids: { open: { person: 1 }, close: 2 } } },
			'"umie.marker_token_ids.open.location"',
		],
		[
			"a marker past the vocabulary",
			{ umie: { marker_token_ids: { ...MARKERS, close: 50 } } },
			"token 50 is past the vocabulary of 50",
		],
		["marked relations without markers", { umie: { relations: "marked" } }, 'but there are no "umie.marker_token_ids"'],
		[
			"a relation named twice",
			{ umie: { pair_relations: ["none", "none"] } },
			'"umie.pair_relations" names a relation twice',
		],
		[
			"thousands of relations",
			{ umie: { pair_relations: Array.from({ length: 257 }, (_, at) => `${at}`) } },
			'"umie.pair_relations" is',
		],
		["a vote of more than all", { umie: { pair_vote: 1.1 } }, '"umie.pair_vote" is 1.1'],
	])("%s are refused by name", (_, changes, what) => {
		const config = tinyConfig(changes);
		expect(() => parseArchitecture(config)).toThrow(
			expect.objectContaining({ code: "checkpoint-format", what: expect.stringContaining(what) }),
		);
	});
});

describe("a text encoder of the BERT kind, copying and pairs", () => {
	test("left out settings are BERT's, T5's buckets, and no start token", () => {
		const a = parseArchitecture(tinyConfig({ umie: { text_encoder: BERT, copying: { width: 6 } } }));
		expect(a.text_encoder).toEqual({
			...BERT,
			hidden_act: "gelu",
			layer_norm_eps: 1e-12,
			type_vocab_size: 1,
			position_offset: 0,
			start_token_id: null,
		});
		expect(a.copying).toEqual({ width: 6, buckets: 32, max_distance: 128 });
	});

	test("relations without tensors of a classifier are none; a classifier without relations is refused", () => {
		expect(parseArchitecture(tinyConfig({ umie: { pair_relations: ["none", "peer"] } })).pairs).toBeUndefined();
		expect(parseArchitecture(tinyConfig({ umie: { pair_relations: ["none", "peer"] } }), 7).pairs).toEqual({
			relations: ["none", "peer"],
			width: 7,
		});
		expect(() => parseArchitecture(tinyConfig(), 7)).toThrow(/"umie.pair_relations" does not name its relations/);
	});

	test("a block without any setting of pictures is a model that reads text only; one with some must have all", () => {
		const { umie, ...t5 } = tinyConfig() as { umie: object };
		expect(parseArchitecture({ ...t5, umie: { spot_token_id: 3 } }).vision).toBeNull();
		expect(() => parseArchitecture({ ...t5, umie: { spot_token_id: 3, d_v: 16 } })).toThrow(
			/"umie.max_objects" is missing/,
		);
		expect(Object.keys(umie)).toContain("backbone");
	});

	test("tensors are Hugging Face's BERT, the pointer's, and a place bias for every decoder layer", () => {
		const tensors = expectedTensors(
			parseArchitecture(
				tinyConfig({
					umie: { text_encoder: BERT, copying: { width: 6, buckets: 8, max_distance: 4 }, pair_relations: ["a"] },
				}),
				7,
			),
		);
		expect([...tensors.keys()].filter((name) => name.startsWith("encoder.layer.1."))).toHaveLength(16);
		expect([...tensors.keys()].some((name) => name.startsWith("encoder.block"))).toBe(false);
		expect(tensors.get("encoder.embeddings.position_embeddings.weight")).toEqual([64, 16]);
		expect(tensors.get("decoder.block.1.layer.1.EncDecAttention.place_bias.weight")).toEqual([8, 2]);
		expect(tensors.get("decoder.pointer.k.weight")).toEqual([6, 48]);
		expect(tensors.get("pair_classifier.dense.weight")).toEqual([7, 32]);
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

	test("of a prefilter read two mentions, their product and their distance, and single tokens", () => {
		const tensors = tensorsOf({ umie: { screen: PREFILTER } });
		const own = [...tensors]
			.filter(([name]) => name.startsWith("screen."))
			.map(([name, shape]) => `${name} [${shape}]`);
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
		expect([tensorsOf().has(position), tensorsOf({ umie: { visual_relative_bias: true } }).has(position)]).toEqual([
			false,
			true,
		]);
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
		expect([convolutions, plans.length, plans.filter(({ downsample }) => downsample !== null).length]).toEqual([
			104, 33, 4,
		]);
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
