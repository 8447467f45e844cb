/** Translates a page of the extension into the browser's language, and finds its elements. */
import { api } from "../common/api.ts";
import { type MessageKey, t } from "../common/i18n.ts";

/** Fills in the title and every element with `data-text`. */
export function translate(title: MessageKey): void {
	document.documentElement.lang = api.i18n.getUILanguage();
	document.title = t(title);
	for (const element of document.querySelectorAll<HTMLElement>("[data-text]"))
		element.textContent = t(element.dataset.text as MessageKey);
}

/** The element with this id, which the page's own markup must have. */
export function byId(id: string): HTMLElement {
	const found = document.getElementById(id);
	if (!found) throw new Error(`This page has no element #${id}.`);
	return found;
}
