/** Tests the exit codes, JSON and messages of `umie export` and `umie inspect`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { stockConfig, writeRandomCheckpoint } from "../../exporter/checkpoint/random-checkpoint.ts";
import { runCommand } from "../run-command.test-helper.ts";

const root = mkdtempSync(join(tmpdir(), "umie-cli-"));
const [checkpoint, bundle] = [join(root, "tiny"), join(root, "bundle")];
beforeAll(() => {
	writeRandomCheckpoint(checkpoint);
});
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);

describe("umie", () => {
	test.each([
		[],
		["nonsense"],
		["constructor"],
		["--json"],
	])("with %j is wrong usage and shows the commands", async (...argv) => {
		const { code, out, err } = await runCommand(...(argv as string[]));
		expect([code, `${out}${err}`.includes("Usage: npm run -s umie -- <command>")]).toEqual([2, true]);
	});

	test("export --plan writes nothing and says what would be written", async () => {
		const before = readdirSync(root);
		const { code, out } = await runCommand("export", "--checkpoint", checkpoint, "--dtype", "int8", "--plan", "--json");
		const { files, dtype } = JSON.parse(out) as { files: { path: string }[]; dtype: string };
		expect([code, dtype, files.some(({ path }) => path === "shared.weights")]).toEqual([0, "int8", true]);
		const { out: text } = await runCommand("export", "--checkpoint", checkpoint, "--plan");
		expect(text).toMatch(/^layout: .*\n(.*\n)*shared\.weights {2}0\.00 MB\n(.*\n)*.* weights as int8: \d+ files/);
		expect(readdirSync(root)).toEqual(before);
	});

	test.each(["export", "inspect"])("%s --help says how it is used", async (command) => {
		const { code, out, err } = await runCommand(command, "--help");
		expect([code, out.startsWith(`Usage: umie ${command} `), err]).toEqual([0, true, ""]);
	});

	test.each<[string[], string]>([
		[["export"], "--output is missing"],
		[["export", "--output", at("x")], "--checkpoint is missing"],
		[
			["export", "--checkpoint", checkpoint, "--output", at("x"), "--dtype", "int2"],
			'--dtype must be one of fp32, fp16, bf16, int8, int4, auto, not "int2"',
		],
		[
			["export", "--checkpoint", checkpoint, "--output", at("x"), "--seed", "1.5"],
			'--seed must be an integer from 0 to 2147483647, not "1.5"',
		],
		[["export", "--colour", "red"], "Unknown option '--colour'"],
		[["export", "stray"], "Unexpected argument 'stray'"],
		[["inspect"], "inspect takes one folder or file"],
		[["inspect", "a", "b"], "inspect takes one folder or file"],
	])("%j is wrong usage: %s", async (argv, what) => {
		const plain = await runCommand(...argv);
		expect([plain.code, plain.out, plain.err.includes(what)]).toEqual([2, "", true]);
		const { code, out, err } = await runCommand(...argv, "--json");
		expect([code, err]).toEqual([2, ""]);
		expect(JSON.parse(out)).toMatchObject({
			ok: false,
			failure: { code: "usage", what: expect.stringContaining(what), remedy: expect.any(String) },
		});
	});
});

describe("umie export", () => {
	test("writes a bundle and says where, in which precision and how large", async () => {
		const { code, out, err } = await runCommand("export", "--checkpoint", checkpoint, "--output", bundle);
		expect([code, err]).toEqual([0, ""]);
		expect(out).toContain("layout: ours (T5 with visual.* and gate.*)\n");
		expect(out).toMatch(
			new RegExp(
				"bundle: tiny, int8, \\d+ files, \\d+\\.\\d\\d MB\\n" +
					"against float32, 4 beams: WASM: .* of 16 outputs are the same\\n" +
					"\\d+\\.\\d s, at most \\d+ MB of memory$",
			),
		);
		expect(
			parseManifest(JSON.parse(readFileSync(join(bundle, "umie.json"), "utf8"))).quality?.map(({ graphs, posts }) => [
				graphs,
				posts,
			]),
		).toEqual([
			["wasm", 16],
			["webgpu", 16],
		]);
	});

	test("--no-check leaves the comparison out, and weights that are not as asked are named", async () => {
		const { code, out } = await runCommand(
			"export",
			"--checkpoint",
			checkpoint,
			"--output",
			bundle,
			"--dtype",
			"int4",
			"--no-check",
		);
		expect(code).toBe(0);
		expect(out).toContain(
			"encoder.block.0.layer.0.SelfAttention.o: 16 inputs are not a multiple of 32: stored as int8\n",
		);
		expect(out).toMatch(/int4, \d+ files, \d+\.\d\d MB\nnot compared with float32 \(--no-check\)\n/);
		expect(JSON.parse(readFileSync(join(bundle, "umie.json"), "utf8"))).not.toHaveProperty("quality");
	});

	test("--json prints the manifest that was written; --dtype and --card are in it", async () => {
		writeFileSync(at("card.json"), '{"name":"carded"}');
		const { code, out } = await runCommand(
			"export",
			"--checkpoint",
			join(checkpoint, "model.safetensors"),
			"--output",
			bundle,
			"--dtype",
			"fp16",
			"--card",
			at("card.json"),
			"--json",
		);
		expect(code).toBe(0);
		expect(parseManifest(JSON.parse(out))).toMatchObject({ name: "carded", dtype: "fp16" });
		expect(JSON.parse(out)).toEqual(JSON.parse(readFileSync(join(bundle, "umie.json"), "utf8")));
	});

	test.each<[string, string[], string]>([
		["a checkpoint that is not there", ["--checkpoint", at("nowhere"), "--output", at("x")], "not-found"],
		[
			"a card that is not there",
			["--checkpoint", checkpoint, "--output", at("x"), "--card", at("nowhere.json")],
			"input-unreadable",
		],
	])("%s fails with 1", async (_, argv, failure) => {
		const { code, out } = await runCommand("export", ...argv, "--json");
		expect(code).toBe(1);
		expect(JSON.parse(out)).toMatchObject({ ok: false, failure: { code: failure } });
	});
});

describe("umie inspect", () => {
	test("a checkpoint that fits: its tensors and that all are used", async () => {
		const { code, out } = await runCommand("inspect", checkpoint);
		expect(code).toBe(0);
		expect(out).toContain("F32   [50,16]          shared.weight");
		expect(out).toMatch(/every tensor is there and used$/);
		const json = JSON.parse((await runCommand("inspect", checkpoint, "--json")).out);
		expect(json).toMatchObject({
			kind: "checkpoint",
			file: "model.safetensors",
			metadata: { format: "pt" },
			missing: [],
			misshapen: [],
			unused: [],
		});
		expect(json.tensors[0]).toEqual({ name: "shared.weight", dtype: "F32", shape: [50, 16] });
		expect(json.parameters).toBe(
			json.tensors.reduce(
				(sum: number, { shape }: { shape: number[] }) => sum + shape.reduce((product, dim) => product * dim, 1),
				0,
			),
		);
	});

	test("a stock T5: its layout, that it reads text only, and the same as JSON", async () => {
		writeRandomCheckpoint(at("stock"), stockConfig({ tie_word_embeddings: false }));
		const { code, out } = await runCommand("inspect", at("stock"));
		expect(code).toBe(0);
		expect(out).toContain("layout: a stock T5 (T5, T5 1.1, FLAN-T5, mT5, umT5), text only\n");
		expect(out).toContain("output head: its own (lm_head)\nvision: none\nevery tensor is there and used");
		expect(JSON.parse((await runCommand("inspect", at("stock"), "--json")).out)).toMatchObject({
			layout: "t5",
			recognised: expect.arrayContaining(["vision: none"]),
		});
	});

	test("--backbone is read as the ResNet of a stock T5; one that is not a ResNet fails", async () => {
		writeRandomCheckpoint(at("stock"), stockConfig());
		const weights = join(at("stock"), "model.safetensors");
		for (const command of [
			["inspect", at("stock")],
			["export", "--checkpoint", at("stock"), "--output", at("x")],
		]) {
			const { code, err } = await runCommand(...command, "--backbone", weights);
			expect([code, err.split("\n")[0]]).toEqual([
				1,
				"The backbone has no layer1.0.conv1.weight: it is not a ResNet of torchvision or CLIP.",
			]);
		}
	});

	test("a checkpoint that does not fit: what is missing and unused, and 1", async () => {
		const odd = at("odd");
		writeRandomCheckpoint(odd);
		const config = JSON.parse(readFileSync(join(odd, "config.json"), "utf8"));
		writeFileSync(
			join(odd, "config.json"),
			JSON.stringify({ ...config, num_layers: 1, num_decoder_layers: 2, tie_word_embeddings: false }),
		);
		const { code, out, err } = await runCommand("inspect", odd);
		expect(code).toBe(1);
		expect(out).toContain("missing (1):\n  lm_head.weight");
		expect(out).toContain("unused (9):\n  encoder.block.1.layer.0.SelfAttention.q.weight");
		expect(err).toContain("model.safetensors does not fit config.json.");
		const json = await runCommand("inspect", odd, "--json");
		expect([json.code, json.err]).toEqual([1, ""]);
		expect(JSON.parse(json.out)).toMatchObject({
			ok: false,
			failure: { code: "checkpoint-tensors" },
			kind: "checkpoint",
			missing: ["lm_head.weight"],
			misshapen: [],
		});
	});

	test("weights without a config.json are listed, with nothing to compare", async () => {
		const alone = at("alone");
		writeRandomCheckpoint(alone);
		rmSync(join(alone, "config.json"));
		const { code, out } = await runCommand("inspect", join(alone, "model.safetensors"));
		expect([code, out.endsWith("no config.json beside it: nothing to compare it with")]).toEqual([0, true]);
	});

	test("a bundle: its files and graphs; a changed or missing file is named, and 1", async () => {
		const whole = at("whole");
		await runCommand("export", "--checkpoint", checkpoint, "--output", whole);
		const right = await runCommand("inspect", whole);
		expect([right.code, right.err]).toEqual([0, ""]);
		expect(right.out).toMatch(/tiny: int8, vision trained, \d+\.\d\d MB, licence unknown$/);
		expect(JSON.parse((await runCommand("inspect", whole, "--json")).out)).toMatchObject({
			kind: "bundle",
			manifest: { name: "tiny" },
			files: expect.arrayContaining([expect.objectContaining({ name: "decoder.onnx", state: "right" })]),
		});

		writeFileSync(join(whole, "decoder.onnx"), "changed");
		const changed = await runCommand("inspect", whole);
		expect([changed.code, changed.err.split("\n")[0]]).toEqual([1, "decoder.onnx is changed."]);
		rmSync(join(whole, "tokenizer.json"));
		const missing = await runCommand("inspect", whole);
		expect([missing.code, missing.err.split("\n")[0]]).toEqual([
			1,
			"decoder.onnx is changed, tokenizer.json is missing.",
		]);
	});

	test("what is not there, a folder without weights, and a broken file fail with 1", async () => {
		writeFileSync(at("broken.safetensors"), "weights!");
		for (const path of [at("nowhere"), root, at("broken.safetensors")]) {
			const { code, out } = await runCommand("inspect", path, "--json");
			expect([code, JSON.parse(out).ok]).toEqual([1, false]);
		}
	});
});
