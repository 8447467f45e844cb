/** Finds a Python that has PyTorch, if there is one, and runs the trainer with it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

/** Debian's torch belongs to /usr/bin/python3, which need not be the first on the path. */
const CANDIDATES = ["python3", "/usr/bin/python3"];
const TRAINER = join(import.meta.dirname);

/** `UMIE_PYTHON` alone where it is set; null: nothing with torch was found. */
export function findPython(): string | null {
	const candidates = process.env.UMIE_PYTHON === undefined ? CANDIDATES : [process.env.UMIE_PYTHON];
	return (
		candidates.find((python) => spawnSync(python, ["-c", "import torch, numpy"], { stdio: "ignore" }).status === 0) ??
		null
	);
}

/** What `python3 tools/trainer …args` prints. @throws Error with what it printed, when it fails. */
export function runTrainer(python: string, args: readonly string[]): string {
	return runPython(python, [TRAINER, ...args]);
}

/** The trainer's own unit tests. @throws Error with their report, when one fails. */
export function runTrainerTests(python: string): string {
	return runPython(python, ["-m", "unittest", "discover", "-s", join(TRAINER, "tests"), "-t", TRAINER]);
}

function runPython(python: string, args: readonly string[]): string {
	const ran = spawnSync(python, args, { encoding: "utf8", maxBuffer: 1 << 26 });
	if (ran.status !== 0)
		throw new Error(`${python} ${args.join(" ")} ended with ${ran.status}:\n${ran.stdout}\n${ran.stderr}`);
	return ran.stdout + ran.stderr;
}
