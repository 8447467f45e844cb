/** Pictures stay with their steps through edits of the text, and none is lost. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Picture } from "../state/state.ts";
import { moved, placed, realigned, removed, type StepPictures, stepTexts } from "./step-pictures.ts";

const picture = (name: string): Picture => ({ name, bytes: new Uint8Array([1]) });
/** "a.c" stands for pictures a and c at steps 1 and 3. */
const of = (names: string): StepPictures => [...names].map((name) => (name === "." ? null : picture(name)));
const names = (pictures: StepPictures) => pictures.map((one) => one?.name ?? ".").join("");

describe("realigned", () => {
	test.each([
		["a step before the others pushes them on", "abc", "xyz", "wxyz", ".abc"],
		["a step between two others has no picture", "ab", "xy", "xwy", "a.b"],
		["a step that goes leaves its picture at the end", "abc", "xyz", "xz", "acb"],
		["a step that is split keeps its picture in the first half", "abc", "xyz", "xpqz", "ab.c"],
		["of two that become one, the one that has a picture gives it", ".bc", "xyz", "wz", "bc"],
		["a step without a picture that goes leaves nothing", "a.c", "xyz", "xz", "ac"],
		["a text that is emptied keeps all of them", "a.c", "xyz", "", "ac"],
		["and one that is written again takes them in order", "ac", "", "xyz", "ac"],
		["what waits is next for a step at the end", "abc", "xy", "xyz", "abc"],
		["words that change do not move anything", "a.c", "xyz", "xwz", "a.c"],
	])("%s", (_, before, from, to, after) => {
		expect(names(realigned(of(before), [...from], [...to]))).toBe(after);
	});

	test("no edit loses or doubles a picture", async () => {
		const letters = fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 6 });
		await fc.assert(
			fc.property(fc.array(fc.boolean(), { maxLength: 8 }), letters, letters, (has, before, after) => {
				const pictures = has.map((is, at) => (is ? picture(`${at}`) : null));
				const all = (list: StepPictures) => list.flatMap((one) => one?.name ?? []).sort();
				expect(all(realigned(pictures, before, after))).toEqual(all(pictures));
			}),
			{ numRuns: 500, seed: 5 },
		);
	});
});

test("a picture moves into an empty place alone, else those between make room", () => {
	expect(names(moved(of("a.c"), 0, 1))).toBe(".ac");
	expect(names(moved(of("abc"), 0, 2))).toBe("bca");
	expect(names(moved(of("abc"), 2, 0))).toBe("cab");
	expect(names(moved(of("a"), 0, 3))).toBe("...a");
	expect(names(moved(of("ab"), 1, -1))).toBe("ab");
});

test("new pictures fill empty places; one that is meant for a step replaces what is there", () => {
	expect(names(placed(of("a.c"), [picture("d"), picture("e")]))).toBe("adce");
	expect(names(placed(of("a.c"), [picture("d"), picture("e")], 0))).toBe("dec");
	expect(names(placed([], [picture("d")], 2))).toBe("..d");
	expect(
		placed(
			[],
			Array.from({ length: 120 }, () => picture("a")),
		),
	).toHaveLength(100);
	expect(names(removed(of("a.c"), 2))).toBe("a");
});

test("a line is a step, and is found again in the text", () => {
	const text = " Mix flour\n\n2. Bake\r\n";
	const steps = stepTexts(text);
	expect(steps).toHaveLength(2);
	for (const step of steps) expect(text.startsWith(step.text, step.start)).toBe(true);
	expect(stepTexts("1. Mix 2. Bake").map((step) => step.text)).toEqual(["1. Mix", "2. Bake"]);
	expect(stepTexts("")).toEqual([]);
});
