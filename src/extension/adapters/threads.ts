/** Reads Threads: posts. Its class names are random, so only roles and attributes are used. */
import { bySelectors } from "./by-selectors.ts";

export const threads = bySelectors({
	id: "threads",
	post: '[data-pressable-container="true"]',
	// Names, times and counts are links and buttons.
	text: 'span[dir="auto"]:not(a span, [role="button"] span, button span)',
	images: "picture img",
	author: 'a[href^="/@"]:not(:has(img))',
	link: 'a[href*="/post/"]',
});
