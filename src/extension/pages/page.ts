/** Goes in: a page of the extension as it was written. Comes out: the same page in the browser's language. */
import { api } from "../common/api.ts";
import { type MessageKey, t } from "../common/i18n.ts";

/** Fills in every `data-text`, and the title. */
export function translate(title: MessageKey): void {
	document.documentElement.lang = api.i18n.getUILanguage();
	document.title = t(title);
	for (const of of document.querySelectorAll<HTMLElement>("[data-text]"))
		of.textContent = t(of.dataset.text as MessageKey);
}

/** The element the page's own markup has under this id. */
export function byId(id: string): HTMLElement {
	const found = document.getElementById(id);
	if (!found) throw new Error(`The page has no #${id}.`);
	return found;
}
