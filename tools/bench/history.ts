/**
 * Finds the newest value of every case in tools/bench/results/results.csv, from the machine that measured last. Pure.
 */
import Papa from "papaparse";
import type { Row, RunFacts } from "./report.ts";

export type Kept = RunFacts & Omit<Row, "bundle">;

/** @throws Error for a file that is not a table of results */
export function parseResults(csv: string): Kept[] {
	const { data, errors } = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true });
	if (errors.length > 0) throw new Error(`results.csv: ${errors[0]!.message} (row ${errors[0]!.row}).`);
	return data.map((cells) => {
		const cell = (name: string) => {
			const value = cells[name];
			if (value === undefined) throw new Error(`results.csv has no column "${name}".`);
			return value;
		};
		return {
			date: cell("date"),
			commit: cell("commit"),
			machine: cell("machine"),
			browser: cell("browser"),
			bundle: cell("bundle"),
			device: cell("device"),
			threads: Number(cell("threads")),
			case: cell("case"),
			value: Number(cell("value")),
			unit: cell("unit"),
			n: Number(cell("n")),
		};
	});
}

/** Finds a case of a device; of several the newest. */
export interface History {
	find(device: string, threads: number, name: string, bundle?: string): Kept | undefined;
	/** The newest row of all. */
	readonly newest: Kept | undefined;
}

/** Values of different machines never stand beside each other. */
export function historyOf(rows: readonly Kept[]): History {
	const newest = rows.reduce<Kept | undefined>(
		(best, row) => (best === undefined || row.date >= best.date ? row : best),
		undefined,
	);
	const own = rows
		.filter(({ machine }) => machine === newest?.machine)
		.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
	return {
		newest,
		find: (device, threads, name, bundle) =>
			own.find(
				(row) =>
					row.device === device &&
					row.threads === threads &&
					row.case === name &&
					(bundle === undefined || row.bundle === bundle),
			),
	};
}
