/**
 * Splits a text of any length into the units that windows are made of: short paragraphs, sentences, or pieces of long
 * ones.
 */
import { findWords, type Word, type WordMode } from "../../core/text.ts";

/** A run of whole words, UTF-16 offsets of the text. */
export interface Unit {
	readonly start: number;
	readonly end: number;
	/** As the model counts. */
	readonly tokens: number;
	/** Where the word in its middle begins: `start` where there is one word only. */
	readonly middle: number;
	/** What it ends with: a mention may go on behind a piece, never behind a sentence. */
	readonly ends: "piece" | "sentence" | "paragraph";
}

export interface UnitOptions {
	readonly words: WordMode;
	/** Tokens that the model reads a word as. */
	readonly count: (word: string) => number;
	/** A paragraph of more tokens is read by its sentences, and a sentence of more is split. */
	readonly most: number;
	/** What it is split into has at most this many. */
	readonly piece: number;
}

const SENTENCES = new Intl.Segmenter("und", { granularity: "sentence" });
/** UTF-16 units that are looked at together: a sentence or a word that is longer is split. */
const BLOCK = 8_192;
/** Units that a cut may move back to spare what belongs together. */
const MAX_MOVE = 64;
const ENDS_BLOCK = /[\s\p{White_Space}]/u;
/** What follows belongs to the character before it: marks, joiners, skin tones, the second half of a surrogate pair. */
const CONTINUES = /^(?:\p{M}|\p{Emoji_Modifier}|\u200D|[\uDC00-\uDFFF])/u;
const JOINS = /\u200D$/u;
/** The end of a sentence, with its closing quotes and brackets. */
const FULL_STOP = /[.!?…。！？｡।؟۔։።]["'’”»)\]\p{Pe}\p{Pf}]*$/u;
const ABBREVIATION = /\p{L}\.$/u;
const LINE_BREAK = /[\n\r\u2028\u2029]/u;
const BLANK_LINE = /(?:\r\n|[\n\r\u2028\u2029])[^\S\n\r]*[\n\r\u2028\u2029]/u;
const CLOSES = /^[,;:.!?…、，；：。！？\p{Pe}\p{Pf}]+$/u;
const PAUSE = /[,;:–—、，；：]$/u;

/** Every visible word of the text lies in exactly one unit. Lazy: only one block is held at a time. */
export function* unitsOf(text: string, options: UnitOptions): Generator<Unit, void> {
	const isWrapped = hasWrappedLines(text);
	let at = 0;
	while (at < text.length) {
		const end = endOfBlock(text, at);
		const words = findWords(text.slice(at, end), options.words);
		const sentences = [...sentencesOf(text.slice(at, end), words, isWrapped)];
		// The last one may go on in the next block.
		const whole = end < text.length && sentences.length > 1 ? sentences.slice(0, -1) : sentences;
		for (const paragraph of paragraphsOf(whole)) yield* unitsOfParagraph(paragraph, end === text.length, at, options);
		at = whole.length < sentences.length ? at + sentences.at(-1)!.begin : end;
	}
}

/** Behind white space, else between two characters. */
function endOfBlock(text: string, from: number): number {
	const limit = from + BLOCK;
	if (limit >= text.length) return text.length;
	for (let at = limit; at > from + BLOCK / 2; at--) if (ENDS_BLOCK.test(text[at - 1]!)) return at;
	return cutBefore(text, from + 1, limit);
}

/** The last place up to `limit` where no character is cut in two; `limit` where there is none nearby. */
function cutBefore(text: string, least: number, limit: number): number {
	for (let at = limit; at >= Math.max(least, limit - MAX_MOVE); at--)
		if (!CONTINUES.test(text.slice(at, at + 2)) && !JOINS.test(text.slice(at - 1, at))) return at;
	return isPair(text, limit) && limit > least ? limit - 1 : limit;
}

const isPair = (text: string, at: number) =>
	/[\uD800-\uDBFF]/.test(text[at - 1] ?? "") && /[\uDC00-\uDFFF]/.test(text[at] ?? "");

/** UTF-16 units by which a text shows how its lines are broken. */
const SAMPLE = 65_536;
const MAX_WRAPPED = 120;
const GOES_ON = /^\s*[\p{Ll}\p{Lo}]/u;

/**
 * Whether lines are broken wherever they are full, as in old e-mails: most are about as long as the longest. Else a
 * line is a paragraph, a post or an item of a list.
 */
function hasWrappedLines(text: string): boolean {
	const lines = text.slice(0, SAMPLE).split(/\r\n|[\n\r\u2028\u2029]/u);
	const lengths = lines.map((line) => line.trim().length);
	const followed = lengths.filter((length, at) => length > 0 && (lengths[at + 1] ?? 0) > 0);
	const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
	const full = followed.filter((length) => length >= 0.7 * longest).length;
	// A post or a paragraph begins with a capital letter more often than not.
	const goingOn = lines.filter((line, at) => (lengths[at - 1] ?? 0) > 0 && GOES_ON.test(line)).length;
	const most = (count: number, share: number) => count >= share * followed.length;
	return followed.length >= 3 && longest >= 30 && longest <= MAX_WRAPPED && most(full, 0.7) && most(goingOn, 0.5);
}

interface Sentence {
	readonly words: readonly Word[];
	/** Where it begins in its block. */
	readonly begin: number;
	readonly ends: Unit["ends"];
}

/** Sentences with a word in them, line by line. A boundary inside a word, or behind an abbreviation, is none. */
function* sentencesOf(block: string, words: readonly Word[], isWrapped: boolean): Generator<Sentence, void> {
	let first = 0;
	for (let next = 1; next <= words.length; next++) {
		const gap = block.slice(words[next - 1]!.end, words[next]?.start ?? block.length);
		if (next < words.length && !LINE_BREAK.test(gap)) continue;
		const goesOn = next === words.length ? !LINE_BREAK.test(gap) : isWrapped && !BLANK_LINE.test(gap);
		yield* sentencesOfLine(block, words.slice(first, next), goesOn ? "piece" : "paragraph");
		first = next;
	}
}

/** @param end what the line ends with, where its last word does not end a sentence */
function* sentencesOfLine(block: string, words: readonly Word[], end: Unit["ends"]): Generator<Sentence, void> {
	const begin = words[0]!.start;
	let first = 0;
	let next = 0;
	if (words.length > 1)
		for (const { segment, index } of SENTENCES.segment(block.slice(begin, words.at(-1)!.end))) {
			const boundary = begin + index + segment.length;
			while (next < words.length && words[next]!.end <= boundary) next++;
			const isInside = next < words.length && words[next]!.start < boundary;
			if (next === first || next === words.length || isInside || ABBREVIATION.test(words[next - 1]!.text)) continue;
			yield { words: words.slice(first, next), begin: words[first]!.start, ends: "sentence" };
			first = next;
		}
	const rest = words.slice(first);
	const isSentence = end === "piece" && FULL_STOP.test(block.slice(rest[0]!.start, rest.at(-1)!.end).slice(-8));
	yield { words: rest, begin: rest[0]!.start, ends: isSentence ? "sentence" : end };
}

function* paragraphsOf(sentences: readonly Sentence[]): Generator<Sentence[], void> {
	let own: Sentence[] = [];
	for (const sentence of sentences) {
		own.push(sentence);
		if (sentence.ends !== "paragraph") continue;
		yield own;
		own = [];
	}
	if (own.length > 0) yield own;
}

/** A paragraph that is as short as a post is one unit: its sentences belong together. Else each is one. */
function* unitsOfParagraph(
	sentences: readonly Sentence[],
	isLast: boolean,
	shift: number,
	options: UnitOptions,
): Generator<Unit, void> {
	const counted = sentences.map(({ words, ends }) => ({
		words: words.map((word) => ({ ...word, tokens: Math.max(1, options.count(word.model)) })),
		ends,
	}));
	const { ends } = counted.at(-1)!;
	const words = counted.flatMap((sentence) => sentence.words);
	const isWhole = (isLast || ends === "paragraph") && tokensOf(words) <= options.most;
	for (const one of isWhole ? [{ words, ends }] : counted) yield* split(one.words, one.ends, shift, options);
}

const tokensOf = (words: readonly Counted[]) => words.reduce((sum, { tokens }) => sum + tokens, 0);

/** A sentence as one unit, or as pieces of about the same size. */
function* split(
	counted: readonly Counted[],
	ends: Unit["ends"],
	shift: number,
	options: UnitOptions,
): Generator<Unit, void> {
	const total = tokensOf(counted);
	if (total <= options.most) {
		yield unitOf(counted, total, ends, shift);
		return;
	}
	const pieces = Math.ceil(total / options.piece);
	const wanted = total / pieces;
	let own: Counted[] = [];
	let sum = 0;
	const parts = counted.flatMap((one) => splitWord(one, options.piece));
	for (const [at, word] of parts.entries()) {
		if (own.length > 0 && sum + word.tokens > options.piece) {
			yield unitOf(own, sum, "piece", shift);
			[own, sum] = [[], 0];
		}
		own.push(word);
		sum += word.tokens;
		// A pause near the wanted size is a better place than the middle of a phrase, and no piece begins with a comma.
		const isPause = sum >= 0.6 * wanted && PAUSE.test(word.text);
		if (isPause || (sum >= wanted && !CLOSES.test(parts[at + 1]?.text ?? ""))) {
			yield unitOf(own, sum, "piece", shift);
			[own, sum] = [[], 0];
		}
	}
	if (own.length > 0) yield unitOf(own, sum, ends, shift);
}

type Counted = Pick<Word, "text" | "start" | "end"> & { readonly tokens: number };

function unitOf(words: readonly Counted[], tokens: number, ends: Unit["ends"], shift: number): Unit {
	return {
		start: shift + words[0]!.start,
		end: shift + words.at(-1)!.end,
		tokens,
		middle: shift + words[words.length >> 1]!.start,
		ends,
	};
}

/** One word of thousands of characters becomes several. */
function splitWord(word: Counted, most: number): Counted[] {
	const count = Math.ceil(word.tokens / most);
	if (count === 1) return [word];
	const parts: Counted[] = [];
	let at = 0;
	for (let part = 1; part <= count; part++) {
		const limit = part === count ? word.text.length : Math.round((part * word.text.length) / count);
		const end = part === count ? limit : cutBefore(word.text, at + 1, limit);
		if (end <= at) continue;
		parts.push({
			text: word.text.slice(at, end),
			start: word.start + at,
			end: word.start + end,
			tokens: Math.ceil((word.tokens * (end - at)) / word.text.length),
		});
		at = end;
	}
	return parts;
}
