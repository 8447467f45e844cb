/**
 * Reads a small XML file from outside. Strict: no document type, only the five entities of XML itself, and nothing is
 * fetched.
 */
import { Failure } from "../../../src/core/failure.ts";

export interface Element {
	readonly name: string;
	readonly children: readonly Element[];
	/** Its own text, trimmed. */
	readonly text: string;
}

interface OpenElement {
	readonly name: string;
	readonly children: Element[];
	text: string;
}

const MAX_DEPTH = 16;
const MAX_ELEMENTS = 10_000;
const MAX_CHARACTERS = 1 << 20;

/** One piece of markup, or the text up to the next one. Sticky: every character belongs to a piece. */
const PIECE = new RegExp(
	[
		/<\?xml(?:[^?]|\?(?!>))*\?>/,
		/<!--(?:[^-]|-(?!-))*-->/,
		/<\/([A-Za-z_][\w.-]*)\s*>/,
		/<([A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/,
		/([^<]+)/,
	]
		.map(({ source }) => source)
		.join("|"),
	"y",
);
const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** @throws Failure `input-unreadable` saying where */
export function parseXml(source: string): Element {
	if (source.length > MAX_CHARACTERS) throw broken(0, `more than ${MAX_CHARACTERS} characters`);
	const top: OpenElement = { name: "", children: [], text: "" };
	const open: OpenElement[] = [top];
	let elements = 0;
	PIECE.lastIndex = 0;
	while (PIECE.lastIndex < source.length) {
		const at = PIECE.lastIndex;
		const found = PIECE.exec(source);
		if (found === null) throw broken(at, `"${source.slice(at, at + 20)}" is not understood`);
		const [, closed, opened, , self, text] = found;
		const inner = open.at(-1)!;
		if (text !== undefined) inner.text += decode(text, at);
		if (opened !== undefined) {
			if (++elements > MAX_ELEMENTS || open.length > MAX_DEPTH) throw broken(at, "too many elements, or too deep");
			const element: OpenElement = { name: opened, children: [], text: "" };
			inner.children.push(element);
			if (self === "") open.push(element);
		}
		if (closed !== undefined) {
			if (open.length === 1 || inner.name !== closed) throw broken(at, `</${closed}> closes <${inner.name}>`);
			inner.text = inner.text.trim();
			open.pop();
		}
	}
	const [root, ...more] = top.children;
	if (open.length > 1) throw broken(source.length, `<${open.at(-1)!.name}> is not closed`);
	if (root === undefined || more.length > 0 || top.text.trim() !== "") throw broken(0, "expected exactly one element");
	return root;
}

/** The first child of that name. */
export function child(element: Element, name: string): Element | undefined {
	return element.children.find((one) => one.name === name);
}

function decode(text: string, at: number): string {
	return text.replace(
		/&(?:#(\d{1,7})|#x([\da-fA-F]{1,6})|(\w{1,8}));|&/g,
		(whole, decimal?: string, hexadecimal?: string, name?: string) => {
			if (name !== undefined && Object.hasOwn(NAMED, name)) return NAMED[name]!;
			const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "", 16) : Number(decimal);
			if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
			throw broken(at, `the entity ${whole.slice(0, 20)}`);
		},
	);
}

function broken(at: number, what: string): Failure {
	return new Failure("input-unreadable", `XML, character ${at}: ${what}.`);
}
