/**
 * Proves with random scores that searches of a decoder that copies find what joining probabilities, sentence by
 * sentence, finds.
 */
import { describe, expect, test } from "vitest";
import { spanCandidates, spanGrammar } from "../../src/tasks/grammar/grammar.ts";
import type { SpanGrammarOptions } from "../../src/tasks/grammar/span-ways.ts";
import type { Grammar, Hypothesis, TextRange } from "../../src/tasks/types.ts";
import { search } from "./beam-search.ts";
import { freePlaces } from "./places.ts";
import { joinPointers, pointerTargets } from "./pointers.ts";
import { logSumExp } from "./select.ts";
import { handModel, type Rule, randomRule } from "./testing.ts";
import type { SearchQuery, StepModel } from "./types.ts";

const [EOS, SPOT, COMMA] = [1, 3, 9];
const VOCABULARY = 20;

/**
 * What the pointer says at a place, of every place of the input: it depends on all of it, so that a wrong place gives
 * wrong scores.
 */
type Pointer = (ids: readonly number[], query: number, place: number) => readonly number[];
const randomPointer =
	(seed: number, length: number): Pointer =>
	(ids, query, place) =>
		randomRule(seed + 31 * (place + 2), length)(ids, query);

interface Post {
	readonly inputIds: readonly number[];
	readonly text: TextRange;
	readonly grammar: Grammar | null;
	readonly candidateIds: Int32Array | null;
	readonly spansFollow: readonly number[];
}

const queryOf = ({ inputIds, text, grammar, candidateIds, spansFollow }: Post): SearchQuery => ({
	grammar,
	candidateIds,
	copying: { begin: text.begin, free: freePlaces(inputIds.slice(text.begin, text.end), spansFollow, 0) },
});

/**
 * A decoder as the engine runs it: scores of the vocabulary, or of each post's candidates, and what the pointer adds.
 * `sums`: those of the vocabulary.
 */
function copyingModel(rule: Rule, pointer: Pointer, posts: readonly Post[], sums: boolean): StepModel {
	const length = Math.max(...posts.map(({ inputIds }) => inputIds.length));
	const columns = Math.max(...posts.map(({ candidateIds }) => candidateIds?.length ?? VOCABULARY));
	const reported: { ids: readonly number[]; query: number }[] = [];
	// Columns past a post's own candidates are padding.
	const scored: Rule = (ids, query) => {
		reported.push({ ids, query });
		const all = rule(ids, query);
		const tokens = posts[query]!.candidateIds;
		return Array.from({ length: columns }, (_, column) =>
			tokens === null ? all[column]! : (all[tokens[column] ?? -1] ?? 50),
		);
	};
	const given = handModel(scored, posts.length);
	const targets = posts.map(({ inputIds, text, candidateIds }) =>
		pointerTargets(inputIds, text, candidateIds, columns),
	);
	return {
		async step(tokens, parents, places) {
			reported.length = 0;
			const { logits } = await given.step(tokens, parents, places);
			const alone = Float32Array.from(reported, (_, row) => logSumExp(logits, row * columns, columns));
			const scores = { logits, logSumExp: sums ? alone : null, columns };
			const pointers = reported.flatMap(({ ids, query }, row) => {
				const own = pointer(ids, query, places![row]!);
				return Array.from({ length }, (_, at) => own[at] ?? 50);
			});
			joinPointers(scores, Float32Array.from(pointers), length, targets);
			return scores;
		},
	};
}

/**
 * Probability of each token: what the vocabulary gives it and what every place that holds it does, of all that is
 * given to tokens that may be said.
 */
function probabilities(
	rule: Rule,
	pointer: Pointer,
	post: Post,
	at: { ids: readonly number[]; query: number; place: number },
): Map<number, number> {
	const { inputIds, text, candidateIds } = post;
	const scores = pointer(at.ids, at.query, at.place);
	const weights = new Map(rule(at.ids, at.query).map((logit, token) => [token, Math.exp(Math.fround(logit))]));
	for (let place = text.begin; place < text.end; place++)
		weights.set(inputIds[place]!, weights.get(inputIds[place]!)! + Math.exp(Math.fround(scores[place]!)));
	const allowed = candidateIds === null ? [...weights.keys()] : [...candidateIds];
	const total = allowed.reduce((sum, token) => sum + weights.get(token)!, 0);
	return new Map(allowed.map((token) => [token, weights.get(token)! / total]));
}

/** Every sentence there is, best first. `placeOf` says what was copied last. */
function everything(
	rule: Rule,
	pointer: Pointer,
	post: Post,
	query: number,
	longest: number,
	placeOf: (ids: readonly number[]) => number,
): Hypothesis[] {
	const found: Hypothesis[] = [];
	const walk = (ids: number[], logProbs: number[], state: unknown): void => {
		for (const [token, p] of probabilities(rule, pointer, post, { ids, query, place: placeOf(ids) })) {
			if (post.grammar && !post.grammar.allowed(state).includes(token)) continue;
			const next = { ids: [...ids, token], logProbs: [...logProbs, Math.log(p)] };
			const score = next.logProbs.reduce((a, b) => a + b, 0) / next.ids.length;
			if (token === EOS || next.ids.length === longest) found.push({ ...next, score });
			else walk(next.ids, next.logProbs, post.grammar?.next(state, token) ?? null);
		}
	};
	walk([], [], post.grammar?.start ?? null);
	return found.sort((a, b) => b.score - a.score);
}

function expectSame(actual: readonly Hypothesis[], expected: readonly Hypothesis[]): void {
	expect(actual.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
	for (const [i, { logProbs }] of expected.entries())
		for (const [t, logProb] of logProbs.entries())
			expect(Math.abs(actual[i]!.logProbs[t]! - logProb)).toBeLessThan(1e-5);
}

/** Prompt, text and the end; no token of the text stands twice, so that the last one said is the place. */
const POSTS = [
	{ prompt: [6, 7], words: [[12], [13, 14], [15]] },
	{ prompt: [6, 7, 8, 6], words: [[16], [12, 18]] },
];
const LONGEST = 9;

/** The place by the rule's own words: that of the last token of the text that was said. */
const lastSaid = ({ inputIds, text }: Post) => {
	return (ids: readonly number[]) => {
		const last = ids.findLast((id) => inputIds.slice(text.begin, text.end).includes(id));
		return last === undefined ? text.begin - 1 : inputIds.indexOf(last, text.begin);
	};
};

function postsOf(extractive: boolean, ordered: boolean): Post[] {
	return POSTS.map(({ prompt, words }) => {
		const types = [
			[10, COMMA],
			[11, COMMA],
		];
		const options: SpanGrammarOptions = {
			words,
			types,
			none: [4],
			spot: SPOT,
			eos: EOS,
			objects: [],
			ordered,
			maxTokens: LONGEST,
		};
		const flat = words.flat();
		return {
			inputIds: [...prompt, ...flat, EOS],
			text: { begin: prompt.length, end: prompt.length + flat.length },
			grammar: spanGrammar(options),
			candidateIds: extractive ? spanCandidates(options) : null,
			spansFollow: [COMMA],
		};
	});
}

describe.each([
	["extractive", true, false],
	["with the vocabulary and its sums", false, true],
	["with the vocabulary, summed by the search", false, false],
] as const)("%s", (_, extractive, sums) => {
	test.each([
		1, 4,
	])("two posts in a batch find all sentences of their grammars, at most %i tokens a step", async (max_step_tokens) => {
		for (let seed = 0; seed < 12; seed++) {
			const posts = postsOf(extractive, seed % 2 === 0);
			const [rule, pointer] = [randomRule(seed, VOCABULARY), randomPointer(seed, 16)];
			const expected = posts.map((post, query) => everything(rule, pointer, post, query, LONGEST, lastSaid(post)));
			const num_beams = Math.max(...expected.map(({ length }) => length));
			const knobs = { num_beams, num_return_sequences: num_beams, max_new_tokens: LONGEST, max_step_tokens };
			const found = await search(copyingModel(rule, pointer, posts, sums), posts.map(queryOf), {
				...knobs,
				early_stopping: "never",
			});
			expect(expected[0]!.length).toBeGreaterThan(30);
			for (const [query, sentences] of expected.entries()) expectSame(found[query]!, sentences);
		}
	});
});

test("a free search finds every output there is, following what it copies", async () => {
	for (let seed = 0; seed < 20; seed++) {
		// Five tokens: eos 1, comma 2, words 3 and 4; the text 3 4 3 stands behind a prompt.
		const post: Post = {
			inputIds: [4, 3, 4, 3, EOS],
			text: { begin: 1, end: 4 },
			grammar: null,
			candidateIds: null,
			spansFollow: [2],
		};
		const { free, begin } = queryOf(post).copying!;
		const placeOf = (ids: readonly number[]) =>
			begin - 1 + free.place(ids.reduce((state, id) => free.next(state, id), free.start));
		const [rule, pointer] = [
			(ids: readonly number[], query: number) => randomRule(seed, 5)(ids, query),
			randomPointer(seed, 5),
		];
		const expected = everything(rule, pointer, post, 0, 3, placeOf);
		const model = copyingModel(
			(ids, query) => [...rule(ids, query), ...new Array(VOCABULARY - 5).fill(-1e9)],
			pointer,
			[post],
			seed % 2 === 0,
		);
		const knobs = { num_beams: 85, num_return_sequences: 85, max_new_tokens: 3, early_stopping: "never" } as const;
		const [found] = await search(model, [queryOf(post)], knobs);
		// 4·4·5 of three tokens, 4 of two, 1 of one; what only padding could say is never said.
		expect(expected).toHaveLength(85);
		expectSame(found!, expected);
	}
});

test("the place matters: a search whose model is told another one finds something else", async () => {
	let differs = 0;
	for (let seed = 0; seed < 10; seed++) {
		const posts = postsOf(true, true);
		const model = () => copyingModel(randomRule(seed, VOCABULARY), randomPointer(seed, 16), posts, false);
		const misled = model();
		const blind: StepModel = { step: (tokens, parents, places) => misled.step(tokens, parents, places!.fill(0)) };
		const [seen, unseen] = [
			await search(model(), posts.map(queryOf), { num_beams: 4 }),
			await search(blind, posts.map(queryOf), { num_beams: 4 }),
		];
		if (JSON.stringify(seen) !== JSON.stringify(unseen)) differs++;
	}
	expect(differs).toBe(10);
});
