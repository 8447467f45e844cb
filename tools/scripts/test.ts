/** Runs the whole suite, step by step: types, lint, habits, unit and browser tests, build, end-to-end tests. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findChromium } from "../node/browser/find-chromium.ts";

const root = join(import.meta.dirname, "../..");
const reports = join(root, ".cache/test");

interface Step {
	readonly name: string;
	readonly command: readonly string[];
	/** Reads how many tests passed, failed and were skipped; absent: the step itself counts as one. */
	readonly count?: () => Counts;
}

interface Counts {
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
}

const STEPS: readonly Step[] = [
	{ name: "types", command: ["tsc", "-b", "--force"] },
	{ name: "lint", command: ["biome", "ci", "--error-on-warnings", "."] },
	{ name: "habits", command: ["tsx", "tools/scripts/check/main.ts"] },
	{
		name: "unit and browser tests",
		command: [
			"vitest",
			"run",
			"--coverage",
			"--reporter=default",
			"--reporter=json",
			`--outputFile.json=${join(reports, "vitest.json")}`,
		],
		count: () => {
			const { numPassedTests, numFailedTests, numPendingTests } = report<VitestReport>("vitest.json");
			return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
		},
	},
	{ name: "build", command: ["vite", "build"] },
	{
		name: "end-to-end tests",
		command: ["playwright", "test", "-c", "e2e/playwright.config.ts"],
		count: () => {
			const { expected, unexpected, flaky, skipped } = report<PlaywrightReport>("playwright.json").stats;
			return { passed: expected + flaky, failed: unexpected, skipped };
		},
	},
];

interface VitestReport {
	readonly numPassedTests: number;
	readonly numFailedTests: number;
	readonly numPendingTests: number;
}

interface PlaywrightReport {
	readonly stats: {
		readonly expected: number;
		readonly unexpected: number;
		readonly flaky: number;
		readonly skipped: number;
	};
}

/** A test runner's own report, written a moment ago. */
function report<Report>(name: string): Report {
	return JSON.parse(readFileSync(join(reports, name), "utf8")) as Report;
}

function run(command: readonly string[]): boolean {
	const { status } = spawnSync("npx", ["--no-install", ...command], {
		cwd: root,
		stdio: "inherit",
		env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, "playwright.json") },
	});
	return status === 0;
}

function main(): number {
	rmSync(reports, { recursive: true, force: true });
	mkdirSync(reports, { recursive: true });
	if (findChromium() === undefined && !run(["playwright", "install", "chromium"])) {
		console.error("No Chromium was found and none could be installed: install one, or name it in UMIE_CHROMIUM.");
		return 1;
	}
	const totals = { passed: 0, failed: 0, skipped: 0 };
	const broken: string[] = [];
	for (const { name, command, count } of STEPS) {
		console.log(`\n── ${name}`);
		const passed = run(command);
		if (!passed) broken.push(name);
		let counts: Counts = { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
		try {
			if (count) counts = count();
		} catch {
			// The step died before it wrote its report: it counts as one failure.
		}
		totals.passed += counts.passed;
		totals.failed += Math.max(counts.failed, passed ? 0 : 1);
		totals.skipped += counts.skipped;
	}
	if (broken.length > 0) console.log(`\nfailed: ${broken.join(", ")}`);
	console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
	return broken.length === 0 ? 0 : 1;
}

process.exitCode = main();
