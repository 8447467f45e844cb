/** Whether small tokenizers, followed by hand, give the right ids and places, and whether strange files are refused. */
import { describe, expect, test } from "vitest";
import { codecOf, type tinyConfig } from "./codec.test-helper.ts";
import { openTokenizer } from "./tokenizer.ts";

const WORDPIECE = {
	added_tokens: [
		{ id: 0, content: "[PAD]", special: true },
		{ id: 1, content: "[SEP]", special: true },
		{ id: 3, content: "<spot>", special: true },
	],
	normalizer: {
		type: "BertNormalizer",
		clean_text: true,
		handle_chinese_chars: true,
		strip_accents: null,
		lowercase: true,
	},
	pre_tokenizer: { type: "BertPreTokenizer" },
	model: {
		type: "WordPiece",
		unk_token: "[UNK]",
		continuing_subword_prefix: "##",
		max_input_chars_per_word: 10,
		vocab: Object.fromEntries(
			[
				"[PAD]",
				"[SEP]",
				"[UNK]",
				"<spot>",
				",",
				"person",
				"cafe",
				"##s",
				"京",
				"東",
				"i",
				"##stanbul",
				"σ",
				"##σ",
				"!",
				"f",
				"##i",
				"a",
			].map((piece, id) => [piece, id]),
		),
	},
};

const UNIGRAM = {
	added_tokens: [{ id: 1, content: "<spot>", special: true }],
	normalizer: { type: "NFKC" },
	pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true },
	model: {
		type: "Unigram",
		unk_id: 0,
		vocab: [
			["<unk>", 0],
			["<spot>", 0],
			["▁", -2],
			["f", -3],
			["i", -3],
			["▁fi", -4],
			["é", -3],
			["▁caf", -5],
			["k", -3],
			["g", -3],
			[",", -3],
			["▁<m>", -1],
		],
	},
};

/** "id:slice" of every token. */
const seen = (json: unknown, text: string) =>
	codecOf(json)
		.encodeWithPlaces(text)
		.map(({ id, start, end }) => `${id}:${text.slice(start, end)}`)
		.join(" ");

describe("WordPiece", () => {
	test.each([
		["Person, cafés", "5:Person 4:, 6:café 7:s"],
		["cafe\u0301 CAFE\u0301S", "6:cafe\u0301 6:CAFE\u0301 7:S"],
		["東京!", "9:東 8:京 14:!"],
		["İstanbul ΣΣ", "10:İ 11:stanbul 12:Σ 13:Σ"],
		["x😀 a\u200Ba", "2:x😀 2:a\u200Ba"],
		["\u200Ba\u0000", "17:a"],
		["abcdefghijk a", "2:abcdefghijk 17:a"],
		["person<spot>a <spot>", "5:person 3:<spot> 17:a 3:<spot>"],
		["\uD800 a\uDC00", "17:a"],
		["𠀀a", "2:𠀀 17:a"],
	])("%j", (text, tokens) => {
		expect(seen(WORDPIECE, text)).toBe(tokens);
	});

	test("a label with its comma has the same ids within a text and alone", () => {
		const codec = codecOf(WORDPIECE);
		expect(codec.encode("a person, cafe")).toEqual([
			...codec.encode("a"),
			...codec.encode("person,"),
			...codec.encode("cafe"),
		]);
	});

	test("reads back with spaces where words begin", () => {
		expect(codecOf(WORDPIECE).decode([5, 4, 6, 7, 3, 9, 1, 999])).toBe("person, cafes <spot> 東 [UNK]");
	});

	test("a word without accents or case to lose keeps both where the file says so", () => {
		const json = { ...WORDPIECE, normalizer: { ...WORDPIECE.normalizer, lowercase: false } };
		expect(seen(json, "cafe Cafe café")).toBe("6:cafe 2:Cafe 2:café");
	});
});

describe("Unigram", () => {
	test.each([
		["ﬁ", "5:ﬁ"],
		["café", "7:caf 6:é"],
		["cafe\u0301", "7:caf 6:e\u0301"],
		["㎏", "2:㎏ 8:㎏ 9:㎏"],
		["fix😀yz,", "5:fi 0:x😀yz 10:,"],
		["\uD800fi fi\uDC00", "2:\uD800 0:\uD800 3:f 4:i 5:fi 0:\uDC00"],
	])("%j", (text, tokens) => {
		expect(seen(UNIGRAM, text)).toBe(tokens);
	});

	test("markers are pieces that no text spells", () => {
		const marker_token_ids = {
			open: { person: 11, location: 11, organization: 11, miscellaneous: 11, other: 11 },
			close: 1,
		};
		expect(codecOf(UNIGRAM).encode("<m>")).toEqual([11]);
		expect(codecOf(UNIGRAM, { marker_token_ids } as Partial<typeof tinyConfig>).encode("<m> <spot>")).toEqual([
			2, 0, 2, 0,
		]);
	});

	test("an added token may be looked for after the normaliser, and as a word of its own only", () => {
		const added_tokens = [...UNIGRAM.added_tokens, { id: 12, content: "㎏", single_word: true, normalized: true }];
		expect(seen({ ...UNIGRAM, added_tokens }, "㎏ kg f㎏")).toBe("12:㎏ 12:kg 2:f 3:f 8:㎏ 9:㎏");
	});
});

describe("normalisers", () => {
	const unigram = (normalizer: unknown) => ({ ...UNIGRAM, normalizer });
	const table = (entries: Readonly<Record<string, string>>) => ({
		type: "Precompiled",
		precompiled_charsmap: charsmap(entries),
	});

	test("a compiled table replaces letters; what becomes a space parts words, at their ends it goes", () => {
		const json = unigram(table({ ä: "fi", _: " " }));
		expect(seen(json, "ä k_g_ _")).toBe("5:ä 2:k 8:k 2:_ 9:g");
	});

	test("a pair of letters that is drawn as one is looked up as one, by its shortest beginning", () => {
		expect(seen(unigram(table({ "e\u0301": "é" })), "fe\u0301")).toBe("2:f 3:f 6:e\u0301");
	});

	test("runs of spaces become one", () => {
		const steps = [table({ _: " " }), { type: "Replace", pattern: { Regex: " {2,}" }, content: " " }];
		expect(seen(unigram({ type: "Sequence", normalizers: steps }), "k__g")).toBe("2:k 8:k 2:__ 9:g");
		expect(seen(unigram({ type: "Replace", pattern: { String: "``" }, content: "k" }), "``g")).toBe("2:`` 8:`` 9:g");
	});

	test("combining marks in another order keep their own places", () => {
		// NFKC makes "á" and U+0316 of "a", U+0316, U+0301.
		expect(seen(UNIGRAM, "fe\u0316\u0301")).toBe("2:f 3:f 6:e\u0316\u0301 0:\u0316");
	});
});

describe("files that are refused", () => {
	test.each([
		["no object", 5, /found no model/],
		["another model", { model: { type: "BPE" } }, /found BPE/],
		["an inherited name as a model", { model: { type: "constructor" } }, /found constructor/],
		["no pieces", { model: { type: "Unigram", vocab: [], unk_id: 0 } }, /model.vocab has no pieces/],
		["a piece without a score", { model: { type: "Unigram", vocab: [["a"]], unk_id: 0 } }, /piece 0 of model.vocab/],
		["no unknown piece", { model: { type: "Unigram", vocab: [["a", 0]], unk_id: null } }, /model.unk_id/],
		[
			"a piece without end",
			{ model: { type: "Unigram", vocab: [["a".repeat(300), 0]], unk_id: 0 } },
			/at most 256 characters/,
		],
		["bytes", { model: { type: "Unigram", vocab: [["a", 0]], unk_id: 0, byte_fallback: true } }, /byte_fallback/],
		["WordPiece without [UNK]", { model: { type: "WordPiece", vocab: { a: 0 } } }, /"\[UNK\]" is not among the pieces/],
		["WordPiece with a strange id", { model: { type: "WordPiece", vocab: { "[UNK]": -1 } } }, /"\[UNK\]" has no id/],
		["an unknown normaliser", { ...UNIGRAM, normalizer: { type: "ByteLevel" } }, /normaliser ByteLevel is not known/],
		[
			"an expression",
			{ ...UNIGRAM, normalizer: { type: "Replace", pattern: { Regex: "(a+)+$" } } },
			/replaces "\(a\+\)\+\$"/,
		],
		[
			"a cut table",
			{ ...UNIGRAM, normalizer: { type: "Precompiled", precompiled_charsmap: btoa("\xff\xff\0\0abc") } },
			/is cut off/,
		],
		[
			"a table that is none",
			{ ...UNIGRAM, normalizer: { type: "Precompiled", precompiled_charsmap: "%" } },
			/is not valid base64/,
		],
		[
			"an unknown pre-tokenizer",
			{ ...UNIGRAM, pre_tokenizer: { type: "ByteLevel" } },
			/pre-tokenizer ByteLevel is not known/,
		],
		[
			"words that depend on their place",
			{ ...UNIGRAM, pre_tokenizer: { type: "Metaspace", prepend_scheme: "first" } },
			/prepend_scheme "always"/,
		],
		["added tokens without text", { ...UNIGRAM, added_tokens: [{ id: 1, content: "" }] }, /added token 0/],
	])("%s", (_what, json, message) => {
		expect(() => openTokenizer(json)).toThrow(message);
		expect(() => openTokenizer(json)).toThrow(expect.objectContaining({ code: "bundle-format" }));
	});

	test("tables that lead nowhere change nothing", () => {
		for (const bytes of ["\x04\0\0\0\xff\xff\xff\xff", "\0\0\0\0", "\x08\0\0\0\0\x04\0\0\xff\xff\xff\xff"])
			expect(seen({ ...UNIGRAM, normalizer: { type: "Precompiled", precompiled_charsmap: btoa(bytes) } }, "fi")).toBe(
				"5:fi",
			);
	});

	test("a WordPiece vocabulary larger than the model's is refused", () => {
		expect(() => codecOf(WORDPIECE, { vocab_size: 17 })).toThrow(/token 17 is past the model's vocabulary of 17/);
	});
});

describe("long words", () => {
	test.each([
		["letters", "a"],
		["marks", "\u0301"],
		["marks in two orders", "\u0301\u0316"],
		["ligatures", "ﷺ"],
		["Hangul in parts", "\u1100\u1161"],
		["ideographs", "東"],
		["punctuation", "!"],
		["separators", "<spot>"],
		["beginnings of separators", "<spo"],
	])("100,000 %s come to an end", (_what, unit) => {
		const text = unit.repeat(100_000 / unit.length);
		for (const json of [WORDPIECE, UNIGRAM])
			expect(codecOf(json).encodeWithPlaces(`${text} a`).length).toBeGreaterThan(0);
	});
});

/**
 * A compiled table as SentencePiece writes it. Each byte of a key has a block of 256 units; offsets are relative, no
 * two keys begin with the same byte.
 */
function charsmap(entries: Readonly<Record<string, string>>): string {
	const utf8 = (text: string) => [...new TextEncoder().encode(text)];
	const replacements: number[] = [];
	const tree = [256 << 10];
	let blocks = 1;
	for (const [key, value] of Object.entries(entries)) {
		const bytes = utf8(key);
		let block = 1;
		for (const [i, byte] of bytes.entries()) {
			const at = (block * 256) ^ byte;
			block = ++blocks;
			tree[at] = (((at ^ (block * 256)) << 10) | (i === bytes.length - 1 ? 0x100 : 0) | byte) >>> 0;
		}
		tree[block * 256] = replacements.length;
		replacements.push(...utf8(value), 0);
	}
	const words = Uint32Array.from([tree.length * 4, ...Array.from(tree, (unit) => unit ?? 0)]);
	return btoa(String.fromCharCode(...new Uint8Array(words.buffer), ...replacements));
}
