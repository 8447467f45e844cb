/** Tests values, plurals, numbers, and what happens when a language is chosen. */
import { afterEach, expect, test } from "vitest";
import { defineArea, formatList, formatNumber, language, languageFor, onLanguage, setLanguage } from "./messages.ts";

const english = {
	greeting: "Hello {name}, {count} times",
	posts: { one: "{count} post", other: "{count} posts" },
	only: "Only here",
} as const;
const german = {
	greeting: "Hallo {name}, {count}-mal",
	posts: { one: "{count} Beitrag", other: "{count} Beiträge" },
};
const none = () => Promise.resolve({ messages: english });
const { t, pieces } = defineArea(english, {
	// As a translation that is older than its English: types do not allow it in the repository.
	de: () => Promise.resolve({ messages: german as unknown as typeof english }),
	es: none,
	fr: () => Promise.reject(new Error("offline")),
	ja: () => new Promise((resolve) => setTimeout(() => resolve({ messages: english }), 20)),
	zh: none,
});

afterEach(() => setLanguage("en"));

test("values stand where their names are, and numbers as the language writes them", async () => {
	expect(t("greeting", { name: "Ada", count: 1204 })).toBe("Hello Ada, 1,204 times");
	await setLanguage("de");
	expect(t("greeting", { name: "Ada", count: 1204 })).toBe("Hallo Ada, 1.204-mal");
	expect(formatNumber(0.5, { style: "percent" })).toBe("50\u00a0%");
	expect(formatList(["a", "b", "c"])).toBe("a, b und c");
});

test("a value is never read as a name", () => {
	expect(t("greeting", { name: "{count}", count: 2 })).toBe("Hello {count}, 2 times");
});

test("the plural follows the count", () => {
	expect([0, 1, 2].map((count) => t("posts", { count }))).toEqual(["0 posts", "1 post", "2 posts"]);
});

test("pieces keep values that are not text", () => {
	const name = { bold: "Ada" };
	expect(pieces("greeting", { name, count: 2 })).toEqual(["Hello ", name, ", ", "2", " times"]);
});

test("a message that a language lacks is shown in English", async () => {
	await setLanguage("de");
	expect(t("only")).toBe("Only here");
});

test("a language that cannot be loaded leaves the language as it was", async () => {
	await expect(setLanguage("fr")).rejects.toThrow("offline");
	expect(language()).toBe("en");
});

test("the last choice counts, even where an earlier one loads longer", async () => {
	const changes: string[] = [];
	const stop = onLanguage(() => changes.push(language()));
	await Promise.all([setLanguage("ja"), setLanguage("de")]);
	stop();
	expect(changes).toEqual(["de"]);
});

test("the browser's first language that there are messages for is taken", () => {
	expect(languageFor(["pt-BR", "de-AT", "en"])).toBe("de");
	expect(languageFor(["zh-TW"])).toBe("zh");
	expect(languageFor(["en-GB", "fr"])).toBe("en");
	expect(languageFor(["toString"])).toBe("en");
	expect(languageFor([])).toBe("en");
});
