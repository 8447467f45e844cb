/** Lets the element speak the language of the page around it. */
import { languageFor, setLanguage } from "../messages/messages.ts";

/**
 * Takes the language of the nearest `lang`, else the browser's. All elements of a page share one language, that of the
 * one that came last. It stays as it is where its messages cannot be loaded.
 */
export function followLanguage(element: Element): void {
	const near = element.closest("[lang]")?.getAttribute("lang");
	setLanguage(languageFor(near ? [near] : navigator.languages)).catch(() => undefined);
}
