/** The views of the page, chosen by the # part of its address; the back button goes back. */
import { useSyncExternalStore } from "react";

export const VIEWS = ["post", "many", "docs", "about"] as const;
export type ViewName = (typeof VIEWS)[number];

function subscribe(listen: () => void): () => void {
	window.addEventListener("hashchange", listen);
	return () => window.removeEventListener("hashchange", listen);
}

function current(): ViewName {
	const name = location.hash.slice(1);
	return VIEWS.find((view) => view === name) ?? "post";
}

/** The view named after the # of the address; the first view when it names none. */
export const useView = (): ViewName => useSyncExternalStore(subscribe, current);
