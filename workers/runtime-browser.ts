/**
 * Loads the build of onnxruntime-web that serves a device, with progress. For pages built with Vite: Node has its
 * own.
 */

import asyncifyMjs from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url";
import asyncifyWasm from "onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url";
import jspiMjs from "onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url";
import jspiWasm from "onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url";
import wasmMjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasmWasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Progress } from "../src/client/protocol.ts";
import { MIB } from "../src/core/limits.ts";
import type { Device } from "../src/core/result.ts";
import { fetchBytes } from "./bundle/fetch-bytes.ts";
import type { RuntimeBuild } from "./devices/device-kind.ts";
import { DEVICES } from "./devices/devices.ts";

type Ort = typeof import("onnxruntime-web");

export interface Runtime {
	readonly ort: Ort;
	/** WASM threads it started with: the first call decides, for as long as this thread lives. */
	readonly threads: number;
}

export interface RuntimeOptions {
	readonly onProgress?: (progress: Progress) => void;
	readonly signal?: AbortSignal | undefined;
}

interface Build {
	/** For people. */
	readonly detail: string;
	readonly load: () => Promise<Ort>;
	readonly wasm: string;
	readonly mjs: string;
}

/**
 * Sizes of the WebAssembly: wasm 14 MB, jspi 17 MB, asyncify 27 MB. The last serves WebGPU where the browser cannot
 * suspend WebAssembly by itself.
 */
const BUILDS = {
	wasm: { detail: "ONNX Runtime for WASM", load: () => import("onnxruntime-web/wasm"), wasm: wasmWasm, mjs: wasmMjs },
	jspi: { detail: "ONNX Runtime for WebGPU", load: () => import("onnxruntime-web/jspi"), wasm: jspiWasm, mjs: jspiMjs },
	asyncify: {
		detail: "ONNX Runtime for WebGPU",
		load: () => import("onnxruntime-web/webgpu"),
		wasm: asyncifyWasm,
		mjs: asyncifyMjs,
	},
} as const satisfies Record<RuntimeBuild, Build>;

const MAX_RUNTIME_BYTES = 64 * MIB;
const running = new Map<Build, Runtime>();

/**
 * The runtime for a device; the second call for the same build gives the first one's.
 * @throws Failure `offline` | `fetch-failed` | `timeout` | `cancelled` while fetching; a later call tries again
 */
export async function loadRuntime(
	{ name, threads }: Pick<Device, "name" | "threads">,
	options: RuntimeOptions = {},
): Promise<Runtime> {
	const build = BUILDS[DEVICES[name].runtimeBuild()];
	const known = running.get(build);
	if (known) return known;
	const [ort, wasmBinary] = await Promise.all([build.load(), fetchWasm(build, options)]);
	ort.env.wasm.wasmBinary = wasmBinary;
	ort.env.wasm.wasmPaths = { wasm: build.wasm, mjs: build.mjs };
	ort.env.wasm.numThreads = threads;
	ort.env.logLevel = "error";
	const runtime = { ort, threads };
	running.set(build, runtime);
	return runtime;
}

/**
 * Fetched here, not by the runtime: 14 to 27 MB deserve a progress bar, and a runtime that failed to fetch never starts
 * again.
 */
function fetchWasm(build: Build, { onProgress, signal }: RuntimeOptions): Promise<Uint8Array> {
	let done = 0;
	return fetchBytes(new URL(build.wasm, globalThis.location.href), build.detail, {
		expectedBytes: null,
		maxBytes: MAX_RUNTIME_BYTES,
		// Its name carries its hash: the browser's copy is always right.
		cache: "default",
		signal,
		onBytes(count, total) {
			done += count;
			onProgress?.({ stage: "runtime", detail: build.detail, done, total, unit: "bytes" });
		},
	});
}
