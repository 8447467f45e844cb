/**
 * Rewrites annotated records in the words that the engine reads, so that the trainer learns on exactly those:
 *   npx tsx tools/trainer/word-records.ts INPUT OUTPUT     (two files, or two folders: every .jsonl below the first)
 */
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { Failure } from "../../src/core/failure.ts";
import { codePointOffsets, prepareText, type Word } from "../../src/core/text.ts";

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonRecord = { readonly [name: string]: Json };

export interface Reworded {
	/** null: the text has no words, or the record needs a span (head, tail) that is not on their borders. */
	readonly record: JsonRecord | null;
	readonly spans: number;
	/** Spans that begin or end within a word, and so are left out with what they belong to. */
	readonly dropped: number;
}

/**
 * The record with `text` as the engine's words joined by single spaces. Whatever has a `start` and an `end` (code
 * points, before and after) is a span and moves along. A span that is not on word borders goes: out of its list, or
 * with all that is named by it (a relation, an event, a pair's record).
 */
export function rewordRecord(record: JsonRecord): Reworded {
	if (typeof record.text !== "string") return { record, spans: 0, dropped: 0 };
	const place = wordPlaces(record.text);
	if (place === null) return { record: null, spans: 0, dropped: 0 };
	let [spans, dropped] = [0, 0];
	/** undefined: it goes. */
	function move(value: Json): Json | undefined {
		if (Array.isArray(value)) return value.map(move).filter((item) => item !== undefined);
		if (typeof value !== "object" || value === null) return value;
		const parts = Object.entries(value).map(([name, part]) => [name, move(part)] as const);
		const moved = Object.fromEntries(parts.filter((part): part is [string, Json] => part[1] !== undefined));
		const { start, end } = value as JsonRecord;
		const whole = Object.keys(moved).length === parts.length;
		if (typeof start !== "number" || typeof end !== "number") return whole ? moved : undefined;
		spans++;
		const found = place!.of(start, end);
		if (found === null) {
			dropped++;
			return undefined;
		}
		return {
			...moved,
			...("text" in moved ? { text: place!.characters.slice(found.start, found.end).join("") } : {}),
			...found,
		};
	}
	const moved = move(record) as JsonRecord | undefined;
	return { record: moved === undefined ? null : { ...moved, text: place.characters.join("") }, spans, dropped };
}

interface WordPlaces {
	/** The joined words, one code point each. */
	readonly characters: readonly string[];
	/**
	 * Where the words of a span of the old text stand in the new one, in code points; null: it begins or ends within a
	 * word, or holds none.
	 */
	of(start: number, end: number): { start: number; end: number } | null;
}

/** null: nothing in the text can be read. */
function wordPlaces(text: string): WordPlaces | null {
	const words = wordsOf(text);
	if (words.length === 0) return null;
	const offsets = codePointOffsets(text);
	const starts: number[] = [];
	const characters: string[] = [];
	for (const { model } of words) {
		if (starts.length > 0) characters.push(" ");
		starts.push(characters.length);
		characters.push(...model);
	}
	return {
		characters,
		of(start, end) {
			const [from, to] = [offsets[start] ?? Number.NaN, offsets[end] ?? Number.NaN];
			const inside = (word: Word) => word.start >= from && word.end <= to;
			const first = words.findIndex(inside);
			const last = words.findLastIndex(inside);
			const cut = words.some((word) => (word.start < from && word.end > from) || (word.start < to && word.end > to));
			return first < 0 || cut ? null : { start: starts[first]!, end: starts[last]! + [...words[last]!.model].length };
		},
	};
}

function wordsOf(text: string): readonly Word[] {
	try {
		return prepareText(text, "post").words;
	} catch (error) {
		if (error instanceof Failure) return [];
		throw error;
	}
}

/** What was read and what was left out, as one line. */
async function rewordFile(input: string, output: string): Promise<string> {
	mkdirSync(dirname(output), { recursive: true });
	const out = createWriteStream(output);
	let [records, kept, spans, dropped] = [0, 0, 0, 0];
	for await (const line of createInterface({ input: createReadStream(input), crlfDelay: Number.POSITIVE_INFINITY })) {
		if (line.trim() === "") continue;
		const reworded = rewordRecord(JSON.parse(line));
		records++;
		spans += reworded.spans;
		dropped += reworded.dropped;
		if (reworded.record === null) continue;
		kept++;
		out.write(`${JSON.stringify(reworded.record)}\n`);
	}
	out.end();
	await finished(out);
	return `${input}: ${kept} of ${records} records kept, ${dropped} of ${spans} spans not on word borders`;
}

async function main([input, output]: readonly string[]): Promise<void> {
	if (input === undefined || output === undefined)
		throw new Error("Usage: npx tsx tools/trainer/word-records.ts INPUT OUTPUT");
	const files = statSync(input).isDirectory()
		? readdirSync(input, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".jsonl"))
		: [relative(input, input)];
	for (const file of files.sort()) console.log(await rewordFile(join(input, file), join(output, file)));
}

if (import.meta.filename === process.argv[1]) await main(process.argv.slice(2));
