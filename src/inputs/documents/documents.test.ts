/** PDF, Word and web pages become text whose pieces lead back to their source. */
import fc from "fast-check";
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { MAX_TEXT } from "../../core/limits.ts";
import { pdfOf, readAll, testFile } from "../testing.ts";

const OPEN = "http://schemas.openxmlformats.org";
const TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

const docxOf = (paragraphs: readonly string[]): Uint8Array =>
	zipSync({
		"[Content_Types].xml": strToU8(
			`<Types xmlns="${OPEN}/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
				`<Override PartName="/word/document.xml" ContentType="${TYPE}"/></Types>`,
		),
		"_rels/.rels": strToU8(
			`<Relationships xmlns="${OPEN}/package/2006/relationships"><Relationship Id="r" ` +
				`Type="${OPEN}/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		),
		"word/document.xml": strToU8(
			`<w:document xmlns:w="${OPEN}/wordprocessingml/2006/main"><w:body>` +
				`${paragraphs.map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`).join("")}</w:body></w:document>`,
		),
	});

describe("PDF", () => {
	test("each page is a post, and every piece has its box on the page", async () => {
		const { posts, notes } = await readAll([testFile("report.pdf", pdfOf(["Ada in Rome", "", "Bob in Paris"]))]);
		expect(posts.map(({ id, text, source: { page } }) => [id, text, page])).toEqual([
			["report.pdf#page=1", "Ada in Rome", 1],
			["report.pdf#page=3", "Bob in Paris", 3],
		]);
		const [piece] = posts[0]!.source.pieces!;
		expect(piece).toMatchObject({ start: 0, end: 11 });
		const [x1, y1, x2, y2] = piece!.box!;
		expect([x1, y2]).toEqual([72, 792 - 700]);
		expect(x2 > x1 && y2 > y1).toBe(true);
		expect(notes).toEqual(["Pages of report.pdf without text: 1. Scans are pictures: use one as the picture."]);
	});
	test("one that is damaged is refused by name, or read as far as it goes", async () => {
		const bytes = pdfOf(["Ada in Rome"]);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 9, max: bytes.length - 1 }), async (at) => {
				const result = await readAll([testFile("a.pdf", bytes.slice(0, at))]).catch((error: unknown) => error);
				if (result instanceof Error)
					expect(result).toMatchObject({
						code: expect.stringMatching(/^(input|import)-format$/),
						what: expect.stringContaining("a.pdf"),
					});
			}),
			{ numRuns: 10 },
		);
	});
});

describe("Word", () => {
	test("paragraphs become a text", async () => {
		const { posts } = await readAll([testFile("report.docx", docxOf(["Ada in Rome", "Zoë &amp; Bob"]))]);
		expect(posts.map(({ id, text }) => [id, text])).toEqual([["report", "Ada in Rome\n\nZoë & Bob"]]);
	});
	test("one whose XML inflates beyond measure is refused before it is parsed", async () => {
		const bomb = docxOf(["a".repeat(20 << 20)]);
		await expect(readAll([testFile("bomb.docx", bomb)])).rejects.toMatchObject({ code: "import-too-large" });
	});
	test("a damaged one is refused by name", async () => {
		const bytes = docxOf(["Ada"]);
		for (const damaged of [bytes.slice(0, 300), bytes.map((byte, at) => (at === 40 ? byte ^ 0xff : byte))]) {
			const result = await readAll([testFile("a.docx", damaged)]).catch((error: unknown) => error);
			if (result instanceof Error)
				expect(result).toMatchObject({
					code: expect.stringMatching(/^(input|import)-format$/),
					what: expect.stringContaining("a.docx"),
				});
		}
	});
});

describe("a saved web page", () => {
	const sentence = (n: number) =>
		`Ada Lovelace &amp; her friends travelled to <b>Rome</b> by train, number ${n}, and stayed for a week.`;
	const html = `<!doctype html><html><head><title>Ada goes to Rome</title><script>var a = "<p>no</p>";</script></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/b">Subscribe now</a></li></ul></nav>
<article><h1>Ada goes to Rome</h1>${Array.from({ length: 8 }, (_, n) => `<p>${sentence(n)}</p>`).join("\n")}</article>
<footer>All rights reserved</footer></body></html>`;

	test("gives its article without menus, and every piece leads back into the HTML", async () => {
		const { posts } = await readAll([testFile("page.html", html)]);
		expect(posts).toHaveLength(1);
		const [{ text, source }] = posts as [(typeof posts)[0]];
		expect(text).toMatch(/^Ada goes to Rome\n\nAda Lovelace & her friends travelled to Rome by train, number 0, and/);
		expect(text).not.toMatch(/Subscribe|rights reserved|no<\/p>/);
		expect(source.pieces!.length).toBeGreaterThan(8);
		for (const { start, end, sourceStart, sourceEnd } of source.pieces!)
			expect(html.slice(sourceStart, sourceEnd).replace("&amp;", "&").replace(/\s+/g, " ")).toBe(
				text.slice(start, end),
			);
	});
	test("is read in the encoding that it names", async () => {
		const html =
			"<html><head><meta charset='iso-8859-2'></head><body><p>Za\xbf\xf3\xb3\xe6 g\xea\xb6l\xb1</p></body></html>";
		const { posts } = await readAll([
			testFile(
				"pl.html",
				Uint8Array.from(html, (letter) => letter.charCodeAt(0)),
			),
		]);
		expect(posts.map(({ text }) => text)).toEqual(["Zażółć gęślą"]);
	});
	test("without an article it is read as it stands", async () => {
		const { posts } = await readAll([testFile("short.html", "<html><body><p>Ada in <i>Rome</i></p></body></html>")]);
		expect(posts.map(({ text }) => text)).toEqual(["Ada in Rome"]);
	});
});

test("a long text becomes several posts, cut between paragraphs, which say where they stood", async () => {
	const paragraph = `${"Ada went to Rome. ".repeat(300)}\n\n`;
	const whole = paragraph.repeat(Math.ceil(MAX_TEXT / 4000));
	const { posts } = await readAll([testFile("book.txt", whole)]);
	expect(posts.length).toBeGreaterThan(1);
	expect(posts.every(({ text }) => text.length <= MAX_TEXT)).toBe(true);
	expect(posts.map(({ id }) => id)).toEqual(posts.map((_, at) => `book#part=${at + 1}`));
	for (const { text, source } of posts.slice(1)) {
		const [{ sourceStart, sourceEnd }] = source.pieces as [NonNullable<typeof source.pieces>[0]];
		expect(whole.slice(sourceStart, sourceEnd)).toBe(text);
	}
});
