/** Reads Instagram: posts of the feed, and opened ones. Class names are random, so only roles and links are used. */
import { bySelectors } from "./by-selectors.ts";

/** A link to the post itself. */
const POST_LINK = 'a[href*="/p/"], a[href*="/reel/"]';

export const instagram = bySelectors({
	id: "instagram",
	post: "article",
	// Names, times and counts are links and buttons; a comment's words are beside them.
	text: 'h1[dir="auto"], span[dir="auto"]:not(a span, [role="button"] span, button span, header span, time span)',
	// Pictures of people are links to them.
	images: `img:not(header img, a:not(${POST_LINK}) img)`,
	author: 'header a[href^="/"] span, header a[href^="/"]:not(:has(img)), a[href^="/"] span[dir="auto"]',
	link: POST_LINK,
});
