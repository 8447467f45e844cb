/** Tags, XML and Python literals: small cases read by hand, and hostile ones refused. */
import { describe, expect, test } from "vitest";
import { parseTags } from "../../../src/exports/tags.ts";
import { parseLiteral } from "./python-literal.ts";
import { JoinedText } from "./record.ts";
import { readVoc } from "./voc.ts";
import { parseXml } from "./xml.ts";

describe("tags", () => {
	const spans = (...tags: string[]) => parseTags(tags).spans.map(({ type, from, to }) => `${type} ${from} ${to}`);

	test("a B- ends the span before it, an O too, and the end of the post", () => {
		expect(spans("B-PER", "I-PER", "B-PER", "O", "B-LOC")).toEqual(["PER 0 2", "PER 2 3", "LOC 4 5"]);
	});
	test("BIOES: S- is a span, E- ends one", () => {
		expect(spans("S-PER", "B-LOC", "E-LOC", "O")).toEqual(["PER 0 1", "LOC 1 3"]);
	});
	test("BILOU and BMES: U- is a span, L- ends one, M- is inside", () => {
		expect(spans("U-PER", "B-LOC", "I-LOC", "L-LOC", "B-X", "M-X", "E-X")).toEqual(["PER 0 1", "LOC 1 4", "X 4 7"]);
	});
	test("an orphan I- begins a span and is reported with its word", () => {
		const { spans, problems } = parseTags(["O", "I-PER", "I-LOC", "X"]);
		expect(spans).toEqual([
			{ type: "PER", from: 1, to: 2 },
			{ type: "LOC", from: 2, to: 3 },
		]);
		expect(problems.map(({ kind, at }) => `${kind} ${at}`)).toEqual(["orphan-tag 1", "orphan-tag 2", "unknown-tag 3"]);
	});
});

describe("text", () => {
	test("offsets count code points of the words joined by one space", () => {
		expect(new JoinedText(["😀", "Ada", "Love\u00a0lace"]).mention({ from: 1, to: 3 })).toEqual({
			text: "Ada Lovelace",
			start: 2,
			end: 14,
		});
	});
	test("words of white space go, and what is outside or empty is none", () => {
		const joined = new JoinedText(["a", "\u2028", "b"]);
		expect([joined.text, joined.mention({ from: 2, to: 3 })]).toEqual(["a b", { text: "b", start: 2, end: 3 }]);
		for (const range of [
			[1, 2],
			[2, 2],
			[-1, 1],
			[0, 4],
			[0.5, 1],
		])
			expect(joined.mention({ from: range[0]!, to: range[1]! })).toBeNull();
	});
});

describe("Python literals", () => {
	test("both kinds of quotes, escapes, tuples, None and numbers", () => {
		const source =
			`{'token': ["McDonald's", 'it\\'s', '\\u00e9\\x41\\n'], ` + "'pos': (0, 2,), 'x': None, 'n': -1.5e1, 'b': True}";
		expect(parseLiteral(source)).toEqual({
			token: ["McDonald's", "it's", "éA\n"],
			pos: [0, 2],
			x: null,
			n: -15,
			b: true,
		});
	});
	test("JSON is understood, too", () => {
		expect(parseLiteral('{"a": [true, null, "\\u0041\\/"]}')).toEqual({ a: [true, null, "A/"] });
	});
	test("a key named __proto__ is a key", () => {
		const value = parseLiteral("{'__proto__': {'x': 1}}") as object;
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect(Object.keys(value)).toEqual(["__proto__"]);
	});
	test.each([
		["__import__('os').system('x')"],
		["{'a': b}"],
		["[1 2]"],
		["'a' 'b'"],
		["{1: 2}"],
		[""],
		["'open"],
		["[".repeat(40)],
	])("%j is refused", (source) => {
		expect(() => parseLiteral(source)).toThrow(/Character \d+/);
	});
});

describe("XML", () => {
	test("elements, attributes, comments and the five entities", () => {
		const root = parseXml(`<?xml version="1.0"?><!-- c --><a x="1"><b>R&amp;B &#65;&#x42;</b><c/></a>`);
		expect(root.children.map(({ name, text }) => `${name}:${text}`)).toEqual(["b:R&B AB", "c:"]);
	});
	test.each([
		["<!DOCTYPE a><a/>"],
		['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
		["<a>&x;</a>"],
		["<a>&#0;</a>"],
		["<a><![CDATA[x]]></a>"],
		["<a>"],
		["<a></b>"],
		["<a/><b/>"],
		["text"],
		["<a x=1/>"],
		["<a>".repeat(20)],
		[`<a>${"<b/>".repeat(10_001)}</a>`],
	])("%.40s is refused", (source) => {
		expect(() => parseXml(source)).toThrow(/^XML, character/);
	});
	test("Pascal VOC: boxes become fractions, names keep their words, objects without a box are left out", () => {
		const object = (name: string, box: string) => `<object><name>${name}</name>${box}</object>`;
		const bounds = (...[a, b, c, d]: number[]) =>
			`<bndbox><xmin>${a}</xmin><ymin>${b}</ymin><xmax>${c}</xmax><ymax>${d}</ymax></bndbox>`;
		const objects = [
			object("Ada  Lovelace", bounds(50, 20, 100, 300)),
			object("Bob", ""),
			object("Eve", bounds(10, 10, 10, 20)),
		];
		const source = `<annotation><size><width>200</width><height>200</height></size>${objects.join("")}</annotation>`;
		expect(readVoc(source)).toEqual([
			{ name: "Ada Lovelace", box: [0.25, 0.1, 0.5, 1] },
			{ name: "Eve", box: null },
		]);
	});
});
