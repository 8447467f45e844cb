/** Lists the repository's files and parses the TypeScript among them once, for all checks. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type ESTree, parseSync, Visitor } from "vite";

export const ROOT = join(import.meta.dirname, "../../..");

/** One thing that a check refuses. `line` counts from 1. */
export interface Finding {
	readonly path: string;
	readonly line?: number;
	readonly what: string;
}

/** A TypeScript file, parsed. Offsets in `program` and `comments` count UTF-16 units of `text`. */
export interface Source {
	readonly path: string;
	readonly text: string;
	readonly program: ESTree.Program;
	readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
	/** All that the file imports or re-exports, types and `import()` included. */
	readonly imports: readonly Import[];
}

interface Import {
	/** As written: "./text.ts", "zod/mini". */
	readonly specifier: string;
	/** From the root ("src/core/text.ts"); undefined: a package. */
	readonly target: string | undefined;
	readonly line: number;
}

/** Paths from the root, "/" between folders, of all files that git tracks or would track. */
export function repositoryFiles(): string[] {
	const options = { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 26 } as const;
	const listed = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], options);
	return [...new Set(listed.split("\n"))].filter((path) => path !== "" && existsSync(join(ROOT, path))).sort();
}

/** Test files and what only they import. */
export const isTest = (path: string) =>
	/\.(test|e2e)\.tsx?$|\.test-helper\.ts$|(^|\/)(testing|tiny-codec)\.ts$|^(e2e|tools\/node\/testing)\//.test(path);

let parsed: readonly Source[] | undefined;

/** Every `.ts` and `.tsx` of the repository, declarations of others (`.d.ts`) left out. */
export function sources(): readonly Source[] {
	parsed ??= repositoryFiles()
		.filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"))
		.map((path) => parse(path, readFileSync(join(ROOT, path), "utf8")));
	return parsed;
}

/** Parses one file. @throws Error when it is not valid TypeScript */
export function parse(path: string, text: string): Source {
	const { program, comments, module, errors } = parseSync(path, text);
	const error = errors.find(({ severity }) => severity === "Error");
	if (error) throw new Error(`${path}: ${error.message}`);
	const imports: Import[] = [];
	const add = (specifier: string, start: number) => {
		const target = specifier.startsWith(".") ? join(dirname(path), specifier.replace(/\?.*$/, "")) : undefined;
		imports.push({ specifier, target, line: lineAt(text, start) });
	};
	for (const { moduleRequest, start } of module.staticImports) add(moduleRequest.value, start);
	for (const { entries } of module.staticExports) {
		const [entry] = entries;
		if (entry?.moduleRequest) add(entry.moduleRequest.value, entry.start);
	}
	new Visitor({
		ImportExpression: ({ source, start }) => {
			if (source.type === "Literal" && typeof source.value === "string") add(source.value, start);
		},
		TSImportType: ({ source, start }) => add(source.value, start),
	}).visit(program);
	return { path, text, program, comments, imports };
}

/** The line, from 1, in which `offset` lies. */
export function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
	return line;
}
