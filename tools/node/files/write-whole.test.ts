/** Tests that files are written whole or not at all, and never over what is being read. */
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryFolder } from "../testing/nano.ts";
import { cannotWrite, isSameFile, refuseInputs, replaceByEmpty, writeWhole } from "./write-whole.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const at = (name: string) => join(folder.path, name);

test("a hard link, a symbolic link and another spelling are the same file; a copy is not", () => {
	writeFileSync(at("a"), "x");
	writeFileSync(at("copy"), "x");
	linkSync(at("a"), at("hard"));
	symlinkSync(at("a"), at("soft"));
	expect(["hard", "soft", "./a", "copy", "absent"].map((name) => isSameFile(at("a"), at(name)))).toEqual([
		true,
		true,
		true,
		false,
		false,
	]);
	expect(() => refuseInputs([at("hard")], [at("a")])).toThrow(/is .*a under another name/);
	expect(() => refuseInputs([at("copy")], [at("a")])).not.toThrow();
});

test("a file that is replaced keeps its content under its other names", () => {
	writeFileSync(at("b"), "before");
	linkSync(at("b"), at("b-too"));
	writeWhole(at("b"), "after");
	expect([readFileSync(at("b"), "utf8"), readFileSync(at("b-too"), "utf8")]).toEqual(["after", "before"]);
	replaceByEmpty(at("b"));
	expect(readFileSync(at("b"), "utf8")).toBe("");
});

test("a symbolic link stays one, and the file it leads to is replaced", () => {
	writeFileSync(at("target"), "before");
	symlinkSync(at("target"), at("link"));
	writeWhole(at("link"), "after");
	expect(readFileSync(at("target"), "utf8")).toBe("after");
});

test("what cannot be written leaves no half file and says why", () => {
	mkdirSync(at("folder"));
	expect(() => writeWhole(at("none/x"), "y")).toThrow(/none\/x cannot be written: its folder does not exist\./);
	expect(() => writeWhole(at("folder"), "y")).toThrow(/folder cannot be written: it is a folder\./);
	expect(readdirSync(folder.path).filter((name) => name.includes(".part-"))).toEqual([]);
});

test("a full disk is called that", () => {
	expect(cannotWrite("out.json", Object.assign(new Error(), { code: "ENOSPC" })).what).toBe(
		"out.json cannot be written: the disk is full.",
	);
});

test.runIf(existsSync("/dev/full"))("a device is written to, not replaced, and its refusal is worded", () => {
	expect(() => writeWhole("/dev/full", "x")).toThrow(/\/dev\/full cannot be written: the disk is full\./);
	expect(existsSync("/dev/full")).toBe(true);
});
