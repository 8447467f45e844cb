/** Tables as people have them are read as they are; every odd one stands for its kind. */
import fc from "fast-check";
import Papa from "papaparse";
import { describe, expect, test } from "vitest";
import { inPieces, readAll, testFile } from "../testing.ts";

const read = async (name: string, content: string | Uint8Array, options = {}) => {
	const { posts, failed, leftOut, notes } = await readAll([testFile(name, content)], options);
	return { posts: posts.map(({ id, text }) => [id, text]), failed, leftOut, notes };
};
const posts = async (name: string, content: string | Uint8Array, options = {}) =>
	(await read(name, content, options)).posts;
const windows1252 = (text: string) => Uint8Array.from(text, (letter) => (letter === "€" ? 0x80 : letter.charCodeAt(0)));

describe("delimiters and quotes", () => {
	test("a quoted cell keeps its comma, line break and quotes; empty lines do not count", async () => {
		expect(await posts("a.csv", 'ID,Text\r\n7,"Kyrie, ""the"" guard\r\nwins"\r\n\r\n8,Cavs\r\n')).toEqual([
			["7", 'Kyrie, "the" guard\r\nwins'],
			["8", "Cavs"],
		]);
	});
	test.each([
		["semicolons", "id;text\n1;Hello, Ada\n"],
		["tabs", "id\ttext\n1\tHello, Ada\n"],
		["bars", "id|text\n1|Hello, Ada\n"],
		["a sep= line", "sep=^\nid^text\n1^Hello, Ada\n"],
		["one column", "text\nHello, Ada\n"],
		["a comma of the text in the last, unquoted column", "id,text\n1,Hello, Ada\n"],
		["old line breaks", 'id,text\r1,"Hello, Ada"\r'],
	])("%s", async (_, content) => {
		expect((await posts("a.csv", content)).map(([, text]) => text)).toEqual(["Hello, Ada"]);
	});
	test("a tweet that begins with a quotation mark does not swallow the next ones", async () => {
		const rows = ['1\t"Hello" she said', '2\t"Never closed', "3\tplain", '4\t"closed later" and "again"', '5\t"whole"'];
		expect(await posts("a.tsv", `id\ttext\n${rows.join("\n")}\n`)).toEqual([
			["1", '"Hello" she said'],
			["2", '"Never closed'],
			["3", "plain"],
			["4", '"closed later" and "again"'],
			["5", "whole"],
		]);
		const comma = '1,"Hello" she said\n2,"I said "hi", and left"\n3,"fine, ""really"""\n';
		expect(await posts("a.csv", `id,text\n${comma}`)).toEqual([
			["1", '"Hello" she said'],
			["2", 'I said "hi", and left'],
			["3", 'fine, "really"'],
		]);
	});
	test("a row with too many cells fails alone, with its line", async () => {
		expect(await read("a.csv", "text,id\nAda,1\na,b,c,d\nBob,2\n")).toMatchObject({
			posts: [
				["1", "Ada"],
				["2", "Bob"],
			],
			failed: [[3, "a.csv, line 3 has 4 cells, but there are 2 columns."]],
		});
	});
	test("lines are counted through quoted line breaks", async () => {
		const { failed } = await read("a.csv", 'text,id\n"a\nb\nc",1\nx,y,z\n');
		expect(failed.map(([line]) => line)).toEqual([5]);
	});
	test("a cell of many megabytes fails alone", async () => {
		const { posts, failed } = await read("a.csv", `id,text\n1,${"x".repeat(5 << 20)}\n2,Ada\n`);
		expect([posts, failed]).toEqual([[["2", "Ada"]], [[2, "a.csv, line 2 is longer than 4 MiB."]]]);
	});
});

describe("encodings", () => {
	const plain = "id,text\n1,Zoë trinkt Kaffee für 3 € in Köln\n";
	test.each([
		["UTF-8 with a mark", new TextEncoder().encode(`\ufeff${plain}`)],
		["UTF-16 little-endian with a mark", new Uint8Array(Buffer.from(`\ufeff${plain}`, "utf16le"))],
		["UTF-16 big-endian with a mark", new Uint8Array(Buffer.from(`\ufeff${plain}`, "utf16le").swap16())],
		["UTF-16 without a mark", new Uint8Array(Buffer.from(plain, "utf16le"))],
		["Windows-1252", windows1252(plain)],
	])("%s", async (_, bytes) => {
		expect(await posts("a.csv", bytes)).toEqual([["1", "Zoë trinkt Kaffee für 3 € in Köln"]]);
	});
	test("a guess is said, and what a person chooses counts", async () => {
		const { notes } = await read("a.csv", windows1252(plain));
		expect(notes).toEqual(["a.csv is read as Windows-1252, a guess: choose another encoding if letters look wrong."]);
		expect((await posts("a.csv", windows1252(plain), { encoding: "macintosh" }))[0]![1]).not.toContain("Zoë");
		await expect(read("a.csv", plain, { encoding: "klingon" })).rejects.toMatchObject({ code: "usage" });
	});
	test("Japanese in Shift_JIS is told from Latin letters", async () => {
		const sentence = [0x93, 0xfa, 0x96, 0x7b, 0x82, 0xcc, 0x93, 0x8c, 0x8b, 0x9e, 0x82, 0xc9, 0x8d, 0x73, 0x82, 0xad];
		const bytes = [
			...windows1252("id,text\n"),
			...Array(20)
				.fill([0x31, 0x2c, ...sentence, 0x0a])
				.flat(),
		];
		expect((await posts("a.csv", Uint8Array.from(bytes)))[0]).toEqual(["1", "日本の東京に行く"]);
	});
	test("letters of another encoding far behind the beginning are read in it", async () => {
		const { posts, notes } = await read(
			"a.csv",
			windows1252(`id,text\n${"1,plain text\n".repeat(200_000)}2,Zoë aus Köln\n`),
		);
		expect(posts.at(-1)).toEqual(["2", "Zoë aus Köln"]);
		expect(notes).toHaveLength(1);
	});
	test("a few damaged bytes in UTF-8 are replaced, and counted", async () => {
		const bytes = new TextEncoder().encode(`id,text\n${"1,Zoë\n".repeat(50)}2,x y\n`);
		bytes[bytes.length - 3] = 0xff;
		expect((await read("a.csv", bytes)).notes).toEqual(["a.csv has 1 bytes that are not UTF-8, shown as “�”."]);
	});
});

describe("columns", () => {
	test.each([
		"text",
		"full_text",
		"Body",
		"selftext",
		"CONTENT",
		"Tweet",
		"title",
		"Comment Text",
		"tweet-text",
	])("%s is a column of texts", async (name) => {
		expect((await posts("a.csv", `id,when,${name}\n7,2026-01-01,Ada in Rome\n`))[0]).toEqual(["7", "Ada in Rome"]);
	});
	test("without a name that is known, the longest written column is read, and that is said", async () => {
		const { posts, notes } = await read("a.csv", "who,what\nada,She went to Rome by train\nbob,He stayed at home\n");
		expect(posts.map(([, text]) => text)).toEqual(["She went to Rome by train", "He stayed at home"]);
		expect(notes).toEqual(["a.csv names no column of texts: “what” is read, which holds the longest ones."]);
	});
	test("a table without a heading is read from its first row", async () => {
		const rows = '"0","1467810369","Mon Apr 06","NO_QUERY","_Special_","@switchfoot that is a bummer, you know"\n';
		const { posts } = await read("training.csv", rows + rows.replace("1467810369", "1467810370"));
		expect(posts).toHaveLength(2);
		expect(posts[0]![1]).toBe("@switchfoot that is a bummer, you know");
	});
	test("a table without texts is refused with its columns", async () => {
		await expect(read("wrong.csv", "a,b\n1,2\n")).rejects.toMatchObject({
			code: "input-format",
			what: expect.stringContaining("wrong.csv has no text column: name one text, full_text or similar"),
		});
	});
	test("a person's choice counts, and one that is not there is refused", async () => {
		const table = "id,text,other\n1,Ada,Bob\n";
		expect(await posts("a.csv", table, { columns: { text: "other", id: "text" } })).toEqual([["Ada", "Bob"]]);
		await expect(read("a.csv", table, { columns: { text: "nope" } })).rejects.toMatchObject({ code: "input-format" });
	});
	test("ids keep their digits, title and text of a post are joined, takeout comments are unpacked", async () => {
		expect(await posts("a.csv", "id,title,selftext\n1234567890123456789,Help,It broke\n2,Alone,\n")).toEqual([
			["1234567890123456789", "Help\n\nIt broke"],
			["2", "Alone"],
		]);
		const takeout = 'Comment ID,Comment Text\nx,"{""text"":""Great ""},{""text"":""video""}"\n';
		expect(await posts("comments.csv", takeout)).toEqual([["x", "Great video"]]);
	});
	test("rows without text are left out, and counted", async () => {
		expect((await read("a.csv", 'text,id\n"  ",1\nAda,2\n')).leftOut).toEqual(["Skipped because they have no text"]);
	});
});

describe("any table", () => {
	const cell = fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => text.replaceAll("\0", ""));
	const written = fc
		.tuple(cell, fc.constantFrom("a,b", 'x"y', "p\tq", "l\nm", "u;v", "Ada"))
		.map(([a, b]) => `t${a}${b}`);

	test("that Papa Parse writes comes back, in pieces of any size", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.uuid(), written), { minLength: 1, maxLength: 8 }),
				fc.constantFrom(",", ";", "\t", "|"),
				fc.constantFrom("\n", "\r\n"),
				fc.integer({ min: 1, max: 40 }),
				async (rows, delimiter, newline, size) => {
					const text = Papa.unparse({ fields: ["id", "text"], data: rows }, { delimiter, newline, quotes: true });
					const { posts } = await readAll([inPieces(testFile("a.csv", text), size)]);
					expect(posts.map(({ id, text }) => [id, text])).toEqual(rows.map(([id, text]) => [id, text]));
				},
			),
			{ numRuns: 150 },
		);
	});
	test("that is damaged anywhere gives posts, or failures that name file and line", async () => {
		const table = `id,text\n${Array.from({ length: 20 }, (_, n) => `${n},"Ada, ""${n}"" in Rome"`).join("\n")}\n`;
		const bytes = new TextEncoder().encode(table);
		await fc.assert(
			fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
				const damaged = cut ? bytes.slice(0, at) : bytes.slice();
				if (!cut) damaged[at] = byte;
				const result = await readAll([testFile("a.csv", damaged)]).catch((error: unknown) => error);
				if (result instanceof Error)
					expect(result).toMatchObject({
						code: expect.stringMatching(/^(input|import)-format$/),
						what: expect.stringMatching(/a\.csv/),
					});
				else
					for (const [line, what] of (result as Awaited<ReturnType<typeof readAll>>).failed)
						expect(what).toContain(`a.csv, line ${line} `);
			}),
			{ numRuns: 200 },
		);
	});
});
