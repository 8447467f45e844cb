/** Tests that every language has every message, and that every message is used. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LANGUAGE_NAMES } from "../../messages/messages.ts";

const root = join(import.meta.dirname, "..");
const locales = readdirSync(join(root, "_locales"));
type Messages = Record<string, { message: string }>;
const messagesOf = (locale: string): Messages =>
	JSON.parse(readFileSync(join(root, "_locales", locale, "messages.json"), "utf8"));
const english = messagesOf("en");
const substitutions = ({ message }: { message: string }) => [...message.matchAll(/\$\d/g)].map(String).sort();

/** Every source file of the extension, and of its manifest. */
const sources = [root, join(root, "../../tools/scripts/extension")]
	.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
	.filter((entry) => entry.isFile() && /\.(ts|html)$/.test(entry.name) && !entry.name.includes(".test."))
	.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
	.join("\n");

test("there are the languages of the app", () => {
	expect(locales.map((locale) => locale.slice(0, 2))).toEqual([...LANGUAGE_NAMES].sort());
});

test.each(locales)("%s has every message, with the same substitutions", (locale) => {
	const messages = messagesOf(locale);
	expect(Object.keys(messages)).toEqual(Object.keys(english));
	for (const [key, message] of Object.entries(messages)) {
		expect(message.message.trim(), key).not.toBe("");
		expect(substitutions(message), key).toEqual(substitutions(english[key] ?? { message: "" }));
	}
});

test("every message is used", () => {
	expect(Object.keys(english).filter((key) => !new RegExp(`(\\b|_)${key}(\\b|_)`).test(sources))).toEqual([]);
});

test("every message that a page shows exists", () => {
	const shown = [...sources.matchAll(/data-text="(\w+)"|\bt\("(\w+)"/g)].map(
		([, inPage, inCode]) => inPage ?? inCode ?? "",
	);
	expect(shown.filter((key) => !Object.hasOwn(english, key))).toEqual([]);
	expect(shown.length).toBeGreaterThan(20);
});
