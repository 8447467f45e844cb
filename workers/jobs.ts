/**
 * Keeps the jobs that run, so that each can be cancelled by its number and all can be ended before the model is freed.
 */
import type { JobId } from "../src/client/protocol.ts";
import { Failure, type Outcome, settle } from "../src/core/failure.ts";

interface RunningJob {
	readonly controller: AbortController;
	readonly ended: Promise<unknown>;
}

export interface Jobs {
	/** Runs a cancellable job. Its failure comes back as data; a cancelled or closed one says which. */
	run<T>(id: JobId, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>>;
	cancel(id: JobId): void;
	/** Ends every job except that of `spared` as closed, and waits for them. */
	endAll(what: string, spared: AbortSignal | null): Promise<void>;
}

export function createJobs(): Jobs {
	const jobs = new Map<JobId, RunningJob>();
	return {
		async run<T>(id: JobId, work: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
			if (jobs.has(id)) return settle(() => Promise.reject(new Failure("internal", `Job ${id} is running already.`)));
			const controller = new AbortController();
			const ended = settle(() => runAborted(controller.signal, work));
			jobs.set(id, { controller, ended });
			try {
				return await ended;
			} finally {
				jobs.delete(id);
			}
		},
		cancel(id) {
			jobs.get(id)?.controller.abort(new Failure("cancelled", "It was cancelled."));
		},
		async endAll(what, spared) {
			const others = [...jobs.values()].filter(({ controller }) => controller.signal !== spared);
			for (const { controller } of others) controller.abort(new Failure("closed", what));
			await Promise.all(others.map(({ ended }) => ended));
		},
	};
}

/** A job that ends as cancelled fails with the reason why it was aborted: it may have been closed. */
async function runAborted<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
	try {
		return await work(signal);
	} catch (error) {
		throw signal.aborted && error instanceof Failure && error.code === "cancelled" ? signal.reason : error;
	}
}
