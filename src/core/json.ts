/**
 * Parses JSON from outside. Integers keep their digits, a place is named where the text is not JSON, and depth and size
 * are bounded before anything is built.
 */
import { parse as parseLossless } from "lossless-json";

export interface JsonLimits {
	/** Arrays and objects inside each other. */
	readonly depth: number;
	/** Values and keys, in the whole text. */
	readonly values: number;
}

/** What annotations, posts and settings need at most: the parser's memory grows with both. */
const JSON_LIMITS: JsonLimits = { depth: 100, values: 8_000_000 };

/** Says what is wrong with a text that should be JSON: the message ends a sentence that begins with the file's name. */
export class JsonError extends Error {}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/** Counts depth, values and the letters of strings of a JSON text, fed piece by piece, without building anything. */
export class JsonMeter {
	/** Of the deepest array or object so far. */
	deepest = 0;
	values = 1;
	/** Code units or bytes of the longest string. */
	longest = 0;
	#depth = 0;
	#inside = false;
	#escaped = false;
	#length = 0;

	/** @param codes code units or UTF-8 bytes: what JSON is made of is ASCII */
	add(codes: ArrayLike<number>): void {
		for (let at = 0; at < codes.length; at++) this.#addOne(codes[at]!);
	}

	addText(text: string): void {
		for (let at = 0; at < text.length; at++) this.#addOne(text.charCodeAt(at));
	}

	#addOne(code: number): void {
		if (this.#inside) this.#addToString(code);
		else if (code === QUOTE) {
			this.#inside = true;
			this.#length = 0;
		} else if (code === COMMA || code === COLON) this.values++;
		else if (code === OPEN_LIST || code === OPEN_OBJECT) {
			this.values++;
			this.#depth++;
			if (this.#depth > this.deepest) this.deepest = this.#depth;
		} else if (code === CLOSE_LIST || code === CLOSE_OBJECT) this.#depth--;
	}

	#addToString(code: number): void {
		if (this.#escaped) this.#escaped = false;
		else if (code === BACKSLASH) this.#escaped = true;
		else if (code === QUOTE) this.#inside = false;
		this.#length++;
		if (this.#length > this.longest) this.longest = this.#length;
	}
}

/** What of a text is past the limits, in words; null when nothing is. */
export function pastLimits({ deepest, values }: JsonMeter, limits: JsonLimits): string | null {
	if (deepest > limits.depth) return `is nested more than ${limits.depth} levels deep`;
	return values > limits.values ? `holds more than ${limits.values.toLocaleString("en")} values` : null;
}

/** Numbers of 16 digits are the first that a double may round. */
const LONG_NUMBER = /\d{16}/;

/**
 * As `JSON.parse`, but an integer that a double would round becomes a string with its digits: ids of posts have 64
 * bits.
 * @throws JsonError
 */
export function parseJson(text: string, limits: JsonLimits = JSON_LIMITS): unknown {
	const source = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const meter = new JsonMeter();
	meter.addText(source);
	const past = pastLimits(meter, limits);
	if (past !== null) throw new JsonError(past);
	try {
		return LONG_NUMBER.test(source) ? parseKeepingDigits(source) : JSON.parse(source);
	} catch (cause) {
		throw new JsonError(`is not valid JSON${placeOf(source)}`, { cause });
	}
}

/** Of a key that occurs twice the last value counts, as for `JSON.parse`. */
function parseKeepingDigits(text: string): unknown {
	return parseLossless(text, null, {
		parseNumber: (digits) =>
			/^-?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits)) ? digits : Number(digits),
		onDuplicateKey: ({ newValue }) => newValue,
	});
}

/** " (line 3, column 7: comma ',' expected …)", of the other parser: its messages say where. */
function placeOf(text: string): string {
	try {
		parseKeepingDigits(text);
		return "";
	} catch (error) {
		const [, what = "", at = ""] =
			/^(.*?)(?: but reached end of input)? at position (\d+)$/su.exec(String((error as Error).message)) ?? [];
		if (at === "") return "";
		const before = text.slice(0, Number(at));
		const line = before.split("\n").length;
		const column = before.length - before.lastIndexOf("\n");
		const reason = what
			.slice(0, 80)
			.replace(/\p{Cc}/gu, " ")
			.replace(/^\p{Lu}(?!\p{Lu})/u, (letter) => letter.toLowerCase());
		const ended = Number(at) >= text.length ? ": it ends too early" : `: ${reason}`;
		return ` (line ${line}, column ${column}${ended})`;
	}
}
