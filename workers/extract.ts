/** Extracts from posts: short ones are read as one batch, long ones in windows, one after the other. */
import type { Post, Progress } from "../src/client/protocol.ts";
import type { ExtractionResult, UnsupportedLanguage } from "../src/core/result.ts";
import { languageNote } from "../src/languages/note.ts";
import { recogniseUnsupported } from "../src/languages/recognise.ts";
import { type ExtractRequest, type SettledRequest, settleRequest } from "../src/tasks/request.ts";
import type { TextWindow } from "../src/tasks/windows/cut.ts";
import type { WindowReading } from "../src/tasks/windows/merge.ts";
import { Clock } from "./clock.ts";
import { rolesFor } from "./graph-roles.ts";
import { NO_ATTENTION } from "./model/sessions.ts";
import type { OpenModel } from "./open-model.ts";
import { type CheckedPost, checkPosts } from "./posts.ts";
import { type ReadOptions, readBatch } from "./read-batch.ts";
import { planWindows, readInParts, readWindows, type WindowReader } from "./read-windows.ts";
import type { ImageDecoder, RegionProposer } from "./vision/types.ts";
import { createYieldPoint } from "./yield-point.ts";

export interface ExtractOptions {
	readonly decode: ImageDecoder;
	readonly proposer: RegionProposer;
	readonly signal: AbortSignal;
	/** Gives the event loop one turn, so that a cancel arrives. */
	readonly turn: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Gets the results so far when a wave, or a part of a long text, is done. */
	readonly onPartial: (results: readonly ExtractionResult[]) => void;
	/** Whether scores stay the model's own, to fit maps on them; absent: the bundle's maps are applied. */
	readonly uncalibrated?: boolean;
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
		return await readPosts(model, checked, settled, { ...options, yieldPoint, clock });
	} finally {
		sessions.spent = () => {};
		sessions.attention = NO_ATTENTION;
		pictures.trim();
	}
}

/** Posts that are short enough share batches; only one that is alone tells what it has found so far. */
async function readPosts(
	model: OpenModel,
	posts: readonly CheckedPost[],
	request: SettledRequest,
	given: ReadOptions,
): Promise<ExtractionResult[]> {
	const planned: PlannedPost[] = [];
	for (const post of posts) {
		const language = await recogniseUnsupported(post.text, model.sessions.manifest.languages);
		const telling: ReadOptions["onPartial"] = (results) =>
			given.onPartial(results.map((result) => withLanguage(result, language)));
		const options: ReadOptions =
			posts.length === 1 ? { ...given, onPartial: telling, stopsAtLimits: true } : { ...given, onPartial: () => {} };
		const reader = { model, post, request, options };
		planned.push({ reader, windows: await planWindows(reader), language });
	}
	const short = planned.filter(({ windows }) => windows.length <= 1).map(({ reader }) => reader);
	const readings = (
		short[0] === undefined
			? []
			: await readBatch(
					model,
					short.map(({ post }) => post),
					request,
					short[0].options,
				)
	).values();
	const results: ExtractionResult[] = [];
	for (const { reader, windows, language } of planned) {
		const reading = windows.length > 1 ? null : readings.next().value!;
		results.push(withLanguage(await finishPost(reader, windows, reading), language));
	}
	return results;
}

interface PlannedPost {
	readonly reader: WindowReader;
	readonly windows: readonly TextWindow[];
	/** Of the whole text, where the model does not read it. */
	readonly language: UnsupportedLanguage | null;
}

/** @param reading what the post said at once; null: it is too long for that */
function finishPost(
	reader: WindowReader,
	windows: readonly TextWindow[],
	reading: WindowReading | null,
): Promise<ExtractionResult> | ExtractionResult {
	if (reading === null) return readWindows(reader, windows);
	const [whole] = windows;
	return whole && reading.isWorthCutting ? readInParts(reader, whole, reading) : reading.result;
}

const withLanguage = (result: ExtractionResult, language: UnsupportedLanguage | null): ExtractionResult =>
	language ? { ...result, unsupportedLanguage: language, notes: [languageNote(language), ...result.notes] } : result;
