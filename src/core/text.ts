/** Finds the words of a post in any language, each with its place in that post and with what the model reads there. */

import { Failure } from "./failure.ts";
import { MAX_TEXT } from "./limits.ts";

/** `text === post.slice(start, end)`, UTF-16 offsets of the person's own text. */
export interface Word {
	readonly text: string;
	/** What the model reads: `text` without invisible characters, unpaired surrogates as U+FFFD. Never empty. */
	readonly model: string;
	readonly start: number;
	readonly end: number;
}

export interface PreparedText {
	readonly text: string;
	/** In text order; they never overlap. The model reads them joined by one space. */
	readonly words: readonly Word[];
}

/** "post": a raw post, split the way the training data is. "tokens": runs between whitespace, as they are. */
export const WORD_MODES = ["post", "tokens"] as const;
export type WordMode = (typeof WORD_MODES)[number];

/**
 * What Python's `str.split()` splits at, because the data sets were made with it: Unicode white space and four control
 * characters.
 */
const CHUNK = new RegExp(`[^\\p{White_Space}${String.fromCharCode(0x1c, 0x1d, 0x1e, 0x1f)}]+`, "gu");
/** Draws nothing: control characters, zero-width and direction marks, variation selectors, tags, interlinear marks. */
const INVISIBLE = /[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]/u;
const SURROGATE = /\p{Cs}/gu;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\p{Emoji_Modifier}|\u20E3/u;
const GRAPHEMES = new Intl.Segmenter("und", { granularity: "grapheme" });

/**
 * What a word is made of. A name may be several words, but never part of one: where the data sets disagree we split
 * rather than join (docs/decisions/2026-11-21-words-of-a-post.md lists what each of them writes).
 */
const WORD = String.raw`[\p{L}\p{N}\p{M}_]`;
/**
 * Scripts that put no spaces between words, with the Japanese signs that Unicode counts to no script; ICU's
 * dictionaries split them.
 */
const UNSPACED =
	String.raw`\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}` +
	String.raw`\u30FC\uFF70\uFF9E\uFF9F`;
const SPACED_OR_NOT = new RegExp(String.raw`([${UNSPACED}][${UNSPACED}\p{M}]*)|[^${UNSPACED}]+`, "gu");
const DICTIONARY = new Intl.Segmenter("und", { granularity: "word" });

/**
 * French, Italian, Catalan and Portuguese words that lose their vowel in front of another: "d'Hergé", "qu'Emmanuel",
 * "dell'Arco", "un'Europa". "Sant'Agata" and "aujourd'hui" are not among them: no name begins behind their apostrophe.
 */
const ELIDED = anyCase(
	"l|d|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|c|j|m|n|s|t|v|" +
		"gl|dell|all|dall|nell|sull|coll|degl|agl|dagl|negl|sugl|un|nessun|quell|quest|bell|tutt|mezz|senz|com|dov|anch",
);
/**
 * These are never the beginning of a name's first word, so a consonant or a number may follow as well: "l'11
 * settembre", "dell'NBA", "l'Serena".
 */
const ARTICLE = anyCase("l|dell|dall|nell|sull|all|un");
const CONSONANT = "[b-df-gj-np-tv-xzB-DF-GJ-NP-TV-XZ]";
const ELISION = `(?:${[
	String.raw`(?:${ELIDED})['’ʼ](?=(?!${CONSONANT})\p{L})`,
	String.raw`(?:${ARTICLE})['’ʼ](?=\p{L}\p{L}|\p{N})`,
	String.raw`[dD]['’ʼ](?=\p{N})`,
].join("|")})`;
/**
 * But these are two words or more: "done.Then", "Paris/London", and what German joins to an abbreviation
 * ("CDU-Politiker", not "UK-based").
 */
const BETWEEN_WORDS = [
	String.raw`\.\p{Lu}\p{Ll}`,
	String.raw`(?<=\p{Lu}\p{L}+)\/\p{Lu}\p{L}`,
	String.raw`(?<=(?<!${WORD})\p{Lu}\p{L}{0,6}[\p{Lu}\p{N}])-\p{Lu}\p{Ll}\p{Ll}`,
].join("|");
/** Between two word characters these do not end the word: al-Qaida, U.S, and/or, R&B, O'Neil, 1,000, 10:30, A$AP. */
const INNER = String.raw`(?:(?!${BETWEEN_WORDS})[-\u2010\u2011'’&/.]|(?<=\p{N})[,:](?=\p{N})|(?<=\p{L})[*$](?=\p{L}))`;
const NO_WORD_BEFORE = `(?<!${WORD})`;
const NO_WORD_AFTER = `(?!${WORD})`;
/** Behind an abbreviation's dot the next name may follow at once: "J.K.Rowling", "St.Louis". */
const NO_WORD_OR_NAME_AFTER = String.raw`(?!(?!\p{Lu}\p{Ll})${WORD})`;
const ABBREVIATIONS =
	"Mr|Mrs|Ms|Dr|St|[Jj]r|[Ss]r|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|Maj|Rev|Hon|" +
	"Inc|Corp|Co|Ltd|Bros|Jan|Feb|Apr|Aug|Sept|Oct|Nov|Dec|Ave|Mt|vs";

/** What one piece may be, first match wins. */
const PIECE = new RegExp(
	[
		String.raw`(?:[hH][tT][tT][pP][sS]?:\/\/|[wW]{3}\.)[^<>"“”]*[^<>"“”.,!?;:()\[\]{}'’»]`,
		String.raw`[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+`,
		`@${WORD}+`,
		String.raw`${NO_WORD_BEFORE}[:;=][-o'’^]?[()\[\]DPp/\\|3*]+${NO_WORD_AFTER}`,
		`<3+${NO_WORD_AFTER}`,
		String.raw`\$[A-Za-z]{1,6}${NO_WORD_AFTER}`,
		String.raw`['’](?:[sSmMdD]|re|ve|ll|cuz|em|til|tis|twas|\d\ds)${NO_WORD_AFTER}`,
		String.raw`${NO_WORD_BEFORE}(?:${WORD}+-){0,3}(?:\p{L}\.){2,}(?:-${WORD}+)*${NO_WORD_OR_NAME_AFTER}`,
		String.raw`${NO_WORD_BEFORE}(?:(?!I\.)\p{Lu}|${ABBREVIATIONS})\.${NO_WORD_OR_NAME_AFTER}`,
		NO_WORD_BEFORE + ELISION,
		String.raw`${NO_WORD_BEFORE}\p{Lu}\p{Ll}+[sxzß](?=['’]\p{Lu}\p{Ll})`,
		`${WORD}+(?:${INNER}${WORD}+)*`,
		String.raw`([-./|'])\1+`,
		String.raw`[^\p{M}]\p{M}*|\p{M}+`,
	].join("|"),
	"gu",
);
const CONTRACTION = /(?<=.)(?:n['’]t|['’](?:s|m|re|ve|ll|d))$/iu;
/**
 * A name and its ending: "George’a", "Harry’ego" (Polish), "CDA'er" (Dutch), "Grimm'sche" (German), "Ankara'da"
 * (Turkish); not "rock'n'roll", "O'Neill", "Shi'ite".
 */
const ENDED = new RegExp(
	`^(?:${[
		String.raw`\p{Lu}(?:[^'’]{3,}|\p{Lu}+)(?=['’]\p{Ll}[\p{Ll}\p{M}]*$)`,
		"[^'’]{3,}(?=['’](?:a|u|y|em|ego|emu|owi|ów|om|ami|ach|ie)$)",
	].join("|")})`,
	"u",
);
/** An abbreviation's dot that may as well end the text: "in Serie B.", "Kenny Roberts Jr." */
const LAST_DOT = new RegExp(String.raw`^(?:\p{L}|${ABBREVIATIONS})\.$`, "u");
const CLOSING = /^[\p{Pe}\p{Pf}"'’»“]$/u;

/**
 * Finds the words of a post.
 * @throws Failure `text-empty` when nothing visible is there, `text-too-long` beyond {@link MAX_TEXT}.
 */
export function prepareText(text: string, mode: WordMode): PreparedText {
	checkLength(text);
	const words = findWords(text, mode);
	// Data sets have words of one variation selector; they stay in mode "tokens", so that a checkpoint scores here as in
	// its own evaluation.
	if (!words.some((word) => visible(word.model).model !== "")) {
		throw new Failure("text-empty", text === "" ? "The text is empty." : "The text has no visible characters.");
	}
	if (mode === "post") splitLastDot(words);
	return { text, words };
}

/** @throws Failure `text-too-long` beyond {@link MAX_TEXT} */
export function checkLength(text: string): void {
	if (text.length > MAX_TEXT)
		throw new Failure(
			"text-too-long",
			`The text has ${text.length.toLocaleString("en")} characters; the limit is ${MAX_TEXT.toLocaleString("en")}.`,
		);
}

/** The words of a piece of text, in order; none where nothing is visible. */
export function findWords(text: string, mode: WordMode): Word[] {
	const words: Word[] = [];
	for (const { 0: chunk, index } of text.matchAll(CHUNK)) {
		if (mode === "tokens")
			words.push({ text: chunk, model: chunk.replace(SURROGATE, "\uFFFD"), start: index, end: index + chunk.length });
		else splitChunk(chunk, index, words);
	}
	return words;
}

/** Takes the dot off an abbreviation that ends the text, but for closing quotes and brackets. */
function splitLastDot(words: Word[]): void {
	const last = words.findLastIndex((word) => !CLOSING.test(word.model));
	const word = words[last];
	if (!word || !LAST_DOT.test(word.model)) return;
	const middle = word.end - 1;
	const name = { text: word.text.slice(0, -1), model: word.model.slice(0, -1), start: word.start, end: middle };
	words.splice(last, 1, name, { text: ".", model: ".", start: middle, end: word.end });
}

/**
 * Emoji (families, flags, skin tones, keycaps are one each) become words of their own; what lies between is split
 * further.
 */
function splitChunk(chunk: string, offset: number, words: Word[]): void {
	if (!EMOJI.test(chunk)) {
		splitRun(chunk, offset, words);
		return;
	}
	let from = 0;
	for (const { segment, index } of GRAPHEMES.segment(chunk)) {
		if (!EMOJI.test(segment)) continue;
		splitRun(chunk.slice(from, index), offset + from, words);
		from = index + segment.length;
		words.push({ text: segment, model: visible(segment).model, start: offset + index, end: offset + from });
	}
	splitRun(chunk.slice(from), offset + from, words);
}

function splitRun(run: string, offset: number, words: Word[]): void {
	const { model, at } = visible(run);
	const push = (from: number, to: number) => {
		const [start, end] = [at[from]!, at[to - 1]! + 1];
		words.push({ text: run.slice(start, end), model: model.slice(from, to), start: offset + start, end: offset + end });
	};
	for (const { 0: part, 1: unspaced, index: from } of model.matchAll(SPACED_OR_NOT)) {
		if (unspaced)
			for (const { segment, index } of DICTIONARY.segment(part)) push(from + index, from + index + segment.length);
		else
			for (const { 0: piece, index } of part.matchAll(PIECE)) {
				const [start, end] = [from + index, from + index + piece.length];
				const cut = placeToCut(piece);
				if (cut > 0) push(start, start + cut);
				push(cut > 0 ? start + cut : start, end);
			}
	}
}

/** Where "Libya's", "don't" and "George’a" are two words; 0 or less: `piece` is one. */
function placeToCut(piece: string): number {
	const contraction = piece.search(CONTRACTION);
	return contraction > 0 ? contraction : (piece.match(ENDED)?.[0].length ?? 0);
}

/** "d|un" in any letter case, for an expression that has to tell cases apart elsewhere. */
function anyCase(words: string): string {
	return words.replace(/\p{Ll}/gu, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

/** `model`: what a person sees of `text`; `at`: the place in `text` of each of its UTF-16 units. */
function visible(text: string): { model: string; at: number[] } {
	let model = "";
	const at: number[] = [];
	let place = 0;
	for (const character of text) {
		if (!INVISIBLE.test(character)) {
			model += character.replace(SURROGATE, "\uFFFD");
			for (let unit = 0; unit < character.length; unit++) at.push(place + unit);
		}
		place += character.length;
	}
	return { model, at };
}

/**
 * UTF-16 offset of each code point of `text`, its end included: `offsets[3]` is where the fourth character begins.
 * Data sets made with Python count code points; everything of ours counts UTF-16 units.
 */
export function codePointOffsets(text: string): number[] {
	const offsets = [0];
	for (const character of text) offsets.push(offsets.at(-1)! + character.length);
	return offsets;
}
