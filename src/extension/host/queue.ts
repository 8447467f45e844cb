/** Goes in: work from several tabs. Comes out: one piece at a time: what a person waits for first, then what came on the screen last. */

interface Waiting {
	readonly asked: boolean;
	readonly run: () => Promise<void>;
	readonly signal: AbortSignal;
}

export interface JobQueue {
	/** @param signal aborted before its turn: the work never runs, and nobody is told */
	add(run: () => Promise<void>, asked: boolean, signal: AbortSignal): void;
	readonly size: number;
}

/** The place of the next piece: the oldest that was asked for, else the newest. */
export function nextOf(waiting: ReadonlyArray<{ readonly asked: boolean }>): number {
	const asked = waiting.findIndex((piece) => piece.asked);
	return asked >= 0 ? asked : waiting.length - 1;
}

/** @param onIdle called each time the last piece is done */
export function createJobQueue(onIdle: () => void): JobQueue {
	let waiting: Waiting[] = [];
	let running = false;

	async function loop(): Promise<void> {
		running = true;
		for (;;) {
			waiting = waiting.filter(({ signal }) => !signal.aborted);
			const [next] = waiting.splice(nextOf(waiting), 1);
			if (!next) break;
			await next.run().catch((error: unknown) => console.error(error));
		}
		running = false;
		onIdle();
	}

	return {
		add(run, asked, signal) {
			waiting.push({ run, asked, signal });
			if (!running) void loop();
		},
		get size() {
			return waiting.length;
		},
	};
}
