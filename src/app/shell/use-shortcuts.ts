/** Keyboard shortcuts of the whole page: Ctrl or Cmd with Enter extracts, Escape cancels, wherever the focus is. */
import { useEffect, useEffectEvent } from "react";

export function useShortcuts(extract: () => void, cancel: () => void): void {
	const onKey = useEffectEvent((event: KeyboardEvent) => {
		if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			extract();
		} else if (event.key === "Escape") cancel();
	});
	useEffect(() => {
		const listen = (event: KeyboardEvent) => onKey(event);
		document.addEventListener("keydown", listen);
		return () => document.removeEventListener("keydown", listen);
	}, []);
}
