/** Checks posts that come from another thread: the only place that meets them from outside. */
import type { Post } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import { layOutWords, type PositionedWord, type TextLayout } from "../src/tasks/layout/layout.ts";
import { shown } from "../src/tasks/request.ts";
import { givenProposer, readRegions } from "./vision/regions/given-regions.ts";
import type { RegionProposer } from "./vision/types.ts";

/** A post of the right shape. */
export interface CheckedPost {
	readonly text: string;
	/** Where the words are drawn; null for plain text. */
	readonly layout: TextLayout | null;
	/** The bytes of a file. */
	readonly image: Uint8Array | null;
	/** Proposes the regions that came with the picture; null: none came. */
	readonly proposer: RegionProposer | null;
}

/** @throws Failure `usage` for a post of another shape, `text-empty` for a layout without text */
export const checkPosts = (posts: readonly Post[]): CheckedPost[] => posts.map(checkPost);

function checkPost(post: Post): CheckedPost {
	if (typeof post !== "object" || post === null || typeof post.text !== "string")
		throw new Failure("usage", "The post's text must be a string.");
	const { image, layout = null } = post;
	if (image !== null && !(image instanceof Uint8Array))
		throw new Failure("usage", `The post's image must be the bytes of a file, or null, found ${shown(image)}.`);
	if (layout !== null && !(Array.isArray(layout) && layout.every(isPositionedWord)))
		throw new Failure("usage", "The post's layout must be a list of {text, box: [x1, y1, x2, y2]}.");
	const regions = readRegions(post.regions);
	if (regions !== null && image === null) throw new Failure("usage", "The post has regions but no picture.");
	const placed = layout && layOutWords(layout);
	return { text: placed?.text ?? post.text, layout: placed, image, proposer: regions && givenProposer(regions) };
}

const isPositionedWord = (word: unknown): word is PositionedWord =>
	typeof word === "object" &&
	word !== null &&
	typeof (word as PositionedWord).text === "string" &&
	Array.isArray((word as PositionedWord).box);
