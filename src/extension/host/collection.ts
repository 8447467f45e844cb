/** Goes in: results as they are made. Comes out: the collection of this session, in memory only, as the side panel shows it. */
import type { ExtractionResult } from "../../core/result.ts";
import type { Entry, Origin } from "../common/messages.ts";

/** Results are some ten kilobytes each: this many stay far below what a tab of a feed takes. */
export const MOST_ENTRIES = 500;

export interface Collection {
	/** A post that was read before takes its new place, so that none is there twice. */
	add(origin: Origin, result: ExtractionResult): void;
	readonly entries: readonly Entry[];
	clear(): void;
	/** @returns ends the listening */
	listen(onChange: () => void): () => void;
}

export function createCollection(now: () => number = Date.now): Collection {
	let entries: readonly Entry[] = [];
	let made = 0;
	const listeners = new Set<() => void>();
	const change = (next: readonly Entry[]) => {
		entries = next;
		for (const hear of listeners) hear();
	};
	return {
		add(origin, result) {
			const others = entries.filter((entry) => entry.origin.url !== origin.url || entry.result.text !== result.text);
			change([...others, { id: ++made, time: now(), origin, result }].slice(-MOST_ENTRIES));
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
