/** Shows which line of a results file is the newest. */
import { describe, expect, test } from "vitest";
import { historyOf, parseResults } from "./history.ts";
import { CSV_HEADER, csvLine } from "./report.ts";

const line = (date: string, machine: string, value: number, bundle = "nano int8") =>
	csvLine(
		{ date, commit: "abc", machine, browser: "Chromium 1", bundle },
		{ device: "wasm", threads: 1, case: "mner, 4 beams: ms per step", value, unit: "ms", n: 5 },
	);
const read = (...lines: readonly string[]) => historyOf(parseResults([CSV_HEADER, ...lines].join("\n")));
const find = (history: ReturnType<typeof read>, bundle?: string) =>
	history.find("wasm", 1, "mner, 4 beams: ms per step", bundle)?.value;

describe("the history", () => {
	test("reads what csvLine writes, commas included", () => {
		expect(parseResults(`${CSV_HEADER}\n${line("2026-01-01", "A, 2 cores", 1.5)}\n`)).toEqual([
			{
				date: "2026-01-01",
				commit: "abc",
				machine: "A, 2 cores",
				browser: "Chromium 1",
				bundle: "nano int8",
				device: "wasm",
				threads: 1,
				case: "mner, 4 beams: ms per step",
				value: 1.5,
				unit: "ms",
				n: 5,
			},
		]);
	});
	test("of several values the newest counts, wherever it stands", () => {
		expect(find(read(line("2026-01-02", "A", 2), line("2026-01-03", "A", 3), line("2026-01-01", "A", 1)))).toBe(3);
	});
	test("values of another machine than the last are left out", () => {
		const history = read(line("2026-01-01", "A", 1, "first"), line("2026-01-02", "B", 2, "second"));
		expect([find(history), find(history, "first"), history.newest?.machine]).toEqual([2, undefined, "B"]);
	});
	test("a case of one bundle is not that of another", () => {
		const history = read(line("2026-01-01", "A", 1, "small"), line("2026-01-02", "A", 2, "base"));
		expect([find(history, "small"), find(history, "base"), find(history, "large")]).toEqual([1, 2, undefined]);
	});
	test("a file without a column says which", () => {
		expect(() => parseResults("date,commit\nx,y\n")).toThrow('no column "machine"');
	});
	test("no rows have no newest", () => {
		expect(historyOf([]).newest).toBeUndefined();
	});
});
