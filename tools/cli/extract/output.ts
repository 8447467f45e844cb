/** Opens a results file at its end, and counts the lines that are there already. */
import { existsSync } from "node:fs";
import { type FileHandle, open, truncate } from "node:fs/promises";
import { Failure } from "../../../src/core/failure.ts";
import { parseJson } from "../../../src/core/json.ts";
import { cannotWrite, replaceByEmpty } from "../../node/files/write-whole.ts";
import { readLines } from "./lines.ts";
import type { PostId } from "./record.ts";

/** Results grow with their n-best lists; a line past this is not one of ours. */
const MAX_RESULT_BYTES = 64 << 20;

export interface Output {
	readonly file: FileHandle;
	/** Whole lines that were there. */
	readonly done: number;
	/** Id of the last of them. */
	readonly lastId: PostId | undefined;
}

/**
 * @param existing what becomes of a file that is there: continued after its last whole line, replaced, or a reason to
 * stop
 */
export async function openOutput(path: string, existing: "resume" | "replace" | "refuse"): Promise<Output> {
	const there = existsSync(path);
	if (there && existing === "refuse")
		throw new Failure("usage", `${path} already exists; use --resume to continue it or --force to replace it.`);
	const { done, lastId, end } =
		there && existing === "resume" ? await wholeLines(path) : { done: 0, lastId: undefined, end: 0 };
	try {
		if (there && existing === "replace") replaceByEmpty(path);
		else if (there) await truncate(path, end);
		return { file: await open(path, "a"), done, lastId };
	} catch (cause) {
		throw cannotWrite(path, cause);
	}
}

async function wholeLines(path: string): Promise<{ done: number; lastId: PostId | undefined; end: number }> {
	let [done, end] = [0, 0];
	let last: string | null = null;
	for await (const line of readLines(path, MAX_RESULT_BYTES)) {
		if (!line.whole) break;
		done++;
		end = line.end;
		last = line.text;
	}
	return { done, end, lastId: done === 0 ? undefined : parseId(last, path) };
}

function parseId(line: string | null, path: string): PostId {
	try {
		const { id } = parseJson(line ?? "") as { id: PostId };
		if (typeof id === "string" || typeof id === "number" || id === null) return id;
	} catch {
		// Reported below.
	}
	throw new Failure(
		"usage",
		`The last line of ${path} is not a result; --resume only continues files that this command wrote.`,
	);
}
