/** Recognises the language of a text while it is typed, where the model was not made for it. */
import { useEffect, useState } from "react";
import type { UnsupportedLanguage } from "../../core/result.ts";

/** Typing settles before the text is looked at. */
const SETTLE_MS = 400;
/** A text that is shorter says nothing. */
const MIN_LENGTH = 3;

/** @param languages the model's own; none: nothing is known of it yet */
export function useLanguageOfText(text: string, languages: readonly string[] | undefined): UnsupportedLanguage | null {
	const [found, setFound] = useState<UnsupportedLanguage | null>(null);
	useEffect(() => {
		if (languages === undefined || text.trim().length < MIN_LENGTH) {
			setFound(null);
			return;
		}
		let current = true;
		const look = async () => {
			// A part of its own: the page's first load does not need it.
			const { recogniseUnsupported } = await import("../../languages/recognise.ts");
			const next = await recogniseUnsupported(text, languages);
			if (current) setFound(next);
		};
		const timer = setTimeout(() => look().catch(() => undefined), SETTLE_MS);
		return () => {
			current = false;
			clearTimeout(timer);
		};
	}, [text, languages]);
	return found;
}
