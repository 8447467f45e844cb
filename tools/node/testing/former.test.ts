/**
 * Opens files that the version of 28 November 2026 wrote (commit 5649aae, before folders and names changed): a
 * manifest, a result, a request, stored settings and every export format. They must mean what they meant.
 * `former/read` holds what that version read from them.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseSettings } from "../../../src/app/state/settings.ts";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { ResultSchema } from "../../../src/core/result.ts";
import { checkResult } from "../../../src/exports/check-result.ts";
import { detectFormat, FORMAT_NAMES, FORMATS, type FormatName, load } from "../../../src/exports/formats.ts";
import { asInput, HARD } from "../../../src/exports/testing.ts";
import type { ExportItem } from "../../../src/exports/types.ts";
import { type ExtractRequest, settleRequest } from "../../../src/tasks/request.ts";

const FOLDER = join(import.meta.dirname, "former");
const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, name), "utf8"));

/** The same value with every `screen` called `prefilter`, as it is called now. */
function renamed(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(renamed);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, part]) => [key === "screen" ? "prefilter" : key, renamed(part)]),
	);
}

const byId = (a: ExportItem, b: ExportItem) => ((a.id ?? "") < (b.id ?? "") ? -1 : 1);

/** The files of one format, as they were saved for two posts. */
const savedAs = (format: FormatName) =>
	readdirSync(join(FOLDER, "exports", format))
		.sort()
		.map((path) => ({ path, text: readFileSync(join(FOLDER, "exports", format, path), "utf8") }));

test("a manifest opens with all it says", () => {
	const manifest = read("umie-nano.umie.json");
	expect(renamed(parseManifest(manifest))).toEqual(renamed(manifest));
});

test("a request with every option means the same, under its former names too", () => {
	const { full, defaults } = read("read/request.json");
	expect(renamed(settleRequest(read("request.json") as ExtractRequest))).toEqual(renamed(full));
	// Which region shows a mention is a fitted score now; attention only has to be above its average a little.
	expect(renamed(settleRequest({ tasks: ["mner"] }))).toEqual(renamed({ ...defaults, groundingThreshold: 1.25 }));
});

test("the settings that a browser kept are all taken over", () => {
	// Settings that came later have their defaults beside them.
	expect(renamed(parseSettings(read("settings.json")))).toMatchObject(renamed(read("read/settings.json")) as object);
});

test("a result is still a result", () => {
	const result = read("result.json");
	expect(ResultSchema.parse(result)).toEqual(result);
	expect(() => checkResult(ResultSchema.parse(result), "result.json")).not.toThrow();
});

/** Formats that came later have no former files. */
const FORMER = FORMAT_NAMES.filter((format) => existsSync(join(FOLDER, "exports", format)));
const readFile = (format: FormatName) => `read/${format === "jsonl" ? "json" : format}.json`;

describe.each(FORMER)("%s", (format) => {
	const items: readonly ExportItem[] = [HARD, { id: "kyrie", image: "kyrie.jpg", result: read("result.json") }];

	test("the same result is written as it was", () => {
		const written = FORMATS[format].write(items).map(({ path, text }) => ({ path, text }));
		expect(written.sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual(savedAs(format));
	});

	test.runIf(existsSync(join(FOLDER, readFile(format))))("its files are recognised and read as they were", () => {
		const files = asInput(savedAs(format));
		expect(detectFormat(files)).toBe(format);
		// Lines of JSON hold the same results as a list of them.
		const former: ExportItem[] = read(readFile(format));
		expect([...load(files)].sort(byId)).toEqual(former.sort(byId));
	});
});
