/** Compares the table of built-in models with the folders in models/. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BUILT_IN_MODELS, type BuiltInModel, builtInFolder } from "./built-in.ts";
import { parseManifest } from "./manifest.ts";

const models: readonly BuiltInModel[] = BUILT_IN_MODELS;
const root = new URL("../../", import.meta.url);

test.each(models.map(({ name }) => name))("%s lies in its folder, under the name of its manifest", (name) => {
	const manifest = parseManifest(JSON.parse(readFileSync(new URL(`${builtInFolder(name)}/umie.json`, root), "utf8")));
	expect(manifest.name).toBe(name);
});

test("no two rows have the same name or title, and each says for whom it is", () => {
	expect(new Set(models.map(({ name }) => name)).size).toBe(models.length);
	expect(new Set(models.map(({ title }) => title)).size).toBe(models.length);
	for (const { suits } of models) expect(suits).toMatch(/^\S.*\.$/);
});
