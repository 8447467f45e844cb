/** Proves which tokens are fed in one step, and that feeding more changes no answer. */
import { describe, expect, test } from "vitest";
import { search } from "./beam-search.ts";
import { choiceGrammar, DEAD, FREE, handModel, idsOf, probabilities, randomRule, run } from "./testing.ts";
import type { SearchOptions, SearchQuery } from "./types.ts";

const [PAD, EOS, A, B, C] = [0, 1, 2, 3, 4];
/** Any of five ids may follow, each as likely. */
const EVEN = () => [0, 0, 0, 0, 0];
const only = (...sequences: number[][]): SearchQuery[] => [{ grammar: choiceGrammar(sequences), candidateIds: null }];

describe("a step", () => {
	test("feeds forced tokens with the one before them, the start token too, and lets the model score eos", async () => {
		const { first, calls } = await run(EVEN, { num_beams: 2, max_step_tokens: 8 }, only([A, B, A, EOS]));
		expect(calls).toEqual([{ tokens: [PAD, A, B, A], parents: [0] }]);
		expect(idsOf(first)).toEqual([[A, B, A, EOS]]);
		expect(first[0]!.logProbs).toEqual(Array(4).fill(expect.closeTo(-Math.log(5), 6)));
	});

	test("feeds max_step_tokens at most, and one unless told otherwise", async () => {
		const tokensOf = async (options: Partial<SearchOptions>) => {
			const { calls } = await run(EVEN, { num_beams: 1, ...options }, only([A, B, C, EOS]));
			return calls.map(({ tokens }) => tokens);
		};
		expect(await tokensOf({ max_step_tokens: 3 })).toEqual([[PAD, A, B], [C]]);
		expect(await tokensOf({})).toEqual([[PAD], [A], [B], [C]]);
	});

	test("feeds nothing behind which the length limit leaves no room", async () => {
		const { first, calls } = await run(
			EVEN,
			{ num_beams: 1, max_step_tokens: 8, max_new_tokens: 2 },
			only([A, B, C, EOS]),
		);
		expect(calls).toEqual([{ tokens: [PAD, A], parents: [0] }]);
		expect(idsOf(first)).toEqual([[A, B]]);
	});

	test("feeds every row as many as the beam with the fewest, and padding to rows without a beam", async () => {
		const short = only([EOS], [A, B, C, EOS], [B, A, EOS]);
		const { calls } = await run(EVEN, { num_beams: 3, max_step_tokens: 8 }, [...only([EOS]), ...short]);
		// The first query is over after one step; of the second, `eos` ends and `b` has one forced token to the two of `a`.
		expect(calls).toEqual([
			{ tokens: [PAD, PAD], parents: [0, 1] },
			{ tokens: [PAD, PAD, PAD, PAD, A, B, B, A], parents: [0, 0, 1, 1] },
			{ tokens: [PAD, C], parents: [0, 2] },
		]);
	});

	test("forces nothing on a query without a grammar, and only candidates", async () => {
		const free = await run(() => DEAD.map(Math.log), { num_beams: 1, max_step_tokens: 8 });
		expect(free.calls).toEqual([{ tokens: [PAD], parents: [0] }]);
		const query: SearchQuery = { grammar: choiceGrammar([[20, 30, EOS]]), candidateIds: Int32Array.of(EOS, 20) };
		const { answers, calls } = await run(() => [0, 0], { num_beams: 1, max_step_tokens: 8 }, [query]);
		expect(calls).toEqual([{ tokens: [PAD, 20], parents: [0] }]);
		expect(answers).toEqual([[]]);
	});
});

describe("beams within a forced stretch", () => {
	// `a` .6 and `b` .4; then c, which `a` makes unlikely, and c again; then `a` or `b`.
	const grammar = [A, B].flatMap((head) => [A, B].map((tail) => [head, C, C, tail, EOS]));
	const rule = probabilities(
		{
			"": [0, 0, 0.6, 0.4, 0],
			"2": [0, 0.75, 0, 0, 0.25],
			"3": [0, 0, 0, 0, 1],
			"2 4": [0, 0, 0, 0, 1],
			"3 4": [0, 0, 0, 0, 1],
			"2 4 4": [0, 0, 0.9, 0.1, 0],
			"3 4 4": [0, 0, 0.2, 0.8, 0],
		},
		DEAD,
	);

	test("may change places: the next step continues the rows they were fed in", async () => {
		const { first, calls } = await run(rule, { num_beams: 2, max_step_tokens: 8 }, only(...grammar));
		// After the stretch: `b c c b` .32, `a c c a` .135.
		expect(calls).toEqual([
			{ tokens: [PAD], parents: [0] },
			{ tokens: [A, C, C, B, C, C], parents: [0, 0] },
			{ tokens: [B, A], parents: [1, 0] },
		]);
		expect(idsOf(first)).toEqual([
			[B, C, C, B, EOS],
			[A, C, C, A, EOS],
		]);
	});

	test("may be dropped", async () => {
		// ln .6 − ln .4 = .41: `b` stays. ln .4 − ln .15 = .98: `a` goes when it has said c.
		const { first, calls } = await run(
			rule,
			{ num_beams: 2, max_step_tokens: 8, beam_threshold: 0.9 },
			only(...grammar),
		);
		expect(calls.at(-1)).toEqual({ tokens: [B], parents: [1] });
		expect(idsOf(first)).toEqual([[B, C, C, B, EOS]]);
	});

	test("may all be over before it ends: what is left of it is not looked at", async () => {
		const options = {
			num_beams: 2,
			max_step_tokens: 8,
			stopping_criteria: [(ids: readonly number[]) => ids.length === 2],
		};
		const { first, calls } = await run(rule, options, only(...grammar));
		expect(calls).toHaveLength(2);
		expect(idsOf(first)).toEqual([
			[B, C],
			[A, C],
		]);
	});
});

test("scores that come normalised have a normaliser for each position", async () => {
	const model = {
		step: async (tokens: Int32Array) => {
			expect([...tokens]).toEqual([PAD, A]);
			return { logits: Float32Array.of(0, 0, 3, 0, 0, 5), logSumExp: Float32Array.of(4, 7), columns: 3 };
		},
	};
	const options = { num_beams: 1, max_step_tokens: 8, max_new_tokens: 2 };
	expect(await search(model, only([A, A, EOS]), options)).toEqual([[{ ids: [A, A], logProbs: [-1, -2], score: -1.5 }]]);
});

test("scores for fewer positions than were fed are refused", async () => {
	const model = { step: async () => ({ logits: new Float32Array(5), logSumExp: null, columns: 5 }) };
	const searched = search(model, only([A, B, EOS]), { num_beams: 1, max_step_tokens: 2 });
	await expect(searched).rejects.toMatchObject({ code: "bundle-graph-mismatch" });
});

test("a caller hears every step once, and how many tokens there are", async () => {
	const reported: number[] = [];
	const onStep = (done: number) => void reported.push(done);
	await search(handModel(EVEN), only([A, B, C, EOS]), { num_beams: 1, max_step_tokens: 2, onStep });
	expect(reported).toEqual([2, 4]);
});

describe("many tokens a step", () => {
	/** Whole numbers below n, by a seed. */
	function dice(seed: number): (n: number) => number {
		let state = Math.imul(seed + 1, 0x9e3779b1);
		return (n) => {
			state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
			return (state >> 8) % n;
		};
	}

	/** Sentences that begin alike, part, and go on for some ids alone. Ids 2 … 7. */
	function randomQuery(roll: (n: number) => number): SearchQuery {
		if (roll(8) === 0) return FREE;
		const ids = (count: number) => Array.from({ length: count }, () => 2 + roll(6));
		const begin = ids(roll(4));
		const sequences = Array.from({ length: 1 + roll(5) }, () => [...(roll(4) > 0 ? begin : []), ...ids(roll(7)), EOS]);
		return {
			grammar: choiceGrammar(sequences),
			candidateIds: roll(2) === 0 ? null : Int32Array.of(1, 2, 3, 4, 5, 6, 7),
		};
	}

	test.each([
		true,
		false,
		"never",
	] as const)("give the very hypotheses and scores of one by one with early_stopping %s", async (early_stopping) => {
		let [one, many, moved] = [0, 0, 0];
		for (let seed = 0; seed < 400; seed++) {
			const roll = dice(seed);
			const queries = Array.from({ length: 1 + roll(4) }, () => randomQuery(roll));
			const options = {
				num_beams: 1 + roll(4),
				early_stopping,
				length_penalty: [-1, 0, 1, 2][roll(4)]!,
				max_new_tokens: 1 + roll(12),
				beam_threshold: roll(2) === 0 ? Number.POSITIVE_INFINITY : 1 + roll(4),
				no_repeat_ngram_size: roll(4) === 0 ? 2 : 0,
				stopping_criteria: roll(4) === 0 ? [(ids: readonly number[]) => ids.at(-1) === 5] : [],
			};
			const rule = randomRule(seed, 8);
			const before = await run(rule, options, queries);
			const after = await run(rule, { ...options, max_step_tokens: 2 + roll(7) }, queries);
			expect(after.answers).toEqual(before.answers);
			one += before.calls.length;
			many += after.calls.length;
			if (
				after.calls.some(({ tokens, parents }) => tokens.length > parents.length && parents.some((row, at) => row > at))
			)
				moved++;
		}
		// The seeds are worth something only if steps are saved, and rows change places around stretches.
		expect(many).toBeLessThan(0.8 * one);
		expect(moved).toBeGreaterThan(10);
	});
});
