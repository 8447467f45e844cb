/**
 * Parses the JSON of checkpoints within bounds, and refuses what `JSON.parse` lets pass: broken UTF-8, and a key that
 * appears twice.
 */
import { Failure, type FailureCode } from "../../../src/core/failure.ts";
import { type JsonLimits, JsonMeter, pastLimits } from "../../../src/core/json.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN, CLOSE, COLON] = [0x7b, 0x7d, 0x3a];

/** A name from a file, fit for a message on a terminal. */
export function quote(name: string): string {
	return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}

/** Headers, indices and settings. 100,000 tensors, the most that are read, take 20 values each. */
const HEADER_LIMITS: JsonLimits = { depth: 32, values: 2_000_000 };

/** Pieces of a file whose JSON is measured before it is read as a whole. */
const PIECE = 1 << 20;

/**
 * Measures JSON piece by piece, so that a hostile one is refused before memory is asked for.
 * @param read bytes `from` to `from + length`
 * @throws Failure `checkpoint-format`
 */
export function measureJson(
	what: string,
	bytes: number,
	read: (from: number, length: number) => Uint8Array,
	limits: JsonLimits = HEADER_LIMITS,
): void {
	const meter = new JsonMeter();
	for (let from = 0; from < bytes; from += PIECE) {
		meter.add(read(from, Math.min(PIECE, bytes - from)));
		const past = pastLimits(meter, limits);
		if (past !== null) throw new Failure("checkpoint-format", `${what} ${past}.`);
	}
}

/**
 * Within bounds, and else as `JSON.parse`.
 * @param what begins the sentence of a failure, "config.json"
 * @throws Failure `checkpoint-format`, or with the code given
 */
export function parseBoundedJson(
	bytes: Uint8Array,
	what: string,
	{
		limits = HEADER_LIMITS,
		code = "checkpoint-format",
	}: { readonly limits?: JsonLimits; readonly code?: FailureCode } = {},
): unknown {
	const meter = new JsonMeter();
	meter.add(bytes);
	const past = pastLimits(meter, limits);
	if (past !== null) throw new Failure(code, `${what} ${past}.`);
	try {
		return JSON.parse(Buffer.from(bytes).toString("utf8"));
	} catch (cause) {
		throw new Failure(code, `${what} is not valid JSON.`, { cause });
	}
}

/** @param what begins the sentence of a failure, "model.safetensors: the header" @throws Failure `checkpoint-format` */
export function parseStrictJson(bytes: Uint8Array, what: string): unknown {
	measureJson(what, bytes.length, (from, length) => bytes.subarray(from, from + length));
	let text: string;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch (cause) {
		throw new Failure("checkpoint-format", `${what} is not UTF-8.`, { cause });
	}
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (cause) {
		throw new Failure("checkpoint-format", `${what} is not valid JSON.`, { cause });
	}
	const twice = findDuplicateKey(text);
	if (twice !== null) throw new Failure("checkpoint-format", `${what} names ${quote(twice)} twice.`);
	return value;
}

/** `text` is known to be JSON: braces and quotes can be trusted, so one pass over the letters is enough. */
function findDuplicateKey(text: string): string | null {
	const objects: Set<string>[] = [];
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === OPEN) objects.push(new Set());
		else if (code === CLOSE) objects.pop();
		else if (code === QUOTE) {
			const end = endOfString(text, at);
			if (isKey(text, end)) {
				const key = JSON.parse(text.slice(at, end)) as string;
				const keys = objects.at(-1)!;
				if (keys.has(key)) return key;
				keys.add(key);
			}
			at = end - 1;
		}
	}
	return null;
}

/** @returns the index after the closing quote */
function endOfString(text: string, start: number): number {
	let at = start + 1;
	for (; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
	return at + 1;
}

function isKey(text: string, end: number): boolean {
	let at = end;
	while (text.charCodeAt(at) <= 0x20) at++;
	return text.charCodeAt(at) === COLON;
}
