/** Goes in: a stock tokenizer.json. Comes out: the id that stands between two records: <spot> if someone taught the tokenizer, else T5's first sentinel. */
import * as z from "zod/mini";
import { SEPARATORS } from "../../src/bundle/manifest.ts";
import { Failure } from "../../src/core/failure.ts";

const TokenizerSchema = z.object({
	added_tokens: z._default(z.array(z.object({ id: z.int(), content: z.string() })), []),
	model: z.object({ vocab: z.array(z.tuple([z.string(), z.number()])) }),
});

/** @throws Failure `checkpoint-format` when it is no Unigram tokenizer, or has no piece that can separate */
export function findSeparator(tokenizerJson: unknown): number {
	const parsed = TokenizerSchema.safeParse(tokenizerJson);
	if (!parsed.success) throw new Failure("checkpoint-format", "tokenizer.json: expected a Unigram (T5) tokenizer.");
	const { added_tokens, model } = parsed.data;
	const ids = new Map([...model.vocab.map(([piece], id) => [piece, id] as const), ...added_tokens.map(({ content, id }) => [content, id] as const)]);
	for (const piece of SEPARATORS) {
		const id = ids.get(piece);
		if (id !== undefined) return id;
	}
	throw new Failure("checkpoint-format", `tokenizer.json: no piece can separate records (looked for ${SEPARATORS.join(", ")}).`);
}
