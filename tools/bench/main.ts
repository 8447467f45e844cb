/**
 * `npm run bench [-- --only PART … --model DIR --data DIR --repetitions N --profile]` prints medians and ratios,
 * appends rows to tools/bench/results/results.csv and redraws tools/bench/results/chart.svg.
 */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseManifest } from "../../src/bundle/manifest.ts";
import { Failure, toFailureData } from "../../src/core/failure.ts";
import { options, wholeNumber } from "../cli/command.ts";
import { unreadable } from "../node/files/unreadable.ts";
import { TARGETS } from "./cases.ts";
import { drawChart } from "./chart.ts";
import { historyOf, parseResults } from "./history.ts";
import { costPart } from "./parts/cost.ts";
import { enginePart } from "./parts/engine.ts";
import { memoryPart } from "./parts/memory.ts";
import type { Measured, Part } from "./parts/part.ts";
import { peerPart } from "./parts/peer.ts";
import { proposerPart } from "./parts/proposer.ts";
import { rulesPart } from "./parts/rules.ts";
import { trafficPart } from "./parts/traffic.ts";
import { visitsPart } from "./parts/visits.ts";
import { profile } from "./profile.ts";
import { CSV_HEADER, caseTable, csvLine, judge, type Row, type RunFacts, verdictRows, verdictTable } from "./report.ts";

const root = join(import.meta.dirname, "../..");

/** In the order they run; each appends its rows when it is done. */
const PARTS = {
	wasm: enginePart("wasm"),
	webgpu: enginePart("webgpu"),
	visits: visitsPart,
	small: peerPart("small"),
	base: peerPart("base"),
	"small-webgpu": peerPart("small-webgpu"),
	"base-webgpu": peerPart("base-webgpu"),
	rules: rulesPart,
	memory: memoryPart,
	cost: costPart,
	traffic: trafficPart,
	proposer: proposerPart,
} as const satisfies Record<string, Part>;
type PartName = keyof typeof PARTS;
const MAX_REPETITIONS = 10_000;
/** `--only chart` measures nothing. */
const CHART = "chart";

const HELP = `Usage: npm run bench -- [options]

Prints medians and ratios, appends them to the results and draws the chart again.

  --only         a part, as often as wanted (default: all of them):
                 ${Object.keys(PARTS).join(", ")};
                 ${CHART} draws the chart of the results that are there
  --model        folder of a bundle (default models/umie-nano)
  --data         folder with annotated data, for the parts that need some
  --repetitions  how often each case is measured (default: what each part needs)
  --results      the file of results (default tools/bench/results/results.csv)
  --chart        where the chart is drawn (default tools/bench/results/chart.svg)
  --profile      print where the time of one extraction goes, and measure nothing else`;

function git(...args: readonly string[]): string {
	return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

function commit(): string {
	const changed = git("status", "--porcelain") !== "";
	return `${git("rev-parse", "--short", "HEAD")}${changed ? "+" : ""}`;
}

function machine(): string {
	return `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB`;
}

function append(results: string, facts: RunFacts, rows: readonly Row[]): void {
	if (!existsSync(results)) writeFileSync(results, `${CSV_HEADER}\n`);
	appendFileSync(results, rows.map((row) => `${csvLine(facts, row)}\n`).join(""));
}

/** @throws Failure `usage` that names those that are not parts */
function chosenParts(named: readonly string[] | undefined): PartName[] {
	const known = Object.keys(PARTS) as PartName[];
	const unknown = (named ?? []).filter((name) => name !== CHART && !(known as readonly string[]).includes(name));
	if (unknown.length > 0)
		throw new Failure("usage", `--only ${unknown.join(", ")}: expected one of ${[...known, CHART].join(", ")}.`);
	return known.filter((name) => named === undefined || named.includes(name));
}

/** Its rows, its verdicts and the load before it, to the terminal and to the file. */
function report(
	{ rows, where, text }: Measured,
	results: string,
	facts: Omit<RunFacts, "browser">,
	load: number,
): void {
	const verdicts = judge(rows, TARGETS);
	console.log(
		[text, caseTable(rows), verdicts.length > 0 ? verdictTable(verdicts) : undefined]
			.filter((part) => part !== undefined)
			.join("\n\n"),
	);
	append(results, { ...facts, browser: where }, [
		...rows,
		...verdictRows(verdicts.filter(({ to }) => to !== null)),
		{ device: "machine", threads: 0, case: "load before the run", value: load, unit: "", n: 1 },
	]);
}

async function main(argv: readonly string[]): Promise<void> {
	const { values } = options(argv, {
		model: { type: "string", default: join(root, "models/umie-nano") },
		data: { type: "string" },
		only: { type: "string", multiple: true },
		repetitions: { type: "string" },
		results: { type: "string", default: join(root, "tools/bench/results/results.csv") },
		chart: { type: "string", default: join(root, "tools/bench/results/chart.svg") },
		profile: { type: "boolean", default: false },
		help: { type: "boolean", short: "h", default: false },
	});
	if (values.help) return console.log(HELP);
	const model = resolve(values.model);
	if (values.profile) return profile(model);
	const parts = chosenParts(values.only);
	const repetitions =
		values.repetitions === undefined ? null : wholeNumber(values.repetitions, "repetitions", 1, MAX_REPETITIONS);
	if (!existsSync(join(model, "umie.json"))) throw unreadable(join(model, "umie.json"));
	const manifest = parseManifest(JSON.parse(readFileSync(join(model, "umie.json"), "utf8")));
	const facts = {
		date: new Date().toISOString(),
		commit: commit(),
		machine: machine(),
		bundle: `${manifest.name} ${manifest.dtype}`,
	};
	for (const part of parts) {
		const load = loadavg()[0]!;
		const busy = load > 0.5 ? " (the machine is busy: ratios hold better than milliseconds)" : "";
		console.log(`\n## ${part}\n\n${facts.machine}; load before: ${load.toFixed(2)}${busy}\n`);
		const context = {
			model,
			manifest,
			data: values.data === undefined ? null : resolve(values.data),
			repetitions,
			note: (line: string) => process.stderr.write(`${line}\n`),
		};
		report(await PARTS[part](context), values.results, facts, load);
	}
	writeFileSync(values.chart, drawChart(historyOf(parseResults(readFileSync(values.results, "utf8"))), facts.bundle));
	console.log(`\nThe values were added to ${values.results}, and ${values.chart} was drawn.`);
}

try {
	await main(process.argv.slice(2));
} catch (error) {
	const { code, what, remedy } = toFailureData(error, "cli");
	console.error(`${what}\n${remedy}`);
	if (code === "internal") console.error(error);
	process.exitCode = code === "usage" ? 2 : 1;
}
