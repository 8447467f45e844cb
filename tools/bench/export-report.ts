/** Formats what exports and runs took as lines of tools/bench/results/export.csv and tables for a terminal. Pure. */
import Papa from "papaparse";
import { rounded, table } from "./report.ts";

/** One export in a process of its own. */
export interface Exported {
	readonly seconds: number;
	/** Of the processor, in user and system: what other programs of the machine do hardly moves it. */
	readonly cpuSeconds: number;
	readonly peakBytes: number;
	readonly bundleBytes: number;
	readonly weightFiles: number;
	readonly largestWeights: number;
	readonly largestGraph: number;
}

/** One model opened in WASM in Node, one post read with four beams. */
export interface Ran {
	/** Reading, checking hashes, creating sessions. */
	readonly loadSeconds: number;
	/** Of the processor. */
	readonly loadCpuSeconds: number;
	readonly encodeMs: number;
	/** Median. */
	readonly stepMs: number;
	/** The fastest: nearest to what a step takes when nothing else runs. */
	readonly minStepMs: number;
	readonly steps: number;
}

export interface ExportRow {
	readonly size: string;
	/** Of the checkpoint's tensors. */
	readonly checkpointBytes: number;
	readonly dtype: string;
	readonly exported: Exported;
	/** A sentence: why it did not run. */
	readonly ran: Ran | string;
}

export interface ExportFacts {
	readonly date: string;
	readonly commit: string;
	readonly machine: string;
}

const COLUMNS: ReadonlyArray<readonly [name: string, value: (row: ExportRow) => string | number]> = [
	["size", ({ size }) => size],
	["checkpoint_bytes", ({ checkpointBytes }) => checkpointBytes],
	["dtype", ({ dtype }) => dtype],
	["seconds", ({ exported }) => exported.seconds],
	["cpu_seconds", ({ exported }) => exported.cpuSeconds],
	["cpu_seconds_per_gb", secondsPerGigabyte],
	["peak_mb", ({ exported }) => exported.peakBytes / 1e6],
	["bundle_bytes", ({ exported }) => exported.bundleBytes],
	["weight_files", ({ exported }) => exported.weightFiles],
	["largest_weights_bytes", ({ exported }) => exported.largestWeights],
	["largest_graph_bytes", ({ exported }) => exported.largestGraph],
	["wasm_load_seconds", ({ ran }) => (typeof ran === "string" ? "" : ran.loadSeconds)],
	["wasm_encode_ms", ({ ran }) => (typeof ran === "string" ? "" : ran.encodeMs)],
	["wasm_step_ms", ({ ran }) => (typeof ran === "string" ? "" : ran.stepMs)],
	["steps", ({ ran }) => (typeof ran === "string" ? "" : ran.steps)],
	["note", ({ ran }) => (typeof ran === "string" ? ran : "")],
	["wasm_load_cpu_seconds", ({ ran }) => (typeof ran === "string" ? "" : ran.loadCpuSeconds)],
	["wasm_least_step_ms", ({ ran }) => (typeof ran === "string" ? "" : ran.minStepMs)],
];

/** Of the processor, per 10^9 bytes of checkpoint. */
export function secondsPerGigabyte({ exported, checkpointBytes }: ExportRow): number {
	return exported.cpuSeconds / (checkpointBytes / 1e9);
}

export const EXPORT_HEADER = ["date", "commit", "machine", ...COLUMNS.map(([name]) => name)].join(",");

export function exportLine({ date, commit, machine }: ExportFacts, row: ExportRow): string {
	const cells = COLUMNS.map(([, value]) => value(row)).map((value) =>
		typeof value === "number" ? rounded(value) : value,
	);
	return Papa.unparse([[date, commit, machine, ...cells]]);
}

export function exportTable(rows: readonly ExportRow[]): string {
	const lines = rows.map((row) => {
		const { size, dtype, exported: e, ran } = row;
		const run = typeof ran === "string" ? [ran, "", "", "", ""] : runCells(ran);
		const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
		const cost = [`${e.seconds.toFixed(1)} s`, `${secondsPerGigabyte(row).toFixed(1)}`, megabytes(e.peakBytes)];
		return [size, dtype, ...cost, megabytes(e.bundleBytes), String(e.weightFiles), megabytes(e.largestGraph), ...run];
	});
	const head = [
		"size",
		"dtype",
		"export",
		"CPU s per GB",
		"peak",
		"bundle",
		"files",
		"largest graph",
		"WASM load",
		"CPU of it",
		"encode",
		"step",
		"fastest step",
	];
	return table([head, ...lines]);
}

function runCells({ loadSeconds, loadCpuSeconds, encodeMs, stepMs, minStepMs }: Ran): string[] {
	return [
		`${loadSeconds.toFixed(1)} s`,
		`${loadCpuSeconds.toFixed(1)} s`,
		`${encodeMs.toFixed(0)} ms`,
		`${stepMs.toFixed(1)} ms`,
		`${minStepMs.toFixed(1)} ms`,
	];
}

/**
 * Time per byte of the largest checkpoint, over that of the smallest: 1 is linear. By dtype, where there are two sizes.
 */
export function linearity(
	rows: readonly ExportRow[],
): ReadonlyArray<{ readonly dtype: string; readonly from: string; readonly to: string; readonly ratio: number }> {
	return [...new Set(rows.map(({ dtype }) => dtype))].flatMap((dtype) => {
		const sorted = rows.filter((row) => row.dtype === dtype).sort((a, b) => a.checkpointBytes - b.checkpointBytes);
		const [smallest, largest] = [sorted[0]!, sorted.at(-1)!];
		return smallest === largest
			? []
			: [
					{
						dtype,
						from: smallest.size,
						to: largest.size,
						ratio: secondsPerGigabyte(largest) / secondsPerGigabyte(smallest),
					},
				];
	});
}
