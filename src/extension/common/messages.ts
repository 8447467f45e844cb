/** Goes in: nothing. Comes out: every message between a page's content script, the background, the host of the engine and the extension's own pages. */
import type { FailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import type { SiteId } from "./sites.ts";

/** Names of ports. */
export const JOBS_PORT = "umie-jobs";
export const RESULTS_PORT = "umie-results";

/** Where a post stood. Told by the page: shown as text, never opened unless it is a web address. */
export interface Origin {
	readonly site: SiteId;
	/** Address of the post, else of its page. */
	readonly url: string;
	readonly author: string;
}

/** Content script to background, by `runtime.sendMessage`; the answer is the second type. */
export interface ToBackground {
	/** Makes sure that the host is there. */
	wake: [{ readonly kind: "wake" }, { readonly ok: boolean }];
	/** What the person set for the page that asks. */
	page: [{ readonly kind: "page" }, PageSettings];
	/** The host in Chrome cannot read the storage itself. */
	settings: [{ readonly kind: "settings" }, unknown];
}

export interface PageSettings {
	/** Buttons on the posts of this page. */
	readonly on: boolean;
	/** Extract from visible posts without a click. */
	readonly auto: boolean;
}

/** What a person asked for outside the posts' own buttons. */
export type Wish =
	| { readonly kind: "selection" }
	| { readonly kind: "image"; readonly src: string }
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
	/** Why the overlay does not work here; null: it does. */
	readonly trouble: string | null;
}

/** Content script to host, over the port {@link JOBS_PORT}. Pictures travel as base64: messages between browsers' parts are JSON. */
export type ToHost =
	| {
			readonly kind: "extract";
			readonly job: number;
			readonly text: string;
			readonly image: string | null;
			readonly origin: Origin;
			/** A person clicked and waits: goes first. */
			readonly asked: boolean;
	  }
	| { readonly kind: "cancel"; readonly job: number };

export type FromHost =
	/** `what` is for people. */
	| { readonly kind: "progress"; readonly job: number; readonly what: string }
	| { readonly kind: "result"; readonly job: number; readonly result: ExtractionResult }
	| { readonly kind: "failed"; readonly job: number; readonly failure: FailureData };

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
