/** What the overlay needs to know about a site: where its posts are, and what is in one. */
import type { SiteId } from "../common/sites.ts";

/** The parts of one post, as elements of the page, so that marks can be put on the words. */
export interface PostParts {
	/** Elements that hold the post's text, in reading order, none inside another. */
	readonly text: readonly Element[];
	readonly images: readonly HTMLImageElement[];
	/** As the site shows it; empty when it shows none. */
	readonly author: string;
	/** Address of the post itself, or of the page when the post has none. */
	readonly url: string;
}

export interface SiteAdapter {
	readonly id: SiteId;
	/** Selector of pieces of text that the site hides, such as the shortened ends of links. */
	readonly skip?: string;
	/** The posts on the page now. Nothing may be remembered here: virtualised lists remove and add posts at any time. */
	find(page: Document): Element[];
	/** Null for an element that only looks like a post: still empty, or an advertisement without text and picture. */
	read(post: Element): PostParts | null;
}
