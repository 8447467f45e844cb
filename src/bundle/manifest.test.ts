/** Tests that a manifest names files only, inside its own folder. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseManifest } from "./manifest.ts";

const NANO = join(import.meta.dirname, "../../models/umie-nano/umie.json");
const withFile = (path: string) => {
	const json = JSON.parse(readFileSync(NANO, "utf8"));
	return { ...json, files: { ...json.files, [path]: { bytes: 1, sha256: "0".repeat(64) } } };
};

describe("a path under files", () => {
	test.each([
		".",
		"./",
		"./a",
		"a/.",
		"a/./b",
		"..",
		"../a",
		"a/../b",
		"/a",
		"a//b",
		"a/",
		"",
		"a\\b",
		"c:a",
	])("%j is refused", (path) => {
		expect(() => parseManifest(withFile(path))).toThrowError(expect.objectContaining({ code: "bundle-format" }));
	});

	test.each([".hidden", "a.b", "a/b.c", "a-b_c", "x.", "a/.b"])("%j is a file", (path) => {
		expect(Object.keys(parseManifest(withFile(path)).files)).toContain(path);
	});
});
