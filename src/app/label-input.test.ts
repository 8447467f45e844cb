/** Goes in: typed labels. Comes out: lists and what stays in the field. */
import { describe, expect, test } from "vitest";
import { addLabels } from "./label-input.ts";

describe("addLabels", () => {
	test("commas and line ends separate labels, spaces around them are dropped", () => {
		expect(addLabels(["person"], " film ,  music   album\nteam,")).toEqual({ values: ["person", "film", "music album", "team"], rest: "", problem: null });
	});

	test("a label that is already there stays in the field", () => {
		expect(addLabels(["person"], "Person")).toEqual({ values: ["person"], rest: "Person", problem: "“Person” is already in the list." });
	});

	test("good labels are added even when another is wrong", () => {
		const added = addLabels([], "film, <spot>, team");
		expect([added.values, added.rest]).toEqual([["film", "team"], "<spot>"]);
		expect(added.problem).toContain("<spot>");
	});

	test("nothing but commas adds nothing", () => {
		expect(addLabels(["a"], " , ,")).toEqual({ values: ["a"], rest: "", problem: null });
	});

	test("labels longer than 64 characters are refused", () => {
		expect(addLabels([], "x".repeat(65)).problem).toContain("64");
	});
});
