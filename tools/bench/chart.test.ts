/** Shows that the chart draws its rows to scale, and describes them to people who cannot see it. */
import { describe, expect, test } from "vitest";
import { drawChart } from "./chart.ts";
import { historyOf, type Kept } from "./history.ts";
import { costCase } from "./parts/names.ts";

const facts = {
	date: "2026-01-02T00:00:00Z",
	commit: "abc",
	machine: "A & B <fast>",
	browser: "Chromium 1",
	bundle: "nano int8",
	n: 5,
};
const kept = (device: string, name: string, value: number, unit: string, rest: Partial<Kept> = {}): Kept => {
	return { ...facts, device, threads: 1, case: name, value, unit, ...rest };
};
const draw = (...rows: readonly Kept[]) => drawChart(historyOf(rows), "nano int8");
const numbers = (svg: string, pattern: RegExp) => [...svg.matchAll(pattern)].map((match) => Number(match[1]));
const BARS = /<rect x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="14"/g;

const theirs = kept("wasm", "flan-t5-small: transformers.js, greedy: ms per step", 30, "ms");
const ours = kept("wasm", "flan-t5-small: ours, greedy: ms per step", 15, "ms");

describe("the chart", () => {
	test("half the milliseconds make half the bar", () => {
		const [long, short] = numbers(draw(theirs, ours), BARS);
		expect(short! / long!).toBeCloseTo(0.5, 2);
	});
	test("a curve has a point for each value that was measured", () => {
		const rows = [16, 64, 512].map((length) => kept("wasm", costCase("length", length, "ms per post"), length, "ms"));
		const svg = draw(...rows);
		expect(numbers(svg, /<circle cx="([\d.]+)"/g)).toHaveLength(3);
		const [first, second, third] = numbers(svg, /<circle cx="[\d.]+" cy="([\d.]+)"/g) as [number, number, number];
		// 16, 64 and 512 above the same ground: 448 apart is 448/48 times as far as 48 apart.
		expect((second - third) / (first - second)).toBeCloseTo(448 / 48, 0);
	});
	test("says every value in its description", () => {
		const svg = draw(theirs, ours, kept("node", "twitter2015 dev: compromise: F1, all types", 48.94, "%"));
		const description = /<desc id="desc">(.*?)<\/desc>/s.exec(svg)![1]!;
		expect(description).toContain("transformers.js, greedy 30 ms, ours, greedy 15 ms");
		expect(description).toContain("compromise 48.9");
	});
	test("what was not measured is left out, also all of it", () => {
		expect(draw(ours)).not.toContain("transformers.js");
		expect(draw()).toContain("Nothing was measured yet.");
	});
	test("text of the results file is text in the picture", () => {
		expect(draw(ours)).toContain("A &amp; B &lt;fast&gt;");
		expect(draw(ours)).not.toContain("<fast>");
	});
	test("every tag that opens closes, and colours follow the reader's theme", () => {
		const svg = draw(theirs, ours);
		const open: string[] = [];
		for (const [, closing, name, itself] of svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
			if (closing === "/") expect(open.pop()).toBe(name);
			else if (itself !== "/") open.push(name!);
		}
		expect(open).toEqual([]);
		expect(svg).toContain("prefers-color-scheme:dark");
	});
	test("a value that is not a number draws nothing", () => {
		expect(() => draw({ ...ours, value: Number.NaN })).toThrow(RangeError);
	});
});
