/** Archives of any kind are opened, and hostile ones fail in words before they cost memory. */

import { CarBufferWriter } from "@ipld/car";
import * as cbor from "@ipld/dag-cbor";
import fc from "fast-check";
import { gzipSync, strToU8, zipSync } from "fflate";
import { CID } from "multiformats/cid";
import * as Digest from "multiformats/hashes/digest";
import { describe, expect, test } from "vitest";
import { readAll, testFile } from "../testing.ts";

const CSV = "id,text,image\n1,Ada in Rome,one.png\n2,Bob,\n";
const texts = async (name: string, bytes: Uint8Array) =>
	(await readAll([testFile(name, bytes)])).posts.map(({ text }) => text);

describe("zip", () => {
	test("posts and pictures in folders, without what macOS adds", async () => {
		const zip = zipSync({
			"x/posts.csv": strToU8(CSV),
			"x/pictures/one.png": strToU8("p"),
			"__MACOSX/x/._posts.csv": strToU8("a,b\n"),
		});
		const { posts } = await readAll([testFile("posts.zip", zip)]);
		expect(posts.map(({ id, picture }) => [id, picture?.path ?? null])).toEqual([
			["1", "posts.zip/x/pictures/one.png"],
			["2", null],
		]);
		expect(new TextDecoder().decode(await posts[0]!.picture!.read(0, 9))).toBe("p");
	});
	test("a file without posts does not cost the others, and a viewer is not a post", async () => {
		const zip = zipSync({
			"Your archive.html": strToU8("<html><body><p>Open me</p></body></html>"),
			"assets/app.js": strToU8('var a={"b":1};'),
			"README.txt": strToU8("Hello"),
			"numbers.csv": strToU8("a,b\n1,2\n"),
			"posts.csv": strToU8(CSV),
		});
		const { posts, notes } = await readAll([testFile("all.zip", zip)]);
		expect(posts.map(({ text }) => text)).toEqual(["Ada in Rome", "Bob"]);
		expect(notes).toEqual([expect.stringContaining("numbers.csv has no text column")]);
	});
	test("a zip in a zip, and a compressed table in it", async () => {
		const inner = zipSync({ "posts.csv.gz": gzipSync(strToU8(CSV)) });
		expect(await texts("outer.zip", zipSync({ "inner.zip": inner }))).toEqual(["Ada in Rome", "Bob"]);
	});
	test("a member that inflates to hundreds of times its size is refused", async () => {
		const bomb = zipSync(
			{
				"posts.csv": strToU8(
					`id,text\n${"1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n".repeat(400_000)}`,
				),
			},
			{ level: 9 },
		);
		expect(bomb.length).toBeLessThan(200_000);
		await expect(texts("bomb.zip", bomb)).rejects.toMatchObject({
			code: "import-too-large",
			what: expect.stringContaining("bomb.zip/posts.csv"),
		});
	});
	test("a directory that claims two gigabytes costs nothing", { timeout: 30_000 }, async () => {
		const zip = zipSync({ "posts.csv": strToU8(CSV) });
		const claim = zip.slice();
		const view = new DataView(claim.buffer);
		const central = claim.length - 22 - 46 - "posts.csv".length;
		expect(view.getUint32(central, true)).toBe(0x02014b50);
		view.setUint32(central + 24, 0x7fff_ffff, true);
		const result = await readAll([testFile("claim.zip", claim)]).catch((error: unknown) => error);
		if (result instanceof Error) expect(result).toMatchObject({ code: "input-format" });
	});
	test("damage anywhere gives posts or a failure that names the archive", { timeout: 60_000 }, async () => {
		const zip = zipSync({ "posts.csv": strToU8(CSV.repeat(20)) });
		await fc.assert(
			fc.asyncProperty(fc.nat(zip.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
				const damaged = cut ? zip.slice(0, at) : zip.slice();
				if (!cut) damaged[at] = byte;
				const result = await readAll([testFile("a.zip", damaged)]).catch((error: unknown) => error);
				if (result instanceof Error)
					expect(result).toMatchObject({
						code: expect.stringMatching(/^(input-format|import-format|import-too-large)$/),
						what: expect.stringContaining("a.zip"),
					});
			}),
			{ numRuns: 60 },
		);
	});
});

describe("compressed files", () => {
	/** `zstd` of '{"id":"a","body":"From a dump","link_id":"b"}\n'. */
	const ZST = "KLUv/SAucQEAeyJpZCI6ImEiLCJib2R5IjoiRnJvbSBhIGR1bXAiLCJsaW5rX2lkIjoiYiJ9Cg==";
	test("gz and zst", async () => {
		expect(await texts("posts.csv.gz", gzipSync(strToU8(CSV)))).toEqual(["Ada in Rome", "Bob"]);
		expect(await texts("RC_2026-01.zst", new Uint8Array(Buffer.from(ZST, "base64")))).toEqual(["From a dump"]);
	});
	test("one that breaks off is refused in words", async () => {
		const half = gzipSync(strToU8(CSV)).slice(0, 30);
		await expect(texts("posts.csv.gz", half)).rejects.toMatchObject({
			code: "input-format",
			what: expect.stringContaining("posts.csv.gz"),
		});
	});
});

describe("a repository of Bluesky", () => {
	const hashOf = async (bytes: Uint8Array) =>
		Digest.create(0x12, new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>)));
	async function repository(records: Readonly<Record<string, unknown>>): Promise<Uint8Array> {
		const blocks: { cid: CID; bytes: Uint8Array }[] = [];
		const put = async (value: unknown) => {
			const bytes = cbor.encode(value);
			const cid = CID.createV1(cbor.code, await hashOf(bytes));
			blocks.push({ cid, bytes });
			return cid;
		};
		const entries = [];
		let before = "";
		for (const [key, record] of Object.entries(records)) {
			let shared = 0;
			while (shared < before.length && before[shared] === key[shared]) shared++;
			entries.push({ p: shared, k: new TextEncoder().encode(key.slice(shared)), v: await put(record), t: null });
			before = key;
		}
		const root = await put({ did: "did:plc:ada", version: 3, data: await put({ l: null, e: entries }) });
		const buffer = new ArrayBuffer(20_000);
		const writer = CarBufferWriter.createWriter(buffer, { roots: [root] });
		for (const block of blocks) writer.write(block);
		return writer.close({ resize: true }).slice();
	}
	const post = (text: string) => ({ $type: "app.bsky.feed.post", text, createdAt: "2026-01-01" });

	test("posts with their addresses in the order of keys; other records are counted", async () => {
		const bytes = await repository({
			"app.bsky.feed.like/1": { $type: "app.bsky.feed.like" },
			"app.bsky.feed.post/3ka": post("Ada in Rome"),
			"app.bsky.feed.post/3kb": post("Bob in Paris"),
		});
		const { posts, notes } = await readAll([testFile("repo.car", bytes)]);
		expect(posts.map(({ id, text }) => [id, text])).toEqual([
			["at://did:plc:ada/app.bsky.feed.post/3ka", "Ada in Rome"],
			["at://did:plc:ada/app.bsky.feed.post/3kb", "Bob in Paris"],
		]);
		expect(notes).toEqual(["Other records of repo.car were left out: app.bsky.feed.like 1."]);
	});
	test("damage anywhere gives posts or a failure that names the file", async () => {
		const bytes = await repository({ "app.bsky.feed.post/3ka": post("Ada in Rome") });
		await fc.assert(
			fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
				const damaged = cut ? bytes.slice(0, at) : bytes.slice();
				if (!cut) damaged[at] = byte;
				const result = await readAll([testFile("repo.car", damaged)]).catch((error: unknown) => error);
				if (result instanceof Error)
					expect(result).toMatchObject({
						code: expect.stringMatching(/^(input|import)-format$/),
						what: expect.stringContaining("repo.car"),
					});
			}),
			{ numRuns: 100 },
		);
	});
});
