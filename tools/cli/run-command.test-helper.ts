/** Runs a command line in a test: its exit code and what it printed. */
import { vi } from "vitest";
import { main } from "./main.ts";

export interface Ran {
	/** 0 done, 1 failed, 2 wrong usage. */
	readonly code: number;
	readonly out: string;
	readonly err: string;
}

export async function runCommand(...argv: readonly string[]): Promise<Ran> {
	const printed = { log: [] as string[], error: [] as string[] };
	const log = vi.spyOn(console, "log").mockImplementation((text: string) => void printed.log.push(text));
	const error = vi.spyOn(console, "error").mockImplementation((text: string) => void printed.error.push(text));
	try {
		return { code: await main(argv), out: printed.log.join("\n"), err: printed.error.join("\n") };
	} finally {
		log.mockRestore();
		error.mockRestore();
	}
}
