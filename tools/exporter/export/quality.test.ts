/** Shows that the quality line tells what a precision costs, and that large values survive 16 bits. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { COPYING_CONFIG } from "../../node/testing/copying-bundle.ts";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { expectedTensors, parametersOf } from "../checkpoint/expected-tensors.ts";
import { randomTensor, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { streamSafetensors } from "../checkpoint/safetensors-writer.ts";
import { openFolder } from "../verify/open-folder.ts";
import { settleDType } from "./auto-dtype.ts";
import { checkQuality } from "./check-quality.ts";
import { exportBundle } from "./export-bundle.ts";
import { describeQuality, measureQuality } from "./quality.ts";

const root = mkdtempSync(join(tmpdir(), "umie-quality-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);
const FEW = { count: 3 };
/** 64 inputs: 4 bits serve every product. */
const CONFIG = tinyConfig({ t5: { d_model: 64, d_kv: 32, d_ff: 64 } });

/** The tiny checkpoint with every weight multiplied by what `factor` says of its name. */
function writeScaled(folder: string, factor: (name: string) => number): string {
	const architecture = writeRandomCheckpoint(folder, CONFIG);
	const shapes = expectedTensors(architecture);
	const heads = [...shapes].map(([name, shape]) => ({ name, dtype: "float32" as const, shape }));
	const make = (name: string) => randomTensor(name, shapes.get(name)!, 1).map((value) => value * factor(name));
	streamSafetensors(join(folder, "model.safetensors"), heads, make, { format: "pt" });
	return folder;
}

function exported(checkpoint: string, name: string, dtype: "fp32" | "fp16" | "int8" | "int4", inspect = false): string {
	exportBundle(checkpoint, at(name), { dtype, inspect });
	return at(name);
}

describe("the quality of a bundle", () => {
	let plain = "";
	beforeAll(() => {
		plain = exported(
			writeScaled(at("tiny"), () => 1),
			"plain",
			"fp32",
		);
	});

	test("against itself: no difference, all outputs the same", async () => {
		expect(await measureQuality(plain, plain, FEW)).toEqual([
			{ graphs: "wasm", posts: 3, logit_difference: 0, same_outputs: 1 },
		]);
	});

	test("of a decoder that copies is that of both of its scores", async () => {
		writeRandomCheckpoint(at("copying"), COPYING_CONFIG);
		const [own, int8] = [
			exported(at("copying"), "copying-plain", "fp32"),
			exported(at("copying"), "copying-int8", "int8"),
		];
		expect(await measureQuality(own, own, FEW)).toEqual([
			{ graphs: "wasm", posts: 3, logit_difference: 0, same_outputs: 1 },
		]);
		for (const { logit_difference } of await measureQuality(int8, own, FEW)) {
			expect(logit_difference).toBeGreaterThan(0);
			expect(logit_difference).toBeLessThan(1);
		}
	});

	test("falls with the bits, and is told of the graphs for both backends", async () => {
		const differences = [];
		for (const dtype of ["fp16", "int8", "int4"] as const) {
			const found = await measureQuality(exported(at("tiny"), dtype, dtype), plain, FEW);
			expect(found.map(({ graphs }) => graphs)).toEqual(["wasm", "webgpu"]);
			differences.push(Math.max(...found.map(({ logit_difference }) => logit_difference)));
		}
		expect(differences).toEqual(differences.toSorted((a, b) => a - b));
		expect(differences[0]).toBeGreaterThan(0);
	});

	test("another model says other things", async () => {
		const other = exported(
			writeScaled(at("other"), (name) => (name.startsWith("decoder") ? -1 : 1)),
			"other-plain",
			"fp32",
		);
		const [found] = await measureQuality(other, plain, FEW);
		expect(found!.logit_difference).toBeGreaterThan(1);
		expect(found!.same_outputs).toBeLessThan(0.5);
	});

	test("is written into umie.json and told in a line; float32 has nothing to compare", async () => {
		const folder = at("checked");
		const options = { dtype: "int8" } as const;
		const { manifest, line } = await checkQuality(
			at("tiny"),
			folder,
			exportBundle(at("tiny"), folder, options),
			options,
		);
		expect(JSON.parse(readFileSync(join(folder, "umie.json"), "utf8"))).toEqual(manifest);
		expect(line).toBe(describeQuality(manifest.quality!));
		const float = await checkQuality(at("tiny"), plain, { ...manifest, dtype: "fp32" }, { dtype: "fp32" });
		expect(float.line).toBe("not compared: float32 is exact");
	});

	test("as a line", () => {
		const line = describeQuality([{ graphs: "webgpu", posts: 16, logit_difference: 0.0312, same_outputs: 0.75 }]);
		expect(line).toBe(
			"against float32, 4 beams: WebGPU: logits differ by at most 0.031, 12 of 16 outputs are the same",
		);
	});
});

describe("a feed-forward past 65,504", () => {
	let checkpoint = "";
	let plain = "";
	beforeAll(() => {
		checkpoint = writeScaled(at("large"), (name) => (/DenseReluDense\.wi_/.test(name) ? 400 : 1));
		plain = exported(checkpoint, "large-plain", "fp32", true);
	});

	async function encode(folder: string) {
		const { sessions } = await openFolder(folder);
		const tensor = (value: number) => new sessions.ort.Tensor("int32", new Int32Array(12).fill(value), [1, 12]);
		const outputs = await sessions.run("text_encoder", { input_ids: tensor(9), attention_mask: tensor(1) });
		const peaks = Object.fromEntries(
			Object.entries(outputs).map(([name, { data }]) => [name, Math.max(...(data as Float32Array).map(Math.abs))]),
		);
		await sessions.close();
		return peaks;
	}

	test("is what this checkpoint has, in every layer", async () => {
		const hidden = Object.entries(await encode(plain)).filter(([name]) => name.endsWith(".hidden"));
		expect(hidden).toHaveLength(2);
		for (const [, peak] of hidden) expect(peak).toBeGreaterThan(65_504);
	});

	test("costs 16-bit weights nothing: logits within 0.2 of some 30, outputs the same", async () => {
		for (const found of await measureQuality(exported(checkpoint, "large-half", "fp16"), plain, FEW)) {
			expect(found.logit_difference).toBeLessThan(0.2);
			expect(found.same_outputs).toBe(1);
		}
	});
});

describe("the precision chosen by size", () => {
	const withWidth = (d_ff: number) => parseArchitecture(tinyConfig({ t5: { d_ff } }));

	test("one more feed-forward unit is counted as 3 × 16 weights in each of 4 text and 2 visual layers", () => {
		expect(parametersOf(withWidth(25)) - parametersOf(withWidth(24))).toBe(6 * 3 * 16);
	});

	test("int8 up to 400 M weights, int4 past that; what is asked for is taken as it is", () => {
		expect(settleDType("auto", withWidth(24))).toBe("int8");
		// 900,000 units more are 259 M weights, 1,000,000 with width 32 are 576 M.
		expect(settleDType("auto", withWidth(900_000))).toBe("int8");
		expect(settleDType("auto", parseArchitecture(tinyConfig({ t5: { d_ff: 1_000_000, d_model: 32 } })))).toBe("int4");
		expect(settleDType("fp16", withWidth(24))).toBe("fp16");
	});
});
