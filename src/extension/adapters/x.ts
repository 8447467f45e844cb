/** Reads X: posts. A quoted post is part of the post that quotes it. */
import { bySelectors } from "./by-selectors.ts";

export const x = bySelectors({
	id: "x",
	post: 'article[data-testid="tweet"]',
	text: '[data-testid="tweetText"]',
	images: '[data-testid="tweetPhoto"] img',
	// "Name @handle · time": the handle is the link's own text.
	author: '[data-testid="User-Name"] a[tabindex="-1"]',
	link: 'a[href*="/status/"]:has(time)',
});
