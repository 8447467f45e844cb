/** Shows what the parts of the benchmark ask and count, with mentions and points small enough to count by hand. */
import { describe, expect, test } from "vitest";
import { prepareText } from "../../../src/core/text.ts";
import { DEVICES, TARGETS, TEN_REGIONS } from "../cases.ts";
import type { MeasuredPost } from "../page/contract.ts";
import { drawRegions } from "../page/picture.ts";
import { judge } from "../report.ts";
import { askOf, USUAL } from "./cost.ts";
import { caseRows } from "./engine.ts";
import { checkEqual } from "./peer.ts";
import { compare, inWords } from "./rules.ts";

const { words } = prepareText("Tom Becker left Leeds", "tokens");
const mention = (type: string, start: number, end: number) => ({ type, start, end });

describe("what rules find, beside the annotation", () => {
	test("a stretch becomes the words it touches", () => {
		expect(inWords(mention("person", 0, 10), words)).toBe("person 0 1");
		expect(inWords(mention("location", 17, 19), words)).toBe("location 3 3");
	});
	test("type and both ends must agree; a repeated record counts once", () => {
		const gold = [mention("person", 0, 10), mention("location", 16, 21)];
		const found = [
			mention("person", 0, 10),
			mention("person", 0, 10),
			mention("person", 16, 21),
			mention("location", 11, 21),
		];
		expect(compare(found, gold, words)).toEqual({ right: 1, predicted: 3, gold: 2 });
	});
});

describe("the request that shows a cost", () => {
	const request = askOf({ ...USUAL, length: 512, posts: 3 }, 8000);
	test("has the length, the posts and the beams of its point, and ends like a prompt", () => {
		expect([request.inputs.length, ...request.inputs.map((ids) => ids.length), request.beams]).toEqual([
			3, 512, 512, 512, 4,
		]);
		expect(request.inputs.map((ids) => ids.at(-1))).toEqual([1, 1, 1]);
	});
	test("names ids of the vocabulary only, never its special ones, and a hundred candidates, each once", () => {
		const ids = [...request.inputs.flatMap((input) => input.slice(0, -1)), ...request.candidates!];
		expect(Math.min(...ids)).toBeGreaterThan(100);
		expect(Math.max(...ids)).toBeLessThan(8000);
		expect(new Set(request.candidates).size).toBe(100);
	});
});

describe("outputs that must be equal", () => {
	test("equal ones pass", () => {
		expect(() => checkEqual([5, 6, 1], [5, 6, 1])).not.toThrow();
	});
	test.each([
		[[5, 7, 1], 1],
		[[5, 6], 2],
	])("the first difference is named: %j", (theirs, at) => {
		expect(() => checkEqual([5, 6, 1], theirs)).toThrow(`differ at token ${at}`);
	});
});

describe("a post with a picture and ten regions", () => {
	const cases = DEVICES.flatMap(({ device, open, cases }) =>
		cases.filter(({ name }) => name === TEN_REGIONS).map((one) => ({ device, open, one })),
	);
	const post = (milliseconds: number, timings: MeasuredPost["timings"]): MeasuredPost => ({
		...{ milliseconds, timings: { ...timings, total: milliseconds - 1 } },
		...{
			runs: [{ milliseconds: 6, inside: 3, tokens: 3 }],
			tokens: 4,
			graphs: { decoder: { runs: 2, milliseconds: 2 } },
		},
	});
	/** [repetition][post] */
	const repetitions = [
		[post(300, { resize: 10, visual_encoder: 200 }), post(500, { resize: 30, visual_encoder: 400 })],
		[post(310, { resize: 12, visual_encoder: 210 }), post(510, { resize: 30, search: 6, visual_encoder: 400 })],
		[post(900, { resize: 11, visual_encoder: 220 }), post(520, { resize: 33, search: 3, visual_encoder: 400 })],
	];

	test("runs on WASM with one thread and with two, each time with ten boxes inside a picture of its own", () => {
		expect(cases.map(({ device, open: { threads }, one }) => [device, threads, one.pictures, one.regions])).toEqual([
			["wasm", 1, true, 10],
			["wasm", 2, true, 10],
		]);
		const boxes = drawRegions(10).map(({ box }) => box);
		expect(new Set(boxes.map(String)).size).toBe(10);
		for (const [x1, y1, x2, y2] of boxes)
			expect(0 <= x1 && x1 < x2 && x2 <= 1024 && 0 <= y1 && y1 < y2 && y2 <= 768).toBe(true);
	});
	test("has a row for each stage of its time: the median of each post, and their mean", () => {
		const { one, ...device } = cases[1]!;
		const rows = caseRows(device, one, repetitions).map(({ case: name, value, unit, n }) => [name, value, unit, n]);
		expect(rows).toEqual([
			[`${TEN_REGIONS}: ms per post`, 410, "ms", 6],
			[`${TEN_REGIONS}: steps per post`, 4, "", 6],
			[`${TEN_REGIONS}: decoder runs per post`, 2, "", 6],
			[`${TEN_REGIONS}: ms per step`, 2, "ms", 6],
			[`${TEN_REGIONS}: share of a step inside ORT`, 0.5, "", 6],
			[`${TEN_REGIONS}: stage resize`, 20.5, "ms", 6],
			[`${TEN_REGIONS}: stage visual_encoder`, 305, "ms", 6],
			[`${TEN_REGIONS}: stage search`, 1.5, "ms", 6],
		]);
		expect(caseRows(device, { ...one, stages: false }, repetitions)).toHaveLength(5);
	});
	test("may take 400 ms", () => {
		const rows = cases.flatMap(({ one, ...device }) =>
			caseRows(device, one, repetitions.slice(0, device.open.threads)),
		);
		expect(judge(rows, TARGETS).filter(({ name }) => name.startsWith(TEN_REGIONS))).toMatchObject([
			{ threads: 1, bound: "at most", target: 400, value: 400, met: true },
			{ threads: 2, value: 405, met: false },
		]);
	});
});
