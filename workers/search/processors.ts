/** Rules out repeated n-grams, as a logits processor. */
import { Failure } from "../../src/core/failure.ts";
import { findColumn } from "./select.ts";
import type { LogitsProcessor } from "./types.ts";

/**
 * No run of `size` ids may occur twice, as Hugging Face's NoRepeatNGramLogitsProcessor.
 * @param prompt ids that stand before the generated ones and count as part of the text
 * @throws Failure `usage` unless `size` is an integer of at least 1.
 */
export function noRepeatNgram(size: number, prompt: readonly number[] = []): LogitsProcessor {
	if (!Number.isInteger(size) || size < 1)
		throw new Failure("usage", `no_repeat_ngram_size must be an integer of at least 1, found ${size}.`);
	return (scores, ids, tokenOf) => {
		const text = [...prompt, ...ids];
		const tail = text.length + 1 - size;
		for (let start = 0; start < tail; start++) {
			if (!sameRun(text, start, tail, size - 1)) continue;
			const column = findColumn(text[start + size - 1]!, scores.length, tokenOf);
			if (column >= 0) scores[column] = Number.NEGATIVE_INFINITY;
		}
	};
}

function sameRun(text: readonly number[], left: number, right: number, length: number): boolean {
	for (let i = 0; i < length; i++) if (text[left + i] !== text[right + i]) return false;
	return true;
}
