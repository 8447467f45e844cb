/** The whole conversation between a page and the engine's thread: what can be called, and what comes back. */
import type { Manifest } from "../bundle/manifest.ts";
import type { DeviceChoice } from "../core/devices.ts";
import type { Outcome } from "../core/failure.ts";
import type { Device, ExtractionResult } from "../core/result.ts";
import type { PositionedWord } from "../tasks/layout/layout.ts";
import type { ExtractRequest } from "../tasks/request.ts";

/**
 * Where a bundle lies: a folder's address (ending in "/"), or files the person picked (paths relative to the bundle
 * folder).
 */
export type BundleSource =
	| { readonly kind: "url"; readonly url: string }
	| { readonly kind: "files"; readonly files: ReadonlyArray<{ readonly path: string; readonly file: FileLike }> };

/** The part of `File`/`Blob` the engine reads, so that Node and tests can stand in. */
interface FileLike {
	readonly size: number;
	arrayBuffer(): Promise<ArrayBuffer>;
}

export interface OpenOptions {
	/** "auto": WebGPU where an adapter is there, else WASM. */
	readonly device: DeviceChoice;
	/** WASM threads; "auto": as many as cross-origin isolation and the machine allow, at most 4. */
	readonly threads: number | "auto";
}

export const OPEN_DEFAULTS: OpenOptions = { device: "auto", threads: "auto" };

/** What the engine is doing, for progress bars. Bytes where they are known, else steps; `total` 0 means unknown. */
export interface Progress {
	readonly stage: "runtime" | "download" | "verify" | "sessions" | "image" | "regions" | "encode" | "decode" | "parts";
	/** A file name, a task, a step: for a person to read. */
	readonly detail: string;
	readonly done: number;
	readonly total: number;
	readonly unit: "bytes" | "steps";
}

/** What was opened. */
export interface EngineInfo {
	readonly manifest: Manifest;
	readonly device: Device;
}

/** What a person brings. `image` holds the file's bytes as they are (JPEG, PNG, …). */
export interface Post {
	readonly text: string;
	readonly image: Uint8Array | null;
	/** Words with their boxes, for a form or a table: they take the place of `text`, in reading order. */
	readonly layout?: readonly PositionedWord[] | null;
	/**
	 * Regions of the picture from a detector: they take the place of the built-in proposals. The best 36 are kept; an
	 * empty list means none.
	 */
	readonly regions?: readonly GivenRegion[] | null;
}

/** A region that somebody else found. */
export interface GivenRegion {
	/** `[x1, y1, x2, y2]` in pixels of the original, upright picture. */
	readonly box: readonly [x1: number, y1: number, x2: number, y2: number];
	/** Higher is surer. */
	readonly score: number;
	/** What it is, such as "person". */
	readonly label?: string;
}

/** A number chosen by the caller, unique among running calls; `cancel` names it. */
export type JobId = number;

export interface EngineApi {
	/** Opens a bundle; a second call closes the first. Cancelled by `cancel(job)`. */
	open(
		job: JobId,
		source: BundleSource,
		options: OpenOptions,
		onProgress: (progress: Progress) => void,
	): Promise<Outcome<EngineInfo>>;
	/**
	 * Extracts from one post. `onUpdate` hears progress and, when a wave of tasks or a part of a long text is done, the
	 * result so far (`unfinished` says what was not read).
	 */
	extract(
		job: JobId,
		post: Post,
		request: ExtractRequest,
		onUpdate: (update: Update) => void,
	): Promise<Outcome<ExtractionResult>>;
	/** Ends a running call with the failure `cancelled`, within one decoding step. Unknown jobs are ignored. */
	cancel(job: JobId): Promise<void>;
	/** Frees sessions and device. */
	close(): Promise<void>;
}

export type Update =
	| { readonly kind: "progress"; readonly progress: Progress }
	| { readonly kind: "partial"; readonly result: ExtractionResult };
