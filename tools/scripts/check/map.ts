/** Compares the map of folders in CONTRIBUTING.md with the tree, both ways. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, ROOT } from "./sources.ts";

const TOPS = ["src", "workers", "tools", "e2e"];
const MAP = "CONTRIBUTING.md";
/** Folders of data, and those whose name says it all. */
const UNMAPPED = /\/(_locales|icons|pictures|screenshots|replicas|configs|tests|posts|events|former)(\/|$)/;

/**
 * The map is every table row whose first cell is a folder in backticks: `` | `src/tasks/query` | … | ``.
 * @param files paths of the repository
 */
export function mapMismatches(files: readonly string[], text = readFileSync(join(ROOT, MAP), "utf8")): Finding[] {
	const rows = [...text.matchAll(/^\| `([\w./-]+)`(?:, `[\w./-]+`)* \|/gm)].flatMap(([row]) =>
		[...row.matchAll(/`([\w./-]+)`/g)].map(([, folder]) => folder ?? ""),
	);
	const mapped = rows.filter((folder) => folder.includes("/") || TOPS.includes(folder));
	const folders = foldersWithCode(files);
	return [
		...mapped
			.filter((folder) => !files.some((path) => path.startsWith(`${folder}/`)))
			.map((folder) => ({ path: MAP, what: `the map names ${folder}, which does not exist` })),
		...folders
			.filter((folder) => !mapped.includes(folder))
			.map((folder) => ({ path: MAP, what: `the map lacks ${folder}` })),
		...deadPaths(files, text),
	];
}

/** Folders under the top ones, to any depth, that hold code. */
const foldersWithCode = (files: readonly string[]) =>
	[
		...new Set(
			files
				.filter((path) => /\.(tsx?|py|mjs)$/.test(path) && TOPS.includes(path.split("/")[0] ?? ""))
				.map((path) => path.slice(0, path.lastIndexOf("/"))),
		),
	]
		.filter((folder) => !UNMAPPED.test(folder))
		.sort();

/** Paths in backticks that begin at the root and lead nowhere. */
function deadPaths(files: readonly string[], text: string): Finding[] {
	const paths = [...text.matchAll(/`((?:src|workers|tools|e2e|docs|models)\/[\w./-]+)`/g)].map(
		([, path]) => path ?? "",
	);
	return [...new Set(paths)]
		.filter((path) => !files.some((file) => file === path || file.startsWith(`${path.replace(/\/$/, "")}/`)))
		.map((path) => ({ path: MAP, what: `${path} does not exist` }));
}
