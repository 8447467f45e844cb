/** Goes in: `npm run bench [-- --model DIR --profile --only wasm]`. Comes out: medians and ratios on the terminal, rows appended to bench/results.csv. */
import { execFileSync } from "node:child_process";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type LaunchOptions, type Page } from "playwright";
import { chromiumArgs, findChromium } from "../browser/find-chromium.ts";
import { type BenchDevice, DEVICES, type METRICS, metric, TARGETS } from "./cases.ts";
import { measureVisits } from "./first-visit.ts";
import type { Bench, BenchCase, MeasuredPost, OpenedModel } from "./page/contract.ts";
import { profile } from "./profile.ts";
import { CSV_HEADER, caseTable, csvLine, judge, mean, median, type Row, type RunFacts, table, verdictRows, verdictTable } from "./report.ts";
import { appSite, benchSite } from "./sites.ts";

const root = join(import.meta.dirname, "../..");
const results = join(root, "bench/results.csv");
const PARTS = ["wasm", "webgpu", "visits"] as const;
const VISITS = 3;

function browserOptions(webgpu: boolean): LaunchOptions {
	const executablePath = findChromium();
	return { ...(executablePath === undefined ? {} : { executablePath }), args: chromiumArgs({ webgpu }) };
}

/** The page's side of the conversation (page/page.ts). */
function benchOf(page: Page): Bench {
	return {
		open: (name, options) =>
			page.evaluate(([name, options]) => (globalThis as unknown as { bench: Bench }).bench.open(name, options), [name, options] as const),
		measure: (name, asked) =>
			page.evaluate(([name, asked]) => (globalThis as unknown as { bench: Bench }).bench.measure(name, asked), [name, asked] as const),
	};
}

/** [device][case][repetition][post] */
type Heard = MeasuredPost[][][][];

/** All devices, all cases, in turn: A B C, A B C …, so that what else the machine does meets all of them alike. */
async function measureDevices(bench: Bench, devices: readonly BenchDevice[]): Promise<{ heard: Heard; opened: OpenedModel[] }> {
	const names = devices.map(({ device, open }) => `${device} × ${open.threads}`);
	const opened: OpenedModel[] = [];
	for (const [index, { open }] of devices.entries()) opened.push(await bench.open(names[index]!, open));
	const heard: Heard = devices.map(({ cases }) => cases.map(() => []));
	const rounds = 1 + Math.max(...devices.map(({ repetitions }) => repetitions));
	for (let round = 0; round < rounds; round++) {
		process.stderr.write(`round ${round === 0 ? "0 (warm-up)" : round} of ${rounds - 1}, load ${loadavg()[0]!.toFixed(1)}\n`);
		for (const [index, { cases, repetitions }] of devices.entries()) {
			if (round > repetitions) continue;
			for (const [at, { texts, pictures, request }] of cases.entries()) {
				const asked: BenchCase = { texts, pictures, request };
				const measured = await bench.measure(names[index]!, asked);
				if (round > 0) heard[index]![at]!.push(measured);
			}
		}
	}
	return { heard, opened };
}

/** @param repetitions [repetition][post] */
function caseRows({ device, open: { threads } }: BenchDevice, name: string, repetitions: readonly MeasuredPost[][]): Row[] {
	const posts = repetitions[0]!.map((_, post) => median(repetitions.map((repetition) => repetition[post]!.milliseconds)));
	const steps = repetitions.flat().flatMap((post) => post.steps);
	const total = (of: "milliseconds" | "inside") => steps.reduce((sum, step) => sum + step[of], 0);
	const row = (of: keyof typeof METRICS, value: number, unit: string, n: number): Row => ({
		device,
		threads,
		case: metric(name, of),
		value,
		unit,
		n,
	});
	return [
		// The median over the repetitions of each post, so that a pause of the machine counts once at most; then the mean over the posts.
		row("post", mean(posts), "ms", repetitions.flat().length),
		row("steps", mean(repetitions.flat().map(decoderRuns)), "", repetitions.flat().length),
		row("step", median(steps.map(({ milliseconds }) => milliseconds)), "ms", steps.length),
		row("inside", total("inside") / total("milliseconds"), "", steps.length),
	];
}

function decoderRuns({ graphs }: MeasuredPost): number {
	return (graphs.decoder?.runs ?? 0) + (graphs.decoder_extractive?.runs ?? 0);
}

/** Where a post's time goes, by the engine's own clock: the mean over posts and repetitions, in milliseconds. */
function stageTable(devices: readonly BenchDevice[], heard: Heard): string {
	const lines = devices.flatMap(({ device, open, cases }, index) =>
		cases.map(({ name }, at) => ({ name: `${name} (${device} × ${open.threads})`, posts: heard[index]![at]!.flat() })),
	);
	const stages = [...new Set(lines.flatMap(({ posts }) => posts.flatMap(({ timings }) => Object.keys(timings))))].filter(
		(stage) => stage !== "total",
	);
	const cells = (posts: readonly MeasuredPost[]) =>
		[...stages, "total"].map((stage) => mean(posts.map(({ timings }) => timings[stage] ?? 0)).toFixed(2));
	return table([["ms per post, by stage", ...stages, "total"], ...lines.map(({ name, posts }) => [name, ...cells(posts)])]);
}

async function measureAll(model: string, parts: readonly string[]): Promise<{ rows: Row[]; browser: string; bundle: string }> {
	const rows: Row[] = [];
	let bundle = "";
	const browser = await chromium.launch(browserOptions(parts.includes("webgpu")));
	try {
		const devices = DEVICES.filter(({ open }) => parts.includes(open.device));
		if (devices.length > 0) {
			const site = await benchSite(model);
			const page = await browser.newPage();
			await page.goto(site.url);
			await page.waitForFunction("globalThis.bench !== undefined");
			const { heard, opened } = await measureDevices(benchOf(page), devices);
			for (const { device } of opened) console.log(device.reason);
			console.log(`\n${stageTable(devices, heard)}`);
			rows.push(...devices.flatMap((device, index) => device.cases.flatMap(({ name }, at) => caseRows(device, name, heard[index]![at]!))));
			bundle = opened[0]!.bundle;
			await page.close();
			await site.close();
		}
		if (parts.includes("visits")) {
			const site = await appSite();
			rows.push(...(await measureVisits(browserOptions(false), site, VISITS)));
			await site.close();
		}
		return { rows, browser: `Chromium ${browser.version()}`, bundle };
	} finally {
		await browser.close();
	}
}

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

function append(facts: RunFacts, rows: readonly Row[]): void {
	if (!existsSync(results)) writeFileSync(results, `${CSV_HEADER}\n`);
	appendFileSync(results, rows.map((row) => `${csvLine(facts, row)}\n`).join(""));
}

async function main(argv: readonly string[]): Promise<void> {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			model: { type: "string", default: join(root, "models/umie-nano") },
			profile: { type: "boolean", default: false },
			only: { type: "string", multiple: true, default: [...PARTS] },
		},
	});
	const model = resolve(values.model);
	if (values.profile) return profile(model);
	const load = loadavg()[0]!;
	console.log(
		`${machine()}; load before the run: ${load.toFixed(2)}${load > 0.5 ? " (the machine is busy: ratios hold better than milliseconds)" : ""}`,
	);
	const { rows, browser, bundle } = await measureAll(model, values.only);
	const verdicts = judge(rows, TARGETS);
	console.log(`\n${caseTable(rows)}\n\n${verdictTable(verdicts)}`);
	const facts = { date: new Date().toISOString(), commit: commit(), machine: machine(), browser, bundle };
	append(facts, [
		...rows,
		...verdictRows(verdicts.filter(({ to }) => to !== null)),
		{ device: "machine", threads: 0, case: "load before the run", value: load, unit: "", n: 1 },
	]);
	console.log("\nThe values were added to bench/results.csv.");
}

await main(process.argv.slice(2));
