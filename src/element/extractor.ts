/** Extraction as functions, for pages that draw the results themselves. */

import { checkCallGiven, checkPostGiven, checkRequestGiven } from "../client/check-call.ts";
import type { EngineInfo, Progress, Update } from "../client/protocol.ts";
import type { DeviceChoice } from "../core/devices.ts";
import { Failure } from "../core/failure.ts";
import { MAX_IMAGE_BYTES, MIB } from "../core/limits.ts";
import type { ExtractionResult } from "../core/result.ts";
import type { ExtractRequest } from "../tasks/request.ts";
import { modelAddress } from "./assets.ts";
import { joinEngine, type SharedEngine } from "./shared-engines.ts";

/** What an extractor is made for: a model and a device. */
export interface ExtractorOptions {
	/** Address of a bundle's folder; by default the model that lies beside the module. */
	readonly model?: string;
	/** "auto": WebGPU where there is an adapter, else WASM. */
	readonly device?: DeviceChoice;
}

/** The bytes of a picture, or its address. A picture of another site must allow reading (CORS). */
export type ImageSource = Blob | ArrayBuffer | Uint8Array | string | URL;

/** How one extraction reports what it does, and how it is cancelled. */
export interface ExtractCall {
	readonly onProgress?: (progress: Progress) => void;
	/** Called with the result so far, each time that a wave of tasks is done. */
	readonly onPartial?: (result: ExtractionResult) => void;
	readonly signal?: AbortSignal;
}

/** Extracts from texts and pictures with one model. Posts are read one at a time. */
export interface Extractor {
	/** Loads the model before the first extraction. @throws Failure */
	open(call?: Pick<ExtractCall, "onProgress" | "signal">): Promise<EngineInfo>;
	/**
	 * @param request by default entities and relations with the model's own labels
	 * @throws Failure
	 */
	extract(
		post: { readonly text: string; readonly image?: ImageSource | null },
		request?: Partial<ExtractRequest>,
		call?: ExtractCall,
	): Promise<ExtractionResult>;
	/** Extractors of the same model share a worker, which ends when the last of them is closed. */
	close(): void;
}

/** Makes an extractor. Nothing is loaded before the first call of `open` or `extract`. */
export function createExtractor({ model, device = "auto" }: ExtractorOptions = {}): Extractor {
	let joined: SharedEngine | null = null;
	const engine = (): SharedEngine => {
		joined ??= joinEngine(model ?? modelAddress(), device);
		return joined;
	};
	return {
		async open(call = {}) {
			checkCallGiven(call, "open");
			return engine().open(call.onProgress, call.signal);
		},
		async extract(post, request = {}, call = {}) {
			checkPostGiven(post);
			checkRequestGiven(request);
			checkCallGiven(call, "extract");
			const { text, image = null } = post;
			const { onProgress, onPartial, signal } = call;
			const bytes = image === null ? null : await imageBytes(image, signal);
			await engine().open(onProgress, signal);
			const onUpdate = (update: Update) => {
				if (update.kind === "progress") onProgress?.(update.progress);
				else onPartial?.(update.result);
			};
			return engine().extract({ text, image: bytes }, { tasks: ["mner", "mre"], ...request }, onUpdate, signal);
		},
		close() {
			joined?.leave();
			joined = null;
		},
	};
}

/** @throws Failure `image-too-large`, `fetch-failed`, `cancelled` */
export async function imageBytes(image: ImageSource, signal?: AbortSignal): Promise<Uint8Array> {
	if (image instanceof Uint8Array) return image;
	if (image instanceof ArrayBuffer) return new Uint8Array(image);
	const blob = image instanceof Blob ? image : await fetchImage(image, signal);
	if (blob.size > MAX_IMAGE_BYTES)
		throw new Failure(
			"image-too-large",
			`The picture is ${Math.round(blob.size / MIB)} MiB; the limit is ${MAX_IMAGE_BYTES / MIB} MiB.`,
		);
	return new Uint8Array(await blob.arrayBuffer());
}

async function fetchImage(address: string | URL, signal?: AbortSignal): Promise<Blob> {
	let response: Response;
	try {
		// Without the visitor's cookies: a picture on a public page needs none.
		response = await fetch(address, { credentials: "omit", ...(signal && { signal }) });
	} catch (cause) {
		if (signal?.aborted) throw new Failure("cancelled", "The extraction was cancelled.", { cause });
		throw new Failure("fetch-failed", `The picture at ${String(address).slice(0, 200)} could not be fetched.`, {
			cause,
		});
	}
	if (!response.ok)
		throw new Failure(
			"fetch-failed",
			`The server answered with status ${response.status} for the picture at ${String(address).slice(0, 200)}.`,
		);
	if (Number(response.headers.get("Content-Length") ?? 0) > MAX_IMAGE_BYTES)
		throw new Failure("image-too-large", `The picture is larger than ${MAX_IMAGE_BYTES / MIB} MiB.`);
	return response.blob();
}
