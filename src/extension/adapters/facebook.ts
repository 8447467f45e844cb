/** Reads Facebook: posts and comments. Its class names are random; what it tells its advertisements apart by is not. */
import { bySelectors } from "./by-selectors.ts";

const MESSAGE =
	'[data-ad-rendering-role="story_message"], [data-ad-comet-preview="message"], [data-ad-preview="message"]';

export const facebook = bySelectors({
	id: "facebook",
	post: `[aria-posinset], [role="article"], [role="feed"] > div:has(${MESSAGE})`,
	// A comment is an article without such a message: its words have a language.
	text: `${MESSAGE}, [role="article"] span[dir="auto"][lang]`,
	images:
		'img[src*="fbcdn"]:not([role="button"] > img, [src*="/emoji.php/"], [data-ad-rendering-role="profile_name"] img)',
	author: '[data-ad-rendering-role="profile_name"] a, a[role="link"] > span > span[dir="auto"]',
	link: 'a[href*="/posts/"], a[href*="/permalink"], a[href*="story_fbid="], a[href*="/photo"], a[href*="comment_id="]',
});
