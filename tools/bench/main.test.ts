/** Tests that the benchmark explains itself, and refuses what it does not know, before it measures anything. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const bench = (...argv: readonly string[]) =>
	spawnSync(process.execPath, ["--import", "tsx", join(root, "tools/bench/main.ts"), ...argv], {
		cwd: root,
		encoding: "utf8",
	});

describe("the benchmark", () => {
	test("--help prints how it is used", () => {
		const { status, stdout } = bench("--help");
		expect(status).toBe(0);
		expect(stdout).toContain("--repetitions");
		expect(stdout).toContain("visits");
	});

	test.each([
		["an option it does not know", ["--onlly", "wasm"], "--onlly"],
		["a part it does not have", ["--only", "nothing"], "expected one of wasm"],
		["a word for a number", ["--repetitions", "few", "--only", "chart"], "--repetitions must be an integer"],
	])("%s is wrong usage", (_, argv, what) => {
		const { status, stderr } = bench(...argv);
		expect(status).toBe(2);
		expect(stderr).toContain(what);
		expect(stderr).toContain("--help");
	});

	test("a model that is not there is named, with what may be meant", () => {
		const { status, stderr } = bench("--model", join(root, "models/umie-nanno"));
		expect(status).toBe(1);
		expect(stderr).toContain("Did you mean");
	});
});
