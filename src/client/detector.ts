/** Finds boxes in a picture with a detector of the hub, in a worker of its own: the page's side. */
import { Failure, type Outcome, unwrap } from "../core/failure.ts";
import type { DetectorAnswer, DetectorQuestion, DetectRequest } from "./detector-protocol.ts";
import type { GivenRegion, Progress } from "./protocol.ts";

export interface DetectCallbacks {
	readonly onProgress?: (progress: Progress) => void;
	readonly signal?: AbortSignal;
}

export interface Detector {
	/** Boxes in pixels of the original picture, best first. The first call of a model downloads it. @throws Failure */
	detect(request: DetectRequest, callbacks?: DetectCallbacks): Promise<readonly GivenRegion[]>;
	/** Ends the worker and every running call. A later call starts a new one. */
	close(): void;
}

interface Waiting {
	readonly onAnswer: (answer: DetectorAnswer) => void;
	readonly reject: (failure: Failure) => void;
}

/** The part of a Worker that is used here. */
export type DetectorWorker = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

/** @param makeWorker called on first use, and again after the worker was ended or died */
export function createDetector(makeWorker: () => DetectorWorker = startDetectorWorker): Detector {
	let worker: DetectorWorker | null = null;
	let questions = 0;
	const waiting = new Map<number, Waiting>();

	function end(failure: Failure): void {
		worker?.terminate();
		worker = null;
		const ended = [...waiting.values()];
		waiting.clear();
		for (const { reject } of ended) reject(failure);
	}

	function connected(): DetectorWorker {
		if (worker) return worker;
		const made = makeWorker();
		worker = made;
		// A worker that was ended may still have messages on their way.
		const isCurrent = () => worker === made;
		listen(made, {
			onAnswer: (answer) => isCurrent() && waiting.get(answer.id)?.onAnswer(answer),
			onDeath: (failure) => isCurrent() && end(failure),
		});
		return made;
	}

	return {
		async detect(request, { onProgress, signal } = {}) {
			if (signal?.aborted) throw cancelled();
			const to = connected();
			const id = ++questions;
			const { promise, resolve, reject } = deferred<Outcome<readonly GivenRegion[]>>();
			const onAbort = () => {
				waiting.delete(id);
				reject(cancelled());
				// A download or a run cannot be called back: the thread ends with it, if no other call waits for it.
				if (waiting.size === 0) end(cancelled());
			};
			waiting.set(id, {
				reject,
				onAnswer(answer) {
					if ("progress" in answer) return onProgress?.(answer.progress);
					waiting.delete(id);
					resolve(answer.outcome);
				},
			});
			signal?.addEventListener("abort", onAbort, { once: true });
			try {
				to.postMessage({ id, request } satisfies DetectorQuestion);
				return unwrap(await promise);
			} finally {
				waiting.delete(id);
				signal?.removeEventListener("abort", onAbort);
			}
		},
		close: () => end(new Failure("closed", "The detector was closed.")),
	};
}

interface WorkerListener {
	onAnswer(answer: DetectorAnswer): void;
	onDeath(failure: Failure): void;
}

function listen(worker: DetectorWorker, { onAnswer, onDeath }: WorkerListener): void {
	worker.addEventListener("message", ({ data }) => onAnswer(data as DetectorAnswer));
	worker.addEventListener("error", (event) => {
		event.preventDefault();
		const what = event.message
			? `The detector's thread stopped: ${event.message}.`
			: "The detector's thread could not be loaded.";
		onDeath(new Failure("worker-died", what));
	});
}

function deferred<T>() {
	let resolve: (value: T) => void = () => {};
	let reject: (reason: unknown) => void = () => {};
	const promise = new Promise<T>((yes, no) => {
		resolve = yes;
		reject = no;
	});
	return { promise, resolve, reject };
}

function startDetectorWorker(): Worker {
	return new Worker(new URL("../../workers/detector.worker.ts", import.meta.url), {
		type: "module",
		name: "umie-detector",
	});
}

function cancelled(): Failure {
	return new Failure("cancelled", "It was cancelled.");
}
