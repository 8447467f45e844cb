/** Tests that files become stored posts, that problems are told, and that what was there stays if reading fails. */
import { strToU8, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { Failure } from "../../core/failure.ts";
import { openFiles, type StoreOptions, storePosts } from "./reading.ts";
import { memoryStore, type PostStore } from "./store.ts";

const file = (name: string, content: string) => new File([content], name);
const calm = (): StoreOptions => ({ signal: new AbortController().signal, onProgress: () => undefined });

async function readInto(store: PostStore, files: readonly File[], options: Partial<StoreOptions> = {}) {
	await storePosts(store, await openFiles(files, options), { ...calm(), ...options });
}
async function read(...files: File[]) {
	const store = memoryStore();
	await readInto(store, files);
	const posts = [];
	for await (const { post } of store.entries())
		posts.push([post.id, post.text, post.picture && (post.picture as File).name]);
	return { notes: (await store.collection())?.notes, posts };
}
const failure = (...files: File[]) => read(...files).catch((error: unknown) => error as Failure);

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
	test("broken lines are told by their numbers, and a few of many", async () => {
		const { posts, notes } = await read(
			file("dev.jsonl", `{"text":"Paris"}\n${'{"text":\n'.repeat(9)}{"text":"Rome"}\n`),
		);
		expect(posts.map(([, text]) => text)).toEqual(["Paris", "Rome"]);
		expect(notes?.map((note) => note.slice(0, 35))).toEqual([
			...[2, 3, 4, 5, 6].map((line) => `dev.jsonl, line ${line} is not valid JSON`),
			"And 4 more that could not be read.",
		]);
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
	test("pictures of an archive are stored with their posts", async () => {
		const zip = zipSync({ "posts.csv": strToU8("id,text\n1,Ada\n"), "img/1.png": strToU8("p") });
		expect(await read(new File([zip], "posts.zip"))).toEqual({ posts: [["1", "Ada", "1.png"]], notes: [] });
	});
});

describe("a collection", () => {
	const table = (count: number) =>
		file("a.csv", `id,text\n${Array.from({ length: count }, (_, n) => `${n},Ada ${n}`).join("\n")}\n`);
	const count = async (store: PostStore) => {
		let posts = 0;
		for await (const _ of store.entries()) posts++;
		return posts;
	};
	test("comes in batches, with progress", async () => {
		const store = memoryStore();
		const seen: [number, number][] = [];
		await readInto(store, [table(25_000)], { onProgress: (posts, share) => seen.push([posts, share]) });
		expect([await count(store), (await store.collection())?.total]).toEqual([25_000, 25_000]);
		expect(seen.length).toBeGreaterThan(50);
		expect(seen.at(-1)).toEqual([25_000, 1]);
	});
	test("that is stopped or fails leaves what was there", async () => {
		const store = memoryStore();
		await readInto(store, [table(3)]);
		const stop = new AbortController();
		const stopped = readInto(store, [table(5000)], { signal: stop.signal, onProgress: () => stop.abort() });
		await expect(stopped).rejects.toMatchObject({ code: "cancelled" });
		await expect(readInto(store, [file("b.csv", "a,b\n1,2\n")])).rejects.toMatchObject({ code: "input-format" });
		expect([await count(store), (await store.collection())?.name]).toEqual([3, "a.csv"]);
	});
});
