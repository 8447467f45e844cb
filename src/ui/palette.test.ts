/** Looks of types stay the same. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HUE_COLOURS } from "../core/looks.ts";
import { lookClass, lookOfType } from "./palette.ts";

describe("lookOfType", () => {
	test("the four types of the paper have four hues", () => {
		const hues = ["person", "organization", "location", "miscellaneous"].map((type) => lookOfType(type).hue);
		expect(new Set(hues).size).toBe(4);
	});

	test("a custom type looks the same every time, whatever its case", () => {
		expect(lookOfType("Sports Team ")).toEqual(lookOfType("sports team"));
	});

	test("a custom type is never drawn like a known one", () => {
		for (const type of ["film", "album", "team", "product", "city"]) expect(lookOfType(type).line).not.toBe("solid");
	});

	test("names of object properties are ordinary types", () => {
		expect(lookOfType("constructor").hue).toBeTypeOf("string");
		expect(lookOfType("__proto__").hue).toBeTypeOf("string");
	});

	test("a look names its classes", () => {
		expect(lookClass(lookOfType("person"))).toBe("hue-blue line-solid");
	});
});

test("the hues of the style sheet are those of pictures", () => {
	const css = readFileSync(new URL("./hues.css", import.meta.url), "utf8");
	for (const [name, { hue, ink }] of Object.entries(HUE_COLOURS))
		expect(css).toContain(`.hue-${name} {\n\t--hue: ${hue};\n\t--ink: light-dark(${ink},`);
});
