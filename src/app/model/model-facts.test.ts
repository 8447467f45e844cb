/** What the panel says of a model's size and languages. */
import { expect, test } from "vitest";
import { bundleBytes, languagesText } from "./model-facts.ts";

test("a bundle is as large as its files together", () => {
	const file = (bytes: number) => ({ bytes, sha256: "0".repeat(64) });
	expect(bundleBytes({ files: { "a.weights": file(30), "b.onnx": file(12) } })).toBe(42);
});

test.each([
	[[], ""],
	[["en"], "English"],
	[["en", "de", "pl"], "English, German and Polish"],
	[["en", "<b>"], "English and <b>"],
	[["en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "sv", "da", "fi"], /Swedish and 2 more$/],
])("%j reads “%s”", (languages, text) => {
	expect(languagesText({ languages })).toEqual(typeof text === "string" ? text : expect.stringMatching(text));
});
