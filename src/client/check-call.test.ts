/** Tests that wrong calls of the engine are refused by a sentence that says what is right. */
import { expect, test } from "vitest";
import { checkCallGiven, checkPostGiven, checkRequestGiven } from "./check-call.ts";

const { signal } = new AbortController();

test.each([
	["extract(null)", () => checkPostGiven(null), "extract() takes a post, {text, image}, found null."],
	["a text alone", () => checkPostGiven("Kids watch"), "found string"],
	["no text", () => checkPostGiven({}), "found undefined"],
	["a list of posts", () => checkPostGiven([{ text: "a" }]), "found a list"],
	[
		"a signal in the post",
		() => checkPostGiven({ text: "a", signal }),
		"third argument of extract(), {signal}, not in the post",
	],
	["a signal in the request", () => checkRequestGiven({ signal }), "not in the request"],
	["no request", () => checkRequestGiven(null), "must be an object, found null"],
	["the signal itself", () => checkCallGiven(signal, "open"), "open() takes {signal}, not the signal itself."],
	[
		"a controller for its signal",
		() => checkCallGiven({ signal: new AbortController() }, "extract"),
		"must be an AbortSignal",
	],
	["null for the callbacks", () => checkCallGiven(null, "extract"), "found null"],
])("%s is wrong usage", (_, check, what) => {
	expect(check).toThrowError(expect.objectContaining({ code: "usage", what: expect.stringContaining(what) }));
});

test("right calls pass", () => {
	checkPostGiven({ text: "", image: null });
	checkRequestGiven({ tasks: ["mner"] });
	checkCallGiven({}, "open");
	checkCallGiven({ signal, onProgress: () => {} }, "extract");
	checkCallGiven({ signal: undefined }, "extract");
});
