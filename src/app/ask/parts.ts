/** Splits the post into what is sent to the engine, and joins the answers into one result. */
import type { Manifest } from "../../bundle/manifest.ts";
import type { Post } from "../../client/protocol.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { looksAtPictures } from "../../tasks/request.ts";
import { stepTexts } from "../result/step-pictures.ts";
import type { AppState } from "../state/state.ts";
import { stepPicturesInForce } from "./request.ts";

/** Frames of a video, steps with their pictures, or the one post. */
export interface Parts {
	/** At least one. */
	readonly posts: readonly Post[];
	/** Of the first answers, or of all of them. */
	merge(results: readonly ExtractionResult[]): ExtractionResult;
}

/** Resolves once what joins the answers is loaded: one post needs nothing. */
export async function partsOf(
	state: Pick<AppState, "post" | "extras" | "options">,
	{ vision }: Pick<Manifest, "vision">,
): Promise<Parts> {
	const { text, picture, layout } = state.post;
	const ofSteps = stepPicturesInForce(state);
	if (ofSteps.length > 0) {
		const { mergeSteps } = await import("../../tasks/result/video.ts");
		const steps = stepTexts(text);
		const starts = steps.map(({ start }) => start);
		return {
			posts: steps.map((step, at) => ({ text: step.text, image: ofSteps[at]?.bytes ?? null })),
			merge: (results) =>
				mergeSteps(
					results.map((result) => ({ result })),
					{ text, starts },
				),
		};
	}
	// A model that reads the text only gives the same answer for every frame, so it is asked once.
	const frames = looksAtPictures(vision, state.options.gate) ? (picture?.frames ?? []) : [];
	if (frames.length > 0) {
		const { mergeFrames } = await import("../../tasks/result/video.ts");
		return {
			posts: frames.map(({ bytes }) => ({ text, image: bytes })),
			merge: (results) => mergeFrames(results.map((result, at) => ({ time: frames[at]!.time, result }))),
		};
	}
	return {
		posts: [{ text, image: picture?.bytes ?? null, ...(layout && { layout: layout.words }) }],
		merge: ([result]) => result!,
	};
}
