/** Whether the tokenizer of models/umie-nano gives the ids of transformers.js, and no text hurts it. */
import { readFileSync } from "node:fs";
import { T5Tokenizer } from "@xenova/transformers";
import { describe, expect, test } from "vitest";
import type { ModelConfig } from "../../src/bundle/manifest.ts";
import { createCodec, MAX_WORD_UNITS } from "./codec.ts";

const folder = new URL("../../models/umie-nano/", import.meta.url);
const tokenizerJson = JSON.parse(readFileSync(new URL("tokenizer.json", folder), "utf8"));
const tokenizerConfigJson = JSON.parse(readFileSync(new URL("tokenizer_config.json", folder), "utf8"));
const config: ModelConfig = {
	vocab_size: 8000,
	d_model: 256,
	d_kv: 32,
	num_heads: 8,
	d_ff: 640,
	num_layers: 4,
	num_decoder_layers: 2,
	pad_token_id: 0,
	eos_token_id: 1,
	decoder_start_token_id: 0,
	spot_token_id: 3,
	object_token_ids: Array.from({ length: 36 }, (_, i) => 4 + i),
	max_input: 512,
	visual: null,
	gate: null,
};
const codec = createCodec(tokenizerJson, tokenizerConfigJson, config);

/** Pieces that tokenizers disagree about, each put between, before and after ordinary words: 200 texts. */
const CURIOUS = [
	"@taylorswift13",
	"#MAGA2024",
	"https://t.co/AbC123",
	"RT:",
	"O1",
	"O36",
	"O37",
	"kids <spot> organization",
	"kids<spot>organization",
	"<spot>",
	"<extra_id_0>",
	"<SPOT>",
	"😀",
	"👩‍👩‍👧‍👦",
	"🏳️‍🌈🇩🇪",
	"❤️",
	"مرحبا بالعالم",
	"שלום עולם",
	"\u202Eabc\u202C",
	"ﬁne ﬃ ﬀ",
	"①②③",
	"Ⅳ ½ ㎏",
	"ｆｕｌｌｗｉｄｔｈ",
	"e\u0301 é",
	"Å Å",
	"ﷺ",
	"a¨b",
	"a\u00A0b\u3000c",
	"a\tb\nc\r\nd",
	"a\u200Bb",
	"zero\u00ADwidth",
	"北京大学",
	"東京タワー",
	"한국어",
	"สวัสดี",
	"नमस्ते",
	"Zürich",
	"naïve",
	"ÇİĞŞ",
	"“quoted” ‘text’",
	"...!?!?",
	"$9.99",
	"1,000,000",
	"C++/C#",
	"_under_score_",
	"▁",
	"▁the",
	"a\uD83Db",
	"\uDC00",
	"Sant'Agata",
];
const TEXTS = CURIOUS.flatMap((piece) => [
	piece,
	`Kids watch ${piece} near the Salvation Army`,
	`${piece}, location`,
	`the ${piece}`,
]);

describe("encode", () => {
	test("gives the ids of transformers.js on 200 texts, without the end token", () => {
		const reference = new T5Tokenizer(tokenizerJson, tokenizerConfigJson);
		expect(TEXTS).toHaveLength(200);
		for (const text of TEXTS)
			expect({ text, ids: codec.encode(text) }).toEqual({
				text,
				ids: reference.encode(text, { add_special_tokens: false }),
			});
	});

	test("the separator and the objects are single ids", () => {
		expect(codec.encode("<spot>")).toEqual([3]);
		expect(codec.encode("O1 O36")).toEqual([4, 39]);
	});

	test("an empty or blank text has no ids", () => {
		expect(codec.encode("")).toEqual([]);
		expect(codec.encode(" \n\t ")).toEqual([]);
	});

	test("the second encoding of a word is the first one", () => {
		expect(codec.encode("Salvation Salvation")).toEqual([...codec.encode("Salvation"), ...codec.encode("Salvation")]);
	});

	test("a word is read up to its limit, and what stands behind it is still read", () => {
		const long = "ab".repeat(MAX_WORD_UNITS);
		expect(codec.encode(`${long} O1`)).toEqual([...codec.encode("ab".repeat(MAX_WORD_UNITS / 2)), 4]);
	});

	test("the cut never halves an emoji", () => {
		const word = `a${"😀".repeat(MAX_WORD_UNITS)}`;
		expect(codec.encode(word)).toEqual(codec.encode(`a${"😀".repeat(MAX_WORD_UNITS / 2 - 1)}`));
	});

	test.each([
		["100,000 letters", "a".repeat(100_000)],
		["100,000 combining marks", `a${"\u0301\u0316".repeat(50_000)}`],
		["100,000 ligatures of 18 characters", "ﷺ".repeat(100_000)],
		["50,000 words", "a ".repeat(50_000)],
	])("%s are encoded without overflow", (_what, text) => {
		expect(codec.encode(text).length).toBeGreaterThan(0);
	});

	test("100,000 different words are encoded, whatever the cache holds", () => {
		const text = Array.from({ length: 100_000 }, (_, i) => i.toString(36)).join(" ");
		const ids = codec.encode(text);
		expect(ids.slice(0, 3)).toEqual(codec.encode("0 1 2").slice(0, 3));
	});
});

describe("decode", () => {
	test("puts spaces around the separator and drops start, pad and end", () => {
		const ids = [0, ...codec.encode("person, kids <spot> organization, Salvation Army"), 1, 0, 0];
		expect(codec.decode(ids)).toBe("person, kids <spot> organization, Salvation Army");
	});

	test("nothing decodes to nothing", () => {
		expect(codec.decode([])).toBe("");
		expect(codec.decode([0, 1])).toBe("");
	});

	test("ids outside the vocabulary are shown as unknown", () => {
		expect(codec.decode([999_999])).toBe("<unk>");
	});
});

describe("a tokenizer that does not fit", () => {
	test.each([
		["no tokenizer at all", null, /found no model/],
		[
			"another kind",
			{ model: { type: "BPE" } },
			/expected a Unigram \(T5, XLM-R\) or WordPiece \(BERT\) tokenizer, found BPE/,
		],
		["half a tokenizer", { model: { type: "Unigram", vocab: [] } }, /was not understood/],
	])("%s is refused by name", (_what, json, message) => {
		expect(() => createCodec(json, tokenizerConfigJson, config)).toThrow(
			expect.objectContaining({ code: "bundle-format" }),
		);
		expect(() => createCodec(json, tokenizerConfigJson, config)).toThrow(message);
	});

	test("a vocabulary larger than the model's is refused", () => {
		expect(() => createCodec(tokenizerJson, tokenizerConfigJson, { ...config, vocab_size: 7999 })).toThrow(
			/token 7999 is past the model's vocabulary of 7999/,
		);
	});

	test("a separator at another id is refused", () => {
		expect(() => createCodec(tokenizerJson, tokenizerConfigJson, { ...config, spot_token_id: 5 })).toThrow(
			/expected "<spot>" at 5/,
		);
	});
});
