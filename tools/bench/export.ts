/**
 * `npx tsx tools/bench/export.ts [--sizes small,base,large,xl] [--dtypes fp32,fp16,int8,int4] [--work DIR]` measures
 * what exporting random FLAN-T5s costs and how the bundles run in WASM, and appends to tools/bench/results/export.csv.
 */
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import {
	FLAN_SHAPES,
	type FlanSize,
	flanBytes,
	flanConfig,
	writeRandomT5,
} from "../exporter/checkpoint/random-flan.ts";
import { EXPORT_DTYPES, type ExportDType } from "../exporter/graphs/precision.ts";
import {
	EXPORT_HEADER,
	type Exported,
	type ExportRow,
	exportLine,
	exportTable,
	linearity,
	type Ran,
} from "./export-report.ts";

const root = join(import.meta.dirname, "../..");
const results = join(root, "tools/bench/results/export.csv");

/** The last line a child printed. @throws Error with what it printed instead */
async function child<T>(...args: readonly string[]): Promise<T> {
	const script = join(import.meta.dirname, "export-child.ts");
	const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", script, ...args], {
		cwd: root,
		maxBuffer: 1 << 26,
	});
	return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as T;
}

/** What WebAssembly addresses. */
const WASM_BYTES = 4 * 1024 ** 3;

/** Models of the larger sizes do not fit: then the row says what happened. */
async function run(bundle: string, bytes: number): Promise<Ran | string> {
	if (bytes > WASM_BYTES) return "larger than the 4 GiB that WebAssembly addresses";
	try {
		return await child<Ran | string>("run", bundle);
	} catch (error) {
		// A process that ran out of memory is ended from outside.
		return `it ended without a message (${error instanceof Error && "signal" in error ? error.signal : error})`;
	}
}

/** One row after the other: a run that is ended keeps what it has measured. */
async function* measure(
	size: FlanSize,
	dtypes: readonly ExportDType[],
	work: string,
	keep: boolean,
): AsyncIterable<ExportRow> {
	const [checkpoint, bundle] = [join(work, `${size}-bf16`), join(work, `${size}-bundle`)];
	const checkpointBytes = flanBytes(size, "bf16");
	// Checkpoint and an fp32 bundle, at most.
	const { bavail, bsize } = statfsSync(work);
	if (bavail * bsize < 3.5 * checkpointBytes) throw new Error(`${work} has too little room for FLAN-T5-${size}`);
	if (!existsSync(join(checkpoint, "config.json")))
		writeRandomT5(checkpoint, flanConfig(size), { dtype: "bf16", seed: 1 });
	for (const dtype of dtypes) {
		process.stderr.write(`${size} ${dtype}, load ${loadavg()[0]!.toFixed(1)}\n`);
		const exported = await child<Exported>("export", checkpoint, bundle, dtype);
		const ran = await run(bundle, exported.bundleBytes);
		rmSync(bundle, { recursive: true });
		yield { size, checkpointBytes, dtype, exported, ran };
	}
	if (!keep) rmSync(checkpoint, { recursive: true });
}

function chosen<T extends string>(value: string, known: readonly T[]): T[] {
	return value.split(",").map((name) => {
		const found = known.find((candidate) => candidate === name);
		if (found === undefined) throw new Error(`"${name}" is not one of ${known.join(", ")}`);
		return found;
	});
}

function facts() {
	const git = (...args: string[]) => execFileSync("git", args, { cwd: root }).toString().trim();
	const changed = git("status", "--porcelain", "-uno", "--", "tools", "src", "workers") !== "";
	const commit = `${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`;
	const memory = Math.round(totalmem() / 1e9);
	const load = loadavg()[0]!.toFixed(0);
	const machine = `${cpus()[0]?.model.trim() ?? "?"}, ${cpus().length} cores, ${memory} GB, load ${load}`;
	return { date: new Date().toISOString(), commit, machine };
}

const { values } = parseArgs({
	options: {
		sizes: { type: "string", default: "small,base,large" },
		dtypes: { type: "string", default: EXPORT_DTYPES.join() },
		/** Checkpoints found here are used, and kept. */
		work: { type: "string" },
	},
});
const sizes = chosen(values.sizes, Object.keys(FLAN_SHAPES) as FlanSize[]);
const dtypes = chosen(values.dtypes, EXPORT_DTYPES);
const work = values.work ?? mkdtempSync(join(tmpdir(), "umie-bench-export-"));
mkdirSync(work, { recursive: true });
if (!existsSync(results)) writeFileSync(results, `${EXPORT_HEADER}\n`);
const rows: ExportRow[] = [];
try {
	for (const size of sizes)
		for await (const row of measure(size, dtypes, work, values.work !== undefined)) {
			appendFileSync(results, `${exportLine(facts(), row)}\n`);
			rows.push(row);
		}
} finally {
	if (values.work === undefined) rmSync(work, { recursive: true, force: true });
}
console.log(exportTable(rows));
for (const { dtype, from, to, ratio } of linearity(rows))
	console.log(`${dtype}: CPU time per byte, ${to} ÷ ${from}: ${ratio.toFixed(2)}`);
