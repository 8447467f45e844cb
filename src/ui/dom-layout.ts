/** Reads the visible words of a form or a table on a page, with their boxes. */
import { MAX_POSITIONED_WORDS, type PositionedWord } from "../tasks/layout/layout.ts";

/** Elements whose text is not visible. */
const SILENT = "script, style, noscript, template, [hidden], [aria-hidden='true']";

/** Controls whose values are drawn but are not text nodes. */
const CONTROLS =
	"input:not([type='password'], [type='hidden'], [type='checkbox'], [type='radio'], [type='file']), textarea, select";

/** @returns at most as many words as a layout may have, boxes in pixels from the element's top left corner */
export function layoutFromDom(root: Element): PositionedWord[] {
	const origin = root.getBoundingClientRect();
	const words: PositionedWord[] = [];
	const add = (text: string, rect: DOMRect) => {
		if (text.trim() === "" || rect.width === 0 || rect.height === 0 || words.length >= MAX_POSITIONED_WORDS) return;
		const [x, y] = [rect.left - origin.left, rect.top - origin.top];
		words.push({ text, box: [x, y, x + rect.width, y + rect.height] });
	};
	const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
	const range = document.createRange();
	for (let node = walker.nextNode(); node !== null && words.length < MAX_POSITIONED_WORDS; node = walker.nextNode()) {
		const parent = node.parentElement;
		if (
			!parent ||
			parent.closest(`${SILENT}, select, textarea`) ||
			!parent.checkVisibility({ visibilityProperty: true })
		)
			continue;
		for (const { 0: word, index } of (node.nodeValue ?? "").matchAll(/\S+/gu)) {
			range.setStart(node, index);
			range.setEnd(node, index + word.length);
			add(word, range.getBoundingClientRect());
		}
	}
	for (const control of root.querySelectorAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(CONTROLS)) {
		if (control.closest(SILENT) || !control.checkVisibility({ visibilityProperty: true })) continue;
		add(
			control instanceof HTMLSelectElement ? (control.selectedOptions[0]?.text ?? "") : control.value,
			control.getBoundingClientRect(),
		);
	}
	return words;
}
