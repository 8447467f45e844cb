/** Shows that the graphs written for transformers.js compute what the bundle's graphs compute. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-web";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Ort } from "../../../workers/model/sessions.ts";
import { stockConfig, writeRandomCheckpoint } from "../../exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../../exporter/export/export-bundle.ts";
import { loadNodeRuntime, openNodeEngine } from "../../node/engine/node-engine.ts";
import { askModel } from "../page/ask.ts";
import { writePeer } from "./write-peer.ts";

const IDS = [9, 30, 12, 41, 1];
const STEPS = 8;

let folder: string;
let ort: Ort;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "umie-peer-"));
	ort = await loadNodeRuntime();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * What transformers.js does with the two files: encode once, then a token at a time, cross-attention kept from the
 * first step.
 */
async function greedy(peer: string, weights: readonly string[], layers: number): Promise<number[]> {
	const externalData = weights.map((path) => ({ path, data: readFileSync(join(peer, path)) }));
	const open = (name: string) =>
		ort.InferenceSession.create(readFileSync(join(peer, "onnx", name)), { externalData, executionProviders: ["wasm"] });
	const [encoder, decoder] = [await open("encoder_model.onnx"), await open("decoder_model_merged.onnx")];
	const int64 = (values: readonly number[]) =>
		new ort.Tensor("int64", BigInt64Array.from(values, BigInt), [1, values.length]);
	const mask = int64(IDS.map(() => 1));
	const { last_hidden_state } = await encoder.run({ input_ids: int64(IDS), attention_mask: mask });
	const names = Array.from({ length: layers }, (_, layer) =>
		["decoder", "encoder"].flatMap((side) => ["key", "value"].map((part) => `${layer}.${side}.${part}`)),
	).flat();
	const past: Record<string, InferenceSession.OnnxValueMapType[string]> = Object.fromEntries(
		names.map((name) => [`past_key_values.${name}`, new ort.Tensor("float32", [], [1, 2, 0, 8])]),
	);
	const output = [0];
	while (output.length <= STEPS) {
		const first = output.length === 1;
		const outputs = await decoder.run({
			...past,
			input_ids: int64([output.at(-1)!]),
			encoder_attention_mask: mask,
			encoder_hidden_states: last_hidden_state!,
			use_cache_branch: new ort.Tensor("bool", [!first], [1]),
		});
		for (const name of names)
			if (first || name.includes("decoder")) past[`past_key_values.${name}`] = outputs[`present.${name}`]!;
		const logits = [...(outputs.logits!.data as Float32Array)];
		output.push(logits.indexOf(Math.max(...logits)));
		if (output.at(-1) === 1) break;
	}
	return output.slice(1);
}

describe("a peer", () => {
	test.each([true, false])("writes the same tokens as the bundle, embeddings tied: %s", async (tied) => {
		const at = (name: string) => join(folder, `${name}-${tied}`);
		const { num_decoder_layers: layers } = writeRandomCheckpoint(
			at("checkpoint"),
			stockConfig({ tie_word_embeddings: tied }),
		);
		exportBundle(at("checkpoint"), at("bundle"), { dtype: "fp32" });
		const engine = await openNodeEngine(at("bundle"));
		const ids = await askModel(engine.model(), {
			inputs: [IDS],
			beams: 1,
			candidates: null,
			maxNewTokens: STEPS,
			regions: null,
		});
		await engine.close();
		const peer = await greedy(at("peer"), writePeer(at("checkpoint"), at("peer")), layers);
		expect(peer).toEqual(ids[0]);
		expect(new Set(peer).size).toBeGreaterThan(1);
	});
});
