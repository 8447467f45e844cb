/** Keeps the chosen language, and sets the page's. */
import { LANGUAGES, type Language, language, languageFor, setLanguage } from "../../messages/messages.ts";

/** What a person chose: a language, or whatever the browser asks for. */
export type LanguageChoice = Language | "auto";
const LANGUAGE_KEY = "umie-web/language";

export function loadLanguage(): LanguageChoice {
	try {
		const stored = localStorage.getItem(LANGUAGE_KEY) ?? "auto";
		return Object.hasOwn(LANGUAGES, stored) ? (stored as Language) : "auto";
	} catch {
		return "auto";
	}
}

/** A language that cannot be kept still holds for this visit. */
function saveLanguage(choice: LanguageChoice): void {
	try {
		localStorage.setItem(LANGUAGE_KEY, choice);
	} catch {
		// Nothing to say: the page already says that it cannot keep things.
	}
}

/** Rejects where the messages cannot be loaded: the page stays in the language it is in. */
async function apply(choice: LanguageChoice): Promise<void> {
	await setLanguage(choice === "auto" ? languageFor(navigator.languages) : choice);
	const { tag, dir } = LANGUAGES[language()];
	document.documentElement.lang = tag;
	document.documentElement.dir = dir;
}

/** Before the first paint: the language of the last visit, else the browser's. English where it cannot be loaded. */
export const startLanguage = (): Promise<void> => apply(loadLanguage()).catch(() => undefined);

/** Changes the language and keeps the choice. */
export async function chooseLanguage(choice: LanguageChoice): Promise<void> {
	await apply(choice);
	saveLanguage(choice);
}
