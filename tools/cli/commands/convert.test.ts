/** Tests what `umie convert` and `umie extract --format` print and write. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Parser } from "n3";
import { afterAll, describe, expect, test, vi } from "vitest";
import { HARD } from "../../../src/exports/testing.ts";
import { NANO, temporaryFolder } from "../../node/testing/nano.ts";
import { runCommand } from "../run-command.test-helper.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);
const RESULTS = at("results.jsonl");
writeFileSync(
	RESULTS,
	[
		{ id: "a", ...HARD.result },
		{ id: "b", failure: { code: "text-empty" } },
		{ id: 3, ...HARD.result },
	]
		.map((line) => `${JSON.stringify(line)}\n`)
		.join(""),
);

/** What goes to standard output without a line break of the console. */
async function printed(...argv: string[]): Promise<{ code: number; text: string }> {
	const pieces: string[] = [];
	const write = vi.spyOn(process.stdout, "write").mockImplementation((piece) => pieces.push(String(piece)) > 0);
	try {
		const { code } = await runCommand(...argv);
		return { code, text: pieces.join("") };
	} finally {
		write.mockRestore();
	}
}

describe("convert", () => {
	test("turns results into brat files in a folder, and those into Label Studio tasks", async () => {
		const first = await runCommand("convert", "--input", RESULTS, "--to", "brat", "--output", at("brat"), "--json");
		expect(first.code, first.err).toBe(0);
		expect(JSON.parse(first.out)).toMatchObject({ posts: 2 });
		expect(readdirSync(at("brat")).sort()).toEqual(["3.ann", "3.txt", "a.ann", "a.txt"]);
		expect(
			(await runCommand("convert", "--input", at("brat"), "--to", "label-studio", "--output", at("tasks.json"))).code,
		).toBe(0);
		const tasks = JSON.parse(readFileSync(at("tasks.json"), "utf8"));
		expect(tasks.map(({ data }: { data: { text: string } }) => data.text)).toEqual([
			HARD.result.text,
			HARD.result.text,
		]);
	});

	test("less sure records are left out and counted, unless wanted or the format keeps everything", async () => {
		const [first, ...others] = HARD.result.entities;
		const entities = [first, ...others.map((entity) => ({ ...entity, sure: false }))];
		const result = { ...HARD.result, entities, relations: [], events: [], things: [] };
		writeFileSync(at("unsure.jsonl"), `${JSON.stringify({ id: "a", ...result })}\n`);
		const convert = async (to: string, ...more: string[]) => {
			const output = at(`unsure-${more.length}.${to}`);
			const argv = ["--input", at("unsure.jsonl"), "--to", to, "--output", output, ...more];
			const { code, err } = await runCommand("convert", ...argv);
			expect(code, err).toBe(0);
			const content = readFileSync(output, "utf8");
			return { err, found: HARD.result.entities.filter(({ text }) => content.includes(JSON.stringify(text))).length };
		};
		const all = HARD.result.entities.length;
		const sure = await convert("label-studio");
		expect(sure.err).toBe(`Left out, as less sure: ${others.length} records. --unsure writes them.`);
		expect(sure.found).toBeLessThan(all);
		expect(await convert("label-studio", "--unsure")).toMatchObject({ err: "" });
		expect(await convert("json")).toEqual({ err: "", found: all });
	});

	test("prints one file when there is no --output, and refuses several", async () => {
		const turtle = await printed("convert", "--input", RESULTS, "--to", "turtle");
		expect(turtle.code).toBe(0);
		expect(new Parser().parse(turtle.text).length).toBeGreaterThan(50);
		expect(await runCommand("convert", "--input", RESULTS, "--to", "brat")).toMatchObject({
			code: 2,
			err: expect.stringContaining("--output"),
		});
	});

	test("replaces nothing without --force", async () => {
		writeFileSync(at("there.csv"), "mine");
		const again = ["convert", "--input", RESULTS, "--to", "csv", "--output", at("there.csv")];
		expect(await runCommand(...again)).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
		expect(readFileSync(at("there.csv"), "utf8")).toBe("mine");
		expect((await runCommand(...again, "--force")).code).toBe(0);
		expect(readFileSync(at("there.csv"), "utf8")).toContain("Bank of England");
	});

	test("names the line of a broken record, and formats it does not know", async () => {
		writeFileSync(at("broken.jsonl"), `{"id":"a"\n`);
		expect(await runCommand("convert", "--input", at("broken.jsonl"), "--to", "csv")).toMatchObject({
			code: 1,
			err: expect.stringContaining("line 1 is not valid JSON"),
		});
		expect(await runCommand("convert", "--input", RESULTS, "--to", "word")).toMatchObject({
			code: 2,
			err: expect.stringContaining("--to must be one of json"),
		});
		expect(await runCommand("convert", "--input", at("nowhere"), "--to", "csv")).toMatchObject({
			code: 1,
			err: expect.stringContaining("There is no"),
		});
		mkdirSync(at("empty"));
		expect(await runCommand("convert", "--input", at("empty"), "--from", "brat", "--to", "csv")).toMatchObject({
			code: 1,
			err: expect.stringContaining("no annotated posts"),
		});
	});
});

test("extract --format prints the post in that format", async () => {
	const { code, text } = await printed(
		"extract",
		"--model",
		NANO,
		"--text",
		"Barack Obama met Angela Merkel in Berlin",
		"--tasks",
		"mner",
		"--beams",
		"1",
		"--format",
		"conll",
	);
	expect(code).toBe(0);
	expect(text).toContain("Barack\tB-person\nObama\tI-person\n");
	expect(await runCommand("extract", "--model", NANO, "--text", "x", "--format", "brat")).toMatchObject({
		code: 2,
		err: expect.stringContaining("--format must be one of"),
	});
});
