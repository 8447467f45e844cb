/** Goes in: a post's element and its adapter. Comes out: what the engine is asked about it, and what it may say. */
import { MAX_TEXT } from "../../core/limits.ts";
import type { PostParts, SiteAdapter } from "../adapters/types.ts";
import type { Origin } from "../common/messages.ts";
import { mainPicture } from "./picture.ts";
import { type PostText, postText } from "./post-text.ts";

/** What stands in a post now. */
export interface Content {
	readonly text: PostText;
	readonly picture: HTMLImageElement | null;
	readonly origin: Origin;
	/** The same for the same text and picture, wherever they stand: virtualised lists make new elements for old posts. */
	readonly key: string;
}

const rendered = (element: Element): boolean => element.checkVisibility();

/** Null when there is nothing to read. */
export function contentOf(parts: PostParts | null, { id, skip }: Pick<SiteAdapter, "id" | "skip">): Content | null {
	if (!parts) return null;
	const picture = mainPicture(parts.images);
	const written = postText(parts.text.filter(rendered), { skip, limit: MAX_TEXT });
	// A picture without words is spoken of by its description.
	const text =
		written.text.trim() === "" ? { text: picture?.alt.slice(0, MAX_TEXT) ?? "", pieces: [], cut: false } : written;
	return text.text.trim() === ""
		? null
		: contentWith(text, picture, { site: id, url: parts.url.slice(0, 2000), author: parts.author });
}

export function contentWith(text: PostText, picture: HTMLImageElement | null, origin: Origin): Content {
	return { text, picture, origin, key: `${picture?.currentSrc ?? ""}\n${text.text}` };
}
