/** Shows that a plan says what an export then writes, for tiny checkpoints and for the shape of FLAN-T5-XXL. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Architecture } from "../checkpoint/architecture.ts";
import { stockConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { flanConfig, stockArchitecture, writeRandomT5 } from "../checkpoint/random-flan.ts";
import { buildGraph } from "../graphs/bundle-graphs.ts";
import { EXPORT_DTYPES } from "../graphs/precision.ts";
import { WeightStore } from "../onnx/weights.ts";
import { exportBundle } from "./export-bundle.ts";
import { describePlan, planExport } from "./plan.ts";

const root = mkdtempSync(join(tmpdir(), "umie-plan-"));
let architectures: Record<string, Architecture> = {};
beforeAll(() => {
	// 64 inputs: enough for blocks of 4 bits.
	const plain = writeRandomT5(join(root, "wide"), stockConfig({ d_model: 64, d_kv: 32, d_ff: 128 }), {
		dtype: "bf16",
		seed: 1,
	});
	architectures = { seeing: writeRandomCheckpoint(join(root, "seeing")), wide: plain };
});
afterAll(() => rmSync(root, { recursive: true }));

const sorted = (files: Iterable<readonly [string, number]>) => [...files].sort(([a], [b]) => (a < b ? -1 : 1));

describe("a plan", () => {
	const cases = ["seeing", "wide"].flatMap((name) => EXPORT_DTYPES.map((dtype) => [name, dtype] as const));
	test.each(
		cases,
	)("of the %s model as %s is what is then written, to the byte; as int4 within a tenth", (name, dtype) => {
		const plan = planExport(architectures[name]!, dtype, { maxFileBytes: 20_000 });
		const { files } = exportBundle(join(root, name), join(root, "bundle"), { dtype, maxFileBytes: 20_000 });
		const written = Object.entries(files).flatMap(([path, { bytes }]) =>
			path.startsWith("tokenizer") ? [] : [[path, bytes] as const],
		);
		expect(plan.notes).toEqual([]);
		if (dtype === "int4")
			expect(Math.abs(plan.bytes / written.reduce((sum, [, bytes]) => sum + bytes, 0) - 1)).toBeLessThan(0.1);
		else expect(sorted(plan.files.map((file) => [file.path, file.bytes]))).toEqual(sorted(written));
	});

	test.each([
		["small", false],
		["base", true],
	] as const)("4-bit products of FLAN-T5-%s stay 4 bits on WASM: %s; widened, base does not fit", (size, stay) => {
		const architecture = stockArchitecture(flanConfig(size));
		const weights = { floats: (_: string, begin = 0, end = 0) => new Float32Array(end - begin).fill(1) };
		const options = {
			architecture,
			weights,
			store: new WeightStore("", { planned: true }),
			dtype: "int4",
			target: "wasm",
			inspect: false,
		} as const;
		const { model } = buildGraph("text_encoder", options);
		expect(Buffer.from(model).includes("MatMulNBits")).toBe(stay);
	});
	test("FLAN-T5-XXL: 11,135 M weights, graphs up to 2 MB, files up to 64 MiB, too large for WASM even as int4", () => {
		const plan = planExport(stockArchitecture(flanConfig("xxl")), "int4");
		expect(plan.parameters).toBe(11_135_332_352);
		for (const { path, bytes } of plan.files)
			expect([path, bytes <= (path.endsWith(".onnx") ? 2e6 : 67_108_864)]).toEqual([path, true]);
		// 0.5 bytes a weight, half a byte more for the two tables, and a scale of 2 bytes and a zero point of half a byte
		// in 32 weights.
		expect([plan.bytes > 6e9, plan.bytes < 6.9e9]).toEqual([true, true]);
		expect(plan.notes).toEqual(["WASM addresses 4 GiB: it will not open there"]);
		expect(planExport(stockArchitecture(flanConfig("xxl")), "int8").notes).toEqual([
			"a bundle has at most 8 GiB: choose a smaller precision",
		]);
		expect(describePlan(plan)).toContain("11135 M weights as int4: ");
	});
});
