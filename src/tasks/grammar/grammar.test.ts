/** Proves that span and choice grammars allow exactly the outputs that can be read back. */
import { describe, expect, test } from "vitest";
import { mulberry32, tinyCodec } from "../tiny-codec.ts";
import type { Grammar } from "../types.ts";
import { choiceCandidates, choiceGrammar, spanCandidates, spanGrammar } from "./grammar.ts";
import { type Reading, readSpans } from "./read.ts";
import type { SpanGrammarOptions } from "./span-ways.ts";

const [SPOT, EOS, NONE] = [3, 1, 90];
/** Types 10 and 20 21; the text is the words 50, 51 52, 50. */
const BASE: SpanGrammarOptions = {
	words: [[50], [51, 52], [50]],
	types: [[10], [20, 21]],
	none: [NONE],
	spot: SPOT,
	eos: EOS,
	objects: [],
	ordered: true,
};

const sorted = (ids: readonly number[]) => [...ids].sort((a, b) => a - b);
function follows(grammar: Grammar, ...ids: number[]): number[] {
	let state = grammar.start;
	for (const id of ids) {
		expect(grammar.allowed(state)).toContain(id);
		state = grammar.next(state, id);
	}
	return sorted(grammar.allowed(state));
}

describe("ordered spans", () => {
	const grammar = spanGrammar(BASE);
	test("an output starts with a label or says none", () => {
		expect(follows(grammar)).toEqual([10, 20, NONE]);
		expect(follows(grammar, NONE)).toEqual([EOS]);
		expect(follows(grammar, 20)).toEqual([21]);
	});
	test("a span starts at a word and ends at a word", () => {
		expect(follows(grammar, 10)).toEqual([50, 51]);
		expect(follows(grammar, 10, 51)).toEqual([52]);
		expect(follows(grammar, 10, 51, 52)).toEqual([EOS, SPOT, 50]);
	});
	test("a repeated word is at both its places until the next one tells which", () => {
		expect(follows(grammar, 10, 50)).toEqual([EOS, SPOT, 51]);
	});
	test("the next span starts after the last one, and after the last word there is none", () => {
		expect(follows(grammar, 10, 51, 52, SPOT, 10)).toEqual([50]);
		expect(follows(grammar, 10, 50, 51, 52, 50)).toEqual([EOS]);
		expect(follows(grammar, 10, 50, SPOT, 10, 50)).toEqual([EOS]);
	});
	test("none is an answer, never a record", () => {
		expect(follows(grammar, 10, 50, SPOT)).toEqual([10, 20]);
	});
	test("without words only none can be said", () => {
		expect(follows(spanGrammar({ ...BASE, words: [] }))).toEqual([NONE]);
	});
	test("a state that was left by a foreign token only ends", () => {
		expect(grammar.allowed(grammar.next(grammar.start, 999))).toEqual([EOS]);
	});
	test("the same prefix leads to the very same state", () => {
		expect(grammar.next(grammar.start, 10)).toBe(grammar.next(grammar.start, 10));
	});
});

describe("unordered spans", () => {
	const grammar = spanGrammar({ ...BASE, words: [[50], [51]], types: [[10]], ordered: false });
	test("spans may go back", () => {
		expect(follows(grammar, 10, 51, SPOT, 10)).toEqual([50]);
	});
	test("a type with a span is said as often as the text holds it, then the output must end", () => {
		expect(follows(grammar, 10, 50, SPOT, 10)).toEqual([50, 51]);
		expect(follows(grammar, 10, 50, SPOT, 10, 50)).toEqual([51]);
		expect(follows(grammar, 10, 50, SPOT, 10, 50, 51, SPOT, 10, 51)).toEqual([EOS]);
		const twice = spanGrammar({ ...BASE, words: [[50], [50]], types: [[10]], ordered: false });
		expect(follows(twice, 10, 50, SPOT, 10, 50, SPOT, 10, 50)).toEqual([50]);
	});
	test("objects stand in place of a span, each once for a type", () => {
		const seeing = spanGrammar({ ...BASE, words: [[50]], types: [[10]], objects: [4, 5], ordered: false });
		expect(follows(seeing, 10)).toEqual([4, 5, 50]);
		expect(follows(seeing, 10, 4)).toEqual([EOS, SPOT]);
		expect(follows(seeing, 10, 4, SPOT, 10, 50, SPOT, 10)).toEqual([5]);
		expect(follows(seeing, 10, 4, SPOT, 10, 50, SPOT, 10, 5)).toEqual([EOS]);
	});
	test("a word spelled like an object is the object", () => {
		const seeing = spanGrammar({ ...BASE, words: [[4], [50]], types: [[10]], objects: [4], ordered: false });
		expect(follows(seeing, 10, 4)).toEqual([EOS, SPOT]);
		expect(follows(seeing, 10, 4, SPOT, 10)).toEqual([50]);
	});
});

describe("a limit of tokens", () => {
	test("a record that could not be finished is not begun", () => {
		const grammar = spanGrammar({ ...BASE, maxTokens: 3 });
		expect(follows(grammar)).toEqual([10, 20, NONE]);
		expect(follows(grammar, 20, 21)).toEqual([50]);
		expect(follows(grammar, 10, 50)).toEqual([EOS]);
		expect(follows(spanGrammar({ ...BASE, maxTokens: 5 }), 10, 50)).toEqual([EOS, SPOT, 51]);
		expect(follows(spanGrammar({ ...BASE, maxTokens: 5 }), 10, 50, SPOT)).toEqual([10]);
		expect(follows(spanGrammar({ ...BASE, maxTokens: 1 }))).toEqual([NONE]);
	});
});

/** Tokens of the text up to the last copied one, after `ids`. */
const placeAfter = (grammar: Grammar, ...ids: number[]) =>
	grammar.place?.(ids.reduce((state, id) => grammar.next(state, id), grammar.start));

describe("the place that was copied last", () => {
	const grammar = spanGrammar(BASE);
	test("is before the text until something is copied, then behind the last token of it", () => {
		expect(placeAfter(grammar)).toBe(0);
		expect(placeAfter(grammar, 20)).toBe(0);
		expect(placeAfter(grammar, 20, 21)).toBe(0);
		expect(placeAfter(grammar, 10, 51)).toBe(2);
		expect(placeAfter(grammar, 10, 51, 52)).toBe(3);
		expect(placeAfter(grammar, NONE)).toBe(0);
	});
	test("is kept while the next label is said, and moves on from there", () => {
		expect(placeAfter(grammar, 10, 51, 52, SPOT)).toBe(3);
		expect(placeAfter(grammar, 10, 51, 52, SPOT, 10)).toBe(3);
		expect(placeAfter(grammar, 10, 51, 52, SPOT, 10, 50)).toBe(4);
	});
	test("of a word that stands twice is the first one that is not passed, until the next token tells", () => {
		expect(placeAfter(grammar, 10, 50)).toBe(1);
		const twice = spanGrammar({ ...BASE, words: [[50], [51], [50], [52]] });
		expect(placeAfter(twice, 10, 50)).toBe(1);
		expect(placeAfter(twice, 10, 50, 52)).toBe(4);
	});
	test("of spans in any order is the next after the last one, as the reader places them", () => {
		const unordered = spanGrammar({ ...BASE, words: [[50], [51], [50]], types: [[10]], ordered: false });
		expect(placeAfter(unordered, 10, 51, SPOT, 10, 50)).toBe(3);
		expect(placeAfter(unordered, 10, 51, SPOT, 10, 50, SPOT)).toBe(3);
		expect(placeAfter(unordered, 10, 51, SPOT, 10, 50, SPOT, 10, 50)).toBe(1);
	});
	test("is kept by an object", () => {
		const seeing = spanGrammar({ ...BASE, objects: [4], ordered: false });
		expect(placeAfter(seeing, 10, 51, 52, SPOT, 10, 4)).toBe(3);
		expect(placeAfter(seeing, 10, 51, 52, SPOT, 10, 4, SPOT)).toBe(3);
	});
	test("of choices is always before the text", () => {
		expect(placeAfter(choiceGrammar([[50, 8]], EOS), 50)).toBe(0);
	});
});

describe("choices", () => {
	const grammar = choiceGrammar([[7, 8], [7, 9, 9], [7]], EOS);
	test("one of the sequences, then the end", () => {
		expect(follows(grammar)).toEqual([7]);
		expect(follows(grammar, 7)).toEqual([EOS, 8, 9]);
		expect(follows(grammar, 7, 9)).toEqual([9]);
		expect(follows(grammar, 7, 9, 9)).toEqual([EOS]);
		expect(grammar.allowed(grammar.next(grammar.start, 999))).toEqual([EOS]);
	});
	test("candidates are ascending, each once, with eos", () => {
		expect([...choiceCandidates([[300, 8], [8]], EOS)]).toEqual([1, 8, 300]);
	});
});

test("span candidates are all ids of text, labels and separators, ascending, each once", () => {
	expect([...spanCandidates({ ...BASE, objects: [4] })]).toEqual([1, 3, 4, 10, 20, 21, 50, 51, 52, 90]);
	expect([...spanCandidates({ ...BASE, words: [] })]).toEqual([1, 90]);
});

test("of 1,000 random walks every output reads with nothing unread, within its limit and its candidates", () => {
	const codec = tinyCodec();
	for (let seed = 0; seed < 1000; seed++) {
		const next = mulberry32(seed);
		const below = (n: number) => Math.floor(next() * n);
		// Few different pieces: words repeat, begin alike and run into each other.
		const words = Array.from({ length: 1 + below(7) }, () => Array.from({ length: 1 + below(3) }, () => 50 + below(3)));
		const types = [
			[10, 2],
			[11, 2],
			[10, 12, 2],
		].slice(0, 1 + below(3));
		const objects = seed % 3 === 0 ? [4, 5] : [];
		const options: SpanGrammarOptions = {
			...BASE,
			words,
			types,
			objects,
			ordered: seed % 2 === 0,
			...(seed % 5 < 2 ? { maxTokens: 3 + below(12) } : {}),
		};
		const grammar = spanGrammar(options);
		const vocabulary = { words, types: types.map((ids, i) => ({ name: `t${i}`, ids })), none: [NONE], objects };
		const read = (ids: readonly number[]) =>
			readSpans({ ids, logProbs: ids.map(() => -1), score: -1 }, vocabulary, codec);
		const endOfLast = ({ records }: Reading) =>
			words.slice(0, records.findLast(({ span }) => span !== null)?.span?.to ?? 0).flat().length;
		const candidates = new Set(spanCandidates(options));
		const stubborn = seed % 7 === 0;
		const ids: number[] = [];
		let state = grammar.start;
		while (ids.at(-1) !== EOS && ids.length < (options.maxTokens ?? Number.POSITIVE_INFINITY)) {
			const allowed = grammar.allowed(state);
			expect(allowed.length).toBeGreaterThan(0);
			expect(allowed.every((id) => candidates.has(id))).toBe(true);
			// A stubborn walk never ends while anything else is possible: it must still come to an end.
			const choices = stubborn && allowed.length > 1 ? allowed.filter((id) => id !== EOS) : allowed;
			const id = choices[below(choices.length)]!;
			const before = grammar.place?.(state);
			ids.push(id);
			state = grammar.next(state, id);
			const place = grammar.place?.(state) ?? Number.NaN;
			// What moves it is the very token that was said, and behind a record it is where the reader ends it.
			if (id !== SPOT && id !== EOS && place !== before) expect(words.flat()[place - 1]).toBe(id);
			if (id === SPOT) expect(place).toBe(endOfLast(read(ids.slice(0, -1))));
		}
		const reading = read(ids);
		expect(reading, `seed ${seed}: ${ids.join(" ")}`).toMatchObject({ wellFormed: true, unread: [] });
		const records = ids.filter((id) => id === SPOT).length + (ids[0] === NONE ? 0 : 1);
		expect(reading.records).toHaveLength(records);
	}
});
