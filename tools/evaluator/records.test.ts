/** Tests that code-point offsets of Python become our UTF-16 offsets, and that bad lines are named. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { prepareText } from "../../src/core/text.ts";
import { utf16 } from "./predict/offsets.ts";
import { readRecords, wordRecord } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-records-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (content: string) => {
	const path = join(folder, "data.jsonl");
	writeFileSync(path, content);
	return path;
};

describe("offsets", () => {
	test("an emoji before a mention is one code point and two UTF-16 units", () => {
		expect([utf16("😩 Ada", 0), utf16("😩 Ada", 2), utf16("😩 Ada", 5)]).toEqual([0, 3, 6]);
	});
	test("a mention becomes its type with the first word and the one after the last", () => {
		const text = "😩 Ada Lovelace in London";
		const { words } = prepareText(text, "tokens");
		expect(wordRecord("person", { start: 2, end: 14 }, words, text)).toBe("person 1 3");
	});
	test("boundaries inside a word cannot be reached", () => {
		const text = "Londoners";
		expect(wordRecord("location", { start: 0, end: 6 }, prepareText(text, "tokens").words, text)).toBeNull();
	});
});

describe("files", () => {
	const line = (id: string) => JSON.stringify({ id, text: "Ada", entities: [{ type: "person", start: 0, end: 3 }] });
	test("a limit takes records spread evenly over the file", () => {
		const path = file(["a", "b", "c", "d", "", "e"].map((id) => (id === "" ? "" : line(id))).join("\n"));
		expect(readRecords(path, "mner", 2).map(({ id }) => id)).toEqual(["a", "c"]);
		expect(readRecords(path, "mner").length).toBe(5);
	});
	test("a line that is not valid JSON and a record without its fields are named by line", () => {
		expect(() => readRecords(file(`${line("a")}\n{`), "mner")).toThrow(/line 2 is not valid JSON/);
		expect(() => readRecords(file('{"id":"a","text":"x"}'), "mner")).toThrow(/line 1: "entities"/);
		expect(() => readRecords(join(folder, "absent.jsonl"), "mner")).toThrow(/There is no .*absent\.jsonl/);
	});
});
