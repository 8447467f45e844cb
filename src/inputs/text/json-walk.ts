/**
 * Cuts a JSON text of any size into the records of its lists, without holding more than one: a list at the top, or
 * lists under well-known names in an object. Damage inside a record stays there, and the next one is read.
 */

export interface WalkedValue {
	/** Keys that lead to it, such as "data" or "includes.media"; "" at the top. */
	readonly path: string;
	/** Line on which it begins; the first is 1. */
	readonly line: number;
	/** null: longer than the limit, and left out. */
	readonly text: string | null;
	/** The file ends before it does. */
	readonly cutOff: boolean;
}

/** Characters of the longest record. */
export const MAX_RECORD = 4 << 20;
/** Objects inside each other that are looked into for lists. */
const MAX_NESTING = 3;

/** Finds the end of a value that came in pieces. A string cannot hold a line break: one ends a damaged string. */
class ValueEnd {
	#depth = 0;
	#inString = false;
	#escaped = false;
	#scalar = false;

	/** @returns where the value ends in `text`, the end excluded; -1: not in here */
	find(text: string, from: number): number {
		for (let at = from; at < text.length; at++) {
			const letter = text.charCodeAt(at);
			if (this.#inString) {
				if (this.#escaped) this.#escaped = false;
				else if (letter === BACKSLASH) this.#escaped = true;
				else if (letter === QUOTE || letter === NEWLINE) this.#inString = false;
				if (!this.#inString && this.#depth === 0) return at + 1;
			} else if (letter === QUOTE) this.#inString = true;
			else if (letter === OPEN_OBJECT || letter === OPEN_LIST) this.#depth++;
			else if (letter === CLOSE_OBJECT || letter === CLOSE_LIST) {
				if (this.#depth === 0) return at;
				if (--this.#depth === 0) return at + 1;
			} else if (this.#depth === 0) {
				if (this.#scalar && (letter === COMMA || letter <= SPACE)) return at;
				this.#scalar = true;
			}
		}
		return -1;
	}
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE, SPACE] = [0x22, 0x5c, 0x2c, 0x0a, 0x20];
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Reads a text letter by letter, and counts its lines. */
class Letters {
	readonly #chunks: AsyncIterator<string, void>;
	#text = "";
	#at = 0;
	line = 1;

	constructor(chunks: AsyncIterable<string>) {
		this.#chunks = chunks[Symbol.asyncIterator]() as AsyncIterator<string, void>;
	}

	async #more(): Promise<boolean> {
		const next = await this.#chunks.next();
		if (next.done) return false;
		this.#text = next.value;
		this.#at = 0;
		return true;
	}

	/** The next letter that is not blank, which stays the next; "" at the end. */
	async peek(): Promise<string> {
		for (;;) {
			while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= SPACE) this.skip();
			if (this.#at < this.#text.length) return this.#text[this.#at]!;
			if (!(await this.#more())) return "";
		}
	}

	skip(): void {
		if (this.#text.charCodeAt(this.#at) === NEWLINE) this.line++;
		this.#at++;
	}

	/** The next value, if it is whole and not longer than the limit; else null, and it is still the next. */
	async wholeValue(limit: number): Promise<string | null> {
		const [before, pieces, end] = [this.line, [] as string[], new ValueEnd()];
		let length = 0;
		for (;;) {
			const to = end.find(this.#text, this.#at);
			const stop = to < 0 ? this.#text.length : to;
			pieces.push(this.#text.slice(this.#at, stop));
			length += stop - this.#at;
			if (to >= 0 && length <= limit) {
				const text = pieces.join("");
				this.line = before + countNewlines(text);
				this.#at = stop;
				return text;
			}
			const rest = this.#text.slice(stop);
			if (to >= 0 || length > limit || !(await this.#more())) {
				this.#text = pieces.join("") + rest;
				this.#at = 0;
				return null;
			}
		}
	}

	/** @param limit characters that are kept */
	async value(limit: number): Promise<{ readonly text: string | null; readonly cutOff: boolean }> {
		const end = new ValueEnd();
		const pieces: string[] = [];
		let length = 0;
		for (;;) {
			const to = end.find(this.#text, this.#at);
			const stop = to < 0 ? this.#text.length : to;
			length += stop - this.#at;
			if (length > limit) pieces.length = 0;
			else pieces.push(this.#text.slice(this.#at, stop));
			this.line += countNewlines(this.#text.slice(this.#at, stop));
			this.#at = stop;
			if (to >= 0) return { text: length > limit ? null : pieces.join(""), cutOff: false };
			if (!(await this.#more())) return { text: length > limit ? null : pieces.join(""), cutOff: true };
		}
	}
}

function countNewlines(text: string): number {
	let count = 0;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
	return count;
}

/** Names of lists of records, and of objects that hold such lists. */
const LISTS = new Set(
	(
		"data items orderedItems statuses tweets posts comments messages records results feed children entries rows " +
		"documents"
	).split(" "),
);
const HOLDERS = new Set("data response result results payload".split(" "));

/** `window.YTD.tweets.part0 = ` before the list of an X archive, or another assignment. */
const ASSIGNMENT = /^[\s\uFEFF]*(?:(?:var|let|const)\s+)?[\w$.]+\s*=\s*(?=[[{])/;

/** @param head the beginning of the text: an assignment in front of the JSON is skipped */
export async function* walkJson(chunks: AsyncIterable<string>, head: string): AsyncGenerator<WalkedValue, void> {
	const letters = new Letters(chunks);
	const assignment = ASSIGNMENT.exec(head)?.[0] ?? "";
	for (let rest = assignment.replace(/[\s\uFEFF]/g, "").length; rest > 0; rest--) {
		await letters.peek();
		letters.skip();
	}
	for (let first = await letters.peek(); first !== ""; first = await letters.peek()) {
		if (first === "[") yield* walkList(letters, "");
		else if (first === "{") yield* oneOrItsLists(letters);
		else if (first === ";" || first === ",") letters.skip();
		else yield await taken(letters, "");
	}
}

/** A record, or, where it is too long for one or broken off, the records of its lists. */
async function* oneOrItsLists(letters: Letters): AsyncGenerator<WalkedValue, void> {
	const { line } = letters;
	const text = await letters.wholeValue(MAX_RECORD);
	if (text !== null) yield { path: "", line, text, cutOff: false };
	else yield* walkObject(letters, "", 0);
}

async function taken(letters: Letters, path: string): Promise<WalkedValue> {
	const { line } = letters;
	const value = await letters.value(MAX_RECORD);
	// Something that can begin no value is taken as one letter, so that the walk goes on.
	if (value.text === "") letters.skip();
	return { path, line, ...value };
}

async function* walkList(letters: Letters, path: string): AsyncGenerator<WalkedValue, void> {
	letters.skip();
	for (let next = await letters.peek(); next !== ""; next = await letters.peek()) {
		if (next === "]") return letters.skip();
		if (next === ",") letters.skip();
		else yield await taken(letters, path);
	}
	yield { path, line: letters.line, text: "", cutOff: true };
}

/** An object that is too long for a record: its lists are its records. */
async function* walkObject(letters: Letters, path: string, depth: number): AsyncGenerator<WalkedValue, void> {
	letters.skip();
	for (let next = await letters.peek(); next !== ""; next = await letters.peek()) {
		if (next === "}") return letters.skip();
		if (next !== '"') {
			letters.skip();
			continue;
		}
		const key = (await letters.value(200)).text?.slice(1, -1) ?? "";
		if ((await letters.peek()) === ":") letters.skip();
		const begins = await letters.peek();
		const inner = path === "" ? key : `${path}.${key}`;
		if (begins === "[" && LISTS.has(key)) yield* walkList(letters, inner);
		else if (begins === "{" && HOLDERS.has(key) && depth < MAX_NESTING) yield* walkObject(letters, inner, depth + 1);
		else if (begins !== "}") await letters.value(0);
	}
}
