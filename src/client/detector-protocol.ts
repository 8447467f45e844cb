/** The whole conversation between the page and the detector's thread. */
import type { Outcome } from "../core/failure.ts";
import type { GivenRegion, Progress } from "./protocol.ts";

/** "objects" knows a fixed list of things; "asked" looks for whatever it is told (zero-shot). */
export type DetectorKind = "objects" | "asked";

export interface DetectRequest {
	/** Name on the hub, such as "Xenova/yolos-tiny". */
	readonly model: string;
	readonly kind: DetectorKind;
	/** The file's bytes as they are. */
	readonly image: Uint8Array;
	/** What to look for; empty for "objects". */
	readonly labels: readonly string[];
	/** Boxes below it are left out: 0 to 1. */
	readonly threshold: number;
}

/** What the page sends: one question with its number. */
export interface DetectorQuestion {
	readonly id: number;
	readonly request: DetectRequest;
}

/** What comes back: progress any number of times, then the outcome once. */
export type DetectorAnswer =
	| { readonly id: number; readonly progress: Progress }
	| { readonly id: number; readonly outcome: Outcome<readonly GivenRegion[]> };
