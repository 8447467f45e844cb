/** Calls a worker so that every call ends: with an answer, a cancel, or the worker's death. */
import * as Comlink from "comlink";
import { Failure, type Outcome, unwrap } from "../core/failure.ts";
import type { EngineApi, JobId } from "./protocol.ts";

export interface ConnectionOptions {
	/** Milliseconds a worker has to answer for the first time: one whose script cannot be loaded may never say so. */
	readonly loadTimeout: number;
	/** Milliseconds a worker has to answer a cancel, or a close, before the caller stops waiting. */
	readonly grace: number;
	/**
	 * Milliseconds of silence during a call after which a worker counts as dead: one that the system ended says nothing.
	 * A step of a large model may take a minute on a slow machine, and says nothing meanwhile.
	 */
	readonly silence: number;
	/** Says why the worker's script did not start, where its address is known. */
	readonly explain?: () => Promise<Failure>;
}

export interface Connection {
	/**
	 * One call.
	 * @param send sends it, under this job's number
	 * @throws Failure the outcome's, or `cancelled`, `worker-died`, `closed`, `internal`
	 */
	call<T>(send: (api: Comlink.Remote<EngineApi>, job: JobId) => Promise<Outcome<T>>, signal?: AbortSignal): Promise<T>;
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
	{ loadTimeout, grace, silence, explain }: ConnectionOptions,
): Connection {
	const worker = startWorker(makeWorker);
	const api = Comlink.wrap<EngineApi>(worker);
	const calls = new RunningCalls();
	let jobs = NO_JOB;
	let ended: Failure | null = null;

	const end = (failure: Failure) => {
		if (ended) return;
		ended = failure;
		start.stop();
		stopPulse();
		calls.end(failure);
		api[Comlink.releaseProxy]();
		worker.terminate();
	};
	const dieOf = (failure: Failure) => {
		if (ended) return;
		end(failure);
		onDeath();
	};
	const die = (what: string) => dieOf(new Failure("worker-died", what));

	const onUnloaded = (what: string) => {
		if (start.isOver() || !explain) die(what);
		else explain().then(dieOf, () => die(what));
	};
	onWorkerError(worker, die, onUnloaded);
	const isAlive = () => api.cancel(NO_JOB);
	const start = watchStart(isAlive, die, loadTimeout);
	const stopPulse = watchPulse(isAlive, () => start.isOver() && calls.areRunning, die, silence);

	return {
		async call(send, signal) {
			if (ended) throw ended;
			if (signal?.aborted) throw cancelled();
			const job = ++jobs;
			const cancel = () => {
				if (!ended) api.cancel(job).catch(() => undefined);
			};
			const outcome = await calls.run(
				() => send(api, job).catch(unsent),
				(giveUp) => watchAbort(signal, cancel, () => giveUp(cancelled()), grace),
			);
			return unwrap(outcome);
		},
		async close() {
			if (ended) return;
			calls.end(new Failure("closed", "The engine was closed."));
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

/** Calls that wait for their answers: each can be ended alone, and all at once. */
class RunningCalls {
	readonly #ends = new Set<(failure: Failure) => void>();

	get areRunning(): boolean {
		return this.#ends.size > 0;
	}

	/**
	 * @param watch is given what ends this call before its answer, and returns what ends the watch
	 * @throws what the call was ended with
	 */
	async run<T>(send: () => Promise<T>, watch: (end: (failure: Failure) => void) => () => void): Promise<T> {
		let end: (failure: Failure) => void = () => {};
		const ended = new Promise<never>((_, reject) => {
			end = reject;
		});
		this.#ends.add(end);
		const stopWatching = watch(end);
		try {
			return await Promise.race([send(), ended]);
		} finally {
			this.#ends.delete(end);
			stopWatching();
		}
	}

	end(failure: Failure): void {
		for (const end of this.#ends) end(failure);
	}
}

interface Start {
	/** Whether the worker has answered. */
	isOver(): boolean;
	/** Ends the watch. */
	stop(): void;
}

/** Waits for the worker's first answer, `timeout` milliseconds long. */
function watchStart(isAlive: () => Promise<unknown>, die: (what: string) => void, timeout: number): Start {
	let over = false;
	const timer = setTimeout(() => die(`The engine's thread did not start within ${timeout / 1000} seconds.`), timeout);
	const onStart = () => {
		over = true;
		clearTimeout(timer);
	};
	isAlive().then(onStart, (error) => die(`The engine's thread does not answer: ${error}.`));
	return { isOver: () => over, stop: () => clearTimeout(timer) };
}

/** Times that a silent worker is given before it counts as dead. */
const BEATS = 4;

/**
 * Asks now and then whether the worker is there. Turns of the clock are counted, not time: a machine that slept has not
 * been waited for.
 * @returns what ends the watch
 */
function watchPulse(
	isAlive: () => Promise<unknown>,
	isNeeded: () => boolean,
	die: (what: string) => void,
	silence: number,
): () => void {
	let pending = false;
	let missed = 0;
	const answered = () => {
		pending = false;
		missed = 0;
	};
	const timer = setInterval(() => {
		if (!isNeeded()) missed = 0;
		else if (!pending) {
			pending = true;
			isAlive().then(answered, () => undefined);
		} else if (++missed >= BEATS)
			die(
				`The engine's thread has not answered for ${Math.round(silence / 1000)} seconds: it has ended without a word.`,
			);
	}, silence / BEATS);
	return () => clearInterval(timer);
}

function onWorkerError(worker: Worker, die: (what: string) => void, onUnloaded: (what: string) => void): void {
	worker.addEventListener("error", (event) => {
		event.preventDefault();
		if (event.message) die(`The engine's thread stopped: ${event.message}.`);
		else onUnloaded("The engine's thread could not be loaded.");
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
