/**
 * Runs a model on the graphics processor, through a WebGPU device of our own: its limits are the adapter's, and its
 * loss is noticed.
 */
import { Failure } from "../../src/core/failure.ts";
import type { DeviceCandidate, DeviceKind, OpenDevice } from "./device-kind.ts";

/** A driver that does not answer must not hold up the page. */
const ADAPTER_TIMEOUT_MS = 5_000;
const SOFTWARE_ADAPTERS = /swiftshader|llvmpipe|lavapipe|basic render/i;
/** Limits that weights, activations and kernels run into at their defaults. */
const LIMITS = [
	"maxBufferSize",
	"maxStorageBufferBindingSize",
	"maxStorageBuffersPerShaderStage",
	"maxComputeWorkgroupStorageSize",
	"maxComputeInvocationsPerWorkgroup",
	"maxComputeWorkgroupSizeX",
	"maxComputeWorkgroupSizeY",
	"maxComputeWorkgroupSizeZ",
	"maxComputeWorkgroupsPerDimension",
] as const satisfies (keyof GPUSupportedLimits)[];
/**
 * Kernels that use them are chosen by onnxruntime where they are there. Not "subgroups": with it onnxruntime-web 1.30
 * takes a flash attention that is wrong for MultiHeadAttention with a bias on more than 32 keys (relative error 0.7 on
 * SwiftShader; upstream reports the same on graphics cards).
 */
const FEATURES = ["shader-f16"] as const;

export interface AdapterFacts {
	/** For people, such as "apple metal-3"; may be empty. */
	readonly description: string;
	/** Runs on the CPU: slower than WASM. */
	readonly isFallbackAdapter: boolean;
	readonly shaderF16: boolean;
}

/** What this browser has. Plain data, so that tests can write every case down. */
export interface WebgpuFacts {
	/** The browser knows WebGPU. */
	readonly hasGpu: boolean;
	/** What `requestAdapter()` gave. */
	readonly adapter: AdapterFacts | null;
}

export const webgpuDevice: DeviceKind = {
	async probe() {
		const gpu = findGpu();
		return webgpuCandidate({ hasGpu: gpu !== undefined, adapter: gpu ? await probeAdapter(gpu) : null });
	},
	open: openWebgpu,
	/** The last serves browsers that cannot suspend WebAssembly by themselves. */
	runtimeBuild: () => ("Suspending" in WebAssembly ? "jspi" : "asyncify"),
	graphs: "webgpu",
	/** Two concurrent runs on one device hang, concurrent creates are refused. */
	oneRunAtATime: true,
	/** A step costs the same for one row and many, so batches are large. */
	batchLimits: () => ({ rows: 32, padding: 0.6 }),
	/** A row that has ended costs next to nothing. */
	batchesByTask: false,
	sideBySide: 16,
};

export function webgpuCandidate({ hasGpu, adapter }: WebgpuFacts): DeviceCandidate {
	return {
		obstacle({ shaderF16 }) {
			if (!hasGpu) return "this browser has no WebGPU";
			if (adapter === null) return "WebGPU found no adapter";
			if (shaderF16 && !adapter.shaderF16)
				return "the graphics adapter cannot compute in 16 bits, which this model needs";
			return null;
		},
		drawback: adapter?.isFallbackAdapter ? "WebGPU has only a software adapter" : null,
		describe() {
			const kind = adapter?.isFallbackAdapter ? "software adapter" : "adapter";
			return { threads: 1, reason: `WebGPU: ${kind} “${adapter?.description || "unnamed"}”` };
		},
	};
}

async function openWebgpu(): Promise<OpenDevice> {
	const adapter = await findGpu()?.requestAdapter({ powerPreference: "high-performance" });
	if (!adapter) throw new Failure("device-unavailable", "WebGPU found no adapter.");
	const device = await requestDevice(adapter);
	return {
		sessionOptions: (kept) => ({
			executionProviders: [{ name: "webgpu", device }],
			preferredOutputLocation: Object.fromEntries(kept.map((name) => [name, "gpu-buffer"] as const)),
		}),
		lost: device.lost.then(({ reason, message }) => message || reason),
		close: () => device.destroy(),
	};
}

/** With the adapter's full limits, so that large weights fit. @throws Failure `device-unavailable` */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
	try {
		return await adapter.requestDevice({
			requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
			requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
		});
	} catch (cause) {
		const message = cause instanceof Error ? cause.message : String(cause);
		throw new Failure("device-unavailable", `WebGPU could not open a device: ${message}.`, { cause });
	}
}

/** Node has none. */
function findGpu(): GPU | undefined {
	return (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
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

/** What a `GPUAdapter` tells about itself, as plain data. Browsers leave most of `info` empty to protect privacy. */
export function adapterFacts(info: Partial<GPUAdapterInfo>, features: ReadonlySet<string>): AdapterFacts {
	const words = [info.vendor, info.architecture, info.device, info.description].filter(
		(word) => word !== undefined && word !== "",
	);
	return {
		description: words.slice(0, 2).join(" "),
		isFallbackAdapter: info.isFallbackAdapter === true || SOFTWARE_ADAPTERS.test(words.join(" ")),
		shaderF16: features.has("shader-f16"),
	};
}
