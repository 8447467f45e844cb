/** Goes in: a page of Reddit. Comes out: its posts and comments: their text is slotted into Reddit's own elements, so it lies in the page. */
import { bySelectors } from "./by-selectors.ts";

export const reddit = bySelectors({
	id: "reddit",
	post: "shreddit-post, shreddit-comment",
	text: '[slot="title"], [slot="text-body"], [slot="comment"]',
	images: '[slot="post-media-container"] img, [slot="thumbnail"] img',
	author: (post) => post.getAttribute("author") ?? "",
	link: (post) => post.getAttribute("permalink"),
});
