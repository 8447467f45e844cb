/** Runs `umie read-back` as a person does: what it writes, prints and refuses. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeRandomCheckpoint } from "../../exporter/checkpoint/random-checkpoint.ts";
import { exportBundle } from "../../exporter/export/export-bundle.ts";
import { runCommand } from "../run-command.test-helper.ts";

const root = mkdtempSync(join(tmpdir(), "umie-cli-read-back-"));
const at = (name: string) => join(root, name);
beforeAll(() => {
	writeRandomCheckpoint(at("checkpoint"));
	exportBundle(at("checkpoint"), at("bundle"), { dtype: "int8" });
});
afterAll(() => rmSync(root, { recursive: true }));

test("it prints what was written and what did not come back, and inspect finds every tensor", async () => {
	const { code, out } = await runCommand("read-back", "--model", at("bundle"), "--output", at("back"));
	expect(code).toBe(0);
	expect(out).toMatch(/: checkpoint \(int8\) as fp32: \d+ tensors, 0\.0\d M weights\n(.*\n)* {2}model\.safetensors\n/);
	expect(out).toMatch(/What could not be restored:\n {2}- Heads that only training uses/);
	const inspected = await runCommand("inspect", at("back"));
	expect([inspected.code, inspected.out]).toEqual([0, expect.stringContaining("every tensor is there and used")]);
});

test("as JSON", async () => {
	const { code, out } = await runCommand(
		"read-back",
		"--model",
		at("bundle"),
		"--output",
		at("json"),
		"--dtype",
		"fp16",
		"--json",
	);
	expect(code).toBe(0);
	expect(JSON.parse(out)).toMatchObject({
		ok: true,
		name: "checkpoint",
		from: "int8",
		dtype: "fp16",
		lost: expect.arrayContaining([expect.any(String)]),
	});
});

test.each<[string[], string]>([
	[[], "--output is missing"],
	[["--output", at("x")], "--model is missing"],
	[["--model", at("bundle"), "--output", at("x"), "--dtype", "int8"], '--dtype must be one of fp32, fp16, not "int8"'],
	[["--model", at("bundle"), "--output", at("bundle")], "is not a new or empty folder"],
])("%j is wrong usage", async (argv, what) => {
	const { code, err } = await runCommand("read-back", ...argv);
	expect([code, err.includes(what)]).toEqual([2, true]);
});

test("a folder that is not a bundle is refused", async () => {
	const { code, err } = await runCommand("read-back", "--model", at("checkpoint"), "--output", at("none"));
	expect([code, err.includes("umie.json")]).toEqual([1, true]);
});
