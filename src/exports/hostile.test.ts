/** Broken, wrong and hostile files end in a failure that names the place, never in a false result. */
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import { MAX_TEXT } from "../core/limits.ts";
import { detectFormat, FORMATS, load } from "./formats.ts";
import { HARD } from "./testing.ts";
import { utf8 } from "./zip.ts";

const file = (name: string, text: string) => ({ name, bytes: utf8(text) });
const json = (value: unknown, name = "x.json") => [file(name, JSON.stringify(value))];

function failure(work: () => unknown): Failure {
	try {
		work();
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error("nothing failed");
}

const RESULT = HARD.result;
const [ZOE] = RESULT.entities;

describe("our JSON", () => {
	test.each([
		["invalid JSON", [file("x.json", "{")], /x\.json is not valid JSON/],
		["another format", json({ format: "umie-result/9" }), /found "umie-result\/9"/],
		["a missing field", json({ ...RESULT, entities: undefined }), /"entities" is not valid/],
		[
			"a mention that says something else",
			json({ ...RESULT, entities: [{ ...ZOE, text: "Bob" }] }),
			/says "Bob", but the text there reads "Zoë"/,
		],
		["a mention past the end", json({ ...RESULT, entities: [{ ...ZOE, end: 999 }] }), /spans 3–999, outside the text/],
		["two records with one id", json({ ...RESULT, entities: [ZOE, ZOE] }), /id "e1" is empty, too long or used twice/],
		[
			"a relation to nothing",
			json({ ...RESULT, relations: [{ id: "r1", type: "x", head: "e1", tail: "e9", score: 1 }] }),
			/refers to "e9"/,
		],
		[
			"pieces out of order",
			json({ ...RESULT, entities: [{ ...ZOE, fragments: [{ start: 4, end: 3 }] }], relations: [], events: [] }),
			/pieces of entity e1/,
		],
		[
			"a type of 1,000 characters",
			json({ ...RESULT, entities: [{ ...ZOE, type: "x".repeat(1000) }] }),
			/longer than 200 characters/,
		],
		[
			"a picture of a billion pixels",
			json({ ...RESULT, image: { width: 1e9, height: 1 } }),
			/picture of 1000000000 × 1 pixels/,
		],
	])("with %s is refused", (_, files, says) => {
		const { code, what } = failure(() => load(files));
		expect(code).toBe("import-format");
		expect(what).toMatch(says);
	});

	test("a text of a book, or more records than a post can have, are refused by size", () => {
		expect(
			failure(() => load(json({ ...RESULT, text: "x".repeat(MAX_TEXT + 1), entities: [], relations: [], events: [] })))
				.code,
		).toBe("text-too-long");
		const many = Array.from({ length: 6000 }, (_, index) => ({ ...ZOE, id: `e${index}` }));
		expect(failure(() => load(json({ ...RESULT, entities: many, relations: [], events: [] }))).code).toBe(
			"import-too-large",
		);
	});

	test("keys such as __proto__ change nothing", () => {
		const text = JSON.stringify({ ...RESULT, gate: {} }).replace(
			'"gate":{}',
			'"gate":{"__proto__":1},"__proto__":{"polluted":true}',
		);
		expect(load([file("x.json", text)])[0]!.result.text).toBe(RESULT.text);
		expect(Reflect.get({}, "polluted")).toBeUndefined();
	});
});

describe("brat", () => {
	const brat = (ann: string, text = "Ada met Bob") => load([file("a.txt", text), file("a.ann", ann)]);

	test.each([
		["offsets that are not numbers", "T1\tperson x 3\tAda\n", /a\.ann, line 1: .*"person x 3"/],
		["a text that is not there", "T1\tperson 0 3\tBob\n", /says "Bob", but the text there reads "Ada"/],
		["a negative offset", "T1\tperson -1 3\tAda\n", /expected a type and offsets/],
		["an event without its trigger", "E1\tmeet:T9 who:T1\n", /trigger "T9", which does not exist/],
		["a relation with one end", "R1\tknows Arg1:T1\n", /a\.ann, line 1: R1: a relation needs/],
		["an end past the text", "T1\tperson 8 99\tBob\n", /line 1: T1 ends at 99, past the text \(11 characters\)/],
		["pieces that overlap", "T1\tperson 0 3;2 6\tAda met\n", /line 1: T1: its pieces overlap/],
	])("with %s is refused with its line", (_, ann, says) => {
		const { code, what } = failure(() => brat(ann));
		expect(code).toBe("import-format");
		expect(what).toMatch(says);
	});

	test("an .ann without its .txt is refused", () => {
		expect(failure(() => load([file("a.ann", "")])).what).toBe("a.ann needs its text, a.txt, which is missing.");
	});

	test("an archive that unpacks to more than the limit is refused before it is unpacked", () => {
		const bytes = zipSync({ "a.txt": new Uint8Array(40 << 20) });
		expect(bytes.length).toBeLessThan(1 << 20);
		expect(failure(() => load([{ name: "a.zip", bytes }])).code).toBe("import-too-large");
	});

	test("a file that only claims to be an archive is refused", () => {
		expect(failure(() => load([file("a.zip", "PK not really")])).what).toMatch(/not a readable \.zip archive/);
	});
});

describe("Label Studio", () => {
	const task = (...result: object[]) => json([{ data: { text: "Ada met Bob" }, annotations: [{ result }] }]);
	const region = (value: object) => ({
		id: "a",
		from_name: "entity",
		to_name: "text",
		type: "labels",
		value: { labels: ["person"], ...value },
	});

	test.each([
		["a text that is not there", task(region({ start: 0, end: 3, text: "Bob" })), /region a says "Bob"/],
		["half an offset", task(region({ start: 0.5, end: 3 })), /offsets of region a must be integers/],
		[
			"a rectangle without a picture",
			task({ id: "b", from_name: "o", type: "rectanglelabels", value: { x: 1, y: 1, width: 1, height: 1 } }),
			/rectangle b/,
		],
		["a task without text", json([{ data: {}, annotations: [] }]), /task 1 has no text/],
	])("with %s is refused", (_, files, says) => {
		expect(failure(() => load(files)).what).toMatch(says);
	});

	test("regions of a kind we do not know are left out, and a note says how many", () => {
		const [{ result } = HARD] = load(
			task(region({ start: 0, end: 3, text: "Ada" }), {
				id: "c",
				from_name: "x",
				type: "choices",
				value: { choices: ["a"] },
			}),
		);
		expect(result.entities).toHaveLength(1);
		expect(result.notes[0]).toMatch(/^1 record of type choices left out/);
	});

	test("the latest annotation that was not skipped counts", () => {
		const version = (label: string, more: object = {}) => ({
			...more,
			result: [region({ start: 0, end: 3, text: "Ada", labels: [label] })],
		});
		const files = json([
			{
				data: { text: "Ada met Bob" },
				annotations: [version("first"), version("second"), version("skipped", { was_cancelled: true })],
			},
		]);
		expect(load(files)[0]!.result.entities[0]?.type).toBe("second");
	});
});

describe("Web Annotation", () => {
	test("a quote that is nowhere in the text is refused", () => {
		const selector = { type: "TextQuoteSelector", exact: "Bob" };
		const files = json({
			"@context": "http://www.w3.org/ns/anno.jsonld",
			target: { source: "http://a.example/", selector },
		});
		expect(failure(() => load(files, { text: "Ada" })).what).toMatch(/"Bob" is not in the text/);
	});

	test("an event without a trigger is refused", () => {
		const files = json({
			"@context": "http://www.w3.org/ns/anno.jsonld",
			type: ["Annotation", "umie:Event"],
			target: "http://a.example/",
		});
		expect(failure(() => load(files, { text: "Ada" })).what).toMatch(/no trigger/);
	});
});

test("a file in no supported format is refused, and the supported ones are listed", () => {
	const { what } = failure(() => detectFormat(json({ hello: 1 })));
	expect(what).toMatch(/not in a supported format.*JSON, JSON lines, CoNLL BIO, brat standoff, Label Studio, /);
	expect(what).toMatch(/Label Studio, Web Annotation, doccano, Prodigy, WebAnno/);
	expect(failure(() => load([file("x.json", "[]")])).what).toMatch(/contains no annotated posts/);
	expect(failure(() => load([])).what).toBe("No file was given.");
	expect(failure(() => load(json(RESULT), { format: "coco" })).what).toBe(
		`${FORMATS.coco.title} can be written but not read.`,
	);
});

test("more than 32 MiB are refused before they are read", () => {
	expect(failure(() => load([{ name: "x.json", bytes: new Uint8Array((32 << 20) + 1) }])).code).toBe(
		"import-too-large",
	);
});
