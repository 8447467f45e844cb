/** Goes in: this thread's browser. Comes out: a WebGPU device of our own with the adapter's full limits, so that its loss is heard and large weights fit. */
import { Failure } from "../src/core/failure.ts";

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
 * Kernels that use them are chosen by onnxruntime where they are there. Not "subgroups": with it onnxruntime-web 1.30 takes a flash attention that is wrong for
 * MultiHeadAttention with a bias on more than 32 keys (relative error 0.7 on SwiftShader; upstream reports the like on graphics cards).
 */
const FEATURES = ["shader-f16"] as const;

/** @throws Failure `device-unavailable` */
export async function openGpu(): Promise<GPUDevice> {
	const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
	if (!adapter) throw new Failure("device-unavailable", "WebGPU found no adapter.");
	try {
		return await adapter.requestDevice({
			requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)) as GPUFeatureName[],
			requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
		});
	} catch (cause) {
		throw new Failure(
			"device-unavailable",
			`WebGPU gave no device: ${cause instanceof Error ? cause.message : String(cause)}.`,
			{ cause },
		);
	}
}
