/** Looks of types stay the same. */
import { describe, expect, test } from "vitest";
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
