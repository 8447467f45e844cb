/** Finds boxes in pictures with a pipeline that is loaded on first use and kept until another one is asked for. */
import type { DetectRequest } from "../../src/client/detector-protocol.ts";
import type { GivenRegion, Progress } from "../../src/client/protocol.ts";
import { Failure } from "../../src/core/failure.ts";
import type { ImageDecoder, RgbImage } from "../vision/types.ts";
import { readDetections } from "./detections.ts";

/** A loaded detector. Its answer is read by `readDetections`. */
export interface DetectionPipeline {
	detect(image: RgbImage, labels: readonly string[], threshold: number): Promise<unknown>;
	dispose(): Promise<void>;
}

export interface DetectPlatform {
	readonly decode: ImageDecoder;
	/** Fetches and opens. What it throws, but for a Failure, is reported as a download that failed. */
	load(
		request: Pick<DetectRequest, "model" | "kind">,
		onProgress: (progress: Progress) => void,
	): Promise<DetectionPipeline>;
	/** Whether the browser knows that there is no network. */
	isOffline(): boolean;
}

export type Detect = (request: DetectRequest, onProgress: (progress: Progress) => void) => Promise<GivenRegion[]>;

/** Questions are answered one after another: two pictures at once would need the memory twice. */
export function createDetect(platform: DetectPlatform): Detect {
	let loaded: { readonly model: string; readonly pipeline: DetectionPipeline } | null = null;
	let last: Promise<unknown> = Promise.resolve();

	async function pipelineFor(
		{ model, kind }: DetectRequest,
		onProgress: (progress: Progress) => void,
	): Promise<DetectionPipeline> {
		if (loaded?.model === model) return loaded.pipeline;
		const before = loaded;
		loaded = null;
		await before?.pipeline.dispose();
		try {
			const pipeline = await platform.load({ model, kind }, onProgress);
			loaded = { model, pipeline };
			return pipeline;
		} catch (error) {
			throw loadFailure(error, model, platform.isOffline());
		}
	}

	async function answer(request: DetectRequest, onProgress: (progress: Progress) => void): Promise<GivenRegion[]> {
		if (request.kind === "asked" && request.labels.length === 0) return [];
		onProgress({ stage: "image", detail: "", done: 0, total: 0, unit: "steps" });
		// What is wrong with the picture is reported before anything is downloaded.
		const image = await platform.decode(request.image);
		const pipeline = await pipelineFor(request, onProgress);
		onProgress({ stage: "regions", detail: request.model, done: 0, total: 0, unit: "steps" });
		const output = await pipeline.detect(image, request.labels, request.threshold);
		return readDetections(output, image.original ?? image);
	}

	return (request, onProgress) => {
		const answered = last.then(() => answer(request, onProgress));
		last = answered.catch(() => undefined);
		return answered;
	};
}

/** @throws nothing; the library throws errors of many classes, whose messages name what is missing */
function loadFailure(error: unknown, model: string, offline: boolean): Failure {
	if (error instanceof Failure) return error;
	const reason = error instanceof Error ? error.message : String(error);
	return new Failure(
		offline ? "offline" : "fetch-failed",
		`The detector ${model} could not be fetched (${reason.slice(0, 300)}).`,
		{ cause: error },
	);
}
