/** Reads X: posts, and its long-form articles. A quoted post is part of the post that quotes it. */
import { bySelectors } from "./by-selectors.ts";

export const x = bySelectors({
	id: "x",
	// An article that is opened to be read stands in a post, or alone.
	post:
		'article[data-testid="tweet"], ' +
		'[data-testid="twitterArticleReadView"]:not(article[data-testid="tweet"] [data-testid="twitterArticleReadView"])',
	text:
		'[data-testid="tweetText"], [data-testid="twitter-article-title"], ' +
		'[data-testid="twitterArticleRichTextView"] [data-block="true"]',
	images: '[data-testid="tweetPhoto"] img',
	// "Name @handle · time": the handle is the link's own text.
	author: '[data-testid="User-Name"] a[tabindex="-1"]',
	link: 'a[href*="/status/"]:has(time)',
});
