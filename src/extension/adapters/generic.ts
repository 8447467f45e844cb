/** Reads any page: its articles as posts, its main part, and a picture that the person pointed at. */
import { outermost, queryAll, toPlainText, webAddress } from "./by-selectors.ts";
import type { PostParts, SiteAdapter } from "./types.ts";

const BLOCKS = "h1, h2, h3, h4, p, li, blockquote, figcaption, dd, td, pre";
/** Parts of a page that are not its content. */
const SURROUNDINGS = "nav, header nav, footer, aside, form, [role=navigation], [role=banner], [role=contentinfo]";

const meta = (page: Document, names: readonly string[]): string | null =>
	names
		.map((name) => queryAll(page, `meta[property="${name}"], meta[name="${name}"]`)[0]?.getAttribute("content"))
		.find(Boolean) ?? null;

function read(post: Element): PostParts | null {
	const page = post.ownerDocument;
	const blocks = outermost(
		[...post.querySelectorAll(BLOCKS)].filter((block) => !block.closest(SURROUNDINGS) && block.textContent?.trim()),
	);
	// Text without paragraphs is one block.
	const text = blocks.length > 0 ? blocks : post.textContent?.trim() ? [post] : [];
	const images = [...post.querySelectorAll("img")].filter((image) => !image.closest(SURROUNDINGS));
	if (text.length === 0 && images.length === 0) return null;
	const url = webAddress(meta(page, ["og:url"]), page.URL) ?? page.URL;
	return { text, images, author: toPlainText(meta(page, ["author", "article:author", "og:site_name"])), url };
}

export const generic: SiteAdapter = {
	id: "generic",
	find: (page) => outermost(queryAll(page, "article")),
	read,
};

/** The element that holds the page's main content. */
export function mainElement(page: Document): Element {
	const articles = outermost(queryAll(page, "article"));
	const [longest] = articles.sort((a, b) => (b.textContent?.length ?? 0) - (a.textContent?.length ?? 0));
	return longest ?? queryAll(page, "main, [role=main]")[0] ?? queryAll(page, "body")[0] ?? page.documentElement;
}

/** A picture and its caption. */
export function pictureParts(image: HTMLImageElement): PostParts {
	const page = image.ownerDocument;
	const caption = image.closest("figure")?.querySelector("figcaption");
	return { text: caption ? [caption] : [], images: [image], author: "", url: page.URL };
}

/** The image with that address. The same picture may be on a page many times; the one in the window comes first. */
export function pictureAt(page: Document, src: string): HTMLImageElement | null {
	const images = queryAll(page, "img").filter(
		(image): image is HTMLImageElement => image instanceof HTMLImageElement && image.currentSrc === src,
	);
	const visible = images.find((image) => {
		const { top, bottom, width } = image.getBoundingClientRect();
		return width > 0 && bottom > 0 && top < innerHeight;
	});
	return visible ?? images[0] ?? null;
}
