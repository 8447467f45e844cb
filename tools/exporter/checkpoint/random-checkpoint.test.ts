/** Shows that a random checkpoint is whole, and the same for the same seed. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createCodec } from "../../../workers/text/codec.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { openCheckpoint, readJson } from "./checkpoint.ts";
import { randomTensor, tinyConfig, writeRandomCheckpoint } from "./random-checkpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-random-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("a random tensor", () => {
	test("is the same for the same seed and name, and no other", () => {
		const numbers = (name: string, seed: number) => [...randomTensor(name, [8], seed)];
		expect(numbers("gate.q.weight", 1)).toEqual(numbers("gate.q.weight", 1));
		expect(numbers("gate.q.weight", 1)).not.toEqual(numbers("gate.q.weight", 2));
		expect(numbers("gate.q.weight", 1)).not.toEqual(numbers("gate.k.weight", 1));
	});

	test("is spread by what it is: ±√(3 ÷ inputs) for a matrix, 1 ± 0.3 for a norm, 0.5 to 1.5 for a variance", () => {
		const range = (name: string, shape: number[]) =>
			[Math.min, Math.max].map((pick) => pick(...randomTensor(name, shape, 3)));
		const [low, high] = range("x.weight", [100, 12]);
		expect([low! > -0.5 && low! < -0.48, high! < 0.5 && high! > 0.48]).toEqual([true, true]);
		expect(range("layer_norm.weight", [1000]).map((value) => value.toFixed(1))).toEqual(["0.7", "1.3"]);
		expect(range("bn1.running_var", [1000]).map((value) => value.toFixed(1))).toEqual(["0.5", "1.5"]);
	});
});

describe("a random checkpoint", () => {
	test("is byte for byte the same twice, and opens", () => {
		const [first, second] = [join(folder, "a"), join(folder, "b")];
		writeRandomCheckpoint(first, tinyConfig(), 7);
		writeRandomCheckpoint(second, tinyConfig(), 7);
		for (const name of ["model.safetensors", "config.json", "tokenizer.json"])
			expect(readFileSync(join(first, name)).equals(readFileSync(join(second, name)))).toBe(true);
		openCheckpoint(first).close();
	});

	test("has a tokenizer that spells lower-case words and knows <spot> and the objects", () => {
		const checkpoint = join(folder, "c");
		writeRandomCheckpoint(checkpoint);
		const { config } = exportBundle(checkpoint, join(folder, "bundle"), { dtype: "fp32" });
		const codec = createCodec(
			readJson(join(checkpoint, "tokenizer.json")),
			readJson(join(checkpoint, "tokenizer_config.json")),
			config,
		);
		const ids = codec.encode("ada, b <spot> O3");
		// 4 specials, O1 to O4, a comma (8), "▁" (9), a (10), b (11) …
		expect(ids).toEqual([9, 10, 13, 10, 8, 9, 11, 3, 6]);
		expect(codec.decode(ids)).toBe("ada, b <spot> O3");
	});
});
