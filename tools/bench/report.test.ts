/** Medians, targets, CSV lines. */
import { describe, expect, test } from "vitest";
import {
	CSV_HEADER,
	caseTable,
	csvLine,
	judge,
	mean,
	median,
	type Row,
	rounded,
	type Target,
	verdictRows,
	verdictTable,
} from "./report.ts";

const row = (name: string, value: number, threads = 1, n = 5): Row => ({
	device: "wasm",
	threads,
	case: name,
	value,
	unit: "ms",
	n,
});
const ratio: Target = { name: "beam 4 / beam 1", of: "four", to: "one", bound: "at most", target: 1.4 };
const share: Target = { name: "inside", of: "share", to: null, bound: "at least", target: 0.7 };

describe("median", () => {
	test("of an odd number is the middle one, whatever the order", () => {
		expect(median([9, 1, 4])).toBe(4);
	});
	test("of an even number is the mean of the middle two", () => {
		expect(median([1, 100, 3, 2])).toBe(2.5);
	});
	test("of nothing is an error, not NaN", () => {
		expect(() => median([])).toThrow(RangeError);
		expect(() => mean([])).toThrow(RangeError);
	});
});

describe("judge", () => {
	test("divides within one device only", () => {
		const verdicts = judge([row("four", 3, 1), row("one", 2, 1), row("four", 2.4, 2), row("one", 2, 2)], [ratio]);
		expect(verdicts.map(({ threads, value, met }) => [threads, value, met])).toEqual([
			[1, 1.5, false],
			[2, 1.2, true],
		]);
	});
	test("a ratio exactly on its target is met", () => {
		expect(judge([row("four", 7), row("one", 5)], [ratio])[0]).toMatchObject({ value: 1.4, met: true });
	});
	test("a share is held against a least value, without a denominator", () => {
		expect(judge([row("share", 0.69)], [share])).toMatchObject([{ value: 0.69, met: false }]);
	});
	test("a ratio without its denominator is left out", () => {
		expect(judge([row("four", 7)], [ratio])).toEqual([]);
	});
	test("counts the fewer of the two numbers of observations", () => {
		expect(verdictRows(judge([row("four", 7, 1, 5), row("one", 5, 1, 3)], [ratio]))[0]).toMatchObject({
			case: "beam 4 / beam 1",
			unit: "ratio",
			n: 3,
		});
	});
});

describe("csvLine", () => {
	const facts = {
		date: "2025-01-02",
		commit: "abc1234",
		machine: 'A "fast" CPU, 2 cores',
		browser: "Chromium 1",
		bundle: "nano int8",
	};
	test("quotes what holds a comma or a quote, and has a cell for every name of the header", () => {
		expect(csvLine(facts, row("mner, 4 beams", 1.23456))).toBe(
			'2025-01-02,abc1234,"A ""fast"" CPU, 2 cores",Chromium 1,nano int8,wasm,1,"mner, 4 beams",1.235,ms,5',
		);
		expect(CSV_HEADER.split(",")).toHaveLength(11);
	});
	test("whole numbers keep all their digits", () => {
		expect([rounded(14_163_812), rounded(0.123456)]).toEqual(["14163812", "0.1235"]);
	});
});

describe("tables", () => {
	test("cases go down, devices across; what was not measured stays empty", () => {
		expect(caseTable([row("a", 1, 1), row("a", 2, 2), row("b", 3, 2)])).toBe(
			[
				"| case | wasm × 1 | wasm × 2 |",
				"|------|----------|----------|",
				"| a    | 1 ms     | 2 ms     |",
				"| b    |          | 3 ms     |",
			].join("\n"),
		);
	});
	test("a target that is missed says so", () => {
		expect(verdictTable(judge([row("four", 3), row("one", 2)], [ratio]))).toContain(
			"| 1.50     | at most 1.4 | NOT MET |",
		);
	});
});
