/** Goes in: mentions and points, small enough to count by hand. Comes out: proof of what the parts of the benchmark ask and count. */
import { describe, expect, test } from "vitest";
import { prepareText } from "../../../src/core/text.ts";
import { askOf, USUAL } from "./cost.ts";
import { checkEqual } from "./peer.ts";
import { compare, inWords } from "./rules.ts";

const { words } = prepareText("Tom Becker left Leeds", "tokens");
const mention = (type: string, start: number, end: number) => ({ type, start, end });

describe("what rules find, beside the annotation", () => {
	test("a stretch becomes the words it touches", () => {
		expect(inWords(mention("person", 0, 10), words)).toBe("person 0 1");
		expect(inWords(mention("location", 17, 19), words)).toBe("location 3 3");
	});
	test("type and both ends must agree; a record said twice counts once", () => {
		const gold = [mention("person", 0, 10), mention("location", 16, 21)];
		const found = [mention("person", 0, 10), mention("person", 0, 10), mention("person", 16, 21), mention("location", 11, 21)];
		expect(compare(found, gold, words)).toEqual({ right: 1, predicted: 3, gold: 2 });
	});
});

describe("what is asked to see a cost", () => {
	const asked = askOf({ ...USUAL, length: 512, posts: 3 }, 8000);
	test("has the length, the posts and the beams of its point, and ends like a prompt", () => {
		expect([asked.inputs.length, ...asked.inputs.map((ids) => ids.length), asked.beams]).toEqual([3, 512, 512, 512, 4]);
		expect(asked.inputs.map((ids) => ids.at(-1))).toEqual([1, 1, 1]);
	});
	test("names ids of the vocabulary only, never its special ones, and a hundred candidates, each once", () => {
		const ids = [...asked.inputs.flatMap((input) => input.slice(0, -1)), ...asked.candidates!];
		expect(Math.min(...ids)).toBeGreaterThan(100);
		expect(Math.max(...ids)).toBeLessThan(8000);
		expect(new Set(asked.candidates).size).toBe(100);
	});
});

describe("outputs that must be equal", () => {
	test("equal ones pass", () => {
		expect(() => checkEqual([5, 6, 1], [5, 6, 1])).not.toThrow();
	});
	test.each([
		[[5, 7, 1], 1],
		[[5, 6], 2],
	])("the first difference is named: %j", (theirs, at) => {
		expect(() => checkEqual([5, 6, 1], theirs)).toThrow(`differ at token ${at}`);
	});
});
