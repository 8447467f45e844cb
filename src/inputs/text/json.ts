/** Reads JSON and JSON lines as posts: lists, pages of APIs, archives of platforms, records of any kind. */

import { Failure } from "../../core/failure.ts";
import { JsonError } from "../../core/json.ts";
import { endingOf, nameOf } from "../files.ts";
import { idAt } from "../platforms/fields.ts";
import type { PlatformTools } from "../platforms/platform.ts";
import { readRecord } from "../platforms/platforms.ts";
import { COLUMN_NAMES } from "../tables/columns.ts";
import { previewOf, tryPlan } from "../tables/plan.ts";
import type { Found, InputFile, JsonRecord, Peek, Preview, Reader, ReadOptions } from "../types.ts";
import { openText, type TextSource } from "./decode.ts";
import { MAX_RECORD, walkJson } from "./json-walk.ts";
import { linesOf } from "./lines.ts";
import { parseRecord } from "./parse-record.ts";

const LINE_ENDINGS = new Set(["jsonl", "ndjson"]);
/** Records without text in a row from the beginning, after which a file is not one of posts. */
const MAX_IN_VAIN = 10_000;

/** A list, an object, or a script that assigns one. */
const JSON_BEGINS = /^\s*(?:(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*)?(?:\{\s*["}]|\[\s*[[{"\]])/;

/** A record as it stands in the file; null text: too long. */
interface Piece {
	readonly line: number;
	readonly text: string | null;
	readonly cutOff?: boolean;
}

/** A line that is a whole object by itself, with another one below, is the sign of JSON lines. */
function isLines(path: string, head: string): boolean {
	const [first = "", second = ""] = head.split(/\r?\n/).filter((line) => line.trim() !== "");
	const start = first.trim();
	if (LINE_ENDINGS.has(endingOf(path))) return !start.startsWith("[") && start !== "{";
	return start.startsWith("{") && second.trim().startsWith("{") && isWhole(start);
}

function isWhole(line: string): boolean {
	try {
		parseRecord(line);
		return true;
	} catch {
		return line.endsWith("}");
	}
}

async function* piecesOf(source: TextSource): AsyncGenerator<Piece, void> {
	if (isLines(source.path, source.head)) {
		for await (const line of linesOf(source.chunks(), MAX_RECORD))
			if (line.text?.trim() !== "") yield { line: line.number, text: line.text };
	} else yield* walkJson(source.chunks(), source.head);
}

async function* readJson(file: InputFile, options: ReadOptions): AsyncGenerator<Found, void> {
	const source = await openText(file, options.encoding);
	const { textOfHtml } = await import("../documents/html-text.ts");
	const tools: PlatformTools = { html: textOfHtml };
	let [posts, inVain] = [0, 0];
	for await (const piece of piecesOf(source)) {
		for (const found of foundIn(file.path, piece, options, tools)) {
			if (found.kind === "post" || found.kind === "record") posts++;
			else if (++inVain > MAX_IN_VAIN && posts === 0)
				throw new Failure("input-format", `The first ${MAX_IN_VAIN} records of ${nameOf(file.path)} hold no text.`);
			yield found;
		}
	}
	const note = source.note();
	if (note !== null) yield { kind: "note", text: note };
}

function* foundIn(
	path: string,
	{ line, text, cutOff }: Piece,
	options: ReadOptions,
	tools: PlatformTools,
): Generator<Found, void> {
	const failed = (what: string, id: string | number | null = null): Found => ({
		kind: "failed",
		id,
		line,
		failure: { code: "input-record", what: `${nameOf(path)}, line ${line} ${what}.` },
	});
	if (cutOff) return yield failed("is where the file breaks off");
	if (text === null) return yield failed(`holds a record longer than ${MAX_RECORD >> 20} MiB`);
	let value: unknown;
	try {
		value = parseRecord(text);
	} catch (error) {
		return yield failed(error instanceof JsonError ? lineless(error.message) : "is not valid JSON");
	}
	const record = typeof value === "string" ? { text: value } : value;
	if (typeof record !== "object" || record === null || Array.isArray(record))
		return yield failed("is not a JSON object");
	for (const reading of readRecord(record as JsonRecord, options, tools)) {
		if ("leftOut" in reading) yield { kind: "left-out", why: reading.leftOut };
		else if ("own" in reading) yield { kind: "record", line, record: reading.own };
		else if ("noText" in reading) yield failed('has no "text"', idAt(reading.noText, COLUMN_NAMES.id));
		else {
			const { pieces, pictures = [], ...post } = reading;
			yield { kind: "post", ...post, pictures, source: { file: path, line, ...(pieces && { pieces }) } };
		}
	}
}

/** The place in a record of one line is a column; the line of the file is said already. */
const lineless = (message: string): string => message.replace(/\(line 1, /, "(");

/** Fields of the first records, as columns. */
async function previewJson(file: InputFile, options: ReadOptions): Promise<Preview> {
	const source = await openText(file, options.encoding);
	const records: JsonRecord[] = [];
	for await (const { text } of piecesOf(source)) {
		if (records.length >= 20) break;
		const value = text === null ? null : silently(() => parseRecord(text));
		if (typeof value === "object" && value !== null && !Array.isArray(value)) records.push(value as JsonRecord);
	}
	const names = [...new Set(records.flatMap(Object.keys))].slice(0, 60);
	const rows = records.map((record) => names.map((name) => shown(Object.hasOwn(record, name) ? record[name] : null)));
	return previewOf(tryPlan([names, ...rows], options.columns), [names, ...rows], source.encoding());
}

function silently<T>(work: () => T): T | null {
	try {
		return work();
	} catch {
		return null;
	}
}

function shown(value: unknown): string {
	if (value === null || value === undefined) return "";
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const json = {
	title: "JSON or JSON lines, of a platform or of your own",
	recognises: ({ text, ending }: Peek) => LINE_ENDINGS.has(ending) || JSON_BEGINS.test(text),
	read: readJson,
	preview: previewJson,
} satisfies Reader;
