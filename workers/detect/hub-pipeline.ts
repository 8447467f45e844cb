/**
 * Opens a detector of the Hugging Face hub by its name: a pipeline of transformers.js, on this app's own ONNX Runtime,
 * with progress in bytes.
 */
import type { Progress } from "../../src/client/protocol.ts";
import { chooseDevice, probeEnvironment } from "../devices/devices.ts";
import { loadRuntime } from "../runtime-browser.ts";
import type { RgbImage } from "../vision/types.ts";
import type { DetectionPipeline, DetectPlatform } from "./detect.ts";

/** Where transformers.js looks for a runtime before it takes its own. */
const RUNTIME = Symbol.for("onnxruntime");

type Library = typeof import("@xenova/transformers");

/**
 * The library after the runtime: it looks for one once, when it is first loaded. So no file of the runtime comes from a
 * server of others.
 */
async function loadLibrary(onProgress: (progress: Progress) => void): Promise<Library> {
	const device = chooseDevice({ device: "wasm", threads: "auto" }, await probeEnvironment());
	const { ort } = await loadRuntime(device, { onProgress });
	Object.assign(globalThis, { [RUNTIME]: ort });
	const library = await import("@xenova/transformers");
	library.env.allowLocalModels = false;
	library.env.useWasmCache = false;
	return library;
}

/** Bytes of all files of a model so far: the library reports them file by file. */
export function byteCounter(model: string, onProgress: (progress: Progress) => void): (info: object) => void {
	const files = new Map<string, { readonly loaded: number; readonly total: number }>();
	return (info) => {
		const { status, file, loaded, total } = info as {
			status?: unknown;
			file?: unknown;
			loaded?: unknown;
			total?: unknown;
		};
		if (status !== "progress" || typeof file !== "string" || typeof loaded !== "number" || typeof total !== "number")
			return;
		files.set(file, { loaded, total });
		const sum = (key: "loaded" | "total") => [...files.values()].reduce((all, one) => all + one[key], 0);
		onProgress({ stage: "download", detail: model, done: sum("loaded"), total: sum("total"), unit: "bytes" });
	};
}

/** For `createDetect`. @throws the library's own errors */
export const loadHubPipeline: DetectPlatform["load"] = async (
	{ model, kind },
	onProgress,
): Promise<DetectionPipeline> => {
	const { pipeline, RawImage } = await loadLibrary(onProgress);
	// "auto" is whatever the runtime has: WASM. 8-bit weights are a quarter of the download.
	const task = kind === "asked" ? "zero-shot-object-detection" : "object-detection";
	const pipe = await pipeline(task, model, {
		device: "auto",
		dtype: "q8",
		progress_callback: byteCounter(model, onProgress),
	});
	const run = pipe as unknown as (...given: unknown[]) => Promise<unknown>;
	return {
		detect({ data, width, height }: RgbImage, labels, threshold) {
			const image = new RawImage(data, width, height, 3);
			const options = { threshold, percentage: true };
			return kind === "asked" ? run(image, [...labels], options) : run(image, options);
		},
		dispose: () => pipe.dispose() as Promise<void>,
	};
};
