/** What a post holds now, as the engine gets it: text, picture and origin. */
import type { PostParts, SiteAdapter } from "../adapters/types.ts";
import { MAX_ORIGIN_LENGTH, type Origin } from "../common/messages.ts";
import type { SiteId } from "../common/sites.ts";
import { mainPicture } from "./picture.ts";
import { type PostText, postText } from "./post-text.ts";

export interface Content {
	readonly text: PostText;
	/** Elements of the page that hold the text, none inside another. */
	readonly elements: readonly Element[];
	readonly picture: HTMLImageElement | null;
	readonly origin: Origin;
	/** Equal for equal text and picture, wherever they stand: virtualised lists make new elements for old posts. */
	readonly key: string;
}

const isRendered = (element: Element): boolean => element.checkVisibility();

/**
 * UTF-16 units that are read of a post in a feed: all others wait for it, and a hostile page could make it as long as
 * it likes.
 */
const MAX_POST = 20_000;

/**
 * The content of a post, or null when it has nothing to read. A picture without words is read with its description.
 * @param limit UTF-16 units to read at most
 */
export function contentOf(
	parts: PostParts | null,
	{ id, skip }: Pick<SiteAdapter, "id" | "skip">,
	limit = MAX_POST,
): Content | null {
	if (!parts) return null;
	const picture = mainPicture(parts.images);
	const elements = parts.text.filter(isRendered);
	const written = postText(elements, { skip, limit });
	const origin = originOf(id, parts.url, parts.author);
	if (written.text.trim() !== "") return contentWith(written, elements, picture, origin);
	const described = { text: picture?.alt.slice(0, limit) ?? "", pieces: [], cut: false };
	return described.text.trim() === "" ? null : contentWith(described, [], picture, origin);
}

export function contentWith(
	text: PostText,
	elements: readonly Element[],
	picture: HTMLImageElement | null,
	origin: Origin,
): Content {
	return { text, elements, picture, origin, key: `${picture?.currentSrc ?? ""}\n${text.text}` };
}

export function originOf(site: SiteId, url: string, author: string): Origin {
	return { site, url: url.slice(0, MAX_ORIGIN_LENGTH), author };
}

/** The same words and picture, in the same nodes of the page. */
export function isSameContent(a: Content, b: Content): boolean {
	return (
		a.key === b.key &&
		a.picture === b.picture &&
		a.elements.every((element, index) => element === b.elements[index]) &&
		a.text.pieces.every(({ node }, index) => node === b.text.pieces[index]?.node)
	);
}
