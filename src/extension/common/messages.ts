/** Every message between content scripts, the background, the engine's host and the extension's own pages. */
import type { Progress } from "../../client/protocol.ts";
import type { FailureFacts } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { AllowedTypes } from "../../core/sensitive.ts";
import type { SiteId } from "./sites.ts";

/** A step of the engine, to be named in the reader's language. */
export type Stage = Progress["stage"];

/** Names of ports. */
export const JOBS_PORT = "umie-jobs";
export const RESULTS_PORT = "umie-results";

/** UTF-16 units of each string of an {@link Origin} at most. */
export const MAX_ORIGIN_LENGTH = 2_000;

/** Where a post stood, as the page says. It is shown as text, and opened only if it is a web address. */
export interface Origin {
	readonly site: SiteId;
	/** Address of the post, or of its page when the post has none. */
	readonly url: string;
	readonly author: string;
}

/** Answer of the background to `{ kind: "wake" }`: whether the engine's host runs now. */
export interface WakeAnswer {
	readonly ok: boolean;
}

/** Answer of the background to `{ kind: "page" }`: what the person set for the sender's page. */
export interface PageSettings {
	/** Buttons on the posts of this page. */
	readonly on: boolean;
	/** Extract from visible posts without a click. */
	readonly auto: boolean;
	/** Sensitive types that are shown. */
	readonly allowed: AllowedTypes;
}

/** What a person asks for with a menu, a key or the popup, not with a post's own button. */
export type Wish =
	| { readonly kind: "selection" }
	| { readonly kind: "image"; readonly src: string }
	/** The selection, or else the post in the middle of the window, or else the page. */
	| { readonly kind: "here" }
	| { readonly kind: "page" };

/** Background or popup to a tab's content script, by `tabs.sendMessage`. */
export type ToContent =
	| { readonly kind: "changed" }
	| { readonly kind: "wish"; readonly wish: Wish }
	/** Answered with {@link PageStatus}. */
	| { readonly kind: "status" };

export interface PageStatus {
	readonly on: boolean;
	readonly site: SiteId;
	/** Posts found on the page now. */
	readonly posts: number;
	readonly done: number;
	/** Why the overlay does not work here; null when it does. */
	readonly trouble: string | null;
}

/** Content script to host, over the port {@link JOBS_PORT}. Pictures are base64, because these messages are JSON. */
export type ToHost =
	| {
			readonly kind: "extract";
			readonly job: number;
			readonly text: string;
			readonly image: string | null;
			readonly origin: Origin;
			/** The person clicked and waits: this post goes first. */
			readonly requested: boolean;
	  }
	| { readonly kind: "cancel"; readonly job: number };

/** Host to content script, over the same port. */
export type FromHost =
	| { readonly kind: "progress"; readonly job: number; readonly stage: Stage }
	| { readonly kind: "result"; readonly job: number; readonly result: ExtractionResult }
	| { readonly kind: "failed"; readonly job: number; readonly failure: FailureFacts };

/** One collected result. */
export interface Entry {
	readonly id: number;
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly origin: Origin;
	readonly result: ExtractionResult;
}

/** Host to the side panel, over the port {@link RESULTS_PORT}. */
export type ToPanel = { readonly kind: "entries"; readonly entries: readonly Entry[] };
export type FromPanel = { readonly kind: "clear" };
