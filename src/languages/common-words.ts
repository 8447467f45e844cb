/** The commonest words of languages: a text that is full of them is in that language. */

type Words = () => Promise<{ readonly WORDS: string }>;

/** By BCP 47 code. Each is a part of its own: of most texts only their own language is asked. */
export const COMMON_WORDS: Readonly<Record<string, Words>> = {
	en: () => import("./words/en.ts"),
	de: () => import("./words/de.ts"),
	es: () => import("./words/es.ts"),
	fr: () => import("./words/fr.ts"),
	it: () => import("./words/it.ts"),
	nl: () => import("./words/nl.ts"),
	pl: () => import("./words/pl.ts"),
	pt: () => import("./words/pt.ts"),
	ru: () => import("./words/ru.ts"),
};
