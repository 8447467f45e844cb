/** Goes in: a JSONL file of annotated posts. Comes out: its records, checked line by line. */
import { readFileSync } from "node:fs";
import { Failure } from "../../src/core/failure.ts";
import type { Word } from "../../src/core/text.ts";
import { type RecordKind, type RecordOf, SCHEMAS } from "./predict/contract.ts";
import { utf16 } from "./predict/offsets.ts";

/** @param limit at most so many, spread evenly over the file; 0: all @throws Failure `input-unreadable` naming the line */
export function readRecords<K extends RecordKind>(path: string, kind: K, limit = 0): RecordOf<K>[] {
	let content: string;
	try {
		content = readFileSync(path, "utf8");
	} catch (cause) {
		throw new Failure("input-unreadable", `${path} cannot be read.`, { cause });
	}
	const lines = content.split("\n").flatMap((line, index) => (line.trim() === "" ? [] : [{ line, number: index + 1 }]));
	const chosen =
		limit > 0 && limit < lines.length
			? Array.from({ length: limit }, (_, index) => lines[Math.floor((index * lines.length) / limit)]!)
			: lines;
	return chosen.map(({ line, number }) => parseRecord(line, kind, `${path}, line ${number}`));
}

/** @throws Failure `input-unreadable` */
export function parseRecord<K extends RecordKind>(line: string, kind: K, where: string): RecordOf<K> {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch (cause) {
		throw new Failure("input-unreadable", `${where} is no JSON.`, { cause });
	}
	const parsed = SCHEMAS[kind].safeParse(json);
	if (parsed.success) return parsed.data as RecordOf<K>;
	const issue = parsed.error.issues[0];
	throw new Failure("input-unreadable", `${where}: "${issue?.path.join(".")}": ${issue?.message}.`);
}

/** "type from to" with word indices; null if the offsets are no word boundaries. Offsets of the data count code points, words UTF-16 units: `text` maps between them. */
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
