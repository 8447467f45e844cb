/**
 * Keeps the overlay's words from the page: a script can search all text that is shown, in closed shadow roots as well
 * (`window.find`), but not what CSS generates.
 */
import { element } from "../view/dom.ts";

/** Writes one piece of text. */
export function say(into: HTMLElement, words: string): void {
	into.replaceChildren(element("span", { "data-words": words }));
}

/** Turns the text of an element that was just made into generated content. */
export function conceal<Made extends HTMLElement>(made: Made): Made {
	const walker = document.createTreeWalker(made, NodeFilter.SHOW_TEXT);
	const found: Text[] = [];
	while (walker.nextNode()) found.push(walker.currentNode as Text);
	for (const text of found) text.replaceWith(element("span", { "data-words": text.data }));
	return made;
}
