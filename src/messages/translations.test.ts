/** Tests that every language has every message, with the same values in it and the plurals it needs. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LANGUAGE_NAMES, LANGUAGES, type Message } from "./messages.ts";

const here = import.meta.dirname;
const AREAS = readdirSync(join(here, "en")).map((name) => name.replace(/\.ts$/, ""));
const read = async (language: string, area: string): Promise<Readonly<Record<string, Message>>> =>
	(await import(`./${language}/${area}.ts`)).messages;
const formsOf = (message: Message) => (typeof message === "string" ? [message] : Object.values(message));
const valuesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

/** The plural categories of whole numbers, as far as people count here. */
const categories = (tag: string) => {
	const rules = new Intl.PluralRules(tag);
	return new Set(Array.from({ length: 1000 }, (_, count) => rules.select(count)));
};

test("every language has every area", () => {
	for (const language of LANGUAGE_NAMES)
		expect(readdirSync(join(here, language)).sort(), language).toEqual(AREAS.map((area) => `${area}.ts`).sort());
});

for (const language of LANGUAGE_NAMES)
	test.each(AREAS)(`${language} has every message of %s, with the same values`, async (area) => {
		const english = await read("en", area);
		const messages = await read(language, area);
		expect(Object.keys(messages)).toEqual(Object.keys(english));
		for (const [key, message] of Object.entries(messages)) {
			const original = english[key]!;
			const wanted = valuesIn(formsOf(original).at(-1)!);
			for (const form of formsOf(message)) {
				expect(form.trim(), `${area}: ${key}`).not.toBe("");
				const values = valuesIn(form);
				// "1" may be written out: "one post".
				expect(new Set([...values, "count"]), `${area}: ${key}`).toEqual(new Set([...wanted, "count"]));
			}
			if (typeof message !== "string")
				expect(Object.keys(message), `${area}: ${key}`).toEqual(
					expect.arrayContaining([...categories(LANGUAGES[language].tag)]),
				);
		}
	});

test("no message is left in English by mistake", async () => {
	for (const area of AREAS) {
		const english = await read("en", area);
		for (const language of LANGUAGE_NAMES.filter((name) => name !== "en")) {
			const messages = await read(language, area);
			// Names and units may be the same; a sentence is not.
			const same = Object.keys(english).filter((key) => {
				const [original] = formsOf(english[key]!);
				return original === formsOf(messages[key]!)[0] && /[a-z]+ [a-z]+ [a-z]+/.test(original ?? "");
			});
			expect(same, `${language}/${area}`).toEqual([]);
		}
	}
});

test("every message of the app is used", () => {
	const root = join(here, "../..");
	const sources = ["src/app", "src/ui", "src/element", "src/extension", "src/messages", "tools/scripts/extension"]
		.flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
		.filter(({ name }) => /\.(tsx?|html)$/.test(name) && !name.includes(".test."))
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((path) => !/messages\/(en|de|es|fr|ja|zh)\//.test(path))
		.map((path) => readFileSync(path, "utf8"))
		.join("\n");
	return Promise.all(
		AREAS.map(async (area) => {
			// `theme.${theme}` uses all that begins so; names are looked up by the labels of results.
			const unused = Object.keys(await read("en", area)).filter(
				(key) =>
					area !== "names" &&
					!sources.includes(`"${key}"`) &&
					!sources.includes(`\`${key.replace(/\.[^.]*$/, "")}.\${`),
			);
			expect(unused, area).toEqual([]);
		}),
	);
});
