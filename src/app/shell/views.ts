/** The views of the page, chosen by the # part of its address; the back button goes back. */
import { useSyncExternalStore } from "react";

export const VIEWS = { post: "One post", many: "Many posts", docs: "On your page" } as const;
export type ViewName = keyof typeof VIEWS;

function subscribe(listen: () => void): () => void {
	window.addEventListener("hashchange", listen);
	return () => window.removeEventListener("hashchange", listen);
}

function current(): ViewName {
	const name = location.hash.slice(1);
	return Object.hasOwn(VIEWS, name) ? (name as ViewName) : "post";
}

/** The view named after the # of the address; the first view when it names none. */
export const useView = (): ViewName => useSyncExternalStore(subscribe, current);
