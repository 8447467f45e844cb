/**
 * Proves that a decoder that copies answers alike on WASM and on WebGPU, where the pointer's keys stay on the device
 * and its scores come back.
 */
import { expect, test } from "vitest";
import { OPEN_DEFAULTS } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import type { ObservedRun } from "./model/sessions.ts";

const BUNDLE = { kind: "url", url: new URL("/.cache/copying/fp32/", location.href).href } as const;
/** A random model spells any words: those that are pieces of its own are one token each. */
const POSTS = ["w1 w2 w3 w4", "w11 w12 w13 w14 w15 w16"].map((text) => ({ text, image: null }));
const LABELS = { entityTypes: ["a", "b"], relationTypes: ["c"], eventTypes: ["e"], argumentRoles: { e: ["f", "g"] } };

/** Answers of every decoding, and where the inputs and outputs of the decoder lay. */
async function answersOn(device: "wasm" | "webgpu"): Promise<{ results: ExtractionResult[]; places: Set<string> }> {
	const places = new Set<string>();
	const observe = ({ role, feeds, outputs }: ObservedRun) => {
		for (const [name, tensor] of Object.entries({ ...feeds, ...outputs }))
			if (role.startsWith("decoder") && name.startsWith("pointer")) places.add(`${name} ${tensor.location}`);
	};
	const engine = createEngineApi({ ...browserPlatform, observe });
	unwrap(await engine.open(1, BUNDLE, { ...OPEN_DEFAULTS, device, threads: 1 }, () => {}));
	const results: ExtractionResult[] = [];
	for (const decoding of ["extractive", "full"] as const) {
		const request: ExtractRequest = {
			tasks: decoding === "full" ? ["mner"] : ["mner", "mee"],
			labels: LABELS,
			decoding,
			beams: 2,
			maxNewTokens: 8,
			gate: 0,
		};
		results.push(...unwrap(await engine.extractMany(2, POSTS, request, () => {})));
	}
	await engine.close();
	return { results, places };
}

test("WebGPU says what WASM says, of two posts in one batch, held to the text or free", async () => {
	const [wasm, webgpu] = [await answersOn("wasm"), await answersOn("webgpu")];
	expect([...webgpu.places].sort()).toEqual(["pointer_key gpu-buffer", "pointer_scores cpu"]);
	expect([...wasm.places].sort()).toEqual(["pointer_key cpu", "pointer_scores cpu"]);
	const outputs = ({ results }: typeof wasm) =>
		results.map(({ raw }) => raw.map(({ task, output }) => `${task}: ${output}`));
	expect(outputs(webgpu)).toEqual(outputs(wasm));
	expect(outputs(wasm).flat().length).toBeGreaterThan(5);
	for (const [at, { raw }] of wasm.results.entries())
		for (const [n, { score }] of raw.entries())
			expect(Math.abs(score - webgpu.results[at]!.raw[n]!.score)).toBeLessThan(1e-3);
});
