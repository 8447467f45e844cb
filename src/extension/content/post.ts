/** What a post holds now, as the engine gets it: text, picture and origin. */
import { MAX_TEXT } from "../../core/limits.ts";
import type { PostParts, SiteAdapter } from "../adapters/types.ts";
import { MAX_ORIGIN_LENGTH, type Origin } from "../common/messages.ts";
import type { SiteId } from "../common/sites.ts";
import { mainPicture } from "./picture.ts";
import { type PostText, postText } from "./post-text.ts";

export interface Content {
	readonly text: PostText;
	readonly picture: HTMLImageElement | null;
	readonly origin: Origin;
	/** Equal for equal text and picture, wherever they stand: virtualised lists make new elements for old posts. */
	readonly key: string;
}

const isRendered = (element: Element): boolean => element.checkVisibility();

/** The content of a post, or null when it has nothing to read. A picture without words is read with its description. */
export function contentOf(parts: PostParts | null, { id, skip }: Pick<SiteAdapter, "id" | "skip">): Content | null {
	if (!parts) return null;
	const picture = mainPicture(parts.images);
	const written = postText(parts.text.filter(isRendered), { skip, limit: MAX_TEXT });
	const text =
		written.text.trim() === "" ? { text: picture?.alt.slice(0, MAX_TEXT) ?? "", pieces: [], cut: false } : written;
	return text.text.trim() === "" ? null : contentWith(text, picture, originOf(id, parts.url, parts.author));
}

export function contentWith(text: PostText, picture: HTMLImageElement | null, origin: Origin): Content {
	return { text, picture, origin, key: `${picture?.currentSrc ?? ""}\n${text.text}` };
}

export function originOf(site: SiteId, url: string, author: string): Origin {
	return { site, url: url.slice(0, MAX_ORIGIN_LENGTH), author };
}

/** The same words and picture, in the same nodes of the page. */
export function isSameContent(a: Content, b: Content): boolean {
	return (
		a.key === b.key &&
		a.picture === b.picture &&
		a.text.pieces.every(({ node }, index) => node === b.text.pieces[index]?.node)
	);
}
