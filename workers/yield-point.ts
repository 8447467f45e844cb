/** Makes yield points: places in a long computation where a cancel can arrive. */
import { Failure } from "../src/core/failure.ts";

/**
 * A function to call between two steps of a computation.
 * @param turn gives the event loop one turn, so that a cancel arrives
 * @returns throws Failure `cancelled` once `signal` is aborted
 */
export function createYieldPoint(turn: () => Promise<void>, signal: AbortSignal): () => Promise<void> {
	return async () => {
		await turn();
		if (signal.aborted) throw new Failure("cancelled", "The extraction was cancelled.");
	};
}
