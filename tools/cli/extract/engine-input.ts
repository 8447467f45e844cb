/**
 * Turns a post, or a procedure with a picture for each step, into requests for the engine, and their answers into one
 * result.
 */

import type { Post } from "../../../src/client/protocol.ts";
import { Failure } from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import { findSteps, MAX_STEPS } from "../../../src/tasks/catalog/gmper.ts";
import { mergeSteps } from "../../../src/tasks/result/video.ts";

export interface EngineInput {
	/** At least one. */
	readonly posts: readonly Post[];
	/** @param results one for each post */
	merge(results: readonly ExtractionResult[]): ExtractionResult;
}

export const singlePost = (post: Post): EngineInput => ({ posts: [post], merge: ([result]) => result! });

/**
 * Steps that were given one by one: their texts stand one below the other.
 * @throws Failure `usage` for none or too many
 */
export function joinSteps(steps: readonly Post[]): EngineInput {
	if (steps.length === 0 || steps.length > MAX_STEPS)
		throw new Failure("usage", `A procedure has 1 to ${MAX_STEPS} steps, not ${steps.length}.`);
	return { posts: steps, merge: (results) => mergeSteps(results.map((result) => ({ result }))) };
}

/**
 * The steps of a text, each with the picture at its place.
 * @param images null: a step without one
 * @throws Failure `usage` for more pictures than steps
 */
export function splitSteps(text: string, images: readonly (Uint8Array | null)[]): EngineInput {
	const steps = findSteps({ text, words: [] });
	if (images.length > steps.length)
		throw new Failure(
			"usage",
			`There are ${images.length} pictures for ${steps.length} ${steps.length === 1 ? "step" : "steps"}: ` +
				"each line is a step.",
		);
	return {
		posts: steps.map(({ start, end }, at) => ({ text: text.slice(start, end), image: images[at] ?? null })),
		merge: (results) =>
			mergeSteps(
				results.map((result) => ({ result })),
				{ text, starts: steps.map(({ start }) => start) },
			),
	};
}
