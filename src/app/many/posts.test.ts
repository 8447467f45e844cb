/** Tables, lines and folders as people have them are read, and problems are reported. */
import { describe, expect, test } from "vitest";
import { Failure } from "../../core/failure.ts";
import { MAX_POSTS, readPosts } from "./posts.ts";

const file = (name: string, content: string) => new File([content], name);
const read = async (...files: File[]) => {
	const { posts, notes } = await readPosts(files);
	return { notes, posts: posts.map(({ id, text, picture }) => [id, text, picture && (picture as File).name]) };
};
const failure = (...files: File[]) => readPosts(files).catch((error: unknown) => error as Failure);

describe("tables", () => {
	test("a quoted field keeps its comma, line break and quotes; empty lines do not count", async () => {
		expect(await read(file("a.csv", 'ID,Text\n7,"Kyrie, ""the"" guard\nwins"\n\n8,Cavs\n'))).toEqual({
			notes: [],
			posts: [
				["7", 'Kyrie, "the" guard\nwins', null],
				["8", "Cavs", null],
			],
		});
	});
	test("tabs part a TSV, and a byte order mark is not part of the first name", async () => {
		expect((await read(file("a.tsv", "\ufefftext\tid\nCavs win\t1\n"))).posts).toEqual([["1", "Cavs win", null]]);
	});
	test("a table without a text column is refused by name", async () => {
		const error = await failure(file("wrong.csv", "a,b\n1,2\n"));
		expect(error).toBeInstanceOf(Failure);
		expect((error as Failure).what).toContain("wrong.csv has no text column");
	});
	test("pictures are found by file name, path, or name without ending, in any case", async () => {
		const pictures = [file("One.JPG", "1"), file("two.png", "2")];
		const { posts, notes } = await read(
			file("a.csv", "text,image\na,one.jpg\nb,two\nc,folder/two.png\nd,gone.jpg\n"),
			...pictures,
		);
		expect(posts.map(([, , picture]) => picture)).toEqual(["One.JPG", "two.png", "two.png", null]);
		expect(notes).toEqual(["Picture missing from the files: 1 post."]);
	});
});

describe("JSON", () => {
	test("lines of data sets are read as they are; the place stands in for an id", async () => {
		expect((await read(file("dev.jsonl", '{"id":3,"text":"Paris","entities":[]}\r\n{"text":"Rome"}\n'))).posts).toEqual(
			[
				["3", "Paris", null],
				["2", "Rome", null],
			],
		);
	});
	test("a broken line is named", async () => {
		expect((await failure(file("dev.jsonl", '{"text":"Paris"}\n{"text":\n'))) as Failure).toMatchObject({
			what: "dev.jsonl, line 2 is not valid JSON.",
		});
	});
	test("a record without text is left out, and said", async () => {
		const { posts, notes } = await read(file("a.json", '[{"text":"Paris"},{"text":"  "},{"__proto__":{"text":"x"}}]'));
		expect(posts).toEqual([["1", "Paris", null]]);
		expect(notes).toEqual(["Skipped because they have no text: 2 posts."]);
	});
});

describe("folders", () => {
	test("a text and a picture of the same name are one post", async () => {
		const { posts } = await read(file("a.txt", "Cavs win\n"), file("a.jpg", "1"), file("b.txt", "No picture"));
		expect(posts).toEqual([
			["a", "Cavs win", "a.jpg"],
			["b", "No picture", null],
		]);
	});
	test("pictures alone are not posts, and the failure says what would be", async () => {
		expect(((await failure(file("a.jpg", "1"))) as Failure).what).toMatch(/drop a CSV or JSONL/);
	});
	test("more posts than the page holds are refused", async () => {
		expect(((await failure(file("a.jsonl", '{"text":"x"}\n'.repeat(MAX_POSTS + 1)))) as Failure).what).toMatch(
			/at most 20,000 posts/,
		);
	});
});
