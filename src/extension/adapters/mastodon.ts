/** Reads Mastodon, on any server: posts in columns, and opened ones. */
import { bySelectors } from "./by-selectors.ts";

export const mastodon = bySelectors({
	id: "mastodon",
	post: ".status, .detailed-status",
	text: ".status__content__text",
	images: ".media-gallery__item-thumbnail img",
	author: ".display-name__account",
	link: "a.status__relative-time, a.detailed-status__datetime",
	// Mastodon hides the beginning and the end of long links.
	skip: ".invisible",
});

/** Whether a page belongs to a Mastodon server: its web client says so. */
export function isMastodon(page: Document): boolean {
	return (
		Document.prototype.querySelector.call(page, "div#mastodon[data-props], meta[name=generator][content^=Mastodon]") !==
		null
	);
}
