/** Reads TikTok: the words of videos in the feed and of opened ones, and comments. */
import { bySelectors } from "./by-selectors.ts";

const VIDEO = '[data-e2e="recommend-list-item-container"]';
const COMMENT = '[data-e2e^="comment-level-"]';
const DESCRIPTION = '[data-e2e="video-desc"], [data-e2e="browse-video-desc"]';
const NAME =
	'[data-e2e="video-author-uniqueid"], [data-e2e="browse-username"], [data-e2e="browser-nickname"], ' +
	'[data-e2e^="comment-username-"]';
/** What holds one video or comment, with its author. */
const ITEM =
	'[data-e2e="recommend-list-item-container"], [class*="DivCommentItem"], [class*="DivCommentObject"], article';

export const tiktok = bySelectors({
	id: "tiktok",
	// A description that stands in no item of the feed is the opened video's.
	post: `[data-e2e="recommend-list-item-container"], [data-e2e="browse-video-desc"], ${COMMENT}`,
	text: `${DESCRIPTION}, ${COMMENT}`,
	images: `${VIDEO} img:not([data-e2e="video-avatar"] img, a[href^="/@"]:not([href*="/video/"]) img)`,
	author: (post) => (post.closest(ITEM) ?? post.ownerDocument.documentElement).querySelector(NAME)?.textContent ?? "",
	link: (post) => post.closest(ITEM)?.querySelector('a[href*="/video/"]')?.getAttribute("href") ?? null,
});
