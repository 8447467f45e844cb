/** Goes in: a page of LinkedIn. Comes out: its posts and comments. */
import { bySelectors } from "./by-selectors.ts";

export const linkedin = bySelectors({
	id: "linkedin",
	post: ".feed-shared-update-v2, .comments-comment-entity",
	text: ".update-components-text, .comments-comment-item__main-content",
	images: ".update-components-image img",
	// The name stands there twice: once to be seen, once to be read aloud.
	author: '.update-components-actor__title [aria-hidden="true"], .comments-comment-meta__description-title',
	link: (post) => {
		const urn = post.getAttribute("data-urn") ?? post.getAttribute("data-id");
		return urn?.startsWith("urn:li:activity:") ? `https://www.linkedin.com/feed/update/${urn}/` : null;
	},
});
