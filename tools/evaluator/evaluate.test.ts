/**
 * Tests that Chromium predicts what Node predicts, that a stopped run can be resumed, and that tables are printed
 * beside the paper's.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCommand } from "../cli/run-command.test-helper.ts";
import { NANO, temporaryFolder } from "../node/testing/nano.ts";
import { makePng } from "../node/testing/png.ts";
import { BEYOND } from "./beyond.test-helper.ts";
import { openBrowserPredictor } from "./browser-predictor.ts";
import { evaluateWith } from "./evaluate.ts";
import { openNodePredictor } from "./node-predictor.ts";
import { comparePaper } from "./paper.ts";
import type { Batch, Predictor } from "./predict/contract.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const write = (name: string, lines: readonly object[]) => {
	const path = join(folder.path, name);
	writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	return path;
};

const TEXTS = [
	"Kyrie Irving and LeBron James celebrate with the Cavs",
	"😀 Police arrested 12 protesters in Paris",
	"Nothing to see here",
];
const POSTS = TEXTS.map((text, index) => ({
	id: `p${index}`,
	text,
	image_id: index === 0 ? "a" : "absent",
	entities: [],
}));
const EVENTS = TEXTS.map((text, index) => ({
	id: `e${index}`,
	text,
	events:
		index === 1
			? [{ type: "arrest jail", trigger: { start: 9, end: 17 }, arguments: [{ role: "place", start: 35, end: 40 }] }]
			: [],
}));
const PAIRS = [
	{
		id: "r0",
		text: TEXTS[1]!,
		head: { text: "Police", start: 2, end: 8 },
		tail: { text: "Paris", start: 35, end: 40 },
		relation: "none",
	},
];

const batch = (
	task: Batch["task"],
	records: readonly object[],
	images: (Uint8Array | null)[] = records.map(() => null),
): Batch => ({
	task,
	records: records as Batch["records"],
	images,
	request: { beams: 2, gate: images.some((image) => image !== null) ? "model" : "auto" },
});

/** A picture with one rectangle. */
const PICTURE = makePng(64, 48, (x, y) => (x > 20 && x < 44 && y > 10 && y < 38 ? [200, 30, 30] : [220, 220, 235]));

let node: Predictor;
beforeAll(async () => {
	node = await openNodePredictor(NANO);
});
afterAll(() => node.close());

describe("browser", () => {
	let browser: Predictor;
	beforeAll(async () => {
		browser = await openBrowserPredictor(NANO, "wasm");
	});
	afterAll(() => browser.close());

	test.each([
		["mner", POSTS],
		["mre", PAIRS],
		["mee", EVENTS],
		["meae", EVENTS],
		["gmner", POSTS],
		["jmere", POSTS],
		["fmnerg", BEYOND.fmnerg],
		["more", BEYOND.more],
		["gmper", BEYOND.gmper],
		["re2", BEYOND.re2],
	] as const)("%s in Chromium predicts what it predicts in Node", async (task, records) => {
		const [there, here] = await Promise.all([
			browser.predict(batch(task, records)),
			node.predict(batch(task, records)),
		]);
		expect(plain(there)).toEqual(plain(here));
		expect(there.map(({ id }) => id)).toEqual(records.map(({ id }) => id));
	});
	test("given regions, tasks that were not trained, and multiple choice are the same there", async () => {
		const given = { ...batch("more", BEYOND.more, [PICTURE]), regions: [[[0.3, 0.2, 0.7, 0.8]]] as const };
		const untrained = { ...given, request: { ...given.request, untrained: "ask" as const } };
		const questions = { ...batch("mee", EVENTS), request: { beams: 1, style: "mqa" as const } };
		for (const one of [
			given,
			untrained,
			{ ...given, task: "gmner" as const, grounding: "largest" as const },
			questions,
		]) {
			const there = await browser.predict(one);
			expect(plain(there)).toEqual(plain(await node.predict(one)));
		}
	});
	test("the model looks at a picture in both, and a file that is not a picture is left out", async () => {
		const images = [PICTURE, new Uint8Array([1, 2, 3]), null];
		const [there, here] = await Promise.all([
			browser.predict(batch("mner", POSTS, images)),
			node.predict(batch("mner", POSTS, images)),
		]);
		expect(here.map(({ looked }) => looked)).toEqual([true, false, false]);
		expect(plain(there)).toEqual(plain(here));
	});
	test("a bundle that is none is a failure with its code, there, too", async () => {
		await expect(openBrowserPredictor(folder.path, "wasm")).rejects.toMatchObject({ name: "Failure" });
	});
});

/** Without probabilities and gates, which differ in the last digits between processors. */
function plain(predictions: object): unknown {
	return JSON.parse(
		JSON.stringify(predictions, (key, value) => (key === "score" || key === "gate" ? undefined : value)),
	);
}

describe("a run", () => {
	const data = write(
		"posts.jsonl",
		Array.from({ length: 70 }, (_, index) => ({ ...POSTS[index % 3], id: `p${index}` })),
	);
	const request = { beams: 1 };

	test("that is stopped scores what it has, keeps it, and goes on there", async () => {
		const path = join(folder.path, "predictions.jsonl");
		const stop = new AbortController();
		const options = { data, limit: 0, request, predictions: { path, resume: true } };
		const onProgress = (done: number) => {
			if (done === 0) stop.abort();
		};
		const first = await evaluateWith(node, "mner", { ...options, signal: stop.signal, onProgress });
		expect([first.records, first.requested]).toEqual([64, 70]);
		const starts: number[] = [];
		const second = await evaluateWith(node, "mner", { ...options, onProgress: (done) => starts.push(done) });
		expect([starts, second.records]).toEqual([[64, 70], 70]);
		expect(readFileSync(path, "utf8").split("\n").length).toBe(72);
		const other = { ...options, request: { beams: 2 }, onProgress: () => {} };
		await expect(evaluateWith(node, "mner", other)).rejects.toThrow(/belongs to another run/);
		await expect(evaluateWith(node, "mner", { ...other, predictions: { path, resume: false } })).rejects.toThrow(
			/already exists/,
		);
	});
	test("with a folder of pictures says how many were there", async () => {
		writeFileSync(join(folder.path, "a.png"), PICTURE);
		const result = await evaluateWith(node, "mner", {
			data,
			limit: 3,
			request,
			images: folder.path,
			onProgress: () => {},
		});
		expect(result.pictures).toEqual({ named: 3, found: 1 });
	});
});

test("a table of the paper has our row beside the published ones, and says what differs", async () => {
	mkdirSync(join(folder.path, "mner/twitter2017"), { recursive: true });
	write("mner/twitter2017/dev.jsonl", [{ ...POSTS[0], entities: [{ type: "person", start: 0, end: 12 }] }]);
	const options = { data: folder.path, split: "dev", limit: 0, request: { beams: 1 }, onProgress: () => {} };
	const { ours, published, differs } = await comparePaper("5", node, options);
	expect(ours[0]!.cells).toEqual([expect.any(Number), null]);
	expect(published.find(({ name }) => name === "GPT-4")!.cells).toEqual([66.6, 42.1]);
	expect(differs).toContain("Twitter-17: ours 1 records of dev, the paper 723 test records");
	expect(differs.some((line) => line.includes("no data for MNRE-V2"))).toBe(true);
	const figure = await comparePaper("figure4", node, options);
	expect(figure.ours.map(({ name }) => name.split(",")[0])).toEqual([
		"g = 0",
		"g = 0.02",
		"g = 0.04",
		"g = 0.06",
		"g = 0.08",
		"g = 0.1",
		"D",
		"D minus g = 0",
	]);
	expect(new Set(figure.ours.slice(0, 7).map(({ cells }) => cells[0])).size).toBe(1);
	expect(figure.ours.at(-1)!.cells).toEqual([0, null, null]);
	expect(figure.differs.some((line) => line.includes("every row is the same"))).toBe(true);
});

describe("umie evaluate", () => {
	const data = write("events.jsonl", EVENTS);

	test("prints every number with its rule, writes the report, and gives JSON", async () => {
		const report = join(folder.path, "report.html");
		const shown = await runCommand(
			"evaluate",
			"--model",
			NANO,
			"--task",
			"med",
			"--data",
			data,
			"--beams",
			"1",
			"--trim",
			"folded",
			"--report",
			report,
		);
		expect([shown.code, shown.err]).toEqual([0, ""]);
		expect(shown.out).toMatch(/event mention .*\n {2}right: event type and trigger .* lower case/);
		expect(readFileSync(report, "utf8")).toMatch(/^<!doctype html>/);
		const { out } = await runCommand(
			"evaluate",
			"--model",
			NANO,
			"--task",
			"med",
			"--data",
			data,
			"--beams",
			"1",
			"--json",
		);
		expect(JSON.parse(out)).toMatchObject({ task: "med", records: 3, trimming: "exact" });
	});
	test.each([
		[["--task", "med", "--table", "4"], /one of --task, --table and --figure/],
		[["--task", "med", "--resume"], /--resume can only be used with --predictions/],
		[["--table", "4", "--report", "x"], /--report can only be used with --task/],
		[["--table", "6"], /--table must be one of 4, 5, 7/],
		[["--task", "med", "--browser", "firefox"], /--browser must be one of webgpu, wasm/],
	])("%j is wrong usage", async (more, message) => {
		const { code, err } = await runCommand("evaluate", "--model", NANO, "--data", data, ...more);
		expect(code).toBe(2);
		expect(err).toMatch(message);
	});
});
