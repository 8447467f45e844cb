/** Reads what the person asked for with a menu, a key or the popup: a post, the selection, a picture or the page. */
import { MAX_TEXT } from "../../core/limits.ts";
import { generic, mainElement, pictureAt, pictureParts } from "../adapters/generic.ts";
import type { MessageKey } from "../common/i18n.ts";
import type { Wish } from "../common/messages.ts";
import type { SiteId } from "../common/sites.ts";
import { type Content, contentOf, contentWith, originOf } from "./post.ts";
import { nearestToMiddle, type PagePost, type PostRegistry } from "./post-registry.ts";
import { selectedText } from "./post-text.ts";

interface WishContext {
	readonly site: SiteId;
	readonly posts: PostRegistry;
	/** What a click on the post's badge does. */
	readonly press: (post: PagePost) => void;
}

/** @returns why it could not be fulfilled, or null */
export function fulfilWish(wish: Wish, { site, posts, press }: WishContext): MessageKey | null {
	const nearest = wish.kind === "here" && !hasSelection() ? nearestToMiddle(posts.all()) : undefined;
	if (nearest) {
		press(nearest);
		return null;
	}
	const found = findWished(wish, site);
	if (!found) return "troubleNothing";
	press(posts.addStandalone(found.element, found.content));
	return null;
}

interface Found {
	readonly element: Element;
	readonly content: Content;
}

function findWished(wish: Wish, site: SiteId): Found | null {
	if (wish.kind === "image") return findImage(wish.src, site);
	return wish.kind === "selection" || (wish.kind === "here" && hasSelection()) ? findSelection(site) : findPage();
}

const hasSelection = (): boolean => Boolean(getSelection()?.toString().trim());

function findSelection(site: SiteId): Found | null {
	const selection = getSelection();
	const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null;
	if (!range) return null;
	const { commonAncestorContainer: common } = range;
	const element = common instanceof Element ? common : common.parentElement;
	const text = selectedText(range, MAX_TEXT);
	if (!element || text.text.trim() === "") return null;
	return { element, content: contentWith(text, [element], null, originOf(site, document.URL, "")) };
}

/** A picture without a caption or description is read with the page's title. */
function findImage(src: string, site: SiteId): Found | null {
	const image = pictureAt(document, src);
	if (!image) return null;
	const described = contentOf(pictureParts(image), generic);
	if (described) return { element: image, content: described };
	if (document.title.trim() === "") return null;
	const title = { text: document.title, pieces: [], cut: false };
	return { element: image, content: contentWith(title, [], image, originOf(site, document.URL, "")) };
}

function findPage(): Found | null {
	const element = mainElement(document);
	const content = contentOf(generic.read(element), generic, MAX_TEXT);
	return content && { element, content };
}
