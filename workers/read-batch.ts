/** Reads posts that are short enough to be read at once: asks their queries wave by wave, all posts as one batch. */
import type { Progress } from "../src/client/protocol.ts";
import { calibrate } from "../src/core/calibration.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import { planSteps } from "../src/tasks/plan.ts";
import type { SettledRequest } from "../src/tasks/request.ts";
import { assemble } from "../src/tasks/result/assemble.ts";
import { isWorthCutting, limitNotes } from "../src/tasks/result/notes.ts";
import type { WindowReading } from "../src/tasks/windows/merge.ts";
import type { OpenModel } from "./open-model.ts";
import type { CheckedPost } from "./posts.ts";
import { prefilterPost } from "./prefilter.ts";
import { type PrepareOptions, preparePost } from "./prepare-post.ts";
import { askWave, type BatchPost } from "./wave.ts";

export interface ReadOptions extends PrepareOptions {
	readonly onProgress: (progress: Progress) => void;
	/** Gets the results so far when a wave is done. */
	readonly onPartial: (results: readonly ExtractionResult[]) => void;
	/** Whether scores stay the model's own, to fit maps on them; absent: the bundle's maps are applied. */
	readonly uncalibrated?: boolean;
	/** Ends as soon as an answer is not whole: the text will be read again in smaller parts. */
	readonly stopsAtLimits?: boolean;
}

/** @returns in the order of the posts */
export async function readBatch(
	model: OpenModel,
	posts: readonly CheckedPost[],
	request: SettledRequest,
	options: ReadOptions,
): Promise<WindowReading[]> {
	const { onProgress, yieldPoint, clock } = options;
	const batch: BatchPost[] = [];
	for (const post of posts) batch.push({ ...(await preparePost(model, post, request, options)), answers: [] });
	let isComplete = true;
	const finish = () => batch.map((post) => ({ ...readingOf(model, post, options), isComplete }));
	const steps = planSteps(batch.map(({ context }) => context));
	for (const step of steps) {
		if (step.kind === "prefilter") for (const post of batch) await prefilterPost(model, post, yieldPoint);
		else {
			await askWave(model, batch, step.wave, { request, onProgress, yieldPoint, clock });
			if (step === steps.at(-1)) break;
			isComplete = !(options.stopsAtLimits && batch.some(isToBeCut));
			if (!isComplete) break;
			options.onPartial(finish().map(({ result }) => result));
		}
	}
	return finish();
}

const isToBeCut = ({ context, answers }: BatchPost) => isWorthCutting(context, answers);

function readingOf(
	{ sessions, device }: OpenModel,
	{ context, seen, notes, answers }: BatchPost,
	{ clock, uncalibrated }: ReadOptions,
): Omit<WindowReading, "isComplete"> {
	const result = assemble(context, answers, seen?.picture);
	const { name } = sessions.manifest;
	const calibration = (uncalibrated ? undefined : sessions.manifest.calibration) ?? {};
	const whole = {
		...result,
		notes: [...notes, ...result.notes],
		model: name,
		device: { ...device },
		timings: clock.read(),
	};
	return {
		result: calibrate(whole, calibration),
		limits: limitNotes(context, answers),
		isWorthCutting: isWorthCutting(context, answers),
	};
}
