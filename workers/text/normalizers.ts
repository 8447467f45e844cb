/** What tokenizers do to a text before they cut it: a table of the kinds that tokenizer.json may name. */
import { Failure } from "../../src/core/failure.ts";
import { createCharsmap } from "./charsmap.ts";
import { type Letter, type Letters, lettersOf, replaced, rewritten, textOf } from "./letters.ts";

export type Normalizer = (letters: Letters) => Letters;

type Settings = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<string, (settings: Settings) => Normalizer>> = {
	Sequence: ({ normalizers }) => {
		const steps = Array.isArray(normalizers) ? normalizers.map(createNormalizer) : [];
		return (letters) => steps.reduce<Letters>((current, step) => step(current), letters);
	},
	BertNormalizer: createBertNormalizer,
	Precompiled: ({ precompiled_charsmap }) => createCharsmap(String(precompiled_charsmap ?? "")),
	NFC: () => unicodeForm("NFC"),
	NFD: () => unicodeForm("NFD"),
	NFKC: () => unicodeForm("NFKC"),
	NFKD: () => unicodeForm("NFKD"),
	Lowercase: () => lowercase,
	StripAccents: () => withoutMarks,
	Strip:
		({ strip_left, strip_right }) =>
		(letters) =>
			strip(letters, strip_left === true, strip_right === true),
	Replace: createReplace,
};

/** @throws Failure `bundle-format` */
export function createNormalizer(json: unknown): Normalizer {
	if (json === null || json === undefined) return (letters) => letters;
	const settings = json as Settings;
	const type = String(settings.type);
	if (!Object.hasOwn(KINDS, type))
		throw new Failure(
			"bundle-format",
			`tokenizer.json: the normaliser ${type} is not known; known are ${Object.keys(KINDS).join(", ")}.`,
		);
	return KINDS[type]!(settings);
}

/** Ideographs of the ranges that BERT puts spaces around: no kana, no Hangul. */
const IDEOGRAPH = new RegExp(
	`[${[
		String.raw`\u4E00-\u9FFF`,
		String.raw`\u3400-\u4DBF`,
		String.raw`\u{20000}-\u{2A6DF}`,
		String.raw`\u{2A700}-\u{2B73F}`,
		String.raw`\u{2B740}-\u{2B81F}`,
		String.raw`\u{2B920}-\u{2CEAF}`,
		String.raw`\uF900-\uFAFF`,
		String.raw`\u{2F800}-\u{2FA1F}`,
	].join("")}]`,
	"u",
);
const TAB_OR_LINE = /[\t\n\r]/;
const NO_TEXT = /[\0\uFFFD\p{Cc}\p{Cf}\p{Co}]/u;
const SPACE = /\p{White_Space}/u;
const MARK = /\p{Mn}/u;
const NO_ASCII = /[^\0-\x7F]/;

/** In the order of the Python tokenizers: accents go before letters are made small, so "İ" is "i". */
function createBertNormalizer({
	clean_text,
	handle_chinese_chars,
	strip_accents,
	lowercase: small,
}: Settings): Normalizer {
	const steps: Normalizer[] = [];
	if (clean_text !== false) steps.push(clean);
	if (handle_chinese_chars !== false)
		steps.push((letters) => rewritten(letters, (char) => (IDEOGRAPH.test(char) ? ` ${char} ` : char)));
	if (strip_accents ?? small !== false) steps.push(withoutMarks);
	if (small !== false) steps.push(lowercase);
	return (letters) => steps.reduce<Letters>((current, step) => step(current), letters);
}

function clean(letters: Letters): Letter[] {
	return letters
		.filter(({ char }) => TAB_OR_LINE.test(char) || !NO_TEXT.test(char))
		.map((letter) => (SPACE.test(letter.char) ? { ...letter, char: " " } : letter));
}

/** Letter by letter: "Σ" at the end of a word is "σ", as in the Python tokenizers. */
function lowercase(letters: Letters): Letter[] {
	return rewritten(letters, (char) => char.toLowerCase());
}

/** A mark that goes is still part of the letter that it stood on. */
function withoutMarks(letters: Letters): Letter[] {
	const out: Letter[] = [];
	for (const letter of letters) {
		const bare = NO_ASCII.test(letter.char) ? letter.char.normalize("NFD").replace(/\p{Mn}/gu, "") : letter.char;
		const before = out.at(-1);
		if (bare === letter.char) out.push(letter);
		else if (bare !== "") out.push(...replaced([letter], bare));
		else if (before && MARK.test(letter.char)) out[out.length - 1] = { ...before, end: letter.end };
	}
	return out;
}

/** Letters that may grow together with the one before them: marks, the parts of Hangul, half-width voice marks. */
const JOINING = /[\p{M}\u1100-\u11FF\u3131-\u318E\uA960-\uA97C\uD7B0-\uD7FB\uFF9E-\uFFDC]/u;
/**
 * A longer heap of marks is one piece with one place: to find out which mark went where costs the square of their
 * number.
 */
const MAX_HEAP = 64;
type Form = "NFC" | "NFD" | "NFKC" | "NFKD";

function unicodeForm(form: Form): Normalizer {
	return (letters) => {
		const text = textOf(letters);
		if (!NO_ASCII.test(text)) return letters;
		const whole = text.normalize(form);
		if (whole === text) return letters;
		const out: Letter[] = [];
		for (let from = 0; from < letters.length; ) {
			let to = from + 1;
			while (to < letters.length && JOINING.test(letters[to]!.char)) to++;
			out.push(...composed(letters.slice(from, to), form));
			from = to;
		}
		// Letters of a newer Unicode that grow together and are not listed above.
		return textOf(out) === whole ? out : replaced(letters, whole);
	};
}

/** `heap` in `form`: what a letter of the outcome stands for is found by taking it and the heap apart. */
function composed(heap: Letters, form: Form): Letters {
	const text = textOf(heap);
	const whole = text.normalize(form);
	if (whole === text) return heap;
	if (heap.length === 1 || heap.length > MAX_HEAP) return replaced(heap, whole);
	const apart = form.includes("K") ? "NFKD" : "NFD";
	const parts = heap.flatMap((letter) => replaced([letter], letter.char.normalize(apart)));
	const out: Letter[] = [];
	for (const char of whole) {
		const taken: Letter[] = [];
		for (const part of char.normalize(apart)) {
			const at = parts.findIndex((letter) => letter.char === part);
			if (at < 0) return replaced(heap, whole);
			taken.push(...parts.splice(at, 1));
		}
		out.push({
			char,
			start: Math.min(...taken.map(({ start }) => start)),
			end: Math.max(...taken.map(({ end }) => end)),
		});
	}
	return out;
}

function strip(letters: Letters, left: boolean, right: boolean): Letters {
	let [from, to] = [0, letters.length];
	while (left && from < to && SPACE.test(letters[from]!.char)) from++;
	while (right && from < to && SPACE.test(letters[to - 1]!.char)) to--;
	return letters.slice(from, to);
}

/**
 * Patterns that tokenizers of this family use. Others are refused: an expression from outside can be made to take for
 * ever.
 */
const PATTERNS: Readonly<Record<string, { readonly is: (char: string) => boolean; readonly least: number }>> = {
	"\\s+": { is: (char) => SPACE.test(char), least: 1 },
	" {2,}": { is: (char) => char === " ", least: 2 },
};

function createReplace({ pattern, content }: Settings): Normalizer {
	const { Regex, String: text } = (pattern ?? {}) as { readonly Regex?: unknown; readonly String?: unknown };
	const by = String(content ?? "");
	if (typeof text === "string" && text !== "") return (letters) => replaceText(letters, [...text], by);
	if (typeof Regex !== "string" || !Object.hasOwn(PATTERNS, Regex))
		throw new Failure(
			"bundle-format",
			`tokenizer.json: the normaliser replaces ${JSON.stringify(Regex)}; known are ${Object.keys(PATTERNS)
				.map((known) => JSON.stringify(known))
				.join(" and ")}, or a plain string.`,
		);
	const { is, least } = PATTERNS[Regex]!;
	return (letters) => {
		const out: Letter[] = [];
		for (let from = 0; from < letters.length; ) {
			let to = from;
			while (to < letters.length && is(letters[to]!.char)) to++;
			if (to - from >= least) out.push(...replaced(letters.slice(from, to), by));
			else out.push(...letters.slice(from, Math.max(to, from + 1)));
			from = Math.max(to, from + 1);
		}
		return out;
	};
}

function replaceText(letters: Letters, chars: readonly string[], by: string): Letters {
	const out: Letter[] = [];
	for (let at = 0; at < letters.length; ) {
		const found = chars.every((char, i) => letters[at + i]?.char === char);
		out.push(...(found ? replaced(letters.slice(at, at + chars.length), by) : [letters[at]!]));
		at += found ? chars.length : 1;
	}
	return out;
}

/** What a plain text becomes. */
export function normalized(text: string, normalizer: Normalizer): string {
	return textOf(normalizer(lettersOf(text)));
}
