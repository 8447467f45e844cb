/** Lets one tab at a time work on the kept posts: two would extract from each post twice, and overwrite each other. */
import { Failure } from "../../core/failure.ts";

/** The part of the browser's locks that is used. */
type Locks = Pick<LockManager, "request">;

/** Pages of one site share it. */
const LOCK = "umie-web-many";

/**
 * Runs `work` unless another tab does so already. A tab that is closed lets go. Without locks there is nothing to wait
 * for.
 * @throws Failure `busy`, and what `work` throws
 */
export async function alone<T>(
	work: () => Promise<T>,
	locks: Locks | undefined = globalThis.navigator?.locks,
): Promise<T> {
	if (locks === undefined) return work();
	return locks.request(LOCK, { ifAvailable: true }, (lock) => {
		if (lock === null) throw new Failure("busy", "Another tab is working on these posts.");
		return work();
	}) as Promise<T>;
}
