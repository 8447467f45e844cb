/** JSON of any shape and size becomes posts; a record that is damaged fails alone, with its line. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { inPieces, readAll, testFile } from "../testing.ts";

const read = async (name: string, content: string, options = {}) => {
	const { posts, failed, leftOut, notes } = await readAll([testFile(name, content)], options);
	return { posts: posts.map(({ id, text }) => [id, text]), failed, leftOut, notes };
};

describe("JSON lines", () => {
	test("without ids get their place; 64-bit ids keep their digits", async () => {
		const lines = [
			'{"text":"Ada in Rome"}',
			'{"full_text":"Bob in Paris","id":1234567890123456789}',
			"",
			'{"id":7,"body":"Eve"}',
		];
		expect((await read("a.jsonl", lines.join("\n"))).posts).toEqual([
			["1", "Ada in Rome"],
			["1234567890123456789", "Bob in Paris"],
			[7, "Eve"],
		]);
	});
	test("a line that is not a record fails alone, with its number", async () => {
		const lines = [
			'{"id":"1","text":"Ada"}',
			'{"id":"2","text":"Bo',
			'{"id":"3","text":"Eve"}',
			'{"id":"4","text":null}',
			"12",
		];
		const { posts, failed } = await read("broken.jsonl", `\ufeff${lines.join("\r\n")}`);
		expect(posts.map(([id]) => id)).toEqual(["1", "3"]);
		expect(failed).toEqual([
			[2, expect.stringMatching(/^broken\.jsonl, line 2 is not valid JSON/)],
			[4, 'broken.jsonl, line 4 has no "text".'],
			[5, "broken.jsonl, line 5 is not a JSON object."],
		]);
	});
	test("NaN and Infinity, which Python writes, count as nothing", async () => {
		expect((await read("a.jsonl", '{"id":"1","text":"NaN is said","likes":NaN,"x":-Infinity}\n')).posts).toEqual([
			["1", "NaN is said"],
		]);
	});
	test("a line that is too long or too deep fails alone", async () => {
		const lines = [`{"text":"${"x".repeat(5 << 20)}"}`, `{"text":${"[".repeat(50_000)}`, '{"text":"Ada"}'];
		const { posts, failed } = await read("a.jsonl", lines.join("\n"));
		expect(posts).toEqual([["3", "Ada"]]);
		expect(failed.map(([line, what]) => [line, what.slice(16)])).toEqual([
			[1, "holds a record longer than 4 MiB."],
			[2, "is nested more than 100 levels deep."],
		]);
	});
	test("are known by their content under any name", async () => {
		expect((await read("export.txt", '{"text":"Ada"}\n{"text":"Bob"}\n')).posts).toHaveLength(2);
	});
});

describe("JSON documents", () => {
	test.each([
		["a list", '[{"id":1,"text":"Ada"},\n{"id":2,"text":"Bob"}]'],
		[
			"a list over many lines",
			'[\n\t{\n\t\t"id": 1,\n\t\t"text": "Ada"\n\t},\n\t{\n\t\t"id": 2,\n\t\t"text": "Bob"\n\t}\n]\n',
		],
		["a list in an object", '{"meta":{"data":1},"data":[{"id":1,"text":"Ada"},{"id":2,"text":"Bob"}]}'],
		["objects one after the other", '{\n"id":1,"text":"Ada"}\n{\n"id":2,"text":"Bob"}'],
		["a script that assigns a list", 'var posts = [{"id":1,"text":"Ada"},{"id":2,"text":"Bob"}];'],
	])("%s", async (_, content) => {
		expect((await read("a.json", content)).posts).toEqual([
			[1, "Ada"],
			[2, "Bob"],
		]);
	});
	test("a list of strings is one of posts", async () => {
		expect((await read("a.json", '["Ada in Rome", "Bob"]')).posts).toEqual([
			["1", "Ada in Rome"],
			["2", "Bob"],
		]);
	});
	test("a damaged item fails alone, and a file that breaks off gives what it holds", async () => {
		const { posts, failed } = await read(
			"a.json",
			'[{"id":1,"text":"Ada"},\n{"id":2,"text":},\n{"id":3,"text":"Eve"},\n{"id":4,"te',
		);
		expect(posts.map(([id]) => id)).toEqual([1, 3]);
		expect(failed.map(([line, what]) => [line, what.slice(0, 30)])).toEqual([
			[2, "a.json, line 2 is not valid JS"],
			[4, "a.json, line 4 is where the fi"],
			[4, "a.json, line 4 is where the fi"],
		]);
	});
	test("a document longer than a record is read list by list", async () => {
		const items = Array.from({ length: 60_000 }, (_, id) => ({ id, text: `Ada and number ${id} ${"x".repeat(60)}` }));
		const content = JSON.stringify({ users: [{ id: 1, text: "not a post" }], response: { posts: items }, end: 1 });
		expect(content.length).toBeGreaterThan(4 << 20);
		const { posts, failed } = await read("a.json", content);
		expect([posts.length, posts.at(-1)![0], failed]).toEqual([60_000, 59_999, []]);
	});
	test("a megabyte of brackets is refused in words, without building them", async () => {
		const { posts, failed } = await read("a.json", "[".repeat(6 << 20)).catch(() => ({ posts: [], failed: [] }));
		expect(posts).toEqual([]);
		expect(failed.length).toBeLessThan(5);
		await expect(read("b.json", `[${"{},".repeat(20_000)}]`)).rejects.toMatchObject({ code: "input-format" });
	});
	test("fields can be chosen, also inside of objects", async () => {
		const content = '{"key":"a","inner":{"words":"Ada"},"text":"no"}\n{"key":"b","inner":{"words":"Bob"}}';
		expect((await read("a.jsonl", content, { columns: { text: "inner.words", id: "key" } })).posts).toEqual([
			["a", "Ada"],
			["b", "Bob"],
		]);
	});
});

describe("any JSON", () => {
	const record = fc.record({
		id: fc.uuid(),
		text: fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.trim() !== ""),
	});
	test("comes back, in pieces of any size, as lines or as a list", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(record, { minLength: 1, maxLength: 6 }),
				fc.nat(2),
				fc.integer({ min: 1, max: 30 }),
				async (records, form, size) => {
					const forms = [
						records.map((one) => JSON.stringify(one)).join("\n"),
						JSON.stringify(records),
						JSON.stringify({ data: records }, null, 2),
					];
					const { posts } = await readAll([inPieces(testFile(form === 0 ? "a.jsonl" : "a.json", forms[form]!), size)]);
					expect(posts.map(({ id, text }) => ({ id, text }))).toEqual(records);
				},
			),
			{ numRuns: 100 },
		);
	});
	test("that is damaged anywhere gives posts, or failures that name file and line", async () => {
		const bytes = new TextEncoder().encode(
			JSON.stringify(
				Array.from({ length: 9 }, (_, id) => ({ id, text: `Ada "${id}" [x]` })),
				null,
				1,
			),
		);
		await fc.assert(
			fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
				const damaged = cut ? bytes.slice(0, at) : bytes.slice();
				if (!cut) damaged[at] = byte;
				const result = await readAll([testFile("a.json", damaged)]).catch((error: unknown) => error);
				if (result instanceof Error)
					expect(result).toMatchObject({
						code: expect.stringMatching(/^(input|import)-format$/),
						what: expect.stringContaining("a.json"),
					});
				else
					for (const [line, what] of (result as Awaited<ReturnType<typeof readAll>>).failed)
						expect(what).toContain(`a.json, line ${line} `);
			}),
			{ numRuns: 200 },
		);
	});
});
