/** Extracts from one post after another. Stopping loses nothing. */

import type { Post } from "../../client/protocol.ts";
import { Failure, type FailureCode, type FailureData, toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { PostOutcome, PostStore } from "./store.ts";

export interface RunOptions {
	readonly store: PostStore;
	readonly total: number;
	/** Whether a post has its outcome already. */
	readonly isDone: (place: number) => boolean;
	readonly extract: (post: Post, signal: AbortSignal) => Promise<ExtractionResult>;
	readonly onOutcome: (place: number, outcome: PostOutcome) => void;
	readonly signal: AbortSignal;
}

/** Failures that are not the post's fault: the run stops, and the post is tried again when it continues. */
const STOPS: ReadonlySet<FailureCode> = new Set([
	"not-open",
	"closed",
	"device-unavailable",
	"device-lost",
	"offline",
	"fetch-failed",
	"labels-invalid",
	"storage-full",
	"script-blocked",
	"assets-missing",
]);
/** After these failures a post is tried once more: the engine restarts the worker. */
const RETRIED: ReadonlySet<FailureCode> = new Set(["worker-died", "out-of-memory", "timeout"]);

/** @returns null when every post has an outcome or the signal stopped the run, else what stopped it */
export async function runPosts(options: RunOptions): Promise<FailureData | null> {
	const { store, total, isDone, onOutcome, signal } = options;
	for (let place = 0; place < total; place++) {
		if (signal.aborted) return null;
		if (isDone(place)) continue;
		const outcome = await outcomeOf(options, place);
		if (signal.aborted) return null;
		if (outcome.status === "failed" && STOPS.has(outcome.failure.code)) return outcome.failure;
		await store.setOutcome(place, outcome);
		onOutcome(place, outcome);
	}
	return null;
}

async function outcomeOf(options: RunOptions, place: number, tries = 2): Promise<PostOutcome> {
	const { store, extract, signal } = options;
	try {
		const post = await store.post(place);
		if (!post) throw new Failure("input-unreadable", `Post ${place + 1} is no longer stored.`);
		const image = post.picture && new Uint8Array(await post.picture.arrayBuffer());
		return { status: "done", result: await extract({ text: post.text, image }, signal) };
	} catch (error) {
		const failure = toFailureData(error, "app");
		if (tries > 1 && RETRIED.has(failure.code) && !signal.aborted) return outcomeOf(options, place, tries - 1);
		return { status: "failed", failure };
	}
}
