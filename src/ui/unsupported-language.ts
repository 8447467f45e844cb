/** Words that a text is in a language that the model was not made for, in the person's language. */
import type { ExtractionResult, UnsupportedLanguage } from "../core/result.ts";
import { languageNote, nameUnsupported } from "../languages/note.ts";
import { LANGUAGES, language } from "../messages/messages.ts";
import { t } from "../messages/ui.ts";

/** The sentence about the language: the first thing to read where a result is shown. */
export function unsupportedText(unsupported: UnsupportedLanguage): string {
	const { kind, name } = nameUnsupported(unsupported, LANGUAGES[language()].tag);
	return kind === "other" ? t("language.other") : t(`language.${kind}`, { name });
}

/** The notes of a result but for the English one about its language, which `unsupportedText` replaces. */
export function notesWithoutLanguage({ notes, unsupportedLanguage }: ExtractionResult): readonly string[] {
	return unsupportedLanguage ? notes.filter((note) => note !== languageNote(unsupportedLanguage)) : notes;
}
