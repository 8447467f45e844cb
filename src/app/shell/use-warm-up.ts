/** Loads the model while the post is still being written, so that the first extraction need not wait for it. */
import { useEffect, useEffectEvent, useRef } from "react";
import type { AppState } from "../state/state.ts";

/** Once, at the first change of the post; never where the person asked the browser to save data. */
export function useWarmUp(state: AppState, open: (state: AppState) => void): void {
	const first = useRef(state.post);
	const warm = useRef(false);
	const warmUp = useEffectEvent(() => {
		if (warm.current || state.post === first.current || state.model.status !== "closed") return;
		warm.current = true;
		const saving = "connection" in navigator && (navigator.connection as { saveData?: boolean }).saveData === true;
		if (!saving) open(state);
	});
	// biome-ignore lint/correctness/useExhaustiveDependencies: a changed post means that a person is at work
	useEffect(() => warmUp(), [state.post]);
}
