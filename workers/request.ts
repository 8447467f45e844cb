/** Checks a post from another thread, and says which graphs a request runs. The request itself is checked by `settleRequest`. */
import { type GraphRole, type Manifest, VISUAL_ROLES } from "../src/bundle/manifest.ts";
import type { Post } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import { layOutWords, type PositionedWord, type TextLayout } from "../src/tasks/layout/layout.ts";
import { looksAtPictures, type SettledRequest, shown } from "../src/tasks/request.ts";
import { readRegions } from "./vision/regions/given-regions.ts";

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === "object" && value !== null && !isList(value);

/** @throws Failure `usage` for a post of another shape */
export function checkPost(post: Post): void {
	if (!isRecord(post) || typeof post.text !== "string") throw new Failure("usage", "The post's text must be a string.");
	const { image } = post;
	if (image !== null && !(image instanceof Uint8Array))
		throw new Failure("usage", `The post's image must be the bytes of a file, or null, found ${shown(image)}.`);
	if (readRegions(post.regions) !== null && image === null)
		throw new Failure("usage", "The post has regions but no picture.");
}

/** Where the words of a post are drawn; null for plain text. @throws Failure `usage` | `text-empty` */
export function layoutOf({ layout }: Post): TextLayout | null {
	if (layout === undefined || layout === null) return null;
	const isWord = (word: unknown): word is PositionedWord =>
		isRecord(word) && typeof word.text === "string" && isList(word.box);
	if (!isList(layout) || !layout.every(isWord))
		throw new Failure("usage", "The post's layout must be a list of {text, box: [x1, y1, x2, y2]}.");
	return layOutWords(layout);
}

/** Whether the bundle has a trained proposer of regions and the sizes of its pictures. */
export function hasProposer({ graphs, config }: Manifest): boolean {
	return graphs.region_proposer !== undefined && config.proposer !== undefined;
}

/** Whether the bundle's pair classifier is ever asked. */
function votesOnPairs({ graphs, config, instructors }: Manifest): boolean {
	return graphs.pair_classifier !== undefined && instructors.relations === "marked" && config.pair_vote !== 0;
}

/** The graphs that a request runs. @param pictures whether there is any picture to look at */
export function rolesFor(
	manifest: Manifest,
	{ decoding, gate, prefilter }: Pick<SettledRequest, "decoding" | "gate" | "prefilter">,
	pictures: boolean,
): GraphRole[] {
	const decoder = decoding === "extractive" ? "decoder_extractive" : "decoder";
	const proposer: GraphRole[] = pictures && hasProposer(manifest) ? ["region_proposer"] : [];
	const prefilters: GraphRole[] = prefilter === "auto" && manifest.graphs.screen !== undefined ? ["screen"] : [];
	const pairs: GraphRole[] = votesOnPairs(manifest) ? ["pair_classifier"] : [];
	const visual = pictures && looksAtPictures(manifest.vision, gate) ? VISUAL_ROLES : [];
	return ["text_encoder", "decoder_context", decoder, ...visual, ...proposer, ...prefilters, ...pairs];
}
