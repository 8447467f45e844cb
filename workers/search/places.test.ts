/** Proves which place of its text a search says that every row copied last, with a grammar and without. */
import { describe, expect, test } from "vitest";
import { spanGrammar } from "../../src/tasks/grammar/grammar.ts";
import type { Grammar } from "../../src/tasks/types.ts";
import { search } from "./beam-search.ts";
import { freePlaces } from "./places.ts";
import { choiceGrammar, FREE, handModel } from "./testing.ts";
import type { SearchQuery, StepModel } from "./types.ts";

const [START, EOS, SPOT, TYPE, COMMA] = [0, 1, 3, 10, 9];
const [A, B, C] = [50, 51, 52];

describe("a free output", () => {
	/** Places after each of `copied`, in the text a b a c. */
	const placesOf = (copied: readonly number[], text = [A, B, A, C], spansFollow = [COMMA]) => {
		const tracker = freePlaces(text, spansFollow, START);
		let state = tracker.start;
		return copied.map((token) => {
			state = tracker.next(state, token);
			return tracker.place(state);
		});
	};

	test("copies from where a token follows a label's comma, and goes on as long as the text does", () => {
		expect(placesOf([TYPE, COMMA, A, B, A, C])).toEqual([0, 0, 1, 2, 3, 4]);
		expect(placesOf([TYPE, COMMA, B, A])).toEqual([0, 0, 2, 3]);
	});
	test("keeps the place while labels and separators are said, and the next span begins behind it", () => {
		expect(placesOf([TYPE, COMMA, A, SPOT, TYPE, COMMA, A, SPOT, TYPE, COMMA, C])).toEqual([
			0, 0, 1, 1, 1, 1, 3, 3, 3, 3, 4,
		]);
	});
	test("keeps the place for tokens of the text that follow no comma", () => {
		expect(placesOf([A, B, TYPE, A])).toEqual([0, 0, 0, 0]);
		// After `a`, `c` does not go on at once: it does not copy the text.
		expect(placesOf([TYPE, COMMA, A, C, B])).toEqual([0, 0, 1, 1, 1]);
	});
	test("keeps the place for words that the text has not, or only before the place", () => {
		expect(placesOf([TYPE, COMMA, 77, B])).toEqual([0, 0, 0, 0]);
		expect(placesOf([TYPE, COMMA, C, SPOT, TYPE, COMMA, B])).toEqual([0, 0, 4, 4, 4, 4, 4]);
	});
	test("may copy a comma of the text", () => {
		expect(placesOf([TYPE, COMMA, A, COMMA, B], [A, COMMA, B])).toEqual([0, 0, 1, 2, 3]);
	});
	test("copies nothing where spans never follow, and from the very start where records begin with one", () => {
		expect(placesOf([A, COMMA, B], [A, B], [])).toEqual([0, 0, 0]);
		expect(placesOf([A, COMMA, B, SPOT, B], [A, B], [START, SPOT])).toEqual([1, 1, 1, 1, 2]);
	});
});

/** Searches a model that likes every token alike, and tells which places it was told: by step, [rows][S]. */
async function placesTold(queries: readonly SearchQuery[], knobs: Parameters<typeof search>[2]) {
	const hinted: (number[] | null)[] = [];
	const even = handModel(() => new Array(60).fill(0), queries.length);
	const model: StepModel = {
		step(tokens, parents, places) {
			expect(places?.length ?? tokens.length).toBe(tokens.length);
			hinted.push(places && [...places]);
			return even.step(tokens, parents, places);
		},
	};
	await search(model, queries, knobs);
	return hinted;
}
const copyingAt = (begin: number): NonNullable<SearchQuery["copying"]> => ({
	begin,
	free: freePlaces([A, B], [TYPE], START),
});
/** `type` and a word of the text a b. */
const spans = spanGrammar({
	words: [[A], [B]],
	types: [[TYPE]],
	none: [90],
	spot: SPOT,
	eos: EOS,
	objects: [],
	ordered: true,
});

describe("a step", () => {
	test("tells the token before the text until something was copied, then the token that was", async () => {
		const grammar = {
			...choiceGrammar([[TYPE, B, EOS]]),
			place: (ids: readonly number[]) => (ids.includes(B) ? 2 : 0),
		};
		const query: SearchQuery = { grammar: grammar as Grammar, candidateIds: null, copying: copyingAt(5) };
		// Fed: start, type, b. The text begins at 5, so b is 6.
		expect(await placesTold([query], { num_beams: 1 })).toEqual([[4], [4], [6]]);
		expect(await placesTold([query], { num_beams: 1, max_step_tokens: 8 })).toEqual([[4, 4, 6]]);
	});
	test("tells each beam its own, and rows without a beam the token before their text", async () => {
		const two = await placesTold(
			[
				{ grammar: spans, candidateIds: Int32Array.of(EOS, TYPE, A, B), copying: copyingAt(5) },
				{ grammar: choiceGrammar([[TYPE, A, EOS]]), candidateIds: null, copying: copyingAt(8) },
			],
			{ num_beams: 2, max_new_tokens: 3 },
		);
		// Start; type; then a and b beside the one row of the choice, whose place stays, and a row that is padding.
		expect(two).toEqual([
			[4, 7],
			[4, 7],
			[5, 6, 7, 7],
		]);
	});
	test("follows a free output by itself", async () => {
		const copying = { begin: 5, free: freePlaces([0], [START], START) };
		// The lowest id of all is said: 0, which the text holds.
		expect(
			await placesTold([{ grammar: null, candidateIds: null, copying }], { num_beams: 1, max_new_tokens: 3 }),
		).toEqual([[4], [5], [5]]);
	});
	test("tells nothing where no query has a text to copy from", async () => {
		expect(await placesTold([FREE], { num_beams: 1, max_new_tokens: 2 })).toEqual([null, null]);
	});
	test("a grammar without places stays before the text", async () => {
		const { place: _, ...blind } = spans;
		const hinted = await placesTold([{ grammar: blind, candidateIds: null, copying: copyingAt(5) }], {
			num_beams: 1,
			max_new_tokens: 3,
		});
		expect(new Set(hinted.flat())).toEqual(new Set([4]));
	});
});
