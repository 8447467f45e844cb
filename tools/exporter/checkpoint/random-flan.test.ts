/**
 * Shows that the sizes of FLAN-T5 have their true shapes, and that a written checkpoint opens and is the same for the
 * same seed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "./checkpoint.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { stockConfig } from "./random-checkpoint.ts";
import { type FlanDType, type FlanSize, flanBytes, writeRandomT5 } from "./random-flan.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-flan-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("FLAN-T5", () => {
	// As Hugging Face counts the parameters of google/flan-t5-*.
	test.each<[FlanSize, number]>([
		["small", 76_961_152],
		["base", 247_577_856],
		["large", 783_150_080],
		["xl", 2_849_757_184],
		["xxl", 11_135_332_352],
	])("%s has %d parameters", (size, parameters) => {
		expect(flanBytes(size, "fp32")).toBe(4 * parameters);
		expect(flanBytes(size, "bf16")).toBe(2 * parameters);
	});
});

describe("a random T5", () => {
	/** Wide enough that the embedding is drawn, not only copied from the start. */
	const config = stockConfig({ d_model: 64, vocab_size: 1000 });
	function write(name: string, dtype: FlanDType, seed: number, shardBytes?: number) {
		writeRandomT5(join(folder, name), config, { dtype, seed, ...(shardBytes === undefined ? {} : { shardBytes }) });
		const checkpoint = openCheckpoint(join(folder, name));
		const all = new Map(
			[...expectedTensors(checkpoint.architecture).keys()].map((tensor) => [tensor, checkpoint.floats(tensor)]),
		);
		checkpoint.close();
		return all;
	}

	test("is the same for the same seed, in shards as in one file, and no other", () => {
		const first = write("a", "bf16", 1);
		expect(write("b", "bf16", 1, 100_000)).toEqual(first);
		expect(readdirSync(join(folder, "a")).filter((name) => name.endsWith(".safetensors"))).toEqual([
			"model.safetensors",
		]);
		// The embedding alone, and the rest.
		expect(readdirSync(join(folder, "b")).filter((name) => name.endsWith(".safetensors"))).toHaveLength(2);
		expect(write("c", "bf16", 2).get("shared.weight")).not.toEqual(first.get("shared.weight"));
		expect(JSON.parse(readFileSync(join(folder, "a/config.json"), "utf8"))).toEqual(config);
	});

	test("begins as T5 does: 64,000 numbers of the embedding around 0 with deviation 1, norms at 1", () => {
		const tensors = write("d", "fp32", 1);
		const data = tensors.get("shared.weight")!;
		const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
		const deviation = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
		expect([Math.abs(mean) < 0.03, Math.abs(deviation - 1) < 0.03]).toEqual([true, true]);
		expect(new Set(tensors.get("encoder.final_layer_norm.weight"))).toEqual(new Set([1]));
	});

	test("in bfloat16 is the one in float32, cut off: at most 2^-7 less in size", () => {
		const [wide, narrow] = [write("e", "fp32", 1), write("f", "bf16", 1)].map(
			(tensors) => tensors.get("decoder.block.0.layer.0.SelfAttention.q.weight")!,
		);
		for (const [i, value] of wide!.entries()) {
			const lost = Math.abs(value) - Math.abs(narrow![i]!);
			expect(lost >= 0 && lost <= Math.abs(value) * 2 ** -7).toBe(true);
		}
	});
});
