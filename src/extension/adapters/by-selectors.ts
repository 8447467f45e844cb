/** Makes the adapter of a site from its CSS selectors. */
import type { SiteId } from "../common/sites.ts";
import type { PostParts, SiteAdapter } from "./types.ts";

interface SiteSelectors {
	readonly id: SiteId;
	/** Whole posts. Where one lies inside another (replies, quotes), each has its own text. */
	readonly post: string;
	/** May be the whole post. */
	readonly text: string;
	readonly images?: string;
	/** An element whose text is the author, or a function of the post. */
	readonly author: string | ((post: Element) => string);
	/** A link to the post itself, or a function of the post. */
	readonly link: string | ((post: Element) => string | null);
	readonly skip?: string;
}

/**
 * A page can name an element "querySelectorAll". `document.querySelectorAll` is then that element, for content scripts
 * too. The prototype's own method cannot be hidden that way.
 */
export function queryAll(page: Document, selector: string): Element[] {
	return [...Document.prototype.querySelectorAll.call(page, selector)];
}

/** Text in one line of at most 200 units, without characters that change the writing direction. */
export function toPlainText(text: string | null | undefined): string {
	return (text ?? "")
		.replace(/[\p{Cc}\p{Bidi_Control}]+/gu, " ")
		.replace(/\s+/g, " ")
		.trim()
		.slice(0, 200);
}

/** The absolute form of an http or https address; null for every other one. */
export function webAddress(address: string | null | undefined, base: string): string | null {
	if (!address || !URL.canParse(address, base)) return null;
	const url = new URL(address, base);
	return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

/** The elements that no other element of the list contains. */
export function outermost<Kind extends Element>(elements: readonly Kind[]): Kind[] {
	const all = new Set<Element>(elements);
	return elements.filter((element) => {
		for (let above = element.parentElement; above; above = above.parentElement) if (all.has(above)) return false;
		return true;
	});
}

export function bySelectors({ id, post, text, images, author, link, skip }: SiteSelectors): SiteAdapter {
	const findOwn = (root: Element, selector: string) =>
		[root, ...root.querySelectorAll(selector)].filter(
			(element) => element.matches(selector) && element.closest(post) === root,
		);
	return {
		id,
		...(skip === undefined ? {} : { skip }),
		find: (page) => queryAll(page, post),
		read(root): PostParts | null {
			const parts = outermost(findOwn(root, text));
			const pictures =
				images === undefined ? [] : findOwn(root, images).filter((element) => element instanceof HTMLImageElement);
			if (parts.length === 0 && pictures.length === 0) return null;
			const name = typeof author === "string" ? findOwn(root, author)[0]?.textContent : author(root);
			const address = typeof link === "string" ? findOwn(root, link)[0]?.getAttribute("href") : link(root);
			return {
				text: parts,
				images: pictures,
				author: toPlainText(name),
				url: webAddress(address, root.baseURI) ?? root.ownerDocument.URL,
			};
		},
	};
}
