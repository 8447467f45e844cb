/** Parses JSON and refuses what `JSON.parse` lets pass: broken UTF-8, and a key that appears twice. */
import { Failure } from "../../../src/core/failure.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const [OPEN, CLOSE, COLON] = [0x7b, 0x7d, 0x3a];

/** A name from a file, fit for a message on a terminal. */
export function quote(name: string): string {
	return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}

/** @param what begins the sentence of a failure, "model.safetensors: the header" @throws Failure `checkpoint-format` */
export function parseStrictJson(bytes: Uint8Array, what: string): unknown {
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
