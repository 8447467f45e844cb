/** Goes in: what the person asked for, and what this browser has. Comes out: the device to run on, how many threads, and why, in a sentence for people. */

import type { OpenOptions } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import type { Device } from "../src/core/result.ts";

/** More threads than this cost more in waiting than they save on models of this size. */
const MAX_AUTO_THREADS = 4;
const MAX_THREADS = 64;
/** A driver that does not answer must not hold up the page. */
const ADAPTER_TIMEOUT_MS = 5_000;
const SOFTWARE_ADAPTERS = /swiftshader|llvmpipe|lavapipe|basic render/i;

export interface AdapterFacts {
	/** For people, such as "apple metal-3"; may be empty. */
	readonly description: string;
	/** Runs on the CPU: loses against WASM. */
	readonly isFallbackAdapter: boolean;
	readonly shaderF16: boolean;
}

/** What this thread may use. Plain data, so that tests can write every case down. */
export interface DeviceEnvironment {
	/** The browser knows WebGPU. */
	readonly hasGpu: boolean;
	/** What `requestAdapter()` gave. */
	readonly adapter: AdapterFacts | null;
	readonly crossOriginIsolated: boolean;
	readonly sharedArrayBuffer: boolean;
	readonly hardwareConcurrency: number;
}

/** What the model asks of a device. */
export interface DeviceNeeds {
	/** 16-bit floats: without `shader-f16` such a model fails at its first run, not when it is opened. */
	readonly shaderF16: boolean;
}

/**
 * @param wanted "auto" takes WebGPU on a real adapter that meets the model's needs, else WASM; a software adapter is used only when asked for
 * @throws Failure `device-unavailable` when "webgpu" is wanted and cannot be had
 */
export function chooseDevice(
	wanted: OpenOptions,
	environment: DeviceEnvironment,
	needs: DeviceNeeds = { shaderF16: false },
): Device {
	if (wanted.device === "wasm") return wasmDevice("as you chose", wanted.threads, environment);
	const obstacle = webgpuObstacle(environment, needs);
	if (wanted.device === "webgpu") {
		if (obstacle !== null) throw new Failure("device-unavailable", `WebGPU was asked for, but ${obstacle}.`);
		return webgpuDevice(environment.adapter);
	}
	if (obstacle !== null) return wasmDevice(obstacle, wanted.threads, environment);
	if (environment.adapter?.isFallbackAdapter)
		return wasmDevice("WebGPU has only a software adapter", wanted.threads, environment);
	return webgpuDevice(environment.adapter);
}

/** Why WebGPU cannot be used at all; null: it can. */
function webgpuObstacle({ hasGpu, adapter }: DeviceEnvironment, needs: DeviceNeeds): string | null {
	if (!hasGpu) return "this browser has no WebGPU";
	if (adapter === null) return "WebGPU found no adapter";
	if (needs.shaderF16 && !adapter.shaderF16)
		return "the graphics adapter cannot compute in 16 bits, which this model needs";
	return null;
}

function webgpuDevice(adapter: AdapterFacts | null): Device {
	const kind = adapter?.isFallbackAdapter ? "software adapter" : "adapter";
	return { name: "webgpu", threads: 1, reason: `WebGPU: ${kind} “${adapter?.description || "unnamed"}”` };
}

function wasmDevice(why: string, wanted: number | "auto", environment: DeviceEnvironment): Device {
	const { threads, limit } = wasmThreads(wanted, environment);
	const reasons = [why, limit].filter((reason) => reason !== null);
	return {
		name: "wasm",
		threads,
		reason: `WASM with ${threads} ${threads === 1 ? "thread" : "threads"}: ${reasons.join("; ")}`,
	};
}

/** `limit` says why there are fewer threads than could be. */
function wasmThreads(
	wanted: number | "auto",
	environment: DeviceEnvironment,
): { threads: number; limit: string | null } {
	const cores = Math.max(1, Math.floor(environment.hardwareConcurrency) || 1);
	const asked =
		wanted === "auto" ? Math.min(cores, MAX_AUTO_THREADS) : Math.min(Math.max(1, Math.floor(wanted) || 1), MAX_THREADS);
	if (wanted === 1) return { threads: 1, limit: null };
	if (!environment.crossOriginIsolated) return { threads: 1, limit: "this page is not cross-origin isolated" };
	if (!environment.sharedArrayBuffer) return { threads: 1, limit: "this browser has no SharedArrayBuffer" };
	return { threads: asked, limit: null };
}

/** Asks this thread's browser (or Node) what it has. Never throws, never waits for ever. */
export async function probeEnvironment(): Promise<DeviceEnvironment> {
	const scope = globalThis as {
		navigator?: { gpu?: GPU; hardwareConcurrency?: number };
		crossOriginIsolated?: boolean;
	};
	const gpu = scope.navigator?.gpu;
	return {
		hasGpu: gpu !== undefined,
		adapter: gpu ? await probeAdapter(gpu) : null,
		crossOriginIsolated: scope.crossOriginIsolated === true,
		sharedArrayBuffer: typeof SharedArrayBuffer !== "undefined",
		hardwareConcurrency: scope.navigator?.hardwareConcurrency ?? 1,
	};
}

async function probeAdapter(gpu: GPU): Promise<AdapterFacts | null> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<null>((resolve) => {
		timer = setTimeout(() => resolve(null), ADAPTER_TIMEOUT_MS);
	});
	try {
		const adapter = await Promise.race([gpu.requestAdapter({ powerPreference: "high-performance" }), late]);
		return adapter && adapterFacts(adapter.info, adapter.features);
	} catch {
		return null;
	} finally {
		clearTimeout(timer);
	}
}

/** What `GPUAdapter` says of itself, as plain data. Browsers leave most of `info` empty to protect the person's privacy. */
export function adapterFacts(info: Partial<GPUAdapterInfo>, features: ReadonlySet<string>): AdapterFacts {
	const words = [info.vendor, info.architecture, info.device, info.description].filter(
		(word) => word !== undefined && word !== "",
	);
	const description = words.slice(0, 2).join(" ");
	return {
		description,
		isFallbackAdapter: info.isFallbackAdapter === true || SOFTWARE_ADAPTERS.test(words.join(" ")),
		shaderF16: features.has("shader-f16"),
	};
}
