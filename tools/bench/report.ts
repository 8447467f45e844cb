/**
 * Turns measured values into medians, ratios beside their targets, lines of a CSV file and tables for a terminal. Pure.
 */

/** One measured value of one case on one device. */
export interface Row {
	/** "wasm" | "webgpu (software)" … */
	readonly device: string;
	readonly threads: number;
	/** What was measured: "mner, 4 beams, extractive: post". */
	readonly case: string;
	readonly value: number;
	readonly unit: string;
	/** Observations behind the value. */
	readonly n: number;
	/** Where it is not the model of the run. */
	readonly bundle?: string;
}

/** What all rows of one run share. */
export interface RunFacts {
	readonly date: string;
	readonly commit: string;
	/** CPU, cores, memory. */
	readonly machine: string;
	readonly browser: string;
	readonly bundle: string;
}

/** A value that must be at most, or at least, so much: that of `of`, or the ratio of `of` to `to`. */
export interface Target {
	readonly name: string;
	/** A case. */
	readonly of: string;
	/** null: the value itself is held against the target. */
	readonly to: string | null;
	readonly bound: "at most" | "at least";
	readonly target: number;
}

export interface Verdict extends Target {
	readonly device: string;
	readonly threads: number;
	readonly value: number;
	readonly n: number;
	readonly met: boolean;
}

/** Of an even number of values, the mean of the middle two. @throws RangeError of none */
export function median(values: readonly number[]): number {
	if (values.length === 0) throw new RangeError("The median of no values.");
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** @throws RangeError of none */
export function mean(values: readonly number[]): number {
	if (values.length === 0) throw new RangeError("The mean of no values.");
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Every target on every device that measured its cases, in the order of the targets. */
export function judge(rows: readonly Row[], targets: readonly Target[]): Verdict[] {
	return targets.flatMap((target) =>
		rows
			.filter((row) => row.case === target.of)
			.flatMap(({ device, threads, value, n }) => {
				const below = rows.find((row) => row.case === target.to && row.device === device && row.threads === threads);
				if (target.to !== null && below === undefined) return [];
				const judged = below === undefined ? value : value / below.value;
				const met = target.bound === "at most" ? judged <= target.target : judged >= target.target;
				return [{ ...target, device, threads, value: judged, n: Math.min(n, below?.n ?? n), met }];
			}),
	);
}

/** Verdicts as rows, for the file. */
export function verdictRows(verdicts: readonly Verdict[]): Row[] {
	return verdicts.map(({ device, threads, name, value, n }) => ({
		device,
		threads,
		case: name,
		value,
		unit: "ratio",
		n,
	}));
}

export const CSV_HEADER = "date,commit,machine,browser,bundle,device,threads,case,value,unit,n";

export function csvLine(
	{ date, commit, machine, browser, bundle }: RunFacts,
	{ device, threads, case: name, value, unit, n, bundle: other }: Row,
): string {
	return [date, commit, machine, browser, other ?? bundle, device, threads, name, rounded(value), unit, n]
		.map((cell) => quoted(String(cell)))
		.join(",");
}

/** RFC 4180. */
function quoted(cell: string): string {
	return /[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Four digits: more is noise. */
export function rounded(value: number): string {
	return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** Cases down, devices across. */
export function caseTable(rows: readonly Row[]): string {
	const columns = [...new Set(rows.map(columnOf))];
	const lines = [...new Set(rows.map((row) => row.case))].map((name) => {
		const cells = columns.map((column) => {
			const row = rows.find((candidate) => candidate.case === name && columnOf(candidate) === column);
			return row === undefined ? "" : `${rounded(row.value)} ${row.unit}`.trim();
		});
		return [name, ...cells];
	});
	return table([["case", ...columns], ...lines]);
}

export function verdictTable(verdicts: readonly Verdict[]): string {
	const lines = verdicts.map((verdict) => {
		const { name, value, bound, target, met } = verdict;
		return [name, columnOf(verdict), value.toFixed(2), `${bound} ${target}`, met ? "met" : "NOT MET"];
	});
	return table([["ratio", "device", "measured", "target", ""], ...lines]);
}

function columnOf({ device, threads }: Pick<Row, "device" | "threads">): string {
	return threads === 0 ? device : `${device} × ${threads}`;
}

/** A Markdown table, its columns aligned for a terminal. */
export function table([head = [], ...lines]: ReadonlyArray<readonly string[]>): string {
	const widths = head.map((_, column) => Math.max(...[head, ...lines].map((line) => line[column]?.length ?? 0)));
	const text = (line: readonly string[]) =>
		`| ${widths.map((width, column) => (line[column] ?? "").padEnd(width)).join(" | ")} |`;
	return [text(head), `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`, ...lines.map(text)].join("\n");
}
