/** Whether the id that stands between records is found in each kind of tokenizer. */
import { expect, test } from "vitest";
import { findSeparator, tokenizerMisfit } from "./separator.ts";

const tokenizer = (vocab: readonly string[], added: readonly (readonly [string, number])[] = []) => ({
	added_tokens: added.map(([content, id]) => ({ content, id })),
	model: { type: "Unigram", vocab: vocab.map((piece) => [piece, 0]) },
});

test("a tokenizer that was taught <spot> separates with it", () => {
	expect(findSeparator(tokenizer(["<pad>", "<extra_id_0>"], [["<spot>", 7]]))).toBe(7);
	expect(findSeparator(tokenizer(["<pad>", "<spot>", "<extra_id_0>"]))).toBe(1);
});

test("T5's first sentinel is next, as T5 or mT5 spells it", () => {
	expect(findSeparator(tokenizer(["<pad>", "a"], [["<extra_id_0>", 32099]]))).toBe(32099);
	expect(findSeparator(tokenizer(["<pad>", "a", "▁<extra_id_1>", "▁<extra_id_0>"]))).toBe(3);
});

test("BERT's pieces have their ids written beside them", () => {
	const model = { type: "WordPiece", vocab: { "[PAD]": 0, "[UNK]": 4 } };
	expect(findSeparator({ model: { ...model, vocab: { ...model.vocab, "<spot>": 9 } } })).toBe(9);
	expect(findSeparator({ model, added_tokens: [{ id: 12, content: "<spot>" }] })).toBe(12);
});

test.each([
	["no piece that separates", tokenizer(["<pad>", "a"])],
	["another kind of model", { model: { type: "BPE", vocab: { a: 1 } } }],
	["nothing", null],
])("%s is refused", (_, json) => {
	expect(() => findSeparator(json)).toThrow(expect.objectContaining({ code: "checkpoint-format" }));
});

test("a tokenizer has no more ids than the embedding has rows; fewer are usual", () => {
	const json = tokenizer(["<pad>", "a"], [["<spot>", 7]]);
	expect(tokenizerMisfit(json, 8)).toBeNull();
	expect(tokenizerMisfit(json, 128)).toBeNull();
	expect(tokenizerMisfit(json, 7)).toMatch(
		/^tokenizer\.json has ids up to 7, but the checkpoint's embedding has 7 rows/,
	);
});
