/**
 * Proves that the pair classifier reads the states of the marked text on both backends, as numbers that agree, and
 * leaves them to the decoder.
 */
import { expect, test } from "vitest";
import { OPEN_DEFAULTS } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import type { ObservedRun } from "./model/sessions.ts";

const BUNDLE = { kind: "url", url: new URL("/.cache/marked/", location.href).href } as const;
const POST = { text: "Coalition airstrikes near Baghdad , Iraq", image: null };

async function classifiedOn(device: "wasm" | "webgpu") {
	const reported: number[][] = [];
	const roles: string[] = [];
	const observe = ({ role, outputs }: ObservedRun) => {
		roles.push(role);
		if (role === "pair_classifier") reported.push([...(outputs.relation_log_probs!.data as Float32Array)]);
	};
	const engine = createEngineApi({ ...browserPlatform, observe });
	unwrap(await engine.open(1, BUNDLE, { ...OPEN_DEFAULTS, device, threads: 1 }, () => {}));
	const request = { tasks: ["mner", "mre"], labels: { relationTypes: ["knows", "visits"] } } as const;
	const { raw } = unwrap(await engine.extract(2, POST, request, () => {}));
	await engine.close();
	return { reported, roles, raw };
}

test("WebGPU says what WASM says, of one pair both ways, and the decoder answers besides", async () => {
	const [wasm, webgpu] = [await classifiedOn("wasm"), await classifiedOn("webgpu")];
	for (const { reported, roles, raw } of [wasm, webgpu]) {
		expect(reported.map(({ length }) => length)).toEqual([2 * 3]);
		expect(roles.filter((role) => role === "text_encoder" || role === "decoder_context")).toHaveLength(4);
		expect(raw.map(({ task, votes }) => [task, votes?.length])).toEqual([
			["mner", undefined],
			["mre", 5],
		]);
		expect(raw[1]!.output).not.toBe("");
	}
	// int8 quantises activations on WASM only.
	for (const [at, logProb] of wasm.reported[0]!.entries())
		expect(Math.abs(Math.exp(logProb) - Math.exp(webgpu.reported[0]![at]!))).toBeLessThan(0.05);
});
