/** Where texts stand as whole words. */
import { expect, test } from "vitest";
import { textsIn } from "./occurrences.ts";

const startsOf = (text: string, piece: string) => textsIn(text, piece).map(({ start }) => start);

test("a text within a word does not occur", () => {
	expect(startsOf("USA, bus, US", "US")).toEqual([10]);
	expect(startsOf("Ana and Anaïs", "Ana")).toEqual([0]);
	expect(startsOf("@ana_b met ana", "ana")).toEqual([11]);
});

test("marks and possessives end a word", () => {
	expect(startsOf("#Cavs (Cavs) Cavs' Cavs's", "Cavs")).toEqual([1, 7, 13, 19]);
	expect(startsOf("l'OM", "OM")).toEqual([2]);
});

test("offsets count UTF-16 units behind an emoji", () => {
	expect(textsIn("🏀 Cavs", "Cavs")).toEqual([{ start: 3, end: 7 }]);
});

test("scripts without spaces have no borders", () => {
	expect(startsOf("私は東京にいる", "東京")).toEqual([2]);
});

test("an empty text occurs nowhere", () => {
	expect(textsIn("Cavs", "")).toEqual([]);
});
