/** Goes in: a post and the chosen detector. Comes out: the post with the detector's regions, or as it was where the built-in proposals were chosen. */
import type { DetectCallbacks, Detector } from "../../client/detector.ts";
import type { Post } from "../../client/protocol.ts";
import { DETECTORS, type RegionChoice } from "./detectors.ts";

/** @throws Failure of the detector: it was chosen, so its place is not taken by another in silence */
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
