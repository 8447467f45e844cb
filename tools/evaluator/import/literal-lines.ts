/**
 * Reads a file of records: one Python literal or JSON object a line, or one JSON array. Each record is checked and
 * keeps its line.
 */
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { readText } from "./files.ts";
import type { Report } from "./problems.ts";
import { parseLiteral } from "./python-literal.ts";
import { MAX_WORDS } from "./record.ts";

export const tokens = z.array(z.string()).check(z.maxLength(MAX_WORDS));

export interface Parsed<T> {
	/** The line, or the number of the array's item; the first is 1. */
	readonly line: number;
	readonly value: T;
}

/** Records that do not fit the schema are reported and left out. @throws Failure `input-unreadable` */
export function readLiterals<T>(path: string, schema: z.ZodMiniType<T>, report: Report): Parsed<T>[] {
	return readValues(path, report).flatMap(({ line, value }) => {
		const parsed = schema.safeParse(value);
		if (parsed.success) return [{ line, value: parsed.data }];
		const issue = parsed.error.issues[0];
		report("bad-record", line, `"${issue?.path.join(".")}": ${issue?.message}`);
		return [];
	});
}

function readValues(path: string, report: Report): Parsed<unknown>[] {
	const text = readText(path);
	if (/^\s*\[/.test(text)) return parseArray(text, path).map((value, index) => ({ line: index + 1, value }));
	return text.split("\n").flatMap((line, index): Parsed<unknown>[] => {
		if (line.trim() === "") return [];
		try {
			return [{ line: index + 1, value: parseLiteral(line) }];
		} catch (error) {
			if (!(error instanceof Failure)) throw error;
			report("bad-record", index + 1, error.what);
			return [];
		}
	});
}

function parseArray(text: string, path: string): readonly unknown[] {
	try {
		return JSON.parse(text) as unknown[];
	} catch (cause) {
		throw new Failure("input-unreadable", `${path} is not valid JSON.`, { cause });
	}
}
