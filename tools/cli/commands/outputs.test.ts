/** Tests that commands keep the digits of ids and never write over what they read. */
import { linkSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { HARD } from "../../../src/exports/testing.ts";
import { NANO, temporaryFolder } from "../../node/testing/nano.ts";
import { runCommand } from "../run-command.test-helper.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);

test("extract keeps the digits of a 64-bit id, in a run and in the one that continues it", async () => {
	const posts = ["1234567890123456789", "1234567890123456790"].map((id) => `{"id":${id},"text":"Ada in Rome"}\n`);
	const argv = ["extract", "--model", NANO, "--tasks", "mner", "--beams", "1", "--output", at("big.out"), "--input"];
	writeFileSync(at("big.jsonl"), posts[0]!);
	expect((await runCommand(...argv, at("big.jsonl"))).code).toBe(0);
	writeFileSync(at("big.jsonl"), posts.join(""));
	expect((await runCommand(...argv, at("big.jsonl"), "--resume")).code).toBe(0);
	const lines = readFileSync(at("big.out"), "utf8").trimEnd().split("\n");
	expect(lines.map((line) => (JSON.parse(line) as { id: unknown }).id)).toEqual([
		"1234567890123456789",
		"1234567890123456790",
	]);
});

test("extract --force refuses its input under another name, and leaves it as it is", async () => {
	writeFileSync(at("posts.jsonl"), '{"id":1,"text":"Ada in Rome"}\n');
	linkSync(at("posts.jsonl"), at("hard.jsonl"));
	const ran = await runCommand(
		"extract",
		"--model",
		NANO,
		"--input",
		at("posts.jsonl"),
		"--output",
		at("hard.jsonl"),
		"--force",
	);
	expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("under another name") });
	expect(readFileSync(at("posts.jsonl"), "utf8")).toContain("Ada");
});

test("convert --force refuses its input under another name", async () => {
	writeFileSync(at("result.jsonl"), `${JSON.stringify({ id: "a", ...HARD.result })}\n`);
	linkSync(at("result.jsonl"), at("same.jsonl"));
	const ran = await runCommand(
		"convert",
		"--input",
		at("result.jsonl"),
		"--to",
		"csv",
		"--output",
		at("same.jsonl"),
		"--force",
	);
	expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("under another name") });
	expect(readFileSync(at("result.jsonl"), "utf8")).toContain("umie-result/1");
});

test("import --force refuses its input", async () => {
	writeFileSync(at("set.conll"), "Ada\tB-PER\n");
	const ran = await runCommand(
		"import",
		"--format",
		"conll",
		"--input",
		at("set.conll"),
		"--output",
		at("set.conll"),
		"--force",
	);
	expect(ran).toMatchObject({ code: 2, err: expect.stringContaining("must not be the input file") });
});

test("a file that cannot be written is not called unreadable", async () => {
	const ran = await runCommand(
		"convert",
		"--input",
		at("result.jsonl"),
		"--to",
		"csv",
		"--output",
		at("result.jsonl/x.csv"),
	);
	expect(ran.code).toBe(1);
	expect(ran.err).toMatch(/cannot be written: a part of its path is a file\.\nCheck that its folder exists/);
});
