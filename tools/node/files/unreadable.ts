/** Says why a file cannot be read: a mistyped path with what may be meant, or no permission. */
import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { Failure } from "../../../src/core/failure.ts";

/** Neighbours that a mistyped name is compared with. */
const MAX_NEIGHBOURS = 2000;
const MISSING: ReadonlySet<unknown> = new Set(["ENOENT", "ENOTDIR"]);
const REASONS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EPERM: "permission denied",
	EISDIR: "it is a folder",
	ENAMETOOLONG: "the name is too long",
	EMFILE: "too many files are open",
	EBUSY: "another program uses it",
};

/**
 * A file or folder that cannot be read.
 * @returns `not-found` with the name that may be meant, else `input-unreadable`
 */
export function unreadable(path: string, cause?: unknown): Failure {
	const code = codeOf(cause);
	if (cause === undefined ? !existsSync(path) : MISSING.has(code))
		return new Failure("not-found", `There is no ${path}.${suggestion(path)}`, { cause });
	return new Failure("input-unreadable", `${path} cannot be read${reason(code)}.`, { cause });
}

const codeOf = (cause: unknown): unknown => (cause as { readonly code?: unknown } | null | undefined)?.code;

const reason = (code: unknown): string =>
	typeof code === "string" ? ` (${Object.hasOwn(REASONS, code) ? REASONS[code] : code})` : "";

/** " Did you mean …?" of the first part of the path that does not exist; empty where nothing is like it. */
function suggestion(path: string): string {
	let missing = resolve(path);
	while (!existsSync(dirname(missing))) missing = dirname(missing);
	const [folder, wanted] = [dirname(missing), basename(missing).toLowerCase()];
	const [best] = neighbours(folder)
		.map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
		.filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
		.sort((a, b) => a.distance - b.distance);
	if (best) return ` Did you mean ${join(folderAsGiven(path, folder), best.name)}?`;
	return missing === resolve(path) ? "" : ` There is no folder ${missing} either.`;
}

function neighbours(folder: string): string[] {
	try {
		return readdirSync(folder).slice(0, MAX_NEIGHBOURS);
	} catch {
		return [];
	}
}

/** The folder as the person wrote it, where they wrote it. */
function folderAsGiven(path: string, folder: string): string {
	for (let part = path; part !== dirname(part); part = dirname(part))
		if (resolve(dirname(part)) === folder) return dirname(part);
	return folder;
}

/** Letters to insert, delete or change (Levenshtein); names longer than this are taken as different. */
function editDistance(a: string, b: string, longest = 100): number {
	if (Math.max(a.length, b.length) > longest) return longest;
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (const [i, letter] of [...a].entries()) {
		const next = [i + 1];
		for (const [j, other] of [...b].entries())
			next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === other ? 0 : 1)));
		row = next;
	}
	return row.at(-1)!;
}
