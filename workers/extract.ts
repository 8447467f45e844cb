/** Extracts from posts: prepares each, asks its queries wave by wave, all posts as one batch, and puts the answers together. */
import type { Post, Progress } from "../src/client/protocol.ts";
import { Failure } from "../src/core/failure.ts";
import type { Device, ExtractionResult } from "../src/core/result.ts";
import { planSteps } from "../src/tasks/plan.ts";
import { type ExtractRequest, settleRequest } from "../src/tasks/request.ts";
import { assemble } from "../src/tasks/result/assemble.ts";
import type { TokenCodec } from "../src/tasks/types.ts";
import { Clock } from "./clock.ts";
import { rolesFor } from "./graph-roles.ts";
import { type GraphSessions, NO_ATTENTION } from "./model/sessions.ts";
import type { PictureCache } from "./pictures.ts";
import { checkPosts } from "./posts.ts";
import { preparePost } from "./prepare-post.ts";
import { type BatchPost, runStep } from "./steps.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";

/** What an open model is made of. */
export interface OpenModel {
	readonly sessions: GraphSessions;
	readonly codec: TokenCodec;
	readonly pictures: PictureCache;
	readonly device: Device;
	/** The bundle's own; null: it has none, and that of the platform serves. */
	readonly proposer: RegionProposer | null;
}

export interface ExtractOptions {
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	readonly signal: AbortSignal;
	/** Gives the event loop one turn, so that a cancel arrives. */
	readonly turn: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Gets the results so far when a wave is done. */
	readonly onPartial: (results: readonly ExtractionResult[]) => void;
}

/**
 * All posts as one batch: posts × tasks × beams. One call at a time for each model: the cache, the clock and the device
 * belong to it meanwhile.
 * @returns results in the order of the posts
 * @throws Failure for the whole batch
 */
export async function extractPosts(
	model: OpenModel,
	posts: readonly Post[],
	request: ExtractRequest,
	options: ExtractOptions,
): Promise<ExtractionResult[]> {
	const { sessions, pictures } = model;
	const settled = settleRequest(request);
	const checked = checkPosts(posts);
	const clock = new Clock();
	const yieldPoint = async () => {
		await options.turn();
		throwIfCancelled(options.signal);
	};
	// Its time is part of that of the regions.
	sessions.spent = (role, milliseconds) => role !== "region_proposer" && clock.add(role, milliseconds);
	sessions.attention = options;
	try {
		await yieldPoint();
		const hasPictures = checked.some(({ image }) => image !== null);
		const opened = clock.start("sessions");
		await sessions.open(rolesFor(sessions.manifest, settled, hasPictures), yieldPoint);
		opened();
		const batch: BatchPost[] = [];
		for (const post of checked) {
			const prepared = await preparePost(model, post, settled, { ...options, yieldPoint, clock });
			batch.push({ ...prepared, answers: [] });
		}
		const finish = () =>
			batch.map(({ context, seen, notes, answers }): ExtractionResult => {
				const result = assemble(context, answers, seen?.picture);
				const { name } = sessions.manifest;
				const timings = clock.read();
				return { ...result, notes: [...notes, ...result.notes], model: name, device: { ...model.device }, timings };
			});
		const steps = planSteps(batch.map(({ context }) => context));
		for (const step of steps) {
			await runStep(model, batch, step, { request: settled, onProgress: options.onProgress, yieldPoint, clock });
			if (step.kind === "ask" && step !== steps.at(-1)) options.onPartial(finish());
		}
		return finish();
	} finally {
		sessions.spent = () => {};
		sessions.attention = NO_ATTENTION;
		pictures.trim();
	}
}

export function throwIfCancelled(signal: AbortSignal): void {
	if (signal.aborted) throw new Failure("cancelled", "The extraction was cancelled.");
}
