/** Goes in: label lists as people type them. Comes out: whether each wrong one is told by name. */
import { expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import { checkLabels } from "./labels.ts";

const whatOf = (list: string[]) => {
	try {
		checkLabels(list, "entity types");
	} catch (error) {
		if (error instanceof Failure && error.code === "labels-invalid") return error.what;
		throw error;
	}
	return null;
};

test("labels come back trimmed, in their order", () => {
	expect(checkLabels([" person ", "Ort", "tv show"], "entity types")).toEqual(["person", "Ort", "tv show"]);
});

test.each([
	[[], "The entity types: the list is empty."],
	[["a", "  "], "The entity types: one label is empty."],
	[["\u200B"], "The entity types: one label is empty."],
	[["Person", "person"], 'The entity types: "person" is there twice.'],
	[["a  b", "A b"], 'The entity types: "A b" is there twice.'],
	[["ﬁlm", "film"], 'The entity types: "film" is there twice.'],
	[["red, blue"], 'The entity types: "red, blue" has a comma.'],
	[["a <spot> b"], 'The entity types: "a <spot> b" holds a special token.'],
	[["</s>"], 'The entity types: "</s>" holds a special token.'],
	[["a\nb"], 'The entity types: "a\\nb" has a line break or another control character.'],
	[["a\uD800"], 'The entity types: "a\\ud800" has half a character (an unpaired surrogate).'],
])("%j is refused", (list, what) => {
	expect(whatOf(list)).toBe(what);
});

test("64 labels of 60 characters are the most", () => {
	const labels = Array.from({ length: 64 }, (_, i) => `${i}`.padEnd(60, "x"));
	expect(checkLabels(labels, "entity types")).toHaveLength(64);
	expect(whatOf([...labels, "one more"])).toBe("The entity types: 65 labels; at most 64 can be asked at once.");
	expect(whatOf(["y".repeat(61)])).toContain("has more than 60 characters");
});
