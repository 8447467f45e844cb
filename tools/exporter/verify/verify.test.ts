/**
 * Shows that each check passes, fails or is skipped when it should, with bundles that are whole, broken or of another
 * model, and graphs of another shape.
 */
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../../cli/run-command.test-helper.ts";
import { findChromium } from "../../node/browser/find-chromium.ts";
import { stockConfig, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { EXPORT_DTYPES } from "../graphs/precision.ts";
import { withoutOutput } from "../onnx/onnx-schema.test-helper.ts";
import { relativeDifference } from "./feeds.ts";
import { openFolder } from "./open-folder.ts";
import { type Check, verifyBundle } from "./verify.ts";

const root = mkdtempSync(join(tmpdir(), "umie-verify-test-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);
const CONFIG = tinyConfig({ t5: { d_model: 64, d_kv: 32, d_ff: 64 } });
const checkpoint = at("checkpoint");
beforeAll(() => {
	writeRandomCheckpoint(checkpoint, CONFIG);
	exportBundle(checkpoint, at("whole"), { dtype: "int8" });
});

type Manifest = {
	files: Record<string, { bytes: number; sha256: string }>;
	config: Record<string, unknown>;
	graphs: Record<string, { outputs: string[] }>;
};

/** A copy of the whole bundle, changed. */
function changed(name: string, change: (folder: string, manifest: Manifest) => void): string {
	cpSync(at("whole"), at(name), { recursive: true });
	const manifest = JSON.parse(readFileSync(at(`${name}/umie.json`), "utf8")) as Manifest;
	change(at(name), manifest);
	writeFileSync(at(`${name}/umie.json`), JSON.stringify(manifest));
	return at(name);
}

/** Writes a file and what umie.json says of it. */
function replace(folder: string, { files }: Manifest, path: string, bytes: Uint8Array): void {
	writeFileSync(join(folder, path), bytes);
	files[path] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const wrongOf = (checks: readonly Check[]) =>
	checks.filter(({ state }) => state === "wrong").map(({ check, subject, detail }) => [check, subject, detail]);

describe("a bundle and its checkpoint", () => {
	test.each(EXPORT_DTYPES)("%s graphs are within their tolerance", async (dtype) => {
		exportBundle(checkpoint, at(dtype), { dtype });
		const checks = await verifyBundle(at(dtype), { against: checkpoint, device: "wasm" });
		expect(wrongOf(checks)).toEqual([]);
		expect(checks.filter(({ check }) => check === "parity")).toHaveLength(6);
	});

	test("without the checkpoint, parity is skipped and says how to have it", async () => {
		const checks = await verifyBundle(at("whole"), { device: "wasm" });
		expect(wrongOf(checks)).toEqual([]);
		expect(checks.filter(({ state }) => state === "skipped")).toEqual([
			{
				check: "parity",
				subject: "wasm",
				state: "skipped",
				detail: "not compared: name the checkpoint with --against",
			},
		]);
	});

	test("a decoder from before log_sum_exp is within its tolerance too, and one that only lists it is not", async () => {
		const older = (name: string, listed: boolean) =>
			changed(name, (folder, manifest) => {
				replace(
					folder,
					manifest,
					"decoder.onnx",
					withoutOutput(readFileSync(join(folder, "decoder.onnx")), "log_sum_exp"),
				);
				const { decoder } = manifest.graphs;
				if (!listed) decoder!.outputs = decoder!.outputs.filter((output) => output !== "log_sum_exp");
			});
		expect(wrongOf(await verifyBundle(older("older", false), { against: checkpoint, device: "wasm" }))).toEqual([]);
		expect(wrongOf(await verifyBundle(older("listed", true), { device: "wasm" }))).toEqual([
			["run", "all graphs, wasm", expect.stringContaining("log_sum_exp of decoder, which the graph does not have")],
		]);
	});

	test("text only: four graphs, none of pictures", async () => {
		writeRandomCheckpoint(at("stock"), stockConfig());
		exportBundle(at("stock"), at("stock-bundle"), { dtype: "fp32" });
		const checks = await verifyBundle(at("stock-bundle"), { against: at("stock"), device: "wasm" });
		expect(wrongOf(checks)).toEqual([]);
		expect(checks.filter(({ check }) => check === "parity").map(({ subject }) => subject)).toEqual([
			"text_encoder, wasm",
			"decoder_context, wasm",
			"decoder, wasm",
			"decoder_extractive, wasm",
		]);
	});

	test.each([
		"int8",
		"int4",
	] as const)("another checkpoint of the same shape fails parity in every %s graph", async (dtype) => {
		writeRandomCheckpoint(at("another"), CONFIG, 2);
		exportBundle(checkpoint, at(dtype), { dtype });
		const wrong = wrongOf(await verifyBundle(at(dtype), { against: at("another"), device: "wasm" }));
		// What the gate lets in is small beside the text it is added to.
		const roles = [
			"text_encoder",
			"visual_encoder",
			...(dtype === "int8" ? ["gated_attention"] : []),
			"decoder_context",
			"decoder",
			"decoder_extractive",
		];
		expect(wrong.map(([check, subject]) => [check, subject])).toEqual(roles.map((role) => ["parity", `${role}, wasm`]));
	});
});

describe("a broken bundle", () => {
	test("missing, shortened, changed and unlisted files are named, and no graph is run", async () => {
		const folder = changed("files", (folder, { files }) => {
			rmSync(join(folder, "decoder.onnx"));
			writeFileSync(join(folder, "tokenizer.json"), "{}");
			const weights = readFileSync(join(folder, "visual.weights"));
			weights[0]! ^= 1;
			writeFileSync(join(folder, "visual.weights"), weights);
			delete files["shared.weights"];
		});
		const checks = await verifyBundle(folder);
		const { bytes } = (JSON.parse(readFileSync(at("whole/umie.json"), "utf8")) as Manifest).files["tokenizer.json"]!;
		expect(wrongOf(checks)).toEqual([
			["file", "decoder.onnx", "is missing"],
			["file", "tokenizer.json", `has 2 bytes, not ${bytes}`],
			["file", "visual.weights", "does not have the SHA-256 in umie.json"],
			["file", "shared.weights", "is used, but not listed under files"],
		]);
		expect(checks.every(({ check }) => check === "file")).toBe(true);
	});

	test("transposed weights with the right hash fail parity only", async () => {
		const folder = changed("weights", (folder, manifest) => {
			const weights = readFileSync(join(folder, "text_encoder.weights"));
			// The int8 weights of the last feed-forward lie here: half of their range is added.
			for (let i = weights.length - 12_000; i < weights.length - 1_000; i++) weights[i]! ^= 0x80;
			replace(folder, manifest, "text_encoder.weights", weights);
		});
		expect(wrongOf(await verifyBundle(folder, { device: "wasm" }))).toEqual([]);
		const wrong = wrongOf(await verifyBundle(folder, { against: checkpoint, device: "wasm" }));
		expect(wrong.map(([check, subject]) => [check, subject])).toEqual([["parity", "text_encoder, wasm"]]);
	});

	test("graphs of another width fail their interface, in words", async () => {
		const folder = changed("config", (_, { config }) => {
			config.num_heads = 4;
			config.d_kv = 16;
		});
		const wrong = wrongOf(await verifyBundle(folder, { device: "wasm" }));
		expect(wrong[0]).toEqual([
			"interface",
			"decoder_context, wasm",
			expect.stringContaining("output cross_key.0: expected float32 [B, 4, L, 16], found float32 [B, 2, L, 32]"),
		]);
	});

	test("a file that is not a graph fails to run", async () => {
		const folder = changed("graph", (folder, manifest) =>
			replace(folder, manifest, "decoder.onnx", new Uint8Array(100)),
		);
		const wrong = wrongOf(await verifyBundle(folder, { device: "wasm" }));
		expect(wrong).toEqual([["run", "all graphs, wasm", expect.stringContaining("decoder.onnx cannot be opened")]]);
	});

	test("a graph with weights inside is too large", async () => {
		const folder = changed("large", (folder, manifest) =>
			replace(folder, manifest, "decoder.onnx", new Uint8Array(2 ** 21 + 1)),
		);
		expect(wrongOf(await verifyBundle(folder))).toEqual([["file", "decoder.onnx", "is larger than 2 MiB"]]);
	});
});

describe("the difference of outputs", () => {
	test("is relative to the largest expected value (sums: what they sum), infinite for new shapes and NaN", async () => {
		const { sessions } = await openFolder(at("whole"));
		const { Tensor } = sessions.ort;
		const of = (...values: number[]) => ({ x: new Tensor("float32", Float32Array.from(values), [values.length]) });
		expect(relativeDifference(of(1, -4, 2), of(1, -4, 2))).toBe(0);
		expect(relativeDifference(of(1, -4, 2), of(1, -3, 2.5))).toBe(0.25);
		for (const other of [of(1, -4), of(1, Number.NaN, 2), {}])
			expect(relativeDifference(of(1, -4, 2), other)).toBe(Number.POSITIVE_INFINITY);
		expect(relativeDifference(of(0, 0), of(0, 1e-9))).toBe(Number.POSITIVE_INFINITY);
		const scores = (logit: number, sum: number) => ({ logits: of(logit).x, log_sum_exp: of(sum).x });
		expect(relativeDifference(scores(-8, 0.01), scores(-8, 0.03))).toBeCloseTo(0.02 / 8, 6);
		const ids = (...values: number[]) => ({ x: new Tensor("int32", Int32Array.from(values), [values.length]) });
		expect(relativeDifference(ids(1000, 1), ids(1000, 2))).toBe(Number.POSITIVE_INFINITY);
	});
});

const chromium = findChromium() !== undefined;
if (!chromium) console.log("skipped: no Chromium is installed");

describe.skipIf(!chromium)("in a Chromium with software WebGPU", () => {
	test("4-bit graphs compute as in Node; one shaped for WASM is caught by its products on the CPU", async () => {
		exportBundle(checkpoint, at("four"), { dtype: "int4" });
		const path = at("four/umie.json");
		const manifest = JSON.parse(readFileSync(path, "utf8")) as { graphs: Record<string, { webgpu?: string }> };
		delete manifest.graphs.decoder_context!.webgpu;
		writeFileSync(path, JSON.stringify(manifest));
		const all = await verifyBundle(at("four"), { against: checkpoint, device: "webgpu" });
		expect(wrongOf(all)).toEqual([
			["placement", "decoder_context, WebGPU in Chromium", expect.stringMatching(/^on the CPU: .*DynamicQuantize/)],
		]);
		const checks = all.filter(({ subject }) => subject.endsWith("Chromium"));
		expect(checks.map(({ check }) => check)).toEqual(new Array(6).fill(["run", "placement"]).flat());
	});
});

describe("umie verify", () => {
	test("prints a row a check and exits with 0; with --json the same as data", async () => {
		const { code, out } = await runCommand("verify", at("whole"), "--device", "wasm");
		expect(code).toBe(0);
		expect(out).toMatch(/^right {4}file {7}decoder\.onnx {2,}\d+ bytes\n/);
		expect(out).toMatch(/\n\d+ right, 0 wrong, 1 skipped$/);
		const json = JSON.parse((await runCommand("verify", at("whole"), "--device", "wasm", "--json")).out);
		expect(json.checks).toContainEqual({
			check: "run",
			subject: "all graphs, wasm",
			state: "right",
			detail: "6 graphs, one after the other, in Node",
		});
	});

	test("exits with 1 and names what is wrong", async () => {
		const folder = changed("cli", (folder) => rmSync(join(folder, "tokenizer.json")));
		const { code, out, err } = await runCommand("verify", folder);
		expect([code, err.split("\n")[0]]).toEqual([
			1,
			expect.stringMatching(/^1 of \d+ checks failed: tokenizer\.json\.$/),
		]);
		expect(out).toContain("WRONG    file       tokenizer.json");
		const json = JSON.parse((await runCommand("verify", folder, "--json")).out);
		expect(json).toMatchObject({ ok: false, failure: { code: "bundle-missing-file" }, checks: expect.any(Array) });
	});

	test.each<[string[], number]>([
		[["verify"], 2],
		[["verify", "a", "b"], 2],
		[["verify", "a", "--device", "phone"], 2],
		[["verify", "nowhere"], 1],
	])("%j exits with %d", async (argv, code) => {
		expect((await runCommand(...argv)).code).toBe(code);
	});
});
