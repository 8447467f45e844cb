/** Shows that what compromise finds in sentences arrives with the right types and places. */
import { describe, expect, test } from "vitest";
import { findByRules } from "./rules.ts";

const found = (text: string) => findByRules(text).map(({ type, start, end }) => `${type} ${text.slice(start, end)}`);

describe("findByRules", () => {
	test("gives people, places and organisations their types", () => {
		expect(found("Tom Becker joins the United Nations in Rotterdam today")).toEqual([
			"person Tom Becker",
			"location Rotterdam",
			"organization United Nations",
		]);
	});
	test("leaves the brackets and the comma around a name outside", () => {
		expect(found("and (Tom Becker), who left")).toEqual(["person Tom Becker"]);
	});
	test("finds nothing where no name stands", () => {
		expect(found("rainy morning , hot coffee")).toEqual([]);
	});
});
