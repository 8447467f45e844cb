/**
 * Says how the words of a data set are found: most sets hold tokens with a space between any two, some hold sentences
 * as people write them.
 */
import { codePointOffsets, WORD_MODES, type WordMode } from "../../src/core/text.ts";

/** What `--words` takes; "auto" looks at the annotation. */
export const WORD_CHOICES = ["auto", ...WORD_MODES] as const;

/** Spans of a set of tokens begin and end at tokens, apart from this share of annotation mistakes. */
const SLIPS = 0.02;

/**
 * "post" where more than a few annotated spans begin or end inside a piece between two spaces ("Köln," has a
 * comma), else "tokens".
 */
export function detectWordMode(records: readonly object[]): WordMode {
	let [spans, inside] = [0, 0];
	for (const record of records) {
		if (!("text" in record) || typeof record.text !== "string") continue;
		const { text } = record;
		const offsets = codePointOffsets(text);
		const apart = (place: number) =>
			place <= 0 ||
			place >= offsets.length - 1 ||
			/\s/u.test(text[offsets[place]! - 1]!) ||
			/\s/u.test(text[offsets[place]!]!);
		for (const { start, end } of spansOf(record)) {
			spans++;
			if (!apart(start) || !apart(end)) inside++;
		}
	}
	return inside > SLIPS * spans ? "post" : "tokens";
}

/** Every object with a start and an end, at any depth. */
function* spansOf(value: unknown): Generator<{ readonly start: number; readonly end: number }> {
	if (typeof value !== "object" || value === null) return;
	if ("start" in value && "end" in value && Number.isInteger(value.start) && Number.isInteger(value.end))
		yield { start: value.start as number, end: value.end as number };
	for (const part of Object.values(value)) yield* spansOf(part);
}
