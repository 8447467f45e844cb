/** Keeps what is typed into a field and not sent yet, until the tab is closed. */
import { useState } from "react";

const PREFIX = "umie-web/draft/";

function kept(name: string): string | null {
	try {
		return sessionStorage.getItem(PREFIX + name);
	} catch {
		return null;
	}
}

/** A draft that cannot be kept still holds until the page is left. */
function keep(name: string, text: string, start: string): void {
	try {
		if (text === start) sessionStorage.removeItem(PREFIX + name);
		else sessionStorage.setItem(PREFIX + name, text);
	} catch {
		// The page says already that this browser keeps nothing.
	}
}

/**
 * The text of a field, which a reload brings back.
 * @param start what is in the field while nothing else was typed
 */
export function useDraft(name: string, start = ""): readonly [string, (text: string) => void] {
	const [text, setText] = useState(() => kept(name) ?? start);
	const set = (next: string) => {
		setText(next);
		keep(name, next, start);
	};
	return [text, set];
}
