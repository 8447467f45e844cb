/** Tests which values are dropped first. */
import { expect, test } from "vitest";
import { createRecent } from "./recent.ts";

test("the value unused for longest goes first", () => {
	const recent = createRecent<number>(2);
	recent.set("a", 1);
	recent.set("b", 2);
	expect(recent.get("a")).toBe(1);
	recent.set("c", 3);
	expect([recent.get("a"), recent.get("b"), recent.get("c")]).toEqual([1, undefined, 3]);
	expect(recent.size).toBe(2);
});

test("a key that is set again holds its newest value once", () => {
	const recent = createRecent<number>(2);
	recent.set("a", 1);
	recent.set("a", 2);
	expect(recent.get("a")).toBe(2);
	expect(recent.size).toBe(1);
});
