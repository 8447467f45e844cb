/** Reads a JSONL file of annotated posts and checks it line by line. */
import { readFileSync } from "node:fs";
import { Failure } from "../../src/core/failure.ts";
import type { Word } from "../../src/core/text.ts";
import { unreadable } from "../node/files/unreadable.ts";
import type { EvaluatedTask } from "./predict/contract.ts";
import { utf16 } from "./predict/offsets.ts";
import { EVALUATED_TASKS, type RecordOf } from "./tasks/tasks.ts";

/**
 * @param limit at most so many, spread evenly over the file; 0: all
 * @throws Failure `input-unreadable` naming the line
 */
export function readRecords<T extends EvaluatedTask>(path: string, task: T, limit = 0): RecordOf<T>[] {
	let content: string;
	try {
		content = readFileSync(path, "utf8");
	} catch (cause) {
		throw unreadable(path, cause);
	}
	const lines = content.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
	const chosen =
		limit > 0 && limit < lines.length
			? Array.from({ length: limit }, (_, index) => lines[Math.floor((index * lines.length) / limit)]!)
			: lines;
	return chosen.map(({ line, number }) => parseRecord(line, task, `${path}, line ${number}`));
}

/** @throws Failure `input-unreadable` */
export function parseRecord<T extends EvaluatedTask>(line: string, task: T, where: string): RecordOf<T> {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch (cause) {
		throw new Failure("input-unreadable", `${where} is not valid JSON.`, { cause });
	}
	const parsed = EVALUATED_TASKS[task].schema.safeParse(json);
	if (parsed.success) return parsed.data as RecordOf<T>;
	const issue = parsed.error.issues[0];
	throw new Failure("input-unreadable", `${where}: "${issue?.path.join(".")}": ${issue?.message}.`);
}

/**
 * "type from to" with word indices; null if the offsets are not word boundaries. Offsets of the data count code points,
 * words UTF-16 units: `text` maps between them.
 */
export function wordRecord(
	type: string,
	{ start, end }: { readonly start: number; readonly end: number },
	words: readonly Word[],
	text: string,
): string | null {
	const [from, to] = [utf16(text, start), utf16(text, end)];
	const first = words.findIndex((word) => word.start === from);
	const last = words.findIndex((word) => word.end === to);
	return first < 0 || last < first ? null : `${type} ${first} ${last + 1}`;
}
