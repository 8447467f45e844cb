/** The failing inputs that were collected elsewhere, where they are at hand: read right, or refused in words. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sharedFolder } from "../../tools/node/testing/shared-folder.ts";
import { readAll, testFile } from "./testing.ts";

const folder = join(sharedFolder() ?? "", "cases/batches");
const there = sharedFolder() !== null && existsSync(folder);

describe.skipIf(!there)("shared cases (skipped where UMIE_SHARED does not name their folder)", () => {
	const read = async (name: string) => {
		const { posts, failed } = await readAll([testFile(name, readFileSync(join(folder, name)))]);
		return [posts.map(({ id, text }) => `${id} ${text}`), failed.map(([line]) => line)];
	};
	test.each<[string, readonly string[], readonly number[]]>([
		["bigid.jsonl", ["1234567890123456789 Ada in Rome", "1234567890123456790 Bob in Paris"], []],
		["bom.jsonl", ["1 Ada Byron in Rome", "2 Bob in Paris"], []],
		["broken.jsonl", ["1 Ada in Rome", "3 Eve in Paris"], [2]],
		["dup.jsonl", ["1 Ada in Rome", "1 Bob in Paris"], []],
		["nan.jsonl", ["1 Ada in Rome"], []],
		["noid.jsonl", ["1 Ada in Rome", "2 Bob in Paris"], [3, 4]],
		["posts.csv", ["1 Ada in Rome"], []],
	])("%s", async (name, posts, failed) => {
		expect(await read(name)).toEqual([posts, failed]);
	});
});
