/**
 * Reads Reddit, the new one and the old one: posts and comments. In the new one their text is in slots of Reddit's own
 * elements, so it is part of the page.
 */
import { bySelectors } from "./by-selectors.ts";

export const reddit = bySelectors({
	id: "reddit",
	post: "shreddit-post, shreddit-comment, .thing[data-fullname]",
	text:
		'[slot="title"], [slot="text-body"], [slot="comment"], ' +
		".thing .entry a.title, .thing .entry .usertext-body .md",
	images: '[slot="post-media-container"] img, [slot="thumbnail"] img, ' + ".thing .expando img, .thing a.thumbnail img",
	author: (post) => post.getAttribute("author") ?? post.getAttribute("data-author") ?? "",
	link: (post) => post.getAttribute("permalink") ?? post.getAttribute("data-permalink"),
});
