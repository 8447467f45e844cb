/** Prepares a post: its words, its picture, the context that its queries are built from, and the first of them. */
import type { Manifest } from "../src/bundle/manifest.ts";
import type { Progress } from "../src/client/protocol.ts";
import { MAX_OBJECTS } from "../src/core/limits.ts";
import { prepareText } from "../src/core/text.ts";
import { createContext, type ExtractionContext, withRegions } from "../src/tasks/context.ts";
import { namesObjects, waveQueries } from "../src/tasks/plan.ts";
import type { Query } from "../src/tasks/query/question.ts";
import type { SettledRequest } from "../src/tasks/request.ts";
import type { Clock } from "./clock.ts";
import type { EncodedImage } from "./model/model.ts";
import type { OpenModel } from "./open-model.ts";
import type { PictureOptions, SeenPicture } from "./pictures.ts";
import type { CheckedPost } from "./posts.ts";

export interface PreparedPost {
	readonly context: ExtractionContext;
	/** The first wave. */
	readonly queries: readonly Query[];
	readonly seen: SeenPicture | null;
	/** The picture as the model reads it; null: it reads the text only. */
	readonly image: EncodedImage | null;
	readonly notes: readonly string[];
}

export interface PrepareOptions extends Pick<PictureOptions, "decode" | "proposer" | "signal"> {
	readonly onProgress: (progress: Progress) => void;
	readonly yieldPoint: () => Promise<void>;
	readonly clock: Clock;
}

/**
 * Reports what is wrong with the text or the labels before the picture costs anything, and what is wrong with the
 * picture's file before its encoding does.
 */
export async function preparePost(
	{ sessions, codec, pictures }: OpenModel,
	post: CheckedPost,
	request: SettledRequest,
	options: PrepareOptions,
): Promise<PreparedPost> {
	const { manifest } = sessions;
	const { yieldPoint, clock, onProgress } = options;
	await yieldPoint();
	const settled = clock.start("tokenize");
	const prepared = prepareText(post.text, request.words);
	const textOnly = createContext({ request, prepared, codec, manifest, regionCount: 0, layout: post.layout });
	const textQueries = waveQueries(textOnly, [], 0);
	settled();
	let seen: SeenPicture | null = null;
	if (post.image !== null) {
		onProgress({ stage: "image", detail: "", done: 0, total: 0, unit: "steps" });
		await yieldPoint();
		const limit = Math.min(manifest.config.visual?.max_objects ?? MAX_OBJECTS, MAX_OBJECTS);
		seen = await pictures.look(post.image, { ...options, proposer: post.proposer ?? options.proposer, limit });
		await yieldPoint();
	}
	const named = clock.start("tokenize");
	const context = withRegions(textOnly, seen?.boxes.length ?? 0);
	const isAnother = context.objects.length > 0 && namesObjects(context);
	const queries = isAnother ? waveQueries(context, [], 0) : textQueries;
	named();
	if (seen === null) return { context, queries, seen, image: null, notes: [] };
	if (!context.looksAtPictures)
		return { context, queries, seen, image: null, notes: [textOnlyNote(manifest, request.gate)] };
	return { context, queries, seen, image: await pictures.encode(sessions, seen, options), notes: [] };
}

function textOnlyNote(manifest: Manifest, gate: SettledRequest["gate"]): string {
	if (manifest.vision === "none") return "This model has no vision: it read the text only.";
	if (gate === 0) return "The gate was set to zero: the model read the text only.";
	return "This model's vision is untrained: it read the text only.";
}
