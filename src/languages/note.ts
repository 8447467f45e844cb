/** Words what a person should know about a text in a language that the model was not made for. */
import type { UnsupportedLanguage } from "../core/result.ts";

/**
 * The name of the language, or of the script where only that is known, and where it says something: most scripts do,
 * the Latin and the Cyrillic one are those of the models.
 * @param tag BCP 47 code of the language to name it in
 */
export function nameUnsupported(
	{ language, script }: UnsupportedLanguage,
	tag: string,
): { readonly kind: "language" | "script" | "other"; readonly name: string } {
	const name = (code: string, type: "language" | "script") =>
		new Intl.DisplayNames([tag], { type, fallback: "none" }).of(code);
	const named = language === null ? undefined : name(language, "language");
	if (named !== undefined) return { kind: "language", name: named };
	if (script === "Latn" || script === "Cyrl") return { kind: "other", name: "" };
	return { kind: "script", name: name(script, "script") ?? script };
}

const SEEMS = {
	language: (name: string) => `The text seems to be in ${name}`,
	script: (name: string) => `The text is written in another script (${name})`,
	other: () => "The text seems to be in another language",
} as const;

/** The sentence in the notes of a result. */
export function languageNote(unsupported: UnsupportedLanguage): string {
	const { kind, name } = nameUnsupported(unsupported, "en");
	return `${SEEMS[kind](name)}, which this model was not made for: expect wrong and missing answers.`;
}
