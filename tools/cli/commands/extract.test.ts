/** Tests what `umie extract` prints and writes, and how it exits. */
import { spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { zipSync } from "fflate";
import { afterAll, describe, expect, test, vi } from "vitest";
import type { FailureData } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import { openSafetensors } from "../../exporter/checkpoint/safetensors.ts";
import { NANO, temporaryFolder } from "../../node/testing/nano.ts";
import { discPng } from "../../node/testing/png.ts";
import { resultSchemaText } from "../../scripts/schema/write-result-schema.ts";
import { main } from "../main.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);
const TEXT = "Barack Obama met Angela Merkel in Berlin on Monday";

/** What a command prints, and its exit code. */
async function umie(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
	const printed = { out: [] as unknown[], err: [] as unknown[] };
	const log = vi.spyOn(console, "log").mockImplementation((line) => void printed.out.push(line));
	const error = vi.spyOn(console, "error").mockImplementation((line) => void printed.err.push(line));
	try {
		return { code: await main(argv), out: printed.out.join("\n"), err: printed.err.join("\n") };
	} finally {
		log.mockRestore();
		error.mockRestore();
	}
}

const extract = (...argv: readonly string[]) => umie("extract", "--model", NANO, ...argv);
/** Fast: one greedy generation a post. */
const FAST = ["--tasks", "mner", "--beams", "1"];
const extractFile = (input: string, output: string, ...argv: readonly string[]) =>
	extract("--input", at(input), "--output", at(output), ...FAST, ...argv);

type Line = { id: string | null } & Partial<ExtractionResult> & { failure?: FailureData };
const linesOf = (name: string): Line[] =>
	readFileSync(at(name), "utf8")
		.split("\n")
		.filter((line) => line !== "")
		.map((line) => JSON.parse(line) as Line);

describe("one post", () => {
	test("is printed for a person", async () => {
		const { code, out } = await extract("--text", TEXT);
		expect(code).toBe(0);
		expect(out).toMatch(/^entities\n {2}person +Barack Obama +0–12 +\d+%$/m);
		expect(out).toMatch(/^umie-nano; WASM with 1 thread/m);
	});

	test("is printed as JSON that fits the schema", async () => {
		writeFileSync(at("disc.png"), discPng(90));
		const { code, out } = await extract(
			"--text",
			TEXT,
			"--image",
			at("disc.png"),
			"--gate",
			"0.5",
			"--tasks",
			"mner,mre",
			"--json",
		);
		const result = JSON.parse(out) as ExtractionResult;
		expect(code).toBe(0);
		expect(new Ajv2020().compile(JSON.parse(resultSchemaText()))(result)).toBe(true);
		expect(result.gate.mner).toBe(0.5);
		expect(result.entities.map(({ text }) => text)).toEqual(["Barack Obama", "Angela Merkel", "Berlin"]);
	});

	test("in steps is read step by step, each with its own picture, and becomes one result", async () => {
		writeFileSync(at("disc.png"), discPng(90));
		const text = "Barack Obama meets friends\n\nBarack Obama is in Berlin\nDone";
		const steps = [
			"--text",
			text,
			"--tasks",
			"gmper",
			"--beams",
			"1",
			"--step-images",
			`${at("disc.png")},,${at("disc.png")}`,
		];
		const { code, out } = await extract(...steps, "--json");
		const result = JSON.parse(out) as ExtractionResult;
		expect(code).toBe(0);
		expect(new Ajv2020().compile(JSON.parse(resultSchemaText()))(result)).toBe(true);
		expect(result.text).toBe(text);
		expect(result.steps?.map((step) => [step.text, step.picture])).toEqual([
			["Barack Obama meets friends", 0],
			["Barack Obama is in Berlin", null],
			["Done", 1],
		]);
		expect(result.pictures?.map(({ step }) => step)).toEqual([1, 3]);
		const obamas = result.entities.filter((entity) => entity.text === "Barack Obama");
		expect(obamas.map(({ step }) => step)).toEqual([1, 2]);
		expect(new Set(obamas.map(({ thing }) => thing)).size).toBe(1);
		const tooMany = await extract("--text", "one line", "--step-images", `${at("disc.png")},${at("disc.png")}`);
		expect([tooMany.code, tooMany.err]).toEqual([2, expect.stringContaining("There are 2 pictures for 1 step")]);
	});

	test("can be a form: words with boxes, as JSON or as a table, in reading order", async () => {
		const words = [
			{ text: "London", box: [100, 0, 150, 10] },
			{ text: "City", box: [0, 0, 30, 10] },
		];
		writeFileSync(at("form.json"), JSON.stringify(words));
		writeFileSync(at("form.tsv"), words.map(({ text, box }) => [text, ...box].join("\t")).join("\n"));
		for (const name of ["form.json", "form.tsv"]) {
			const { code, out } = await extract("--layout", at(name), "--tasks", "re2", "--beams", "1", "--json");
			expect([code, (JSON.parse(out) as ExtractionResult).text]).toEqual([0, "City  London"]);
		}
		writeFileSync(at("form.json"), '[{"text": "City"}]');
		expect((await extract("--layout", at("form.json"), "--tasks", "re2")).err).toContain(
			'word 1: expected {"text": "Name"',
		);
	});

	test("is asked with a person's labels", async () => {
		const { out } = await extract("--text", TEXT, ...FAST, "--labels", "entity=person", "--json");
		expect((JSON.parse(out) as ExtractionResult).raw[0]!.instructor).toBe(
			"Please extract the following entity type: person.",
		);
	});

	test("cannot colour the terminal", async () => {
		const { code, out } = await extract("--text", `\u001b[31m${TEXT}\u001b[0m`, ...FAST);
		expect(code).toBe(0);
		expect(out).not.toContain("\u001b");
	});

	test("comes from standard input, without the line break that echo adds", async () => {
		const { code, stdout } = await runProcess(["--text", "-", ...FAST, "--json"], `${TEXT}\n`);
		expect(code).toBe(0);
		expect((JSON.parse(stdout) as ExtractionResult).text).toBe(TEXT);
	});

	test.each<[string, string[], number, string]>([
		["no text", ["--text", "  "], 1, "text-empty"],
		["no such picture", ["--text", TEXT, "--image", "nowhere.png"], 1, "not-found"],
		["a comma in a label file", ["--text", TEXT, "--labels", "LABELS"], 1, "labels-invalid"],
		["no such bundle", ["--text", TEXT, "--model", "nowhere"], 1, "bundle-missing-file"],
		["neither text nor file", [], 2, "usage"],
		["text and file", ["--text", TEXT, "--input", "posts.jsonl"], 2, "usage"],
		["an option of the other way", ["--text", TEXT, "--shard", "1/2"], 2, "usage"],
		["an unknown option", ["--text", TEXT, "--fast"], 2, "usage"],
		["an unknown task", ["--text", TEXT, "--tasks", "mner,meae"], 2, "usage"],
		["an unknown decoding", ["--text", TEXT, "--decoding", "greedy"], 2, "usage"],
		["17 beams", ["--text", TEXT, "--beams", "17"], 2, "usage"],
		["a gate that is not a number", ["--text", TEXT, "--gate", "wide"], 2, "usage"],
		["201 pairs", ["--text", TEXT, "--max-pairs", "201"], 2, "usage"],
	])("%s: the failure as JSON, and the exit code", async (_, argv, code, failure) => {
		writeFileSync(at("labels.json"), JSON.stringify({ entityTypes: ["a,b"] }));
		const given = argv.map((word) => (word === "LABELS" ? at("labels.json") : word));
		const printed = await extract(...given, "--json");
		expect([printed.code, (JSON.parse(printed.out) as { failure: FailureData }).failure.code]).toEqual([code, failure]);
	});
});

describe("--dump", () => {
	test("holds what crosses the boundary of every run, by graph, run and name", async () => {
		writeFileSync(at("disc.png"), discPng(90));
		const { code } = await extract(
			"--text",
			TEXT,
			"--image",
			at("disc.png"),
			"--gate",
			"model",
			"--tasks",
			"mner",
			"--beams",
			"2",
			"--beam-threshold",
			"1000",
			"--dump",
			at("dump.safetensors"),
		);
		expect(code).toBe(0);
		const dump = openSafetensors(at("dump.safetensors"));
		const shape = (name: string) => dump.tensors.get(name)?.shape;
		const [, length] = shape("text_encoder.0/input_ids")!;
		expect(shape("text_encoder.0/encoder_hidden_states")).toEqual([1, length, 256]);
		expect(shape("visual_encoder.0/visual_hidden_states")).toEqual([1, 37, 256]);
		expect(shape("gated_attention.0/attention")).toEqual([1, length, 37]);
		expect(shape("decoder_context.0/cross_key.0")?.at(-1)).toBe(32);
		// Eight heads of 32; the cache grows by the tokens of a run, and has one row until the two beams have parted.
		const [rows, tokens] = shape("decoder_extractive.1/decoder_input_ids")!;
		expect(rows).toBe(2);
		expect(shape("decoder_extractive.0/past_key.0")).toEqual([1, 8, 0, 32]);
		expect(shape("decoder_extractive.0/present_key.0")).toEqual([1, 8, 1, 32]);
		expect(shape("decoder_extractive.1/past_key.0")).toEqual([1, 8, 1, 32]);
		expect(shape("decoder_extractive.1/present_key.0")).toEqual([2, 8, 1 + tokens!, 32]);
		// What one run puts out, the next takes in, before beams are chosen among: run 1 reads its parents' rows by itself.
		expect(dump.readFloats("decoder_extractive.1/past_key.0")).toEqual(
			dump.readFloats("decoder_extractive.0/present_key.0"),
		);
		expect(dump.readFloats("gated_attention.0/encoder_hidden_states")).toEqual(
			dump.readFloats("text_encoder.0/encoder_hidden_states"),
		);
		expect([...dump.readFloats("decoder_extractive.0/decoder_input_ids")]).toEqual([0]);
		expect(dump.metadata.text).toBe(TEXT);
		dump.close();
	});
});

describe("a file of posts", () => {
	const posts = Array.from({ length: 11 }, (_, index) => ({
		id: index % 2 === 0 ? `post ${index}` : "again",
		text: `${TEXT}, number ${index}`,
	}));
	const write = (name: string, lines: readonly unknown[]) =>
		writeFileSync(
			at(name),
			lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""),
		);
	/** A result without what differs from run to run. */
	const essence = ({ timings: _, raw, entities, ...rest }: Line) => ({
		...rest,
		outputs: raw?.map(({ output }) => output),
		entities: entities?.map(({ score: _, ...entity }) => entity),
	});

	test("gives one line for each post, in order, with its id", async () => {
		write("posts.jsonl", posts);
		const { code, out } = await extractFile("posts.jsonl", "results.jsonl", "--batch", "4", "--json");
		expect(code).toBe(0);
		expect(JSON.parse(out)).toMatchObject({ posts: 11, failed: 0, skipped: 0, stopped: false });
		const lines = linesOf("results.jsonl");
		expect(lines.map(({ id, text }) => ({ id, text }))).toEqual(posts);
		const { id: _, ...result } = lines[0]!;
		expect(new Ajv2020().compile(JSON.parse(resultSchemaText()))(result)).toBe(true);
	});

	test("does not touch an existing file unless a flag says so", async () => {
		write("there.jsonl", ["precious"]);
		expect((await extractFile("posts.jsonl", "there.jsonl")).code).toBe(2);
		expect(readFileSync(at("there.jsonl"), "utf8")).toBe("precious\n");
		expect((await extractFile("posts.jsonl", "there.jsonl", "--force")).code).toBe(0);
		expect(linesOf("there.jsonl").length).toBe(11);
		expect((await extractFile("posts.jsonl", "posts.jsonl", "--force")).code).toBe(2);
		expect(linesOf("posts.jsonl").length).toBe(11);
	});

	test("is continued after the last whole line; half a line is written again", async () => {
		const whole = linesOf("results.jsonl");
		const bytes = readFileSync(at("results.jsonl"));
		writeFileSync(at("broken.jsonl"), bytes);
		// Into the middle of the sixth line.
		let cut = 0;
		for (let line = 0; line < 5; line++) cut = bytes.indexOf(10, cut) + 1;
		truncateSync(at("broken.jsonl"), cut + 40);
		const { code, out } = await extractFile("posts.jsonl", "broken.jsonl", "--resume", "--json");
		expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ posts: 6, skipped: 5 })]);
		expect(linesOf("broken.jsonl").map(essence)).toEqual(whole.map(essence));
	});

	test("that is done is not done again, and one that is not there is begun", async () => {
		expect(JSON.parse((await extractFile("posts.jsonl", "results.jsonl", "--resume", "--json")).out)).toMatchObject({
			posts: 0,
			skipped: 11,
		});
		expect(JSON.parse((await extractFile("posts.jsonl", "fresh.jsonl", "--resume", "--json")).out)).toMatchObject({
			posts: 11,
			skipped: 0,
		});
	});

	test("is not continued with the results of other posts", async () => {
		write("foreign.jsonl", [{ id: "post 0" }, { id: "somebody else's" }]);
		expect((await extractFile("posts.jsonl", "foreign.jsonl", "--resume")).err).toContain("belongs to other posts");
		write("foreign.jsonl", ["no JSON"]);
		expect((await extractFile("posts.jsonl", "foreign.jsonl", "--resume")).code).toBe(2);
		write("foreign.jsonl", [...posts, posts[0]]);
		expect((await extractFile("posts.jsonl", "foreign.jsonl", "--resume")).err).toContain("has 12 lines");
	});

	test("in shards is the whole", async () => {
		for (const shard of ["1/3", "2/3", "3/3"])
			expect((await extractFile("posts.jsonl", `shard-${shard[0]}.jsonl`, "--shard", shard)).code).toBe(0);
		const shards = [1, 2, 3].map((index) => linesOf(`shard-${index}.jsonl`));
		expect(shards.map(({ length }) => length)).toEqual([4, 4, 3]);
		const union = posts.map((_, index) => shards[index % 3]![Math.floor(index / 3)]!);
		expect(union.map(essence)).toEqual(linesOf("results.jsonl").map(essence));
	});

	test("has a line for each post that fails, and the rest goes on", async () => {
		write("mixed.jsonl", [
			{ id: "good", text: TEXT },
			{ id: "empty", text: " \u200B" },
			"{ no JSON",
			"[]",
			"",
			{ id: "no text" },
			{ text: `${TEXT}, without an id` },
			{ id: "long", text: "x".repeat(1_000_001) },
			{ id: 7, text: TEXT },
		]);
		const { code, out } = await extractFile("mixed.jsonl", "mixed.out", "--json");
		const report = JSON.parse(out);
		expect([code, report]).toEqual([1, expect.objectContaining({ ok: false, posts: 8, failed: 5 })]);
		expect(report.failure.code).toBe("posts-failed");
		expect(report.failure.what).toMatch(
			/^5 of 8 posts failed: 3 input-record \(mixed.jsonl, line 3 is not .+\), 1 text-empty \(/,
		);
		expect(linesOf("mixed.out").map(({ id, failure }) => [id, failure?.code ?? "ok"])).toEqual([
			["good", "ok"],
			["empty", "text-empty"],
			[null, "input-record"],
			[null, "input-record"],
			["no text", "input-record"],
			["6", "ok"],
			["long", "text-too-long"],
			[7, "ok"],
		]);
		expect(linesOf("mixed.out")[2]!.failure!.what).toMatch(/^mixed\.jsonl, line 3 is not valid JSON/);
	});

	test("takes procedures and forms, and a mistake in one of them is reported for its line only", async () => {
		mkdirSync(at("steps"), { recursive: true });
		writeFileSync(at("steps/disc.png"), discPng(90));
		const box = [0, 0, 30, 10];
		write("parts.jsonl", [
			{ id: "steps", steps: [{ text: TEXT, image: "disc.png" }, { text: "Berlin sleeps" }] },
			{ id: "form", layout: [{ text: "Berlin", box }] },
			{ id: "no box", layout: [{ text: "Berlin", box: [0] }] },
			{ id: "no step", steps: [] },
			{ id: "half", steps: [{ text: TEXT }, { text: " " }] },
			{ id: "no list", steps: "a" },
			{ id: "too many", layout: Array.from({ length: 5001 }, () => ({ text: "a", box })) },
		]);
		const { code } = await extractFile("parts.jsonl", "parts.out", "--images", at("steps"));
		expect(code).toBe(1);
		const [steps, form, ...wrong] = linesOf("parts.out");
		expect(steps).toMatchObject({
			text: `${TEXT}\nBerlin sleeps`,
			steps: [{ picture: 0 }, { picture: null }],
			pictures: [{ step: 1 }],
		});
		expect(form).toMatchObject({ text: "Berlin", entities: [{ text: "Berlin", box }] });
		expect(wrong.map(({ id, failure }) => [id, failure?.code, failure?.what])).toEqual([
			["no box", "input-record", expect.stringContaining("Line 3, word 1: expected")],
			["no step", "input-record", "Line 4: A procedure has 1 to 100 steps, not 0."],
			["half", "text-empty", expect.any(String)],
			["no list", "input-record", 'Line 6 has a "steps" that is not a list.'],
			["too many", "input-record", expect.stringContaining("Line 7 has 5001 words")],
		]);
	});

	test("may be a table in another encoding, with a row that fails alone", async () => {
		const table = "Nr;Nachricht;Datum\n1;Zoë flies to Köln;2.1.\n2;a;b;c;d\n3;;\n4;Barack Obama in Berlin;3.1.\n";
		writeFileSync(at("table.csv"), Buffer.from(table, "latin1"));
		const argv = ["--id-column", "Nr", "--json"];
		const { out } = await extractFile("table.csv", "table.out", ...argv);
		expect(JSON.parse(out)).toMatchObject({
			posts: 3,
			failed: 1,
			notes: [
				"Skipped because they have no text: 1 post.",
				"table.csv is read as Windows-1252, a guess: choose another encoding if letters look wrong.",
			],
		});
		expect(linesOf("table.out").map(({ id, text, failure }) => [id, text ?? failure?.what])).toEqual([
			["1", "Zoë flies to Köln"],
			[null, "table.csv, line 3 has 5 cells, but there are 3 columns."],
			["4", "Barack Obama in Berlin"],
		]);
		expect(linesOf("table.out")[2]).toMatchObject({ source: { file: "table.csv", line: 5 } });
	});

	test("may be a folder or an archive with its pictures", async () => {
		mkdirSync(at("archive"), { recursive: true });
		writeFileSync(at("archive/posts.csv"), `id,text,image\n1,${TEXT},one.png\n2,${TEXT},\n`);
		writeFileSync(at("archive/one.png"), discPng(2));
		writeFileSync(at("archive/2.png"), discPng(3));
		const names = ["posts.csv", "one.png", "2.png"];
		const zipped = zipSync(Object.fromEntries(names.map((name) => [name, readFileSync(at(`archive/${name}`))])));
		writeFileSync(at("archive.zip"), zipped);
		for (const input of ["archive", "archive.zip"]) {
			expect((await extractFile(input, `${input}.out`)).code).toBe(0);
			expect(linesOf(`${input}.out`).map(({ image }) => image?.width)).toEqual([64, 64]);
		}
	});

	test("may come from standard input", async () => {
		const { code } = await runProcess(["--input", "-", "--output", at("piped.out"), ...FAST], `id\ttext\n7\t${TEXT}\n`);
		expect([code, linesOf("piped.out").map(({ id, text }) => [id, text])]).toEqual([0, [["7", TEXT]]]);
	});

	test("reads pictures from inside --images only", async () => {
		mkdirSync(at("pictures/inner"), { recursive: true });
		writeFileSync(at("secret.png"), discPng(1));
		writeFileSync(at("pictures/inner/one.png"), discPng(2));
		writeFileSync(at("pictures/broken.png"), discPng(3).subarray(0, 60));
		symlinkSync(at("secret.png"), at("pictures/link.png"));
		const image = (name: string) => ({ id: name, text: TEXT, image: name });
		write("pictures.jsonl", [
			image("inner/one.png"),
			{ id: "by id", text: TEXT, image_id: "inner/one" },
			image("../secret.png"),
			image(at("secret.png")),
			image("link.png"),
			image("broken.png"),
			image("missing.png"),
			{ id: "no picture", text: TEXT, image: null },
		]);
		expect((await extractFile("pictures.jsonl", "pictures.out", "--images", at("pictures"))).code).toBe(1);
		const lines = linesOf("pictures.out");
		expect(lines.map(({ failure }) => failure?.code ?? "ok")).toEqual([
			"ok",
			"ok",
			...new Array(3).fill("input-unreadable"),
			"image-unreadable",
			"input-unreadable",
			"ok",
		]);
		expect(lines.map(({ image }) => image?.width ?? null)).toEqual([64, 64, null, null, null, null, null, null]);
		for (const line of lines.slice(2, 5)) expect(line.failure!.what).toContain("lies outside");
	});

	test("without --images says that pictures were left out", async () => {
		write("left-out.jsonl", [{ id: "1", text: TEXT, image: "one.png" }]);
		await extractFile("left-out.jsonl", "left-out.out");
		expect(linesOf("left-out.out")[0]).toMatchObject({
			image: null,
			notes: ["The picture was not read: --images was not given."],
		});
	});

	test.each<[string, string[], number]>([
		["no --output", ["--input", "posts.jsonl"], 2],
		["no such input", ["--input", "nowhere.jsonl", "--output", "out.jsonl"], 1],
		["no such folder of pictures", ["--input", "posts.jsonl", "--output", "out.jsonl", "--images", "nowhere"], 1],
		["shard 0/2", ["--input", "posts.jsonl", "--output", "out.jsonl", "--shard", "0/2"], 2],
		["shard 3/2", ["--input", "posts.jsonl", "--output", "out.jsonl", "--shard", "3/2"], 2],
		["batch 0", ["--input", "posts.jsonl", "--output", "out.jsonl", "--batch", "0"], 2],
		["--resume with --force", ["--input", "posts.jsonl", "--output", "out.jsonl", "--resume", "--force"], 2],
		["--dump", ["--input", "posts.jsonl", "--output", "out.jsonl", "--dump", "x.safetensors"], 2],
		[
			"labels that no post can be asked with",
			["--input", "posts.jsonl", "--output", "labels.out", "--labels", "entity=,"],
			1,
		],
	])("%s ends with the right exit code and no results", async (_, argv, code) => {
		const given = argv.map((word) => (/\.(jsonl|out)$|^nowhere$/.test(word) ? at(word) : word));
		expect((await extract(...given)).code).toBe(code);
		expect(existsSync(at("out.jsonl"))).toBe(false);
	});

	test("is interrupted after the running batch, and continued", async () => {
		write(
			"many.jsonl",
			Array.from({ length: 400 }, (_, index) => ({ id: String(index), text: TEXT })),
		);
		const argv = [
			"--input",
			at("many.jsonl"),
			"--output",
			at("many.out"),
			"--tasks",
			"mner",
			"--beams",
			"4",
			"--batch",
			"2",
		];
		const { code, stderr } = await runProcess(argv, "", (child) => {
			const timer = setInterval(() => {
				if (existsSync(at("many.out")) && readFileSync(at("many.out")).length > 0) {
					clearInterval(timer);
					child.kill("SIGINT");
				}
			}, 20);
			child.once("exit", () => clearInterval(timer));
		});
		const written = linesOf("many.out").length;
		expect(code).toBe(1);
		expect(stderr).toContain(`Stopped after ${written} posts`);
		expect(stderr).toContain("--resume");
		expect([written % 2, written < 400]).toEqual([0, true]);
		// A shorter file of the same posts, so that what is left is quick.
		write(
			"many.jsonl",
			linesOf("many.out").map(({ id }) => ({ id, text: TEXT })),
		);
		appendFileSync(at("many.jsonl"), `${JSON.stringify({ id: "last", text: TEXT })}\n`);
		expect((await extractFile("many.jsonl", "many.out", "--resume")).code).toBe(0);
		expect(linesOf("many.out").map(({ id }) => id)).toEqual([
			...Array.from({ length: written }, (_, index) => String(index)),
			"last",
		]);
	});
});

type Child = ReturnType<typeof spawn>;

/** The command as a process of its own: standard input and signals are a process's. */
async function runProcess(
	argv: readonly string[],
	stdin: string,
	onStart: (child: Child) => void = () => {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
	const child = spawn(
		process.execPath,
		["--import", "tsx", join(import.meta.dirname, "../main.ts"), "extract", "--model", NANO, ...argv],
		{
			cwd: join(import.meta.dirname, "../../.."),
		},
	);
	const printed = { stdout: "", stderr: "" };
	child.stdout.on("data", (chunk) => {
		printed.stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		printed.stderr += chunk;
	});
	child.stdin.end(stdin);
	onStart(child);
	const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
	return { code, ...printed };
}
