/** Selections and boxes end up where they should. */
import { describe, expect, test } from "vitest";
import { shifted } from "./correct-boxes.tsx";
import { trimmed } from "./correct-text.tsx";

test("a selection loses the white space around it; a span of nothing visible is not a selection", () => {
	expect(trimmed("a  Ada \n", 1, 8)).toEqual({ start: 3, end: 6 });
	expect(trimmed("a  b", 1, 3)).toBeNull();
});

describe("a box", () => {
	const image = { width: 100, height: 50 };

	test("moves as a whole and stops at the edge of the picture", () => {
		expect(shifted([10, 10, 30, 20], "all", 5, -4, image)).toEqual([15, 6, 35, 16]);
		expect(shifted([10, 10, 30, 20], "all", 500, -500, image)).toEqual([80, 0, 100, 10]);
	});

	test("is resized at its corner, never to nothing and never past the edge", () => {
		expect(shifted([10, 10, 30, 20], "corner", 5, 5, image)).toEqual([10, 10, 35, 25]);
		expect(shifted([10, 10, 30, 20], "corner", -500, 500, image)).toEqual([10, 10, 11, 50]);
	});
});
