/** Reads LinkedIn: posts and comments. */
import { bySelectors } from "./by-selectors.ts";

export const linkedin = bySelectors({
	id: "linkedin",
	post: ".feed-shared-update-v2, .comments-comment-entity",
	text: ".update-components-text, .comments-comment-item__main-content",
	images: ".update-components-image img",
	// The name is there twice: once for the eye, once for screen readers.
	author: '.update-components-actor__title [aria-hidden="true"], .comments-comment-meta__description-title',
	link: (post) => {
		const urn = post.getAttribute("data-urn") ?? post.getAttribute("data-id");
		return urn?.startsWith("urn:li:activity:") ? `https://www.linkedin.com/feed/update/${urn}/` : null;
	},
});
