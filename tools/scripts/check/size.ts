/** Finds functions that do not fit a screen and lines that are too long. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ESTree, Visitor } from "vite";
import { type Finding, isTest, lineAt, ROOT, type Source } from "./sources.ts";

export const MAX_FUNCTION_LINES = 60;
export const MAX_COLUMNS = 120;
/** Shorter literals are part of what a function does; longer ones without a function inside are tables. */
const MIN_TABLE_LINES = 10;

/** Bodies of functions, from brace to brace, tables inside them not counted. Tests are left out. */
export function longFunctions(files: readonly Source[]): Finding[] {
	return files.filter(({ path }) => !isTest(path)).flatMap(longFunctionsIn);
}

function longFunctionsIn({ path, text, program }: Source): Finding[] {
	const bodies: { readonly name: string; readonly start: number; readonly end: number }[] = [];
	const tables: { readonly start: number; readonly end: number }[] = [];
	const functions: number[] = [];
	const enter = (node: ESTree.Function | ESTree.ArrowFunctionExpression) => {
		functions.push(node.start);
		const name = node.type === "ArrowFunctionExpression" ? undefined : node.id?.name;
		if (node.body)
			bodies.push({ name: name ?? nameBefore(text, node.start), start: node.body.start, end: node.body.end });
	};
	const literal = ({ start, end }: ESTree.ObjectExpression | ESTree.ArrayExpression) => tables.push({ start, end });
	new Visitor({
		FunctionDeclaration: enter,
		FunctionExpression: enter,
		ArrowFunctionExpression: enter,
		ObjectExpression: literal,
		ArrayExpression: literal,
	}).visit(program);
	const line = (offset: number) => lineAt(text, offset);
	const long = tables
		.filter(({ start, end }) => line(end) - line(start) + 1 >= MIN_TABLE_LINES)
		.filter(({ start, end }) => !functions.some((at) => at > start && at < end));
	return bodies.flatMap(({ name, start, end }) => {
		let count = line(end) - line(start) + 1;
		if (count <= MAX_FUNCTION_LINES) return [];
		const inside = long.filter((table) => table.start > start && table.end < end);
		for (const table of inside)
			if (!inside.some((outer) => outer !== table && outer.start <= table.start && outer.end >= table.end))
				count -= line(table.end) - line(table.start);
		if (count <= MAX_FUNCTION_LINES) return [];
		return [{ path, line: line(start), what: `${name} has ${count} lines (at most ${MAX_FUNCTION_LINES})` }];
	});
}

/** The name that a function without one is assigned to. */
const nameBefore = (text: string, start: number) =>
	/([\w$#]+)\s*(?::[^=;{}]*)?[=:(]?\s*(?:async\s*)?$/.exec(text.slice(Math.max(0, start - 80), start))?.[1] ??
	"a function";

const READ_BY_PEOPLE = /\.(tsx?|mjs|css|html|py|sh|toml)$/;
/** Files that others wrote, and sentences, one a line. */
const NOT_OURS = /^models\/|\.schema\.json$|^e2e\/replicas\/.*\.html$|^src\/messages\/[a-z]+\//;

/** Lines over 120 columns, in tests and generated files too. Tabs count as two columns, as Biome counts them. */
export function longLines(paths: readonly string[]): Finding[] {
	return paths
		.filter((path) => READ_BY_PEOPLE.test(path) && !NOT_OURS.test(path))
		.flatMap((path) =>
			readFileSync(join(ROOT, path), "utf8")
				.split("\n")
				.map((text, at) => ({ columns: [...text.replaceAll("\t", "  ")].length, at }))
				.filter(({ columns }) => columns > MAX_COLUMNS)
				.map(({ columns, at }) => ({ path, line: at + 1, what: `${columns} columns (at most ${MAX_COLUMNS})` })),
		);
}
