/** Segments of short texts, which can be counted by hand. */
import { describe, expect, test } from "vitest";
import { layoutSpans } from "./spans.ts";

const shape = (text: string, spans: Array<{ start: number; end: number }>) =>
	layoutSpans(text, spans).map(({ text: piece, covers }) => [piece, covers.map(({ level }) => level)]);

describe("layoutSpans", () => {
	test("a text without spans is one segment", () => {
		expect(shape("hello", [])).toEqual([["hello", []]]);
	});

	test("an empty text has no segments", () => {
		expect(shape("", [{ start: 0, end: 1 }])).toEqual([]);
	});

	test("a span cuts its text into before, inside and after", () => {
		expect(shape("go to Rome now", [{ start: 6, end: 10 }])).toEqual([
			["go to ", []],
			["Rome", [0]],
			[" now", []],
		]);
	});

	test("a nested span lies above the one that contains it", () => {
		expect(
			shape("Bank of England", [
				{ start: 0, end: 15 },
				{ start: 8, end: 15 },
			]),
		).toEqual([
			["Bank of ", [1]],
			["England", [1, 0]],
		]);
	});

	test("crossing spans share the segment where they cross", () => {
		expect(
			shape("abcdef", [
				{ start: 0, end: 4 },
				{ start: 2, end: 6 },
			]),
		).toEqual([
			["ab", [0]],
			["cd", [1, 0]],
			["ef", [1]],
		]);
	});

	test("two labels on the same span take two levels", () => {
		expect(
			shape("Paris", [
				{ start: 0, end: 5 },
				{ start: 0, end: 5 },
			]),
		).toEqual([["Paris", [1, 0]]]);
	});

	test("levels are used again where nothing overlaps", () => {
		const segments = layoutSpans("abcdefghi", [
			{ start: 0, end: 4 },
			{ start: 3, end: 6 },
			{ start: 5, end: 9 },
		]);
		expect(Math.max(...segments.flatMap(({ covers }) => covers.map(({ level }) => level)))).toBe(1);
	});

	test("first and last mark where a span begins and ends", () => {
		const [left, both] = layoutSpans("abcd", [
			{ start: 0, end: 4 },
			{ start: 2, end: 4 },
		]);
		expect(left?.covers.map(({ first, last }) => [first, last])).toEqual([[true, false]]);
		expect(both?.covers.map(({ first, last }) => [first, last])).toEqual([
			[false, true],
			[true, true],
		]);
	});

	test("spans outside the text, empty or reversed are left out", () => {
		const spans = [
			{ start: 2, end: 9 },
			{ start: 1, end: 1 },
			{ start: 2, end: 1 },
			{ start: -1, end: 2 },
			{ start: Number.NaN, end: 2 },
		];
		expect(shape("abc", spans)).toEqual([["abc", []]]);
	});

	test("the segments joined are the text again, emoji and all", () => {
		const text = "🏀 Cavs 🏆 win";
		const segments = layoutSpans(text, [
			{ start: 3, end: 7 },
			{ start: 0, end: 10 },
		]);
		expect(segments.map(({ text: piece }) => piece).join("")).toBe(text);
	});
});
