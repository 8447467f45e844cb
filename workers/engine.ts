/** The engine: one open model, jobs that can be cancelled, failures as data. The same in a worker and in Node. */
import type { EngineApi, EngineInfo, JobId, Post, Progress } from "../src/client/protocol.ts";
import type { Outcome } from "../src/core/failure.ts";
import type { ExtractionResult } from "../src/core/result.ts";
import type { ExtractRequest } from "../src/tasks/request.ts";
import { extractPosts } from "./extract.ts";
import { HeldModel } from "./held-model.ts";
import { createJobs } from "./jobs.ts";
import type { Attention } from "./model/sessions.ts";
import { type OpenModel, openModel } from "./open-model.ts";
import type { Platform } from "./platform.ts";
import { createQueue } from "./queue.ts";

/** The engine, and what Node adds to it: many posts as one batch. */
export interface Engine extends EngineApi {
	extractMany(
		job: JobId,
		posts: readonly Post[],
		request: ExtractRequest,
		onProgress: (progress: Progress) => void,
	): Promise<Outcome<ExtractionResult[]>>;
	/** For evaluation: the open model. @throws Failure `not-open` */
	model(): OpenModel;
}

export function createEngineApi(platform: Platform): Engine {
	const jobs = createJobs();
	/**
	 * One extraction at a time: on one device two would only slow each other down, and each needs the cache and the clock
	 * for itself.
	 */
	const turns = createQueue();
	const held = new HeldModel();

	/** Ends every job except that of `spared`, then frees the model: sessions are never freed under a run. */
	async function close(what: string, spared: AbortSignal | null): Promise<void> {
		const free = held.release();
		await jobs.endAll(what, spared);
		await free();
	}

	function extract(
		posts: readonly Post[],
		request: ExtractRequest,
		attention: Attention,
		onPartial: (results: readonly ExtractionResult[]) => void,
	): Promise<ExtractionResult[]> {
		const options = { ...attention, decode: platform.decodeImage, turn: platform.turn, onPartial };
		const work = (model: OpenModel) =>
			extractPosts(model, posts, request, { ...options, proposer: model.proposer ?? platform.proposer });
		return turns.run(() => held.use(attention, work), attention.signal);
	}

	return {
		open: (id, source, options, onProgress) =>
			jobs.run(id, async (signal) => {
				await close("Another model was opened.", signal);
				const reopen = (attention: Attention) => openModel(platform, source, options, attention);
				const model = await reopen({ onProgress, signal });
				if (signal.aborted) {
					await model.sessions.close();
					throw signal.reason;
				}
				held.hold(model, reopen);
				return { manifest: model.sessions.manifest, device: model.device } satisfies EngineInfo;
			}),
		extract: (id, post, request, onUpdate) =>
			jobs.run(id, async (signal) => {
				const onProgress = (progress: Progress) => onUpdate({ kind: "progress", progress });
				const [result] = await extract([post], request, { onProgress, signal }, ([partial]) =>
					onUpdate({ kind: "partial", result: partial! }),
				);
				return result!;
			}),
		extractMany: (id, posts, request, onProgress) =>
			jobs.run(id, (signal) => extract(posts, request, { onProgress, signal }, () => {})),
		cancel: async (id) => jobs.cancel(id),
		close: () => close("The engine was closed.", null),
		model: () => held.get(),
	};
}
