/** Checks which typed labels join a list and which stay in the field. */
import { describe, expect, test } from "vitest";
import { addLabels } from "./label-input.ts";

const add = (values: readonly string[], typed: string) => addLabels(values, typed, "entity types");

describe("addLabels", () => {
	test("commas and line ends separate labels, spaces around them are dropped", () => {
		expect(add(["person"], " film ,  music   album\nteam,")).toEqual({
			values: ["person", "film", "music album", "team"],
			rest: "",
			problem: null,
		});
	});

	test("a label that is already there stays in the field", () => {
		expect(add(["person"], "Person")).toEqual({
			values: ["person"],
			rest: "Person",
			problem: 'The entity types: "Person" is listed twice.',
		});
	});

	test("good labels are added even when another is wrong", () => {
		const added = add([], "film, <spot>, team");
		expect([added.values, added.rest]).toEqual([["film", "team"], "<spot>"]);
		expect(added.problem).toContain("<spot>");
	});

	test("nothing but commas adds nothing", () => {
		expect(add(["a"], " , ,")).toEqual({ values: ["a"], rest: "", problem: null });
	});

	test("a label that is too long is refused", () => {
		expect(add([], "x".repeat(65)).problem).toContain("more than 60 characters");
	});
});
