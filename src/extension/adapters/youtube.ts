/** Reads YouTube: comments, and posts of the community tab. */
import { bySelectors } from "./by-selectors.ts";

export const youtube = bySelectors({
	id: "youtube",
	post: "ytd-comment-view-model, ytd-comment-renderer, ytd-backstage-post-renderer",
	text: "#content-text",
	images: "#content-attachment img",
	author: "#author-text",
	link: "#published-time-text a",
});
