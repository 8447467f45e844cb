/**
 * Writes a stock T5 as a folder that transformers.js reads: config.json, onnx/encoder_model.onnx,
 * onnx/decoder_model_merged.onnx, and their weights.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Checkpoint, openCheckpoint, readJson } from "../../exporter/checkpoint/checkpoint.ts";
import { GraphContext, type GraphOptions } from "../../exporter/graphs/context.ts";
import { encodeModel, type GraphRecord, type ValueRecord } from "../../exporter/onnx/model.ts";
import { WeightStore } from "../../exporter/onnx/weights.ts";
import { buildPlainDecoder, buildPlainEncoder } from "./plain-t5.ts";

/** The library splits no tensors, so no file of it is split here either. */
const ONE_FILE = 2 ** 31;

/** @returns the weight files, by path */
export function writePeer(checkpointPath: string, folder: string): readonly string[] {
	const checkpoint = openCheckpoint(checkpointPath);
	mkdirSync(join(folder, "onnx"), { recursive: true });
	const store = new WeightStore(folder, { maxFileBytes: ONE_FILE });
	try {
		const options = optionsOf(checkpoint, store);
		const encoder = new GraphContext("encoder_model", "text_encoder", options);
		buildPlainEncoder(encoder);
		writeFileSync(join(folder, "onnx/encoder_model.onnx"), encoder.graph.build().model);
		writeFileSync(join(folder, "onnx/decoder_model_merged.onnx"), encodeModel(mergedDecoder(options)));
		writeFileSync(
			join(folder, "config.json"),
			JSON.stringify(peerConfig(readJson(join(checkpoint.folder, "config.json")))),
		);
	} finally {
		checkpoint.close();
	}
	return [...store.finish().keys()];
}

function optionsOf(checkpoint: Checkpoint, store: WeightStore): GraphOptions {
	return {
		architecture: checkpoint.architecture,
		weights: checkpoint,
		store,
		dtype: "fp32",
		target: "wasm",
		inspect: false,
	};
}

/** What the library looks for beside the sizes. */
function peerConfig(config: unknown): unknown {
	const ids = { pad_token_id: 0, eos_token_id: 1, decoder_start_token_id: 0 };
	return {
		...ids,
		...(config as object),
		model_type: "t5",
		architectures: ["T5ForConditionalGeneration"],
		is_encoder_decoder: true,
	};
}

/** `use_cache_branch` chooses: the step after another, or the first one. */
function mergedDecoder(options: GraphOptions): GraphRecord {
	const branch = (name: string, cached: boolean): GraphRecord => {
		const context = new GraphContext(name, "decoder", options);
		buildPlainDecoder(context, name, cached);
		return context.graph.build().graph;
	};
	const [first, later] = [branch("first", false), branch("later", true)];
	const isWeight = (initializer: GraphRecord["initializers"][number]) => "external" in initializer;
	// Weights stand outside, once for both; a branch reads names of the graph around it.
	const inside = (graph: GraphRecord): GraphRecord => ({
		...graph,
		inputs: [],
		initializers: graph.initializers.filter((initializer) => !isWeight(initializer)),
	});
	const byName = <T extends { readonly name: string }>(items: readonly T[]) => [
		...new Map(items.map((item) => [item.name, item])).values(),
	];
	const useCache: ValueRecord = { name: "use_cache_branch", dtype: "bool", shape: [1] };
	const outputs = later.outputs.map(({ name, dtype, shape }) =>
		withOpenShape({ name: name.replace(/^later\./, ""), dtype, shape }),
	);
	return {
		name: "decoder_model_merged",
		inputs: [...byName([...later.inputs, ...first.inputs]), useCache],
		outputs,
		initializers: byName([...later.initializers, ...first.initializers].filter(isWeight)),
		nodes: [
			{
				type: "If",
				domain: "",
				name: "If",
				inputs: [useCache.name],
				outputs: outputs.map(({ name }) => name),
				attributes: { then_branch: { graph: inside(later) }, else_branch: { graph: inside(first) } },
			},
		],
	};
}

/** The branches differ in lengths: no dimension of an output is fixed, and none is declared equal to another's. */
function withOpenShape({ name, dtype, shape }: ValueRecord): ValueRecord {
	return { name, dtype, shape: shape.map((_, axis) => `${name}.${axis}`) };
}
