/**
 * Finds the id that stands between two records: <spot> if someone taught the tokenizer, else T5's first sentinel; and
 * refuses a tokenizer that has more ids than the checkpoint has rows.
 */
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
	const ids = idsOf(parsed.data);
	for (const piece of SEPARATORS) {
		const id = ids.get(piece);
		if (id !== undefined) return id;
	}
	throw new Failure(
		"checkpoint-format",
		`tokenizer.json has no piece that can separate records (looked for ${SEPARATORS.join(", ")}).`,
	);
}

function idsOf({ added_tokens, model: { vocab } }: z.infer<typeof TokenizerSchema>): ReadonlyMap<string, number> {
	const pieces = Array.isArray(vocab) ? vocab.map(([piece], id) => [piece, id] as const) : Object.entries(vocab);
	return new Map([...pieces, ...added_tokens.map(({ content, id }) => [content, id] as const)]);
}

/**
 * What is wrong with a tokenizer for an embedding of so many rows, as a sentence; null: nothing. More rows than ids are
 * usual: vocabularies are padded.
 */
export function tokenizerMisfit(tokenizerJson: unknown, rows: number): string | null {
	const parsed = TokenizerSchema.safeParse(tokenizerJson);
	if (!parsed.success) return null;
	let largest = -1;
	for (const id of idsOf(parsed.data).values()) largest = Math.max(largest, id);
	if (largest < rows) return null;
	return (
		`tokenizer.json has ids up to ${largest}, but the checkpoint's embedding has ${rows} rows: ` +
		"the tokenizer belongs to another checkpoint, or the embedding was not resized when tokens were added."
	);
}
