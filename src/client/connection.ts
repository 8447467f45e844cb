/** Calls a worker so that every call ends: with an answer, a cancel, or the worker's death. */
import * as Comlink from "comlink";
import { Failure, type Outcome, unwrap } from "../core/failure.ts";
import type { EngineApi, JobId } from "./protocol.ts";

export interface ConnectionOptions {
	/** Milliseconds a worker has to answer for the first time: one whose script cannot be loaded may never say so. */
	readonly loadTimeout: number;
	/** Milliseconds a worker has to answer a cancel, or a close, before the caller stops waiting. */
	readonly grace: number;
}

export interface Connection {
	/**
	 * One call.
	 * @param start sends it, under this job's number
	 * @throws Failure the outcome's, or `cancelled`, `worker-died`, `closed`, `internal`
	 */
	call<T>(start: (api: Comlink.Remote<EngineApi>, job: JobId) => Promise<Outcome<T>>, signal?: AbortSignal): Promise<T>;
	/** Ends every running call with `closed`, then the worker. */
	close(): Promise<void>;
}

/** A job that never runs: cancelling it does nothing, and shows that the worker is there. */
const NO_JOB: JobId = 0;

/**
 * @param onDeath called once when the worker is gone without having been closed
 * @throws Failure `worker-died` when the worker cannot even be made
 */
export function connect(
	makeWorker: () => Worker,
	onDeath: () => void,
	{ loadTimeout, grace }: ConnectionOptions,
): Connection {
	const worker = startWorker(makeWorker);
	const api = Comlink.wrap<EngineApi>(worker);
	const running = new Set<(failure: Failure) => void>();
	let jobs = NO_JOB;
	let ended: Failure | null = null;

	const end = (failure: Failure) => {
		if (ended) return;
		ended = failure;
		clearTimeout(loading);
		for (const reject of running) reject(failure);
		running.clear();
		api[Comlink.releaseProxy]();
		worker.terminate();
	};
	const die = (what: string) => {
		if (ended) return;
		end(new Failure("worker-died", what));
		onDeath();
	};

	const loading = setTimeout(
		() => die(`The engine's thread did not start within ${loadTimeout / 1000} seconds.`),
		loadTimeout,
	);
	onWorkerError(worker, die);
	const onMute = (error: unknown) => die(`The engine's thread does not answer: ${error}.`);
	api.cancel(NO_JOB).then(() => clearTimeout(loading), onMute);

	return {
		async call(start, signal) {
			if (ended) throw ended;
			if (signal?.aborted) throw cancelled();
			const job = ++jobs;
			let reject: (failure: Failure) => void = () => {};
			const stopped = new Promise<never>((_, no) => {
				reject = no;
			});
			running.add(reject);
			const cancel = () => {
				if (!ended) api.cancel(job).catch(() => undefined);
			};
			const stopWatching = watchAbort(signal, cancel, () => reject(cancelled()), grace);
			try {
				return unwrap(await Promise.race([start(api, job).catch(unsent), stopped]));
			} finally {
				running.delete(reject);
				stopWatching();
			}
		},
		async close() {
			if (ended) return;
			for (const reject of running) reject(new Failure("closed", "The engine was closed."));
			await within(grace, api.close());
			end(new Failure("closed", "The engine was closed."));
		},
	};
}

function startWorker(makeWorker: () => Worker): Worker {
	try {
		return makeWorker();
	} catch (error) {
		throw new Failure("worker-died", `The engine's thread could not be started: ${error}.`, { cause: error });
	}
}

function onWorkerError(worker: Worker, die: (what: string) => void): void {
	worker.addEventListener("error", (event) => {
		event.preventDefault();
		die(event.message ? `The engine's thread stopped: ${event.message}.` : "The engine's thread could not be loaded.");
	});
	worker.addEventListener("messageerror", () => die("A message from the engine's thread could not be read."));
}

/**
 * Calls `cancel` when the signal is aborted, and `giveUp` when that had no effect within `grace` milliseconds.
 * @returns what ends the watch
 */
function watchAbort(
	signal: AbortSignal | undefined,
	cancel: () => void,
	giveUp: () => void,
	grace: number,
): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const onAbort = () => {
		cancel();
		timer = setTimeout(giveUp, grace);
	};
	signal?.addEventListener("abort", onAbort, { once: true });
	return () => {
		signal?.removeEventListener("abort", onAbort);
		clearTimeout(timer);
	};
}

/**
 * The engine answers with outcomes, so whatever is thrown came from the channel itself: arguments that cannot be
 * copied, for one.
 */
function unsent(error: unknown): never {
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	throw new Failure("internal", `The call did not reach the engine's thread: ${what}.`, { cause: error });
}

function cancelled(): Failure {
	return new Failure("cancelled", "It was cancelled.");
}

/** Waits for `work` to end in any way, but not longer than this. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, milliseconds);
	});
	await Promise.race([work.catch(() => undefined), late]);
	clearTimeout(timer);
}
