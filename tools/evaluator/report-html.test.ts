/**
 * Tests in a real Chromium that hostile text stays text in the report, that filters work and that axe finds nothing.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumArgs, findChromium } from "../node/browser/find-chromium.ts";
import type { Evaluation } from "./evaluate.ts";
import { summarizeGates } from "./gates.ts";
import { EMPTY_PREDICTION, type Prediction } from "./predict/contract.ts";
import { markedText, reportHtml } from "./report-html.ts";
import { score } from "./score.ts";
import { SHOWING_DEFAULTS } from "./showing.ts";
import type { RecordOf } from "./tasks/tasks.ts";

const HOSTILE = `<img src=x onerror="globalThis.broken=1"> Ada & Bob`;
const RECORDS: RecordOf<"mner">[] = [
	{
		id: '"><script>globalThis.broken=1</script>',
		text: HOSTILE,
		entities: [{ type: "</select><b>type", start: HOSTILE.length - 3, end: HOSTILE.length }],
	},
	{ id: "fine", text: "Paris", picture: "deciding", entities: [{ type: "location", start: 0, end: 5 }] },
];
const prediction = (id: string, type: string, start: number, end: number): Prediction => ({
	...EMPTY_PREDICTION,
	id,
	entities: [{ type, start, end, score: 0.75, boxes: [] }],
});
const PREDICTIONS = [
	prediction(RECORDS[0]!.id, "person", HOSTILE.length - 9, HOSTILE.length - 6),
	prediction("fine", "location", 0, 5),
];

const evaluation: Evaluation = {
	...score("mner", RECORDS, PREDICTIONS),
	judgedRegions: [],
	model: {
		name: "<b>model</b>",
		dtype: "int8",
		device: { name: "wasm", threads: 1, reason: "a test" } as Evaluation["model"]["device"],
		trainedOn: [],
		tasks: [],
		vision: "none",
		fingerprint: "",
	},
	requested: 3,
	pictures: null,
	showing: SHOWING_DEFAULTS,
	request: {},
	gates: summarizeGates(
		RECORDS,
		PREDICTIONS.map((one, index) => ({ ...one, gate: index })),
		"right",
	),
	prefilter: { kept: 1, of: 4 },
	calibrated: null,
	seconds: 1,
	shares: [
		{
			id: "x",
			name: "<i>share</i>",
			rule: "<i>rule</i>",
			source: "s",
			counts: { right: 1, of: 2 },
			value: 50,
			interval: { low: 0, high: 100 },
		},
	],
};
const html = reportHtml(evaluation, { beams: 4, decoding: "extractive" }, "data/dev.jsonl");

describe("marks", () => {
	const item = (start: number, end: number) => ({ label: "person", text: "", spans: [{ start, end }], score: 1 });

	test("overlapping marks cut the text into pieces that say what lies on them, and lose no character", () => {
		const marked = markedText({ text: "a <b> c", right: [], wrong: [item(0, 5)], missed: [item(2, 7)] });
		expect(marked).toBe(
			'<mark class="wrong">a </mark><mark class="wrong missed">&lt;b&gt;</mark><mark class="missed"> c</mark>',
		);
	});
	test("what was found is shown as found", () => {
		expect(markedText({ text: "Ada", right: [item(0, 3)], wrong: [item(0, 3)], missed: [] })).toBe(
			'<mark class="right">Ada</mark>',
		);
	});
});

describe("in Chromium", () => {
	let browser: Browser;
	beforeAll(async () => {
		const executablePath = findChromium();
		browser = await chromium.launch({
			...(executablePath === undefined ? {} : { executablePath }),
			args: chromiumArgs(),
		});
	});
	afterAll(() => browser.close());

	test.each([
		"light",
		"dark",
	] as const)("axe finds nothing in %s, and no text of a post became markup", async (colorScheme) => {
		const page = await browser.newPage({ colorScheme });
		await page.setContent(html);
		expect(await page.evaluate("globalThis.broken")).toBeUndefined();
		expect(await page.locator("img, b:has-text('model')").count()).toBe(0);
		expect(await page.locator(".post").first().textContent()).toBe(HOSTILE);
		await page.evaluate(readFileSync(join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8"));
		const found = await page.evaluate(
			"axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => " +
				'id + " " + nodes.map(({ html }) => html).join()))',
		);
		expect(found).toEqual([]);
		await page.close();
	});
	test("shares, kinds of pictures and gates have their tables, none of them markup", async () => {
		const page = await browser.newPage();
		await page.setContent(html);
		expect(await page.locator("i").count()).toBe(0);
		const names = await page
			.locator("[role=region]")
			.evaluateAll((tables) => tables.map((table) => table.getAttribute("aria-label")));
		expect(names).toEqual([
			"Scores table",
			"Shares table",
			"Kinds of pictures table",
			"Gates table",
			"Types table",
			"Confusion table",
			"Reliability table",
		]);
		expect(await page.locator("[aria-label='Gates table'] tbody th").allTextContents()).toEqual(["any", "deciding"]);
		await page.close();
	});
	test("filters leave the posts that fit, and say how many", async () => {
		const page = await browser.newPage();
		await page.setContent(html);
		await page.selectOption("select[name=outcome]", "mistakes");
		expect(await page.locator("article:visible").count()).toBe(1);
		expect(await page.textContent("#count")).toBe("1 of 2 posts");
		await page.fill("input[name=words]", "nowhere");
		expect(await page.textContent("#count")).toBe("0 of 2 posts");
		await page.selectOption("select[name=outcome]", "all");
		await page.fill("input[name=words]", "");
		await page.selectOption("select[name=label]", "location");
		expect(await page.locator("article:visible h3").allTextContents()).toEqual(["fine"]);
		await page.close();
	});
	test("a run that was stopped says so", () => {
		expect(html).toContain("Stopped: 2 of 3 records are counted.");
	});
});
