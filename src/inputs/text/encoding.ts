/** Tells the encoding of a text file from its bytes: byte order marks, UTF-8, UTF-16 without a mark, else a guess. */
import { Failure } from "../../core/failure.ts";

export interface Encoding {
	/** A label of the Encoding Standard, as TextDecoder takes it. */
	readonly label: string;
	/** A mark or the bytes themselves leave no doubt. */
	readonly certain: boolean;
}

const MARKS: readonly (readonly [label: string, bytes: readonly number[]])[] = [
	["utf-8", [0xef, 0xbb, 0xbf]],
	["utf-16le", [0xff, 0xfe]],
	["utf-16be", [0xfe, 0xff]],
];

/** Encodings of several bytes a character: chardet knows them by rules that other texts break. */
const MULTI_BYTE = new Set(["shift_jis", "euc-jp", "euc-kr", "gb18030", "big5", "iso-2022-jp"]);
/** Of 100: what chardet must be sure of before its guess counts. */
const SURE_MULTI_BYTE = 60;
const SURE_SINGLE_BYTE = 40;
/** How many of a hundred sequences past ASCII may be broken in a text that is UTF-8 anyway. */
const BROKEN_PERCENT = 5;
/** Share of zero bytes at even or odd places that only UTF-16 has. */
const ZEROS = 0.2;

/** @param label as a person gave it @throws Failure `usage` */
export function encodingOf(label: string): string {
	try {
		return new TextDecoder(label).encoding;
	} catch (cause) {
		throw new Failure("usage", `${label} is not a known encoding, such as utf-8, windows-1252 or shift_jis.`, {
			cause,
		});
	}
}

/** @param bytes the beginning of the file, or the first piece of it that is not ASCII */
export async function detectEncoding(bytes: Uint8Array): Promise<Encoding> {
	for (const [label, mark] of MARKS) if (mark.every((byte, at) => bytes[at] === byte)) return { label, certain: true };
	const wide = utf16Without(bytes);
	if (wide !== null) return { label: wide, certain: false };
	const { whole, broken } = utf8Sequences(bytes);
	if (broken === 0) return { label: "utf-8", certain: true };
	if (broken * 100 <= BROKEN_PERCENT * (whole + broken)) return { label: "utf-8", certain: false };
	return { label: await guess(bytes), certain: false };
}

/** Latin letters in UTF-16 leave every other byte zero. */
function utf16Without(bytes: Uint8Array): string | null {
	const pairs = Math.floor(bytes.length / 2);
	if (pairs < 2) return null;
	const zeros = [0, 0];
	for (let at = 0; at < 2 * pairs; at++) if (bytes[at] === 0) zeros[at % 2]!++;
	const [high = 0, low = 0] = zeros.map((count) => count / pairs);
	if (low > ZEROS && high < low / 4) return "utf-16le";
	return high > ZEROS && low < high / 4 ? "utf-16be" : null;
}

/** Counts sequences of several bytes; one that the end cuts off counts as neither. */
function utf8Sequences(bytes: Uint8Array): { readonly whole: number; readonly broken: number } {
	let [whole, broken] = [0, 0];
	for (let at = 0; at < bytes.length; ) {
		const byte = bytes[at]!;
		if (byte < 0x80) {
			at++;
			continue;
		}
		const length =
			byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 1;
		let good = 1;
		while (good < length && (bytes[at + good] ?? 0) >> 6 === 0b10) good++;
		if (length > 1 && good === length) whole++;
		else if (length === 1 || at + good < bytes.length) broken++;
		at += good;
	}
	return { whole, broken };
}

async function guess(bytes: Uint8Array): Promise<string> {
	const { analyse } = await import("chardet");
	for (const { name, confidence } of analyse(bytes)) {
		const label = knownLabel(name);
		if (label === null || label.startsWith("utf-")) continue;
		if (confidence >= (MULTI_BYTE.has(label) ? SURE_MULTI_BYTE : SURE_SINGLE_BYTE)) return label;
	}
	return "windows-1252";
}

/** Latin-1 is read as Windows-1252, as browsers do: the decoder's own table says so. */
function knownLabel(name: string): string | null {
	try {
		return new TextDecoder(name).encoding;
	} catch {
		return null;
	}
}

/** How an encoding is called in a sentence. */
export const encodingTitle = (label: string): string =>
	label.replace(/^(utf|iso|euc|big|gb|koi8)/, (name) => name.toUpperCase()).replace(/^windows/, "Windows");
