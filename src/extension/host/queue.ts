/** Runs the jobs of all tabs one at a time: requested ones first, then those that came onto the screen last. */

interface PendingJob {
	/** The person clicked and waits. */
	readonly requested: boolean;
	readonly run: () => Promise<void>;
	readonly signal: AbortSignal;
}

interface JobQueue {
	/** @param signal a job whose signal is aborted before its turn never runs */
	add(run: () => Promise<void>, requested: boolean, signal: AbortSignal): void;
	readonly size: number;
}

/** The index of the next job: the oldest requested one, or else the newest. -1: there is none. */
export function findNext(pending: ReadonlyArray<{ readonly requested: boolean }>): number {
	const requested = pending.findIndex((job) => job.requested);
	return requested >= 0 ? requested : pending.length - 1;
}

/** @param onIdle called each time the last job is done */
export function createJobQueue(onIdle: () => void): JobQueue {
	let pending: PendingJob[] = [];
	let running = false;

	async function loop(): Promise<void> {
		running = true;
		for (;;) {
			pending = pending.filter(({ signal }) => !signal.aborted);
			const [next] = pending.splice(findNext(pending), 1);
			if (!next) break;
			await next.run().catch((error: unknown) => console.error(error));
		}
		running = false;
		onIdle();
	}

	return {
		add(run, requested, signal) {
			pending.push({ run, requested, signal });
			if (!running) void loop();
		},
		get size() {
			return pending.length;
		},
	};
}
