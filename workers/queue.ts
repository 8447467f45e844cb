/** Runs pieces of work one at a time, in order: two concurrent `run()` calls on one WebGPU device hang. */
import { Failure } from "../src/core/failure.ts";

export interface Queue {
	/**
	 * Runs `work` when everything before it has ended, however it ended.
	 * @param signal aborted while waiting: the call is rejected at once and the work never starts. Aborted while
	 * running: the work itself must listen.
	 * @throws Failure `cancelled`, or whatever the work throws
	 */
	run<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T>;
}

export function createQueue(): Queue {
	let last: Promise<unknown> = Promise.resolve();

	return {
		run<T>(work: () => Promise<T> | T, signal?: AbortSignal): Promise<T> {
			return new Promise<T>((resolve, reject) => {
				const leave = () => reject(new Failure("cancelled", "It was cancelled while it waited for its turn."));
				if (signal?.aborted) return leave();
				signal?.addEventListener("abort", leave, { once: true });
				last = last.then(async () => {
					signal?.removeEventListener("abort", leave);
					if (signal?.aborted) return;
					try {
						resolve(await work());
					} catch (error) {
						reject(error);
					}
				});
			});
		},
	};
}
