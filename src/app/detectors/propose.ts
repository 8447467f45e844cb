/** Adds the regions of the chosen detector to a post; with the built-in proposals the post stays as it is. */
import type { DetectCallbacks, Detector } from "../../client/detector.ts";
import type { Post } from "../../client/protocol.ts";
import { DETECTORS, type RegionChoice } from "./detectors.ts";

/** @throws Failure of the detector: a person chose it, so nothing else silently takes its place */
export async function withRegions(
	detector: Detector,
	choice: RegionChoice,
	post: Post,
	callbacks: DetectCallbacks,
): Promise<Post> {
	if (choice === "built-in" || post.image === null) return post;
	const { kind, threshold } = DETECTORS[choice];
	const regions = await detector.detect({ model: choice, kind, image: post.image, labels: [], threshold }, callbacks);
	return { ...post, regions };
}
