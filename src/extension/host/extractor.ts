/** Extracts from posts with the person's settings. The model is opened when it is first needed. */
import { createEngine, type Engine } from "../../client/client.ts";
import type { BundleSource, Post, Progress } from "../../client/protocol.ts";
import { type FailureCode, toFacts } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { createRecent } from "../common/recent.ts";
import { requestOf, type Settings } from "../common/settings.ts";

export interface Extractor {
	/** @throws Failure */
	extract(
		post: Post,
		settings: Settings,
		onProgress: (progress: Progress) => void,
		signal: AbortSignal,
	): Promise<ExtractionResult>;
	/** Frees the model's memory; the next post opens the model again. */
	rest(): Promise<void>;
}

/** Results kept by content: a post that is shared again or scrolled back to costs nothing. */
const MAX_RESULTS = 300;
/** After these failures the engine must be opened again. */
const NEEDS_OPENING: ReadonlySet<FailureCode> = new Set([
	"worker-died",
	"closed",
	"not-open",
	"device-lost",
	"out-of-memory",
]);

/** @param sourceOf gives the place of the chosen bundle */
export function createExtractor(
	sourceOf: (model: Settings["model"]) => Promise<BundleSource>,
	engine: Engine = createEngine(),
): Extractor {
	const results = createRecent<ExtractionResult>(MAX_RESULTS);
	/** Model and device that are open; empty: none. */
	let opened = "";

	async function ensureOpen(
		{ model, device }: Settings,
		onProgress: (progress: Progress) => void,
		signal: AbortSignal,
	): Promise<void> {
		const chosen = `${model} ${device}`;
		if (opened === chosen) return;
		opened = "";
		await engine.open(await sourceOf(model), { device }, { onProgress, signal });
		opened = chosen;
	}

	return {
		async extract(post, settings, onProgress, signal) {
			const key = await hashContent(post, settings);
			const known = results.get(key);
			if (known) return known;
			try {
				await ensureOpen(settings, onProgress, signal);
				const onUpdate = (update: { kind: string; progress?: Progress }) =>
					update.progress && onProgress(update.progress);
				const result = await engine.extract(post, requestOf(settings), { signal, onUpdate });
				results.set(key, result);
				return result;
			} catch (error) {
				if (NEEDS_OPENING.has(toFacts(error).code)) opened = "";
				throw error;
			}
		},
		async rest() {
			opened = "";
			await engine.close();
		},
	};
}

/** SHA-256 of everything a result depends on: the text, the picture's bytes, the request and the model. */
async function hashContent({ text, image }: Post, settings: Settings): Promise<string> {
	const picture = image ? await sha256(new Uint8Array(image)) : "";
	return sha256(
		new TextEncoder().encode(JSON.stringify([text, picture, requestOf(settings), settings.model, settings.device])),
	);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
	const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
