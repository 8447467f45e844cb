/** Workbooks of Excel: the first sheet is read as a table, ids keep their digits, hostile ones fail in words. */
import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readAll, testFile } from "../testing.ts";

const OPEN = "http://schemas.openxmlformats.org";

/** Cells that are numbers stay numbers. */
function xlsxOf(rows: readonly (readonly string[])[], more: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
	const cell = (value: string, row: number, column: number) => {
		const at = `${String.fromCharCode(65 + column)}${row + 1}`;
		return /^\d+$/.test(value)
			? `<c r="${at}"><v>${value}</v></c>`
			: `<c r="${at}" t="inlineStr"><is><t>${value}</t></is></c>`;
	};
	const lines = rows.map((row, at) => `<row r="${at + 1}">${row.map((value, n) => cell(value, at, n)).join("")}</row>`);
	const xml = (body: string) => strToU8(`<?xml version="1.0" encoding="UTF-8"?>${body}`);
	const relation = (type: string, target: string) =>
		`<Relationship Id="rId1" Type="${OPEN}/officeDocument/2006/relationships/${type}" Target="${target}"/>`;
	const relations = (inner: string) =>
		xml(`<Relationships xmlns="${OPEN}/package/2006/relationships">${inner}</Relationships>`);
	const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";
	return zipSync({
		"[Content_Types].xml": xml(
			`<Types xmlns="${OPEN}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
				`<Override PartName="/xl/workbook.xml" ContentType="${sheet}.sheet.main+xml"/>` +
				`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheet}.worksheet+xml"/></Types>`,
		),
		"_rels/.rels": relations(relation("officeDocument", "xl/workbook.xml")),
		"xl/workbook.xml": xml(
			`<workbook xmlns="${OPEN}/spreadsheetml/2006/main" xmlns:r="${OPEN}/officeDocument/2006/relationships">` +
				`<sheets><sheet name="Posts" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		),
		"xl/_rels/workbook.xml.rels": relations(relation("worksheet", "worksheets/sheet1.xml")),
		"xl/worksheets/sheet1.xml": xml(
			`<worksheet xmlns="${OPEN}/spreadsheetml/2006/main"><sheetData>${lines.join("")}</sheetData></worksheet>`,
		),
		...more,
	});
}

test("rows become posts with their row numbers; 64-bit ids keep their digits", async () => {
	const rows = [
		["Nr", "Tweet"],
		["1234567890123456789", "Zoë &amp; Ada in Rome"],
		["2", " "],
		["3", "Bob"],
	];
	const { posts, leftOut } = await readAll([testFile("posts.xlsx", xlsxOf(rows))], { columns: { id: "Nr" } });
	expect(posts.map(({ id, text, source: { line } }) => [id, text, line])).toEqual([
		["1234567890123456789", "Zoë & Ada in Rome", 2],
		["3", "Bob", 4],
	]);
	expect(leftOut).toEqual(["Skipped because they have no text"]);
});

test("a workbook that unpacks beyond measure is refused before it is parsed", async () => {
	const bomb = xlsxOf([["text"]], { "xl/more.xml": new Uint8Array(300 << 20) });
	expect(bomb.length).toBeLessThan(2 << 20);
	await expect(readAll([testFile("bomb.xlsx", bomb)])).rejects.toMatchObject({ code: "import-too-large" });
});

test("a damaged one is refused by name, or read", async () => {
	const bytes = xlsxOf([["text"], ["Ada"]]);
	for (let at = 30; at < bytes.length; at += 97) {
		const damaged = bytes.map((byte, place) => (place === at ? byte ^ 0x5a : byte));
		const result = await readAll([testFile("a.xlsx", damaged)]).catch((error: unknown) => error);
		if (result instanceof Error)
			expect(result).toMatchObject({
				code: expect.stringMatching(/^(input-format|import-format|import-too-large)$/),
				what: expect.stringContaining("a.xlsx"),
			});
	}
});
