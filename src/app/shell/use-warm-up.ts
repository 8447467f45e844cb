/** Loads the model while the post is still being written, so that the first extraction need not wait for it. */
import { useEffect, useEffectEvent } from "react";
import type { AppState } from "../state/state.ts";

/**
 * Once, when the person first changes the post: what is kept from an earlier visit, and samples, load nothing. Never
 * where the person asked the browser to save data.
 */
export function useWarmUp(state: AppState, open: (state: AppState) => void): void {
	const warmUp = useEffectEvent(() => {
		if (!state.written || state.model.status !== "closed") return;
		const saving = "connection" in navigator && (navigator.connection as { saveData?: boolean }).saveData === true;
		if (!saving) open(state);
	});
	// biome-ignore lint/correctness/useExhaustiveDependencies: who writes a post is at work
	useEffect(() => warmUp(), [state.written]);
}
