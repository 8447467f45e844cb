/** Proves single steps of the beam search by scores that can be checked by hand. */
import { describe, expect, test } from "vitest";
import { choiceGrammar, DEAD, idsOf, probabilities, type Rule, randomRule, run, STORY, scoresOf } from "./testing.ts";

const [EOS, A, B] = [1, 2, 3];
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

describe("a search with two beams", () => {
	test("early_stopping true ends at the second finished hypothesis", async () => {
		const { first, calls } = await run(STORY, { num_beams: 2, early_stopping: true });
		expect(idsOf(first)).toEqual([[A, EOS], [EOS]]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.4 * 0.45) / 2, Math.log(0.3)]));
		expect(calls).toHaveLength(2);
	});

	test("early_stopping false ends when no beam, at its present length, beats the worst finished one", async () => {
		const { first, calls } = await run(STORY, { num_beams: 2, early_stopping: false });
		expect(idsOf(first)).toEqual([
			[A, A, EOS],
			[B, A, EOS],
		]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.4 * 0.55 * 0.9) / 3, Math.log(0.2 * 0.8 * 0.6) / 3]));
		expect(calls).toHaveLength(3);
	});

	test('early_stopping "never" goes on while the length limit could still lift the best beam', async () => {
		const { first, calls } = await run(STORY, { num_beams: 2, early_stopping: "never", max_new_tokens: 10 });
		expect(idsOf(first)).toEqual([
			[A, A, EOS],
			[B, A, A, EOS],
		]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.4 * 0.55 * 0.9) / 3, Math.log(0.2 * 0.8 * 0.4) / 4]));
		expect(calls).toHaveLength(4);
	});

	test('early_stopping "never" with length_penalty 0 judges by the plain sum, as false does', async () => {
		const never = await run(STORY, { num_beams: 2, early_stopping: "never", length_penalty: 0 });
		const heuristic = await run(STORY, { num_beams: 2, early_stopping: false, length_penalty: 0 });
		expect(never).toEqual(heuristic);
		expect(idsOf(never.first)).toEqual([[EOS], [A, A, EOS]]);
	});

	test("the best beam must be better than the worst finished hypothesis: an equal one ends the search", async () => {
		// `eos`, `a` and `b` 1/3 each; then `a eos` and `b a`, certain.
		const rule = probabilities({ "": [0, 1 / 3, 1 / 3, 1 / 3], "2": [0, 1, 0, 0], "3": [0, 0, 1, 0] }, DEAD);
		const { first, calls } = await run(rule, { num_beams: 2, length_penalty: 0 });
		expect(idsOf(first)).toEqual([[EOS], [A, EOS]]);
		expect(calls).toHaveLength(2);
	});

	test('early_stopping "never" with a negative length_penalty judges by the present length', async () => {
		// After two steps: `eos` -1.20, `a eos` -3.43; `a a` could still reach 2 ln 0.22 = -3.03.
		const { first, calls } = await run(STORY, { num_beams: 2, early_stopping: "never", length_penalty: -1 });
		expect(idsOf(first)).toEqual([[EOS], [A, EOS]]);
		expect(calls).toHaveLength(3);
	});

	test("log-probabilities are kept token by token and sum up to the score", async () => {
		const { first } = await run(STORY, { num_beams: 2 });
		const best = first[0]!;
		expect(best.logProbs.map((p) => Math.exp(p))).toEqual([
			expect.closeTo(0.4, 6),
			expect.closeTo(0.55, 6),
			expect.closeTo(0.9, 6),
		]);
		expect(best.logProbs.reduce((sum, p) => sum + p, 0) / 3).toBeCloseTo(best.score, 12);
	});

	test("rows, tokens and parents are those of the surviving beams", async () => {
		const { calls } = await run(STORY, { num_beams: 2 });
		expect(calls).toEqual([
			{ tokens: [0], parents: [0] },
			{ tokens: [A, B], parents: [0, 0] },
			{ tokens: [A, A], parents: [0, 1] },
		]);
	});

	test("two children of one parent can both survive", async () => {
		const rule = probabilities({ "": [0, 0.1, 0.8, 0.1], "2": [0.2, 0, 0.4, 0.4], "3": [0, 0.5, 0.5, 0] }, DEAD);
		const { calls } = await run(rule, { num_beams: 2 });
		expect(calls[2]).toEqual({ tokens: [A, B], parents: [0, 0] });
	});

	test("an eos that ranks below the best K candidates finishes nothing", async () => {
		// Second step: a eos .30, a a .20, b eos .18, b a .12: b eos ranks third, and so did eos in the first step.
		const rule = probabilities({ "": [0, 0.2, 0.5, 0.3], "2": [0, 0.6, 0.4, 0], "3": [0, 0.6, 0.4, 0] }, DEAD);
		const { first } = await run(rule, { num_beams: 2, early_stopping: true });
		expect(idsOf(first)).toEqual([
			[A, A, EOS],
			[A, EOS],
		]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.2) / 3, Math.log(0.3) / 2]));
	});

	test("beams that all end at once leave as many hypotheses", async () => {
		const { first, calls } = await run(probabilities({ "": [0, 0, 0.6, 0.4] }, DEAD), {
			num_beams: 2,
			early_stopping: "never",
		});
		expect(idsOf(first)).toEqual([
			[A, EOS],
			[B, EOS],
		]);
		expect(calls).toHaveLength(2);
	});
});

describe("beam_threshold", () => {
	// `a` .9, `b` .09, eos .01; then eos, surely.
	const rule = probabilities({ "": [0, 0.01, 0.9, 0.09] }, DEAD);

	test("drops a beam that is less likely than the best one by more", async () => {
		// ln .9 − ln .09 = ln 10 = 2.303.
		const kept = await run(rule, { num_beams: 2, beam_threshold: 2.31 });
		expect(idsOf(kept.first)).toEqual([
			[A, EOS],
			[B, EOS],
		]);
		const dropped = await run(rule, { num_beams: 2, beam_threshold: 2.3 });
		expect(idsOf(dropped.first)).toEqual([[A, EOS]]);
		expect(dropped.calls).toEqual([
			{ tokens: [0], parents: [0] },
			{ tokens: [A], parents: [0] },
		]);
	});

	test("compares with hypotheses that have ended, too, so that nothing hopeless goes on behind them", async () => {
		// `eos` .99 at once; `a` .01 would go on for ever.
		const endless = probabilities({ "": [0, 0.99, 0.01, 0] }, [0, 0, 1, 0]);
		const { first, calls } = await run(endless, { num_beams: 2, beam_threshold: 4, max_new_tokens: 50 });
		expect(idsOf(first)).toEqual([[EOS]]);
		expect(calls).toHaveLength(1);
	});

	test("keeps the best hypothesis of a search that drops nothing when it was the likeliest all along", async () => {
		const all = await run(STORY, { num_beams: 2 });
		const likely = await run(STORY, { num_beams: 2, beam_threshold: 0.7 });
		expect(likely.first[0]).toEqual(all.first[0]);
	});

	test("below zero or no number is refused", async () => {
		for (const beam_threshold of [-1, Number.NaN])
			await expect(run(STORY, { num_beams: 2, beam_threshold })).rejects.toMatchObject({ code: "usage" });
	});
});

describe("length_penalty", () => {
	// `eos` 0.3 (length 1), `a eos` 0.4 (length 2), `b eos` 0.3 (length 2).
	const rule = probabilities({ "": [0, 0.3, 0.4, 0.3] }, DEAD);
	const cases = [
		{ length_penalty: -1, best: [EOS], score: Math.log(0.3) },
		{ length_penalty: 0, best: [A, EOS], score: Math.log(0.4) },
		{ length_penalty: 1, best: [A, EOS], score: Math.log(0.4) / 2 },
		{ length_penalty: 2, best: [A, EOS], score: Math.log(0.4) / 4 },
	];
	test.each(cases)("$length_penalty divides the sum by the length, eos included, to that power", async ({
		length_penalty,
		best,
		score,
	}) => {
		const { first } = await run(rule, { num_beams: 3, length_penalty });
		expect(first[0]!.ids).toEqual(best);
		expect(first[0]!.score).toBeCloseTo(score, 6);
	});
});

describe("equal sums", () => {
	test("the lower column comes first, then the lower row", async () => {
		const even: Rule = (prefix) =>
			prefix.length < 2 ? [0, -Infinity, 0, 0, 0] : [-Infinity, 0, -Infinity, -Infinity, -Infinity];
		const { first, calls } = await run(even, { num_beams: 3 });
		expect(calls.slice(1, 3)).toEqual([
			{ tokens: [0, 2, 3], parents: [0, 0, 0] },
			{ tokens: [0, 2, 3], parents: [0, 0, 0] },
		]);
		expect(idsOf(first)).toEqual([
			[0, 0, EOS],
			[0, 2, EOS],
			[0, 3, EOS],
		]);
	});

	test("the order in which a grammar lists its tokens does not matter", async () => {
		const grammar = choiceGrammar([
			[4, EOS],
			[2, EOS],
			[3, EOS],
			[2, EOS],
		]);
		const { first } = await run(() => [0, 0, 0, 0, 0], { num_beams: 2 }, [{ grammar, candidateIds: null }]);
		expect(idsOf(first)).toEqual([
			[2, EOS],
			[3, EOS],
		]);
	});

	test("of two equal scores the hypothesis that ended first is first", async () => {
		// `eos` 1/4 and `a eos` 1/4, compared by plain sums.
		const rule = probabilities({ "": [0, 0.25, 0.25, 0.5], "2": [0, 1, 0, 0], "3": [0, 0.25, 0.75, 0] }, DEAD);
		const { first } = await run(rule, { num_beams: 3, length_penalty: 0, early_stopping: true });
		expect(idsOf(first).slice(0, 2)).toEqual([[EOS], [A, EOS]]);
		expect(first[0]!.score).toBe(first[1]!.score);
	});
});

describe("one beam", () => {
	test("takes the most probable token each time and ends at the first eos, whatever early_stopping says", async () => {
		for (const early_stopping of [true, false, "never"] as const) {
			const { first, calls } = await run(STORY, { num_beams: 1, early_stopping });
			expect(idsOf(first)).toEqual([[A, A, EOS]]);
			expect(calls).toHaveLength(3);
		}
	});

	test("equals greedy search on random scores", async () => {
		for (let seed = 0; seed < 50; seed++) {
			const rule = randomRule(seed, 7);
			const greedy: number[] = [];
			while (greedy.length < 12 && greedy.at(-1) !== EOS) {
				const logits = rule(greedy, 0);
				greedy.push(logits.indexOf(Math.max(...logits)));
			}
			const { first } = await run(rule, { num_beams: 1, max_new_tokens: 12, early_stopping: "never" });
			expect(idsOf(first)).toEqual([greedy]);
		}
	});
});

describe("max_new_tokens", () => {
	test("the best K candidates at the limit are added unfinished, beside what finished before", async () => {
		const { first } = await run(STORY, { num_beams: 2, max_new_tokens: 2 });
		// `a a` .22 and `a eos` .18 are the best two of the last step; `eos` .3 loses to both by its length.
		expect(idsOf(first)).toEqual([
			[A, A],
			[A, EOS],
		]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.22) / 2, Math.log(0.18) / 2]));
	});

	test("1 gives the best K single tokens", async () => {
		const { first, calls } = await run(STORY, { num_beams: 3, max_new_tokens: 1 });
		expect(idsOf(first)).toEqual([[A], [EOS], [B]]);
		expect(calls).toHaveLength(1);
	});
});

describe("num_return_sequences", () => {
	test("gives the n best, best first", async () => {
		const all = await run(STORY, { num_beams: 3, early_stopping: "never" });
		const two = await run(STORY, { num_beams: 3, early_stopping: "never", num_return_sequences: 2 });
		expect(two.first).toEqual(all.first.slice(0, 2));
		expect(all.first).toHaveLength(3);
		expect(all.first[0]!.score).toBeGreaterThanOrEqual(all.first[1]!.score);
		expect(all.first[1]!.score).toBeGreaterThanOrEqual(all.first[2]!.score);
	});
});
