/**
 * Checks the habits of this repository: `npm run check` for all with their counts, `npm run check NAME` for one with
 * every finding, `npm run check NAME FOLDER` for one folder.
 */

import { undocumented } from "./doc-comments.ts";
import { circles, forbiddenImports } from "./layers.ts";
import { literalMessages } from "./literals.ts";
import { mapMismatches } from "./map.ts";
import { stumblingBlocks } from "./plain-english.ts";
import { longFunctions, longLines } from "./size.ts";
import { type Finding, repositoryFiles, sources } from "./sources.ts";
import { unusedExports } from "./unused-exports.ts";

interface Check {
	readonly what: string;
	readonly find: () => readonly Finding[];
}

const CHECKS: Readonly<Record<string, Check>> = {
	layers: { what: "imports that a folder's row does not allow", find: () => forbiddenImports(sources()) },
	circles: { what: "circles, types counted", find: () => circles(sources()) },
	exports: { what: "names exported and used only at home", find: unusedExports },
	functions: { what: "functions over 60 lines outside tables", find: () => longFunctions(sources()) },
	lines: { what: "lines over 120 columns", find: () => longLines(repositoryFiles()) },
	english: {
		what: "names and phrases that a reader stumbles over",
		find: () => stumblingBlocks(sources(), repositoryFiles()),
	},
	literals: {
		what: "words of app, element and extension outside the message files",
		find: () => literalMessages(sources()),
	},
	comments: { what: "public symbols without a doc comment", find: () => undocumented(sources()) },
	map: {
		what: "differences between CONTRIBUTING's map and the tree",
		find: () => mapMismatches(repositoryFiles()),
	},
};

const show = ({ path, line, what }: Finding) => `${path}${line === undefined ? "" : `:${line}`}: ${what}`;

/** What a check finds; a check that cannot run is a finding, too. */
function run(find: Check["find"]): readonly Finding[] {
	try {
		return find();
	} catch (error) {
		return [{ path: "", what: error instanceof Error ? error.message : String(error) }];
	}
}

function main([name, folder = ""]: readonly string[]): number {
	if (name !== undefined && !(name in CHECKS)) {
		console.error(`"${name}" is not a check. The checks: ${Object.keys(CHECKS).join(", ")}.`);
		return 2;
	}
	let failed = 0;
	for (const [key, { what, find }] of Object.entries(CHECKS)) {
		if (name !== undefined && name !== key) continue;
		const findings = run(find).filter(({ path }) => path === "" || path.startsWith(folder));
		const verdict = findings.length === 0 ? "ok  " : "FAIL";
		if (findings.length > 0) failed++;
		if (name !== undefined || verdict === "FAIL") for (const finding of findings) console.log(`  ${show(finding)}`);
		console.log(`${verdict} ${key.padEnd(9)} ${String(findings.length).padStart(5)} ${what}`);
	}
	return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
