/** Numbers as people read them. */
import { describe, expect, test } from "vitest";
import { taskTitle } from "../core/tasks.ts";
import { byteCount, duration, gateMeaning, percent, seconds, stageName } from "./format.ts";

describe("format", () => {
	test("percentages round, but never to certainty", () => {
		expect([0, 0.001, 0.934, 0.9999, 1].map(percent)).toEqual(["0%", "< 1%", "93%", "> 99%", "100%"]);
	});

	test("a probability that is not a number is a dash", () => {
		expect(percent(Number.NaN)).toBe("–%");
	});

	test("times below a second are milliseconds", () => {
		expect([7.6, 999, 1250].map(duration)).toEqual(["8 ms", "999 ms", "1.25 s"]);
	});

	test("bytes count in thousands", () => {
		expect([12, 2_400, 18_400_000].map(byteCount)).toEqual(["12 B", "2 kB", "18.4 MB"]);
	});

	test("a gate of zero says that the picture was not used", () => {
		expect(gateMeaning(0)).toBe("The picture was not used.");
	});

	test("a gate counts within the range that the model is known to have", () => {
		expect(gateMeaning(0.6)).toBe("The picture was clearly used.");
		expect(gateMeaning(0.6, 1.7)).toBe("The picture was used a little.");
	});

	test("a negative gate counts by its size", () => {
		expect(gateMeaning(-0.5)).toBe(gateMeaning(0.5));
	});

	test("stages and tasks are words", () => {
		expect(stageName("text_encoder")).toBe("Text encoder");
		expect([taskTitle("mre"), taskTitle("mqa"), taskTitle("constructor")]).toEqual([
			"Relations",
			"Multiple choice",
			"constructor",
		]);
	});
});

test("seconds of a video", () => {
	expect([0, 7.46, 59.9, 60, 125.9, 3600].map(seconds)).toEqual(["0 s", "7.5 s", "59.9 s", "1:00", "2:05", "60:00"]);
});
