/** Shows the lines, tables and ratios of made-up measurements. */
import { describe, expect, test } from "vitest";
import {
	EXPORT_HEADER,
	type Exported,
	type ExportRow,
	exportLine,
	exportTable,
	linearity,
	secondsPerGigabyte,
} from "./export-report.ts";

const exported: Exported = {
	seconds: 9,
	cpuSeconds: 6,
	peakBytes: 3e8,
	bundleBytes: 1.5e9,
	weightFiles: 23,
	largestWeights: 6e7,
	largestGraph: 2e5,
};
const row = (size: string, gigabytes: number, cpuSeconds: number, ran: ExportRow["ran"] = "too large"): ExportRow => {
	return { size, checkpointBytes: gigabytes * 1e9, dtype: "int8", exported: { ...exported, cpuSeconds }, ran };
};
const facts = { date: "2026-01-01", commit: "abc", machine: "EPYC, 2 cores" };

describe("an export's measurements", () => {
	test("6 s of the processor for 2 GB are 3 s per GB", () => {
		expect(secondsPerGigabyte(row("base", 2, 6))).toBe(3);
	});

	test("are one line of as many cells as the header has names", () => {
		const ran = { loadSeconds: 1.23456, loadCpuSeconds: 1, encodeMs: 20, stepMs: 3, minStepMs: 2.5, steps: 11 };
		expect(exportLine(facts, row("base", 2, 6, ran))).toBe(
			'2026-01-01,abc,"EPYC, 2 cores",base,2000000000,int8,9,6,3,300,1500000000,23,60000000,200000,' +
				"1.235,20,3,11,,1,2.5",
		);
		expect(EXPORT_HEADER.split(",")).toHaveLength(21);
	});

	test("a model that did not run says why, quoted where it must be", () => {
		expect(exportLine(facts, row("xl", 5, 6, 'out of memory, "4 GB"'))).toMatch(/,,,,,"out of memory, ""4 GB""",,$/);
		expect(exportTable([row("xl", 5, 6, "out of memory")])).toContain("| out of memory |");
	});

	test("are linear when the largest takes as long per byte as the smallest: 12 s for 4 GB and 3 s for 1 GB", () => {
		expect(linearity([row("large", 4, 12), row("small", 1, 3), row("base", 2, 50)])).toEqual([
			{ dtype: "int8", from: "small", to: "large", ratio: 1 },
		]);
		expect(linearity([row("small", 1, 3)])).toEqual([]);
	});
});
