/** Shows that a LoRA adapter is added as peft adds it, and that one of another model is refused by name. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { withAdapter } from "./adapter.ts";
import { openTensorFile } from "./open-tensor-file.ts";
import { type NamedTensor, writeSafetensors } from "./safetensors-writer.ts";

const root = mkdtempSync(join(tmpdir(), "umie-adapter-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

const of = (name: string, shape: number[], data: number[]): NamedTensor => ({
	...{ name, dtype: "float32" as const, shape, data: Float32Array.from(data) },
});
const SETTINGS = { peft_type: "LORA", r: 1, lora_alpha: 2, target_modules: ["q"] };
const BASE = [
	of("block.q.weight", [2, 3], [1, 2, 3, 4, 5, 6]),
	of("shared.weight", [2, 2], [1, 1, 1, 1]),
	of("norm.weight", [2], [1, 1]),
];
/** A [1, 3] and B [2, 1]: B A is [[10, 20, 30], [0, 0, 0]]. */
const Q = [
	of("base_model.model.block.q.lora_A.weight", [1, 3], [1, 2, 3]),
	of("base_model.model.block.q.lora_B.weight", [2, 1], [10, 0]),
];

function merge(adapter: readonly NamedTensor[], settings: object = SETTINGS) {
	const folder = join(root, String(count++));
	mkdirSync(folder);
	writeSafetensors(join(folder, "base.safetensors"), BASE);
	const inner = join(folder, "adapter");
	mkdirSync(inner);
	writeSafetensors(join(inner, "adapter_model.safetensors"), adapter);
	writeFileSync(join(inner, "adapter_config.json"), JSON.stringify(settings));
	const base = openTensorFile(join(folder, "base.safetensors"));
	try {
		const file = withAdapter(base, inner);
		const read = (name: string, ...range: number[]) => [...file.readFloats(name, ...range)];
		const all = {
			q: read("block.q.weight"),
			part: read("block.q.weight", 1, 4),
			shared: read("shared.weight"),
			norm: read("norm.weight"),
		};
		file.close();
		return { ...all, notes: file.notes };
	} catch (error) {
		base.close();
		throw error;
	}
}

describe("a LoRA adapter", () => {
	test("adds alpha / r times B A, to any part of a weight; others stay", () => {
		const { q, part, norm, notes } = merge(Q);
		expect(q).toEqual([21, 42, 63, 4, 5, 6]);
		expect(part).toEqual([42, 63, 4]);
		expect(norm).toEqual([1, 1]);
		expect(notes).toEqual(["merged with adapter_model.safetensors: 1 matrices of rank 1, 0 weights replaced"]);
	});

	test("may have another rank and alpha for a module, and rank-stabilised scales", () => {
		const two = [
			of("base_model.model.block.q.lora_A.weight", [4, 3], [1, 2, 3, ...Array(9).fill(0)]),
			of("base_model.model.block.q.lora_B.weight", [2, 4], [10, 0, 0, 0, 0, 0, 0, 0]),
		];
		const settings = { ...SETTINGS, rank_pattern: { q: 4 }, alpha_pattern: { q: 8 }, use_rslora: true };
		expect(merge(two, settings).q).toEqual([41, 82, 123, 4, 5, 6]);
	});

	test("changes embeddings, and replaces weights that were trained whole", () => {
		const more = [
			of("base_model.model.shared.lora_embedding_A", [1, 2], [1, 2]),
			of("base_model.model.shared.lora_embedding_B", [2, 1], [3, 4]),
			of("base_model.model.norm.weight", [2], [7, 8]),
		];
		const { shared, norm } = merge([...Q, ...more]);
		expect(shared).toEqual([7, 9, 13, 17]);
		expect(norm).toEqual([7, 8]);
	});

	test.each<[string, NamedTensor[], object, RegExp]>([
		[
			"of another model",
			[of("x.lora_A.weight", [1, 3], [1, 2, 3]), of("x.lora_B.weight", [2, 1], [1, 1])],
			SETTINGS,
			/changes x\.weight, which base\.safetensors does not hold/,
		],
		[
			"of another width",
			[of("block.q.lora_A.weight", [1, 2], [1, 2]), Q[1]!],
			SETTINGS,
			/for block\.q\.weight \[2,3\] they must be/,
		],
		["with one matrix", [Q[0]!], SETTINGS, /only one of the two matrices for block\.q/],
		["of another kind", Q, { ...SETTINGS, peft_type: "IA3" }, /"peft_type" is "IA3"/],
		["with DoRA", Q, { ...SETTINGS, use_dora: true }, /"use_dora" is true/],
	])("%s is refused by name", (_, adapter, settings, says) => {
		expect(() => merge(adapter, settings)).toThrow(says);
	});
});
