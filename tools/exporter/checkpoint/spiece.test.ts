/** Shows that spiece.model becomes the tokenizer that transformers makes of it, and that a broken one is refused. */
import { expect, test } from "vitest";
import { parseSentencePiece, tokenizerOf } from "./spiece.ts";

const field = (number: number, bytes: Uint8Array) =>
	Buffer.concat([Uint8Array.of(number * 8 + 2, bytes.length), bytes]);
function piece(text: string, score: number, kind?: number): Buffer {
	const number = Buffer.alloc(5);
	number[0] = 0x15;
	number.writeFloatLE(score, 1);
	return field(
		1,
		Buffer.concat([field(1, Buffer.from(text)), number, ...(kind === undefined ? [] : [Uint8Array.of(0x18, kind)])]),
	);
}
const PIECES = [piece("<pad>", 0, 3), piece("</s>", 0, 3), piece("<unk>", 0, 2), piece("▁a", -1.5)];
const trainer = (type: number) => field(2, Uint8Array.of(0x18, type));
const MODEL = Buffer.concat([...PIECES, trainer(1), field(3, field(2, Uint8Array.of(1, 2, 3)))]);

test("pieces, scores, special pieces, sentinels and the table of characters are the tokenizer's", () => {
	const { tokenizer, settings } = tokenizerOf(parseSentencePiece(MODEL), 6);
	expect(tokenizer).toMatchObject({
		normalizer: { type: "Precompiled", precompiled_charsmap: "AQID" },
		model: {
			...{ type: "Unigram", unk_id: 2 },
			vocab: [
				["<pad>", 0],
				["</s>", 0],
				["<unk>", 0],
				["▁a", -1.5],
				["<extra_id_1>", 0],
				["<extra_id_0>", 0],
			],
		},
		added_tokens: [0, 1, 2, 4, 5].map((id) => ({ id })),
	});
	expect(settings).toMatchObject({ extra_ids: 2, eos_token: "</s>" });
});

test.each([
	["cut off", MODEL.subarray(0, 20), /spiece\.model is broken or cut off/],
	["a stub", Buffer.from("\n\x0e\n\x05<unk>"), /spiece\.model is broken or cut off/],
	["of another kind", Buffer.concat([...PIECES, trainer(2)]), /is not a Unigram model \(model type 2\)/],
	["empty", Buffer.alloc(0), /holds no vocabulary/],
])("one that is %s is refused", (_, bytes, says) => {
	expect(() => parseSentencePiece(bytes)).toThrow(says);
});
