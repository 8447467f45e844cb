/**
 * Extracts from posts: prepares each, asks its queries wave by wave, all posts as one batch, and puts the answers
 * together.
 */
import type { Post, Progress } from "../src/client/protocol.ts";
import { calibrate } from "../src/core/calibration.ts";
import type { ExtractionResult, UnsupportedLanguage } from "../src/core/result.ts";
import { languageNote } from "../src/languages/note.ts";
import { recogniseUnsupported } from "../src/languages/recognise.ts";
import { planSteps } from "../src/tasks/plan.ts";
import { type ExtractRequest, settleRequest } from "../src/tasks/request.ts";
import { assemble } from "../src/tasks/result/assemble.ts";
import { Clock } from "./clock.ts";
import { rolesFor } from "./graph-roles.ts";
import { NO_ATTENTION } from "./model/sessions.ts";
import type { OpenModel } from "./open-model.ts";
import { checkPosts } from "./posts.ts";
import { prefilterPost } from "./prefilter.ts";
import { preparePost } from "./prepare-post.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";
import { askWave, type BatchPost } from "./wave.ts";
import { createYieldPoint } from "./yield-point.ts";

export interface ExtractOptions {
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	readonly signal: AbortSignal;
	/** Gives the event loop one turn, so that a cancel arrives. */
	readonly turn: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Whether scores stay the model's own, to fit maps on them; absent: the bundle's maps are applied. */
	readonly uncalibrated?: boolean;
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
	const yieldPoint = createYieldPoint(options.turn, options.signal);
	// Its time is part of that of the regions.
	sessions.spent = (role, milliseconds) => role !== "region_proposer" && clock.add(role, milliseconds);
	sessions.attention = options;
	try {
		await yieldPoint();
		const hasPictures = checked.some(({ image }) => image !== null);
		const opened = clock.start("sessions");
		await sessions.open(rolesFor(sessions.manifest, settled, hasPictures), yieldPoint);
		opened();
		const batch: (BatchPost & { readonly language: UnsupportedLanguage | null })[] = [];
		for (const post of checked) {
			const prepared = await preparePost(model, post, settled, { ...options, yieldPoint, clock });
			const language = await recogniseUnsupported(post.text, sessions.manifest.languages);
			batch.push({ ...prepared, answers: [], language });
		}
		const finish = () =>
			batch.map(({ context, seen, notes: before, answers, language }): ExtractionResult => {
				const result = {
					...assemble(context, answers, seen?.picture),
					...(language && { unsupportedLanguage: language }),
				};
				const notes = [...(language ? [languageNote(language)] : []), ...before, ...result.notes];
				const { name } = sessions.manifest;
				const calibration = (options.uncalibrated ? undefined : sessions.manifest.calibration) ?? {};
				const timings = clock.read();
				const device = { ...model.device };
				return calibrate({ ...result, notes, model: name, device, timings }, calibration);
			});
		const steps = planSteps(batch.map(({ context }) => context));
		for (const step of steps) {
			if (step.kind === "prefilter") for (const post of batch) await prefilterPost(model, post, yieldPoint);
			else {
				const { onProgress } = options;
				await askWave(model, batch, step.wave, { request: settled, onProgress, yieldPoint, clock });
				if (step !== steps.at(-1)) options.onPartial(finish());
			}
		}
		return finish();
	} finally {
		sessions.spent = () => {};
		sessions.attention = NO_ATTENTION;
		pictures.trim();
	}
}
