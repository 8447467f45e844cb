/**
 * Reads LinkedIn: posts and comments. Since 2026 its class names are random, and component keys and test ids say what
 * is what; pages that are still in the older markup are read, too.
 */
import { bySelectors } from "./by-selectors.ts";

/** In the new markup a person or company is linked twice: around the picture, and around name, headline and age. */
const NAME = 'a[href*="/in/"] p, a[href*="/company/"] p, a[href*="/in/"] span, a[href*="/company/"] span';

export const linkedin = bySelectors({
	id: "linkedin",
	post:
		'[role="listitem"][componentkey*="FeedType_MAIN_FEED"], [componentkey^="replaceableComment_"], ' +
		".feed-shared-update-v2, .comments-comment-entity",
	text: '[data-testid="expandable-text-box"], .update-components-text, .comments-comment-item__main-content',
	images: 'img[src*="feedshare"], .update-components-image img',
	// In the older markup the name is there twice: once for the eye, once for screen readers.
	author: `.update-components-actor__title [aria-hidden="true"], .comments-comment-meta__description-title, ${NAME}`,
	link: (post) => {
		const urn = post.getAttribute("data-urn") ?? post.getAttribute("data-id");
		if (urn?.startsWith("urn:li:activity:")) return `https://www.linkedin.com/feed/update/${urn}/`;
		return post.querySelector('a[href*="/feed/update/urn:li:"]')?.getAttribute("href") ?? null;
	},
	// "… more"
	skip: '[data-testid="expandable-text-button"]',
});
