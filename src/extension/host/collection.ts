/** Collects the results of this browser session for the side panel, in memory only. */
import type { ExtractionResult } from "../../core/result.ts";
import type { Entry, Origin } from "../common/messages.ts";

/** Results have some ten kilobytes each: this many take far less memory than a tab with a feed. */
const MAX_ENTRIES = 500;

export interface Collection {
	/** A result of the same post and text is replaced, so that none appears twice. */
	add(origin: Origin, result: ExtractionResult): void;
	readonly entries: readonly Entry[];
	clear(): void;
	/** @returns a function that removes the listener */
	listen(onChange: () => void): () => void;
}

export function createCollection(now: () => number = Date.now): Collection {
	let entries: readonly Entry[] = [];
	let lastId = 0;
	const listeners = new Set<() => void>();
	const change = (next: readonly Entry[]) => {
		entries = next;
		for (const notify of listeners) notify();
	};
	return {
		add(origin, result) {
			const others = entries.filter((entry) => entry.origin.url !== origin.url || entry.result.text !== result.text);
			change([...others, { id: ++lastId, time: now(), origin, result }].slice(-MAX_ENTRIES));
		},
		get entries() {
			return entries;
		},
		clear: () => change([]),
		listen(onChange) {
			listeners.add(onChange);
			return () => listeners.delete(onChange);
		},
	};
}
