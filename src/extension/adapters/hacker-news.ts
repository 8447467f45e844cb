/** Reads Hacker News: titles and comments. It has no pictures. */
import { bySelectors } from "./by-selectors.ts";

export const hackerNews = bySelectors({
	id: "hacker-news",
	post: "tr.athing",
	text: ".titleline > a, .commtext",
	// The author of a title is in the row below it.
	author: (post) =>
		(post.querySelector(".hnuser") ?? post.nextElementSibling?.querySelector(".hnuser"))?.textContent ?? "",
	link: (post) => (post.id ? `item?id=${encodeURIComponent(post.id)}` : null),
});
