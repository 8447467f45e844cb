/** Tests that a file that cannot be read is a failure with its own sentence. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../testing/nano.ts";
import { unreadable } from "./unreadable.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
mkdirSync(join(folder.path, "umie-small"));
writeFileSync(join(folder.path, "posts.jsonl"), "");
const error = (code: string) => Object.assign(new Error(code), { code });

describe("a path that does not exist", () => {
	test("names the neighbour that is spelled alike", () => {
		const failure = unreadable(join(folder.path, "umie-smal"), error("ENOENT"));
		expect(failure.code).toBe("not-found");
		expect(failure.what).toBe(
			`There is no ${join(folder.path, "umie-smal")}. Did you mean ${join(folder.path, "umie-small")}?`,
		);
	});

	test("names the folder that is missing on the way", () => {
		const path = join(folder.path, "xyzzy", "posts.jsonl");
		expect(unreadable(path, error("ENOENT")).what).toContain(
			`There is no folder ${join(folder.path, "xyzzy")} either.`,
		);
	});

	test("suggests nothing where nothing is alike", () => {
		expect(unreadable(join(folder.path, "q"), error("ENOENT")).what).toBe(`There is no ${join(folder.path, "q")}.`);
	});
});

test("a file that may not be read says so", () => {
	expect(unreadable("secret", error("EACCES"))).toMatchObject({
		code: "input-unreadable",
		what: "secret cannot be read (permission denied).",
	});
});
