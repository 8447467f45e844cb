/** Goes in: nothing. Comes out: what the overlay needs to know of a site: where its posts are and what stands in one. */
import type { SiteId } from "../common/sites.ts";

/** What stands in one post, as elements of the page, so that marks can be put where the words are. */
export interface PostParts {
	/** Elements whose text is the post's, in reading order, none inside another. */
	readonly text: readonly Element[];
	readonly images: readonly HTMLImageElement[];
	/** As the site shows it; empty when it does not. */
	readonly author: string;
	/** Address of the post itself, else of the page. */
	readonly url: string;
}

export interface SiteAdapter {
	readonly id: SiteId;
	/** Matches pieces of a post's text that the site hides, such as the shortened ends of links. */
	readonly skip?: string;
	/** The posts that are on the page now. Virtualised lists take theirs away and bring others at any time: nothing may be remembered here. */
	find(page: Document): Element[];
	/** Null for what only looks like a post: still empty, or an advertisement without text and picture. */
	read(post: Element): PostParts | null;
}
