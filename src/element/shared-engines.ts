/**
 * Shares one engine among all extractors of the same model and device. It does one post at a time, and ends when the
 * last extractor has left.
 */
import { createEngine, type Engine } from "../client/client.ts";
import { explainScript } from "../client/explain-script.ts";
import type { EngineInfo, OpenOptions, Post, Progress, Update } from "../client/protocol.ts";
import type { DeviceChoice } from "../core/devices.ts";
import { Failure } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import type { ExtractRequest } from "../tasks/request.ts";
import { workerAddress } from "./assets.ts";

export interface SharedEngine {
	/** Opens the model on the first call; later calls wait for the same opening. */
	open(onProgress?: (progress: Progress) => void, signal?: AbortSignal): Promise<EngineInfo>;
	extract(
		post: Post,
		request: ExtractRequest,
		onUpdate?: (update: Update) => void,
		signal?: AbortSignal,
	): Promise<ExtractionResult>;
	/** The worker ends when the last user has left. */
	leave(): void;
}

interface Shared {
	readonly engine: Engine;
	opening: Promise<EngineInfo> | null;
	/** Settles when all work that was queued has ended. */
	queue: Promise<unknown>;
	readonly listeners: Set<(progress: Progress) => void>;
	users: number;
}

const engines = new Map<string, Shared>();

/** How long the worker waits for another user: an element that is moved in the page leaves and comes back at once. */
const LINGER_MS = 5_000;

/**
 * A worker must have the page's own origin. When the module lies elsewhere, a blob of one line imports it, which needs
 * `worker-src blob:`. A page without an origin (a sandboxed frame) cannot start modules from blobs, but from `data:`.
 */
function startWorker(url: string = workerAddress()): Worker {
	const options: WorkerOptions = { type: "module", name: "umie-engine" };
	if (new URL(url).origin === globalThis.origin) return new Worker(url, options);
	const line = `import ${JSON.stringify(url)};`;
	if (globalThis.origin === "null") return new Worker(`data:text/javascript,${encodeURIComponent(line)}`, options);
	const address = URL.createObjectURL(new Blob([line], { type: "text/javascript" }));
	const worker = new Worker(address, options);
	// The worker reads it when it starts, which is after this function returns.
	setTimeout(() => URL.revokeObjectURL(address), 60_000);
	return worker;
}

/** @param model address of a bundle's folder */
export function joinEngine(model: string, device: DeviceChoice): SharedEngine {
	const url = new URL(model.endsWith("/") ? model : `${model}/`, globalThis.document?.baseURI).href;
	const key = `${device} ${url}`;
	const shared = engines.get(key) ?? {
		engine: createEngine(() => startWorker(), { explain: () => explainScript(workerAddress()) }),
		opening: null,
		queue: Promise.resolve(),
		listeners: new Set(),
		users: 0,
	};
	engines.set(key, shared);
	shared.users++;
	let left = false;
	return {
		async open(onProgress, signal) {
			if (left) throw new Failure("closed", "The extractor was closed.");
			if (onProgress) shared.listeners.add(onProgress);
			try {
				return await untilAborted(openOnce(shared, url, device), signal);
			} finally {
				if (onProgress) shared.listeners.delete(onProgress);
			}
		},
		extract(post, request, onUpdate, signal) {
			const turn = shared.queue.then(async () => {
				signal?.throwIfAborted();
				return shared.engine.extract(post, request, { ...(onUpdate && { onUpdate }), ...(signal && { signal }) });
			});
			shared.queue = turn.catch(() => undefined);
			return untilAborted(turn, signal);
		},
		leave() {
			if (left) return;
			left = true;
			shared.users--;
			setTimeout(() => {
				if (shared.users > 0 || engines.get(key) !== shared) return;
				engines.delete(key);
				shared.engine.close().catch(() => undefined);
			}, LINGER_MS);
		},
	};
}

/** Opens the engine, or joins the opening that runs or has succeeded. After a failure the next call opens again. */
function openOnce(shared: Shared, url: string, device: OpenOptions["device"]): Promise<EngineInfo> {
	if (shared.opening) return shared.opening;
	const onProgress = (progress: Progress) => {
		for (const listen of shared.listeners) listen(progress);
	};
	const opening = shared.engine.open({ kind: "url", url }, { device, ...threads() }, { onProgress });
	shared.opening = opening;
	opening.catch(() => {
		if (shared.opening === opening) shared.opening = null;
	});
	return opening;
}

/** The runtime starts its threads from its own address, which is not allowed from another origin. */
const threads = (): Partial<OpenOptions> =>
	new URL(workerAddress()).origin === globalThis.origin ? {} : { threads: 1 };

/** Settles with the work, or rejects as soon as the signal is aborted, even when the work still waits in the queue. */
function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
	if (!signal) return work;
	return new Promise((resolve, reject) => {
		const cancelled = () => new Failure("cancelled", "The extraction was cancelled.");
		const stop = () => reject(cancelled());
		if (signal.aborted) stop();
		signal.addEventListener("abort", stop, { once: true });
		work
			.then(resolve, (error) => reject(signal.aborted ? cancelled() : error))
			.finally(() => signal.removeEventListener("abort", stop));
	});
}
