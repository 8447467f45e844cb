/** Checks that the files of a folder are read, and that a missing one is named. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderReader } from "./folder-reader.ts";

let folder = "";

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "umie-folder-"));
	await writeFile(join(folder, "w.weights"), "0123456789");
});

afterAll(() => rm(folder, { recursive: true }));

test("a file is read when its length is the promised one", async () => {
	const counts: number[] = [];
	const bytes = await folderReader(folder).read("w.weights", {
		expectedBytes: 10,
		onBytes: (count) => counts.push(count),
	});
	expect(bytes).toEqual(new Uint8Array(new TextEncoder().encode("0123456789")));
	expect(counts).toEqual([10]);
});

test.each([
	["w.weights", 11, "bundle-truncated", /ends after 10 bytes of 11 bytes/],
	["w.weights", 9, "bundle-wrong-hash", /longer than the 9 bytes/],
	["none.weights", 10, "bundle-missing-file", /none\.weights is not in/],
	["w.weights/x", 10, "bundle-missing-file", /is not in/],
])("%s read as %i bytes is %s", async (path, expectedBytes, code, message) => {
	await expect(folderReader(folder).read(path, { expectedBytes })).rejects.toMatchObject({
		code,
		what: expect.stringMatching(message),
	});
});

test("a folder in a file's place is unreadable", async () => {
	await expect(
		folderReader(join(folder, "..")).read(folder.slice(folder.lastIndexOf("/") + 1), { expectedBytes: null }),
	).rejects.toMatchObject({
		code: "input-unreadable",
	});
});

test("an aborted read is cancelled", async () => {
	await expect(
		folderReader(folder).read("w.weights", { expectedBytes: 10, signal: AbortSignal.abort() }),
	).rejects.toMatchObject({
		code: "cancelled",
	});
});
