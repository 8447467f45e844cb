/** Reads Reddit: posts and comments. Their text is in slots of Reddit's own elements, so it is part of the page. */
import { bySelectors } from "./by-selectors.ts";

export const reddit = bySelectors({
	id: "reddit",
	post: "shreddit-post, shreddit-comment",
	text: '[slot="title"], [slot="text-body"], [slot="comment"]',
	images: '[slot="post-media-container"] img, [slot="thumbnail"] img',
	author: (post) => post.getAttribute("author") ?? "",
	link: (post) => post.getAttribute("permalink"),
});
