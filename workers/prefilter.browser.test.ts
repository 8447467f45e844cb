/**
 * Proves that the prefilter reads the encoder's states on both backends, with numbers that agree, and leaves the
 * states to the gate and the decoder.
 */
import { expect, test } from "vitest";
import { OPEN_DEFAULTS } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import type { ObservedRun } from "./model/sessions.ts";

const BUNDLE = { kind: "url", url: new URL("/.cache/prefiltered/", location.href).href } as const;
/** Two entities, one pair. */
const POST = "Coalition airstrikes near Baghdad , Iraq";

async function picture(): Promise<Uint8Array> {
	const canvas = new OffscreenCanvas(64, 48);
	const context = canvas.getContext("2d")!;
	context.fillStyle = "#c22";
	context.fillRect(10, 10, 30, 20);
	return new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
}

/** Without scores, whose last digits a batch may change. */
const outputsOf = ({ raw }: ExtractionResult) => raw.map(({ instructor, output }) => `${instructor} ${output}`).sort();

/** What the prefilter says, and what was asked; once more with it off. */
async function prefilteredOn(device: "wasm" | "webgpu") {
	const reported: number[][] = [];
	const observe = ({ role, outputs }: ObservedRun) => {
		if (role === "screen")
			reported.push([...(outputs.related!.data as Float32Array), ...(outputs.eventful!.data as Float32Array)]);
	};
	const engine = createEngineApi({ ...browserPlatform, observe });
	unwrap(await engine.open(1, BUNDLE, { ...OPEN_DEFAULTS, device, threads: 1 }, () => {}));
	const request = { tasks: ["mner", "mre"], beams: 1, gate: 0.5 } as const;
	const post = { text: POST, image: await picture() };
	const prefiltered = unwrap(await engine.extract(2, post, request, () => {}));
	const plain = unwrap(await engine.extract(3, post, { ...request, prefilter: "off" }, () => {}));
	await engine.close();
	return { reported, prefiltered, plain };
}

test("WebGPU says what WASM says, and nothing that is asked has another answer", async () => {
	const [wasm, webgpu] = [await prefilteredOn("wasm"), await prefilteredOn("webgpu")];
	for (const { reported, prefiltered, plain } of [wasm, webgpu]) {
		expect(reported.map((numbers) => numbers.length)).toEqual([2]);
		expect(prefiltered.raw.map(({ task }) => task)).toEqual(["mner", "mre"]);
		expect(outputsOf(prefiltered)).toEqual(outputsOf(plain));
		expect(prefiltered.gate.mner).toBe(0.5);
	}
	// int8 quantises activations on WASM only.
	for (const [at, probability] of wasm.reported[0]!.entries())
		expect(Math.abs(probability - webgpu.reported[0]![at]!)).toBeLessThan(0.05);
});
