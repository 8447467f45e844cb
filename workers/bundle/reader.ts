/** What every source of bundle files has in common: how it is read, and how it fails. */

import { Failure } from "../../src/core/failure.ts";
import { MIB } from "../../src/core/limits.ts";
import type { BundleStore } from "./store.ts";

export const MANIFEST_FILE = "umie.json";
export const MAX_MANIFEST_BYTES = MIB;

interface ReadOptions {
	/** Length the manifest promises; null: unknown, at most 1 MiB (umie.json itself). */
	readonly expectedBytes: number | null;
	/** Hears how many bytes arrived since the last call. */
	readonly onBytes?: (count: number) => void;
	readonly signal?: AbortSignal | undefined;
}

/** A place where the files of one bundle lie. */
export interface BundleReader {
	/** Where it is, for people. */
	readonly name: string;
	/** Where files that were fetched and checked are kept; null: reading again costs nothing. */
	readonly store: BundleStore | null;
	/**
	 * @param path inside the bundle folder, as checked by `parseManifest`
	 * @returns exactly `expectedBytes` bytes, whose content is not checked yet
	 * @throws Failure `bundle-missing-file` | `bundle-truncated` | `bundle-wrong-hash` (too long) | `offline` |
	 *   `fetch-failed` | `timeout` | `cancelled` | `input-unreadable`
	 */
	read(path: string, options: ReadOptions): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file whose length is known before it is read. @throws Failure when the length is not the promised one */
export function checkLength(path: string, actual: number, expected: number | null): void {
	if (expected === null) {
		if (actual > MAX_MANIFEST_BYTES) throw tooLong(path, null);
		return;
	}
	if (actual < expected) throw truncated(path, actual, expected);
	if (actual > expected) throw tooLong(path, expected);
}

export function truncated(path: string, actual: number, expected: number): Failure {
	return new Failure("bundle-truncated", `${path} ends after ${bytes(actual)} of ${bytes(expected)}.`);
}

export function tooLong(path: string, expected: number | null, limit = MAX_MANIFEST_BYTES): Failure {
	if (expected === null) return new Failure("bundle-format", `${path} is longer than ${bytes(limit)}.`);
	return new Failure("bundle-wrong-hash", `${path} is longer than the ${bytes(expected)} that umie.json lists.`);
}

/** @throws Failure `cancelled` */
export function throwIfCancelled(signal: AbortSignal | undefined): void {
	if (signal?.aborted) throw cancelled();
}

export function cancelled(): Failure {
	return new Failure("cancelled", "Loading the bundle was cancelled.");
}

function bytes(count: number): string {
	return `${count.toLocaleString("en")} bytes`;
}
