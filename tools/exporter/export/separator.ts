/** Finds the id that stands between two records: <spot> if someone taught the tokenizer, else T5's first sentinel. */
import * as z from "zod/mini";
import { SEPARATORS } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";

const TokenizerSchema = z.object({
	added_tokens: z._default(z.array(z.object({ id: z.int(), content: z.string() })), []),
	model: z.object({
		vocab: z.union([z.array(z.tuple([z.string(), z.number()])), z.record(z.string(), z.int())]),
		type: z.enum(["Unigram", "WordPiece"]),
	}),
});

/** @throws Failure `checkpoint-format` when it is neither Unigram nor WordPiece, or has no piece that can separate */
export function findSeparator(tokenizerJson: unknown): number {
	const parsed = TokenizerSchema.safeParse(tokenizerJson);
	if (!parsed.success)
		throw new Failure(
			"checkpoint-format",
			"tokenizer.json: expected a Unigram (T5, XLM-R) or WordPiece (BERT) tokenizer.",
		);
	const { added_tokens, model } = parsed.data;
	const pieces = Array.isArray(model.vocab)
		? model.vocab.map(([piece], id) => [piece, id] as const)
		: Object.entries(model.vocab);
	const ids = new Map([...pieces, ...added_tokens.map(({ content, id }) => [content, id] as const)]);
	for (const piece of SEPARATORS) {
		const id = ids.get(piece);
		if (id !== undefined) return id;
	}
	throw new Failure(
		"checkpoint-format",
		`tokenizer.json has no piece that can separate records (looked for ${SEPARATORS.join(", ")}).`,
	);
}
