/** Judges the results of a collection by the person's thresholds as they are read, so that no run is needed for it. */
import type { ExtractionResult } from "../../core/result.ts";
import type { PostOutcome } from "./store.ts";
import type { ManyCalls } from "./use-many.ts";

type Judge = (result: ExtractionResult) => ExtractionResult;

const judgedOutcome = (outcome: PostOutcome | null, judge: Judge): PostOutcome | null =>
	outcome?.status === "done" ? { ...outcome, result: judge(outcome.result) } : outcome;

export function judging(calls: ManyCalls, judge: Judge): ManyCalls {
	return {
		...calls,
		async outcome(place) {
			const entry = await calls.outcome(place);
			return entry && { ...entry, outcome: judgedOutcome(entry.outcome, judge) };
		},
		async *entries() {
			for await (const entry of calls.entries()) yield { ...entry, outcome: judgedOutcome(entry.outcome, judge) };
		},
	};
}
