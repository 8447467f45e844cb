/** Sums up what the engine says while it loads a model: one share for runtime, files and sessions. */
import type { Progress } from "../../client/protocol.ts";

export interface LoadProgress {
	readonly stage: "load";
	/** Of the whole load, 0…1; it never falls. */
	readonly share: number;
	/** Bytes that are loaded in all; 0 while that is not known. */
	readonly total: number;
}

/** Bytes of the runtime where its server does not say: the smaller of its builds. */
const RUNTIME_BYTES = 14e6;
/** What bytes are of the whole wait; checking them and opening sessions takes the rest. */
const BYTES = 0.9;
const CHECKED = 0.93;

const shareOf = ({ done, total }: Progress): number => (total > 0 ? Math.min(1, done / total) : 0);

interface Bytes {
	readonly done: number;
	readonly total: number;
}

/** Bytes of both streams, as far as they are known. */
function bytesOf(runtime: Progress | null, files: Progress, withRuntime: boolean): Bytes {
	const [done, known] = [runtime?.done ?? 0, runtime?.total ?? 0];
	const expected = withRuntime ? RUNTIME_BYTES : 0;
	const total = known > 0 ? Math.max(known, done) : Math.max(expected, done);
	return { done: done + files.done, total: total + files.total };
}

/**
 * Takes every step of a load and gives the load so far.
 * @param withRuntime whether the runtime is loaded, too: it is once for each visit
 */
export function createLoadProgress(withRuntime: boolean): (step: Progress) => LoadProgress {
	let runtime: Progress | null = null;
	let files: Progress | null = null;
	let before: LoadProgress = { stage: "load", share: 0, total: 0 };
	const next = (step: Progress): number => {
		if (step.stage === "sessions") return CHECKED + (1 - CHECKED) * shareOf(step);
		if (files === null) return 0;
		const { done, total } = bytesOf(runtime, files, withRuntime);
		return total > 0 ? BYTES * Math.min(1, done / total) : 0;
	};
	return (step) => {
		if (step.stage === "runtime") runtime = step;
		if (step.stage === "download") files = step;
		const total = files === null ? 0 : bytesOf(runtime, files, withRuntime).total;
		before = { stage: "load", share: Math.max(before.share, next(step)), total };
		return before;
	};
}
