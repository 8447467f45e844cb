/** Runs the engine of the worker in Node, on onnxruntime-web's WASM. */

import type { Progress } from "../../../src/client/protocol.ts";
import { unwrap } from "../../../src/core/failure.ts";
import { createEngineApi, type Engine } from "../../../workers/engine.ts";
import type { ObservedRun, Ort } from "../../../workers/model/sessions.ts";
import type { Platform } from "../../../workers/platform.ts";
import { createSegmentationProposer } from "../../../workers/vision/regions/segmentation-proposer.ts";
import { folderReader } from "../bundle/folder-reader.ts";
import { nodeDecoder } from "../image/decode-node.ts";

export interface NodeEngineOptions {
	readonly onProgress?: (progress: Progress) => void;
	readonly observe?: (run: ObservedRun) => void;
}

/** onnxruntime-web's threads are workers of a browser: Node has one. */
export async function loadNodeRuntime(): Promise<Ort> {
	const ort = (await import("onnxruntime-web/wasm")) as unknown as Ort;
	ort.env.wasm.numThreads = 1;
	ort.env.logLevel = "error";
	return ort;
}

/** What the engine needs of Node. */
export function nodePlatform(folder: string, observe?: (run: ObservedRun) => void): Platform {
	return {
		loadRuntime: async () => ({ ort: await loadNodeRuntime(), threads: 1 }),
		decodeImage: nodeDecoder,
		proposer: createSegmentationProposer(),
		openReader: () => folderReader(folder),
		turn: () => new Promise((resolve) => setImmediate(resolve)),
		...(observe === undefined ? {} : { observe }),
	};
}

/** @throws Failure */
export async function openNodeEngine(
	folder: string,
	{ onProgress = () => {}, observe }: NodeEngineOptions = {},
): Promise<Engine> {
	const engine = createEngineApi(nodePlatform(folder, observe));
	unwrap(await engine.open(1, { kind: "url", url: folder }, { device: "wasm", threads: 1 }, onProgress));
	return engine;
}
