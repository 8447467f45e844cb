/**
 * Decodes token ids greedily with transformers.js and times each token. The library runs as it comes: its own choice of
 * runtime build, session options and search.
 */
import { env, type PreTrainedModel, T5ForConditionalGeneration, Tensor } from "@xenova/transformers";
import * as Comlink from "comlink";
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import type { PeerOptions, PeerWorker } from "./contract.ts";

let model: PreTrainedModel | null = null;

/** Nothing from the network but what the benchmark serves. */
function prepare(address: string, threads: number): void {
	env.allowRemoteModels = false;
	env.allowLocalModels = true;
	env.useBrowserCache = false;
	env.useWasmCache = false;
	env.localModelPath = address;
	const runtime = env.backends.onnx.wasm!;
	runtime.wasmPaths = { wasm, mjs };
	runtime.numThreads = threads;
}

/** [1, L] */
const int64 = (values: readonly number[]) =>
	new Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);

const worker: PeerWorker = {
	async open(folder: string, { device, threads, weights }: PeerOptions) {
		const { base, name } = /^(?<base>.*\/)(?<name>[^/]+)\/$/.exec(new URL(folder).pathname)!.groups as {
			base: string;
			name: string;
		};
		prepare(base, threads);
		const externalData = await Promise.all(
			weights.map(async (path) => ({
				path,
				data: new Uint8Array(await (await fetch(new URL(path, folder))).arrayBuffer()),
			})),
		);
		const started = performance.now();
		model = await T5ForConditionalGeneration.from_pretrained(name, {
			device,
			dtype: "fp32",
			session_options: { externalData },
		});
		return performance.now() - started;
	},
	async generate(input: readonly number[], maxNewTokens: number) {
		const arrived: number[] = [];
		const started = performance.now();
		const output = await model!.generate({
			inputs: int64(input),
			attention_mask: int64(input.map(() => 1)),
			max_new_tokens: maxNewTokens,
			do_sample: false,
			streamer: { put: () => arrived.push(performance.now()), end: () => {} },
		} as unknown as Parameters<PreTrainedModel["generate"]>[0]);
		const milliseconds = performance.now() - started;
		const ids = [...((output as Tensor).data as BigInt64Array)].map(Number).slice(1);
		// The start token arrives at once, the first token after the encoder and the first step: steps are between the
		// later ones, as with the engine.
		return { ids, milliseconds, steps: arrived.slice(2).map((at, index) => at - arrived[index + 1]!) };
	},
};

Comlink.expose(worker);
