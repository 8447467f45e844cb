/** Finds names that are exported and used only at home, and files that nothing imports, with knip. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ROOT } from "./sources.ts";

/** The kinds of knip's report that are read here. */
const KINDS = [
	"files",
	"dependencies",
	"unlisted",
	"exports",
	"types",
	"enumMembers",
	"namespaceMembers",
	"duplicates",
];
const SAID: Readonly<Record<string, string>> = {
	files: "is imported by no file",
	dependencies: "is a dependency that no file imports",
	unlisted: "is imported and not named in package.json",
	duplicates: "is exported twice",
};

interface Issue {
	readonly name: string;
	readonly line?: number;
}
type Row = { readonly file: string } & Readonly<Record<string, readonly (Issue | readonly Issue[])[]>>;

/** @throws Error when knip is not installed or does not finish */
export function unusedExports(): Finding[] {
	const program = join(ROOT, "node_modules/knip/bin/knip.js");
	if (!existsSync(program)) throw new Error("knip is not installed: run npm ci");
	const config = join(import.meta.dirname, "knip.json");
	const run = spawnSync(
		process.execPath,
		[program, "--config", config, "--reporter", "json", "--no-progress", "--no-exit-code", "--include", KINDS.join()],
		{ cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 },
	);
	if (run.status !== 0) throw new Error(`knip failed: ${run.stderr.trim()}`);
	return findingsIn(JSON.parse(run.stdout) as { readonly issues: readonly Row[] });
}

const findingsIn = ({ issues }: { readonly issues: readonly Row[] }): Finding[] =>
	issues.flatMap((row) =>
		KINDS.flatMap((kind) =>
			(row[kind] ?? []).flat().map(({ name, line }) => ({
				path: row.file,
				...(line === undefined ? {} : { line }),
				what: `${name} ${SAID[kind] ?? "is exported and used only here"}`,
			})),
		),
	);
