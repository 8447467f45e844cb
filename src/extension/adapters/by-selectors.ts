/** Goes in: the selectors of a site. Comes out: its adapter. */
import type { SiteId } from "../common/sites.ts";
import type { PostParts, SiteAdapter } from "./types.ts";

export interface SiteSelectors {
	readonly id: SiteId;
	/** Whole posts; where one lies in another (answers, quotes), each has its own text. */
	readonly post: string;
	readonly text: string;
	readonly images?: string;
	/** An element whose text is the author, or a function of the post. */
	readonly author: string | ((post: Element) => string);
	/** A link to the post itself, or a function of the post. */
	readonly link: string | ((post: Element) => string | null);
	readonly skip?: string;
}

/**
 * A page can name an element "querySelectorAll", and `document.querySelectorAll` is that element from then on, for content scripts too.
 * The prototype's own method cannot be covered up.
 */
export function queryAll(page: Document, selector: string): Element[] {
	return [...Document.prototype.querySelectorAll.call(page, selector)];
}

/** Text in one line, without what turns the direction of other text round. */
export function plain(text: string | null | undefined): string {
	return (text ?? "")
		.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")
		.replace(/\s+/g, " ")
		.trim()
		.slice(0, 200);
}

/** A web address made absolute; null for every other kind. */
export function webAddress(address: string | null | undefined, base: string): string | null {
	if (!address || !URL.canParse(address, base)) return null;
	const url = new URL(address, base);
	return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

/** Elements that no other of the list contains. */
export function outermost<Kind extends Element>(elements: readonly Kind[]): Kind[] {
	const all = new Set<Element>(elements);
	return elements.filter((element) => {
		for (let above = element.parentElement; above; above = above.parentElement) if (all.has(above)) return false;
		return true;
	});
}

export function bySelectors({ id, post, text, images, author, link, skip }: SiteSelectors): SiteAdapter {
	const own = (of: Element, selector: string) =>
		[...of.querySelectorAll(selector)].filter((element) => element.closest(post) === of);
	return {
		id,
		...(skip === undefined ? {} : { skip }),
		find: (page) => queryAll(page, post),
		read(of): PostParts | null {
			const parts = outermost(own(of, text));
			const pictures =
				images === undefined ? [] : own(of, images).filter((element) => element instanceof HTMLImageElement);
			if (parts.length === 0 && pictures.length === 0) return null;
			const name = typeof author === "string" ? own(of, author)[0]?.textContent : author(of);
			const address = typeof link === "string" ? own(of, link)[0]?.getAttribute("href") : link(of);
			return {
				text: parts,
				images: pictures,
				author: plain(name),
				url: webAddress(address, of.baseURI) ?? of.ownerDocument.URL,
			};
		},
	};
}
