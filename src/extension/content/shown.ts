/** What of a post's result is shown: sure records, and sensitive ones only where a person asked for them. */
import { onlySure } from "../../core/calibration.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { type AllowedTypes, withoutSensitive } from "../../core/sensitive.ts";
import type { Reading } from "./card.ts";
import type { Content } from "./post.ts";

/** What is shown of a post. */
export interface ShownPost {
	readonly element: Element;
	content: Content;
	reading: Reading;
	/** The person asked, on its card, for the sensitive records that are hidden elsewhere. */
	showsHidden?: boolean;
}

/** What the person chose, for all posts of the page. */
export interface Shown {
	/** Sensitive types that are shown. */
	allowed: AllowedTypes;
}

/** What may be shown, less sure records among it; null while there is no result. */
export function shownResult({ reading, showsHidden }: ShownPost, { allowed }: Shown): ExtractionResult | null {
	if (reading.kind !== "done") return null;
	return withoutSensitive(reading.result, showsHidden ? "all" : allowed);
}

/** What is marked on the page. */
export function markedResult(post: ShownPost, shown: Shown): ExtractionResult | null {
	const result = shownResult(post, shown);
	return result && onlySure(result);
}
