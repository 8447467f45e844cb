/** Measures a table of the paper: our row beside the published ones, and what differs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type EvaluateOptions, type Evaluation, evaluateWith } from "./evaluate.ts";
import { PAPER } from "./paper-tables.ts";
import type { EvaluatedTask, EvaluationRequest, Predictor } from "./predict/contract.ts";
import { describePrefilter } from "./predict/prefiltered.ts";

export const PAPER_TABLES = ["4", "5", "7", "figure4"] as const;
export type PaperTable = (typeof PAPER_TABLES)[number];

/** Values of g in the paper's Figure 4, and the model's own. */
const GATES = [0, 0.02, 0.04, 0.06, 0.08, 0.1, "model"] as const;
const INSTRUCTORS = ["I0", "I1", "I2"] as const;

interface Column {
	readonly name: string;
	readonly task: EvaluatedTask;
	/** Folder below the data. */
	readonly folder: string;
}

const SETS = {
	"Twitter-15": { task: "mner", folder: "mner/twitter2015" },
	"Twitter-17": { task: "mner", folder: "mner/twitter2017" },
	SNAP: { task: "mner", folder: "mner/snap" },
	"MNRE-V1": { task: "mre", folder: "mre/mnre_v1" },
	"MNRE-V2": { task: "mre", folder: "mre/mnre_v2" },
	"M2E2 MED": { task: "med", folder: "mee/m2e2" },
	"M2E2 MEAE": { task: "mee", folder: "mee/m2e2" },
} as const satisfies Record<string, Omit<Column, "name">>;

/** Figure 4 averages the sets of a task; MEE the two parts of M2E2. */
const FIGURE_SETS = {
	MNER: ["Twitter-15", "Twitter-17", "SNAP"],
	MRE: ["MNRE-V1", "MNRE-V2"],
	MEE: ["M2E2 MED", "M2E2 MEAE"],
} as const satisfies Record<string, readonly (keyof typeof SETS)[]>;

export type Cell = number | null;

export interface PaperComparison {
	readonly title: string;
	readonly source: string;
	readonly columns: readonly string[];
	readonly ours: ReadonlyArray<{ readonly name: string; readonly cells: readonly Cell[] }>;
	readonly published: ReadonlyArray<{ readonly name: string; readonly cells: readonly Cell[] }>;
	/** What keeps the numbers from being the same measurement. */
	readonly differs: readonly string[];
	/** Where the run was stopped, later cells are empty. */
	readonly stopped: boolean;
}

export interface PaperOptions extends Omit<EvaluateOptions, "data" | "onProgress" | "predictions"> {
	readonly data: string;
	/** File of each set: DATA/mner/twitter2015/SPLIT.jsonl. */
	readonly split: string;
	readonly onProgress: (what: string) => void;
}

interface Runs {
	/** The last of each set. */
	readonly runs: Map<string, Evaluation>;
	/** By task, data and request: nothing is measured twice. */
	readonly evaluated: Map<string, Promise<Evaluation>>;
}

interface OurRow {
	readonly name: string;
	readonly request: Partial<EvaluationRequest>;
}

const OUR_ROWS = {
	"4": [{ name: "", request: {} }],
	"5": [{ name: "", request: {} }],
	"7": INSTRUCTORS.map((instructor) => ({ name: `${instructor} `, request: { instructor } })),
	figure4: GATES.map((gate) => ({ name: gate === "model" ? "D, " : `g = ${gate}, `, request: { gate } })),
} as const satisfies Record<PaperTable, readonly OurRow[]>;

/** @throws Failure */
export async function comparePaper(
	table: PaperTable,
	predictor: Predictor,
	options: PaperOptions,
): Promise<PaperComparison> {
	const { title, columns, rows } = PAPER[table];
	const runs = new Map<string, Evaluation>();
	const evaluated = new Map<string, Promise<Evaluation>>();
	const ours: { name: string; cells: Cell[] }[] = [];
	for (const { name, request } of OUR_ROWS[table] as readonly OurRow[]) {
		const cells: Cell[] = [];
		for (const column of columns)
			cells.push(await measureCell(column, { name, request }, predictor, options, { runs, evaluated }));
		ours.push({ name: `${name}${predictor.opened.name}`, cells });
	}
	return {
		title,
		source: PAPER.source,
		columns,
		ours: table === "figure4" ? [...ours, gainOf(ours)] : ours,
		published: (rows as readonly (readonly (string | Cell)[])[]).map(([name, ...cells]) => ({
			name: name as string,
			cells: cells as Cell[],
		})),
		differs: differences(table, predictor, options, runs),
		stopped: options.signal?.aborted ?? false,
	};
}

/**
 * What the model's own gate gains over none, as the paper's text gives it. The gates stand in order, g = 0 first, D
 * last.
 */
function gainOf(rows: ReadonlyArray<{ readonly name: string; readonly cells: readonly Cell[] }>): {
	name: string;
	cells: Cell[];
} {
	const [none, own] = [rows[0]!.cells, rows.at(-1)!.cells];
	return {
		name: "D minus g = 0",
		cells: own.map((cell, at) => (cell === null || none[at] == null ? null : cell - none[at])),
	};
}

/** Mean over the sets of a column that are there; null: none is. */
async function measureCell(
	column: string,
	row: OurRow,
	predictor: Predictor,
	options: PaperOptions,
	{ runs, evaluated }: Runs,
): Promise<Cell> {
	const sets: readonly string[] = Object.hasOwn(FIGURE_SETS, column)
		? FIGURE_SETS[column as keyof typeof FIGURE_SETS]
		: [column];
	const scores: number[] = [];
	for (const set of sets) {
		const { task, folder } = SETS[set as keyof typeof SETS];
		const data = join(options.data, folder, `${options.split}.jsonl`);
		if (!existsSync(data) || options.signal?.aborted) continue;
		const request = { ...options.request, ...row.request };
		// Without pictures every gate says the same.
		const key = JSON.stringify([task, data, options.images === undefined ? { ...request, gate: 0 } : request]);
		const onProgress = (at: number, total: number) => options.onProgress(`${row.name}${set} ${at}/${total}`);
		if (!evaluated.has(key))
			evaluated.set(key, evaluateWith(predictor, task, { ...options, data, request, onProgress }));
		const done = await evaluated.get(key)!;
		if (done.records < done.requested) continue;
		runs.set(set, done);
		scores.push(done.f1);
	}
	return scores.length === 0 ? null : scores.reduce((sum, value) => sum + value, 0) / scores.length;
}

function differences(
	table: PaperTable,
	predictor: Predictor,
	options: PaperOptions,
	runs: ReadonlyMap<string, Evaluation>,
): string[] {
	const { opened } = predictor;
	const { beams = 4, decoding = "extractive" } = options.request;
	const looked = [...runs.values()].some((run) => run.looked > 0);
	const missing = Object.keys(SETS).filter((set) => !runs.has(set) && columnsUse(table, set));
	return [
		...[...runs].map(([set, run]) => countsOf(set, run, options.split)),
		...[...runs].flatMap(([set, run]) =>
			run.prefilter === null ? [] : [`${set}: ${describePrefilter(run)}; --prefilter off asks about all`],
		),
		...(missing.length === 0
			? []
			: [`no data for ${missing.join(", ")}: those cells are empty or averages without them`]),
		`decoding: ours ${decoding}, ${beams} ${beams === 1 ? "beam" : "beams"}; the paper: ${PAPER.decoding}`,
		...[...new Set([...runs.values()].map(({ task, rule }) => `${task}: right is ${rule}`))],
		"what counts as right in the paper: " +
			'"the F1 metric commonly used in each task as described in the respective papers"',
		looked
			? "pictures: the model looked at those that were found"
			: `pictures: none looked at (vision of ${opened.name}: ${opened.vision})`,
		...(table === "5" ? [zeroShot(opened.trainedOn)] : []),
		...(table === "figure4" ? [PAPER.figure4.note] : []),
		...(table === "figure4" && !looked ? ["without pictures the gate lets nothing in, so every row is the same"] : []),
		...(options.limit > 0 ? [`at most ${options.limit} records of each set`] : []),
	];
}

function columnsUse(table: PaperTable, set: string): boolean {
	const { columns } = PAPER[table];
	return columns.some(
		(column) =>
			column === set ||
			(Object.hasOwn(FIGURE_SETS, column) && hasSet(FIGURE_SETS[column as keyof typeof FIGURE_SETS], set)),
	);
}

const hasSet = (sets: readonly string[], set: string) => sets.includes(set);

function countsOf(set: string, { records }: Evaluation, split: string): string {
	const folder = SETS[set as keyof typeof SETS].folder.split("/")[1]!;
	const counts: Partial<Record<string, number>> = PAPER.counts[folder as keyof typeof PAPER.counts];
	const published = counts.test === undefined ? "no count" : `${counts.test} test records`;
	return `${set}: ours ${records} records of ${split}, the paper ${published}`;
}

function zeroShot(trainedOn: readonly string[]): string {
	const sets = trainedOn.join(", ") || "data its manifest does not name";
	return `zero-shot in the paper leaves the set out of training; this model was trained on ${sets}`;
}
