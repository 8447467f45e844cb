/**
 * Parses a Python literal, as MNRE writes a record on each line: {'token': ['a'], 'h': {'pos': (0, 1)}}. Nothing is
 * evaluated.
 */
import { Failure } from "../../../src/core/failure.ts";

export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

const MAX_DEPTH = 16;
const MAX_CHARACTERS = 1 << 20;
const SPACE = /\s*/y;
const NUMBER = /-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /True|False|None|true|false|null/y;
const STRING = /[uU]?(?:'((?:[^'\\\n]|\\[^\n])*)'|"((?:[^"\\\n]|\\[^\n])*)")/y;
const WORDS: Readonly<Record<string, Literal>> = {
	True: true,
	true: true,
	False: false,
	false: false,
	None: null,
	null: null,
};
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", a: "\x07", b: "\b", f: "\f", v: "\v" };

/**
 * Strings, numbers, lists, tuples, dictionaries with string keys, True, False, None; JSON is understood, too.
 * @throws Failure `input-unreadable` saying where
 */
export function parseLiteral(source: string): Literal {
	if (source.length > MAX_CHARACTERS)
		throw new Failure("input-unreadable", `The literal has more than ${MAX_CHARACTERS} characters.`);
	const reader = new LiteralReader(source);
	const value = reader.value(0);
	reader.end();
	return value;
}

class LiteralReader {
	readonly #source: string;
	#at = 0;

	constructor(source: string) {
		this.#source = source;
	}

	value(depth: number): Literal {
		if (depth > MAX_DEPTH) throw this.#broken("too deep");
		this.#take(SPACE);
		const next = this.#source[this.#at];
		if (next === "{") return this.#dictionary(depth);
		if (next === "[") return this.#list("]", depth);
		if (next === "(") return this.#list(")", depth);
		const word = this.#take(WORD);
		if (word !== null) return WORDS[word[0]]!;
		const number = this.#take(NUMBER);
		return number === null ? this.#string() : Number(number[0]);
	}

	end(): void {
		this.#take(SPACE);
		if (this.#at < this.#source.length) throw this.#broken("something after the end");
	}

	#string(): string {
		const found = this.#take(STRING);
		if (found === null) throw this.#broken("expected a value");
		return unescaped(found[1] ?? found[2]!);
	}

	#list(close: string, depth: number): Literal[] {
		this.#at++;
		const items: Literal[] = [];
		while (!this.#closes(close)) {
			items.push(this.value(depth + 1));
			this.#comma(close);
		}
		return items;
	}

	#dictionary(depth: number): Record<string, Literal> {
		this.#at++;
		const entries: [string, Literal][] = [];
		while (!this.#closes("}")) {
			this.#take(SPACE);
			const key = this.#string();
			if (!this.#closes(":")) throw this.#broken('expected ":"');
			entries.push([key, this.value(depth + 1)]);
			this.#comma("}");
		}
		return Object.fromEntries(entries);
	}

	/** Steps over a comma; none is needed before the end. */
	#comma(close: string): void {
		this.#take(SPACE);
		const next = this.#source[this.#at];
		if (next === ",") this.#at++;
		else if (next !== close) throw this.#broken(`expected "," or "${close}"`);
	}

	#closes(close: string): boolean {
		this.#take(SPACE);
		if (this.#source[this.#at] !== close) return false;
		this.#at++;
		return true;
	}

	#take(pattern: RegExp): RegExpExecArray | null {
		pattern.lastIndex = this.#at;
		const found = pattern.exec(this.#source);
		if (found !== null) this.#at = pattern.lastIndex;
		return found;
	}

	#broken(what: string): Failure {
		return new Failure("input-unreadable", `Character ${this.#at}: ${what}.`);
	}
}

function unescaped(body: string): string {
	return body.replace(
		/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs,
		(whole, x, u, U, octal, other) => {
			const hexadecimal: string | undefined = x ?? u ?? U;
			const code = hexadecimal === undefined ? Number.parseInt(octal ?? "", 8) : Number.parseInt(hexadecimal, 16);
			if (code <= 0x10ffff) return u === undefined ? String.fromCodePoint(code) : String.fromCharCode(code);
			// Python keeps a backslash that means nothing.
			return Object.hasOwn(ESCAPES, other) ? ESCAPES[other]! : /['"\\/]/.test(other) ? other : whole;
		},
	);
}
