/** Reads Bluesky: posts in feeds and in threads. */
import { bySelectors } from "./by-selectors.ts";

const POST = '[data-testid^="feedItem-by-"], [data-testid^="postThreadItem-by-"]';

export const bluesky = bySelectors({
	id: "bluesky",
	post: POST,
	text: '[data-testid="postText"]',
	images: 'img[src*="/img/feed_thumbnail/"], img[src*="/img/feed_fullsize/"]',
	// The handle is part of the test id: "feedItem-by-ada.example.org".
	author: (post) => (post.getAttribute("data-testid") ?? "").replace(/^.*?-by-/, ""),
	link: 'a[href*="/post/"]',
});
