/** Checks which device is chosen, with how many threads and for what reason, on browsers written down as data. */
import { describe, expect, test } from "vitest";
import type { OpenOptions } from "../../src/client/protocol.ts";
import { DEVICE_NAMES } from "../../src/core/devices.ts";
import { chooseDevice, DEVICES, type DeviceEnvironment, probeEnvironment } from "./devices.ts";
import { type WasmFacts, wasmCandidate } from "./wasm.ts";
import { adapterFacts, type WebgpuFacts, webgpuCandidate } from "./webgpu.ts";

type Facts = WebgpuFacts & WasmFacts;

const apple = { description: "apple metal-3", isFallbackAdapter: false, shaderF16: true };
const software = { description: "google swiftshader", isFallbackAdapter: true, shaderF16: false };
const rich: Facts = {
	hasGpu: true,
	adapter: apple,
	crossOriginIsolated: true,
	sharedArrayBuffer: true,
	hardwareConcurrency: 8,
};
const environmentOf = (facts: Facts): DeviceEnvironment => ({
	webgpu: webgpuCandidate(facts),
	wasm: wasmCandidate(facts),
});
const auto: OpenOptions = { device: "auto", threads: "auto" };

const table: ReadonlyArray<[string, OpenOptions, Partial<Facts>, string, number, string]> = [
	["auto takes a real adapter", auto, {}, "webgpu", 1, "WebGPU: adapter “apple metal-3”"],
	[
		"auto takes WASM over a software adapter",
		auto,
		{ adapter: software },
		"wasm",
		4,
		"WASM with 4 threads: WebGPU has only a software adapter",
	],
	["auto without an adapter", auto, { adapter: null }, "wasm", 4, "WASM with 4 threads: WebGPU found no adapter"],
	[
		"auto without WebGPU",
		auto,
		{ hasGpu: false, adapter: null },
		"wasm",
		4,
		"WASM with 4 threads: this browser has no WebGPU",
	],
	[
		"no isolation means one thread",
		{ device: "wasm", threads: "auto" },
		{ crossOriginIsolated: false },
		"wasm",
		1,
		"WASM with 1 thread: as you chose; this page is not cross-origin isolated",
	],
	[
		"no SharedArrayBuffer means one thread",
		{ device: "wasm", threads: 3 },
		{ sharedArrayBuffer: false },
		"wasm",
		1,
		"WASM with 1 thread: as you chose; this browser has no SharedArrayBuffer",
	],
	[
		"one thread when one was asked for",
		{ device: "wasm", threads: 1 },
		{},
		"wasm",
		1,
		"WASM with 1 thread: as you chose",
	],
	[
		"two cores give two threads",
		{ device: "wasm", threads: "auto" },
		{ hardwareConcurrency: 2 },
		"wasm",
		2,
		"WASM with 2 threads: as you chose",
	],
	[
		"a number of threads is taken as it is",
		{ device: "wasm", threads: 6 },
		{},
		"wasm",
		6,
		"WASM with 6 threads: as you chose",
	],
	[
		"a senseless number of threads becomes one",
		{ device: "wasm", threads: Number.NaN },
		{},
		"wasm",
		1,
		"WASM with 1 thread: as you chose",
	],
	[
		"a billion threads become 64",
		{ device: "wasm", threads: 1e9 },
		{},
		"wasm",
		64,
		"WASM with 64 threads: as you chose",
	],
	[
		"a software adapter is used when asked for",
		{ device: "webgpu", threads: "auto" },
		{ adapter: software },
		"webgpu",
		1,
		"WebGPU: software adapter “google swiftshader”",
	],
];

describe("chooseDevice", () => {
	test.each(table)("%s", (_fact, wanted, environment, name, threads, reason) => {
		expect(chooseDevice(wanted, environmentOf({ ...rich, ...environment }))).toEqual({ name, threads, reason });
	});

	test("WebGPU without an adapter is a failure, not another device", () => {
		expect(() =>
			chooseDevice({ device: "webgpu", threads: "auto" }, environmentOf({ ...rich, adapter: null })),
		).toThrow(
			expect.objectContaining({
				code: "device-unavailable",
				what: "WebGPU was requested, but WebGPU found no adapter.",
			}),
		);
	});

	test("the last device has no obstacle, so that auto always finds one", () => {
		const poor = {
			hasGpu: false,
			adapter: null,
			crossOriginIsolated: false,
			sharedArrayBuffer: false,
			hardwareConcurrency: 0,
		};
		expect(chooseDevice(auto, environmentOf(poor), { shaderF16: true }).name).toBe(DEVICE_NAMES.at(-1));
	});

	test("a 16-bit model goes to WASM when the adapter lacks shader-f16", () => {
		const environment = environmentOf({ ...rich, adapter: { ...apple, shaderF16: false } });
		expect(chooseDevice(auto, environment, { shaderF16: true }).name).toBe("wasm");
		expect(chooseDevice(auto, environment).name).toBe("webgpu");
		expect(() => chooseDevice({ ...auto, device: "webgpu" }, environment, { shaderF16: true })).toThrow(/16 bits/);
	});
});

describe("adapterFacts", () => {
	test("SwiftShader is a software adapter even where the browser does not say so", () => {
		expect(adapterFacts({ vendor: "google", architecture: "swiftshader" }, new Set()).isFallbackAdapter).toBe(true);
	});

	test("vendor and architecture make the description", () => {
		expect(
			adapterFacts({ vendor: "apple", architecture: "metal-3", device: "", description: "" }, new Set(["shader-f16"])),
		).toEqual(apple);
	});
});

test("Node has no WebGPU and is not cross-origin isolated", async () => {
	const environment = await probeEnvironment();
	expect(chooseDevice(auto, environment)).toEqual({
		name: "wasm",
		threads: 1,
		reason: "WASM with 1 thread: this browser has no WebGPU; this page is not cross-origin isolated",
	});
	await expect(DEVICES.webgpu.open()).rejects.toMatchObject({ code: "device-unavailable" });
});
