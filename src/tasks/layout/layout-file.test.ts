/** Proves which layout files are read, and how those that cannot be read are refused. */
import { describe, expect, test } from "vitest";
import { layOutWords } from "./layout.ts";
import { looksLikeWords, parseLayoutFile } from "./layout-file.ts";

const NAME = { text: "Name", box: [0, 0, 40, 10] };
const ADA = { text: "Ada", box: [60, 0, 90, 10] };

describe("parseLayoutFile", () => {
	test("reads JSON, and nothing but text and box of it", () => {
		expect(parseLayoutFile(`\uFEFF${JSON.stringify([{ ...NAME, font: "x" }, ADA])}`, "w.json")).toEqual([NAME, ADA]);
	});

	test("reads a table with and without a header", () => {
		expect(parseLayoutFile("Name\t0\t0\t40\t10\r\nAda\t60\t0\t90\t10\r\n", "w.tsv")).toEqual([NAME, ADA]);
		expect(parseLayoutFile("x1\ty1\tx2\ty2\tText\n0\t0\t40\t10\tName\n", "w.tsv")).toEqual([NAME]);
	});

	test("reads Tesseract's table: sizes become corners, rows without text are left out", () => {
		const table = [
			"level\tpage_num\tleft\ttop\twidth\theight\tconf\ttext\n",
			"4\t1\t0\t0\t90\t10\t-1\t\n",
			"5\t1\t0\t0\t40\t10\t96.1\tName\n",
			"5\t1\t60\t0\t30\t10\t95\tAda\n",
		].join("");
		expect(parseLayoutFile(table, "page.tsv")).toEqual([NAME, ADA]);
		expect(layOutWords(parseLayoutFile(table, "page.tsv")).text).toBe("Name  Ada");
	});

	test.each([
		["[", "w.json is not valid JSON"],
		['{"text": "a"}', "expected a list of words"],
		['[{"text": "a", "box": [1, 2, 3]}]', "word 1: expected"],
		['[{"text": "a", "box": [1, 2, 3, null]}]', "word 1: expected"],
		['[{"text": 1, "box": [1, 2, 3, 4]}]', "word 1: expected"],
		["[]", "no words with boxes"],
		["", "no words with boxes"],
		["just a text", "row 1: expected a word and four numbers"],
		["a\t1\t2\t3\t4\nb\t1\t2\tx\t4", "row 2: expected a word and four numbers"],
	])("%j is refused: %s", (text, says) => {
		expect(() => parseLayoutFile(text, "w.json")).toThrow(
			expect.objectContaining({ code: "import-format", what: expect.stringContaining(says) }),
		);
	});

	test("more than 5,000 words, or more than 4 million characters, are too large", () => {
		const row = "a\t0\t0\t1\t1\n";
		expect(parseLayoutFile(row.repeat(5000), "w.tsv")).toHaveLength(5000);
		for (const text of [
			row.repeat(5001),
			JSON.stringify(Array.from({ length: 5001 }, () => NAME)),
			" ".repeat((4 << 20) + 1),
		])
			expect(() => parseLayoutFile(text, "w")).toThrow(expect.objectContaining({ code: "import-too-large" }));
	});
});

test("words with boxes are told from other lists by their first entry", () => {
	expect(looksLikeWords([NAME])).toBe(true);
	for (const other of [[], [{ text: "a" }], [{ data: {}, annotations: [] }], { text: "a", box: [] }, null])
		expect(looksLikeWords(other)).toBe(false);
});
