/** Proves the beam search on models whose every score can be checked on paper. */
import { describe, expect, test } from "vitest";
import { Failure } from "../../src/core/failure.ts";
import { search } from "./beam-search.ts";
import { SEARCH_DEFAULTS } from "./options.ts";
import { logSumExp } from "./select.ts";
import {
	choiceGrammar,
	DEAD,
	FREE,
	handModel,
	idsOf,
	probabilities,
	type Rule,
	randomRule,
	run,
	STORY,
	scoresOf,
} from "./testing.ts";
import type { LogitsProcessor, SearchOptions, SearchQuery, StepModel, StoppingCriteria } from "./types.ts";

const [PAD, EOS, A, B] = [0, 1, 2, 3];
const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 6));

describe("a grammar", () => {
	const rule = probabilities({ "": [0.4, 0.1, 0.2, 0.3], "2": [0.5, 0.4, 0.1, 0], "3": [0.7, 0.2, 0.1, 0] }, DEAD);

	test("forbids without raising what is left: the probabilities stay those of all columns", async () => {
		const grammar = choiceGrammar([
			[A, EOS],
			[B, EOS],
		]);
		const { first } = await run(rule, { num_beams: 2 }, [{ grammar, candidateIds: null }]);
		expect(idsOf(first)).toEqual([
			[A, EOS],
			[B, EOS],
		]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.2 * 0.4) / 2, Math.log(0.3 * 0.2) / 2]));
	});

	test("with fewer ways than beams gives fewer hypotheses, and idle rows carry padding", async () => {
		const grammar = choiceGrammar([[B, EOS], [EOS]]);
		const { first, calls } = await run(rule, { num_beams: 4, early_stopping: "never" }, [
			{ grammar, candidateIds: null },
		]);
		expect(idsOf(first)).toEqual([[B, EOS], [EOS]]);
		expect(calls[1]).toEqual({ tokens: [B], parents: [0] });
	});

	test("a row it leads into a dead end is dropped, the others go on", async () => {
		const grammar = choiceGrammar([[B], [A, EOS]]);
		const { first } = await run(rule, { num_beams: 2 }, [{ grammar, candidateIds: null }]);
		expect(idsOf(first)).toEqual([[A, EOS]]);
	});

	test("that allows nothing gives no hypothesis", async () => {
		const { answers } = await run(rule, { num_beams: 2 }, [{ grammar: choiceGrammar([]), candidateIds: null }]);
		expect(answers).toEqual([[]]);
	});

	test("tokens without a column are not possible", async () => {
		const grammar = choiceGrammar([[9, EOS], [-1], [A, EOS]]);
		const free = await run(rule, { num_beams: 2 }, [{ grammar, candidateIds: null }]);
		expect(idsOf(free.first)).toEqual([[A, EOS]]);
	});
});

describe("candidate columns", () => {
	test("are translated to token ids; padded columns count nowhere, not even in the normaliser", async () => {
		const candidateIds = Int32Array.of(EOS, 40, 70);
		// Four columns, the last is padding with a huge logit.
		const rule: Rule = (prefix) => [prefix.length === 0 ? 0.2 : 0.8, 0.5, 0.3, Math.exp(50)].map((p) => Math.log(p));
		const { first, calls } = await run(rule, { num_beams: 1 }, [{ grammar: null, candidateIds }]);
		expect(calls[1]!.tokens).toEqual([40]);
		expect(idsOf(first)).toEqual([[40, EOS]]);
		expect(scoresOf(first)).toEqual(near([(Math.log(0.5) + Math.log(0.8 / 1.6)) / 2]));
	});

	test("under a grammar only allowed candidates are seen", async () => {
		const grammar = choiceGrammar([
			[70, EOS],
			[99, EOS],
		]);
		const { first } = await run(() => [0, 0, 0, 9], { num_beams: 2 }, [
			{ grammar, candidateIds: Int32Array.of(EOS, 40, 70) },
		]);
		expect(idsOf(first)).toEqual([[70, EOS]]);
		expect(scoresOf(first)).toEqual(near([-Math.log(3)]));
	});

	test("scores that come normalised are taken as they are", async () => {
		const model = {
			step: async () => ({ logits: Float32Array.of(-9, 1, 3, 0), logSumExp: Float32Array.of(4), columns: 4 }),
		};
		const answers = await search(model, [FREE], { num_beams: 1, max_new_tokens: 2 });
		expect(answers).toEqual([[{ ids: [A, A], logProbs: [-1, -1], score: -1 }]]);
	});
});

describe("sums that the model gives", () => {
	const columns = 8;
	/** The model, and the same one giving the sums of its rows as a graph does: in float32. */
	function both(
		rule: Rule,
		sumOf: (row: Float32Array) => number = (row) => logSumExp(row, 0, columns),
	): [StepModel, StepModel] {
		const given = handModel(rule);
		const step = async (...fed: Parameters<StepModel["step"]>) => {
			const { logits } = await given.step(...fed);
			const row = (at: number) => logits.subarray(at * columns, (at + 1) * columns);
			return {
				logits,
				columns,
				logSumExp: Float32Array.from({ length: logits.length / columns }, (_, at) => sumOf(row(at))),
			};
		};
		return [handModel(rule), { step }];
	}
	const raised: LogitsProcessor = (scores) => {
		scores[A]! += 1;
	};
	const grammar = choiceGrammar([[A, EOS], [B, A, EOS], [EOS]]);

	test.each<[string, SearchQuery]>([
		["freely", FREE],
		["under a grammar", { grammar, candidateIds: null }],
		["with a processor", { ...FREE, logits_processors: [raised] }],
		["with a processor under a grammar", { grammar, candidateIds: null, logits_processors: [raised] }],
	])("give the hypotheses that the search finds with its own, %s", async (_, query) => {
		for (let seed = 0; seed < 10; seed++) {
			const options = { num_beams: 3, num_return_sequences: 3, max_new_tokens: 9 };
			const [own, given] = await Promise.all(
				both(randomRule(seed, columns)).map((model) => search(model, [query], options)),
			);
			expect(idsOf(given![0]!)).toEqual(idsOf(own![0]!));
			expect(scoresOf(given![0]!)).toEqual(near(scoresOf(own![0]!)));
		}
	});

	test.each<[string, number[], SearchQuery]>([
		["NaN", [0, 1, Number.NaN, 0, 0, 0, 0, 0], FREE],
		["Infinity", [0, 1, Infinity, 0, 0, 0, 0, 0], FREE],
		["NaN under a grammar", [0, 1, Number.NaN, 0, 0, 0, 0, 0], { grammar, candidateIds: null }],
		["NaN before a processor", [0, 1, Number.NaN, 0, 0, 0, 0, 0], { ...FREE, logits_processors: [raised] }],
	])("hide no %s, neither as NaN nor when they passed over it", async (_, logits, query) => {
		for (const sum of [Number.NaN, 3]) {
			const [, given] = both(
				() => logits,
				() => sum,
			);
			await expect(search(given, [query], { num_beams: 2 })).rejects.toMatchObject({ code: "checkpoint-values" });
		}
	});

	test("may be NaN where all is -Infinity: nothing follows such a row, as without them", async () => {
		const rule: Rule = (ids) => (ids[0] === A ? Array(columns).fill(-Infinity) : [0, 1, 4, 1, 0, 0, 0, 0]);
		const nan = (row: Float32Array) => (row[0] === -Infinity ? Number.NaN : logSumExp(row, 0, columns));
		const [own, given] = await Promise.all(
			both(rule, nan).map((model) => search(model, [FREE], { num_beams: 2, max_new_tokens: 3 })),
		);
		expect(idsOf(given![0]!)).toEqual(idsOf(own![0]!));
		expect(idsOf(given![0]!).map(([first]) => first)).not.toContain(A);
	});
});

describe("several queries in a batch", () => {
	const queries: readonly SearchQuery[] = [
		FREE,
		{ grammar: choiceGrammar([[EOS], [5, 6, EOS], [7, EOS]]), candidateIds: null },
		{ grammar: null, candidateIds: Int32Array.of(1, 20, 30, 40, 50) },
		{ grammar: choiceGrammar([]), candidateIds: null },
	];

	test.each([
		true,
		false,
		"never",
	] as const)("give the same as alone with early_stopping %s", async (early_stopping) => {
		for (let seed = 0; seed < 10; seed++) {
			const options = { num_beams: 3, max_new_tokens: 9, early_stopping };
			const eosColumn = (query: number) => (query === 2 ? 0 : 1);
			const rule: Rule = (prefix, query) => randomRule(seed, 8, eosColumn(query), 0.5)(prefix, query);
			const { answers } = await run(rule, options, queries);
			for (const [index, query] of queries.entries()) {
				const alone = await run((prefix) => rule(prefix, index), options, [query]);
				expect(answers[index]).toEqual(alone.first);
			}
		}
	});

	test("one that is done keeps its rows as padding that continues its first one", async () => {
		const short: SearchQuery = { grammar: choiceGrammar([[EOS]]), candidateIds: null };
		const { calls } = await run(STORY, { num_beams: 2 }, [short, FREE]);
		expect(calls[1]).toEqual({ tokens: [PAD, PAD, A, B], parents: [0, 0, 1, 1] });
		expect(calls[2]).toEqual({ tokens: [PAD, PAD, A, A], parents: [0, 0, 2, 3] });
	});

	test("all start from decoder_start_token_id", async () => {
		const { calls } = await run(STORY, { num_beams: 2, decoder_start_token_id: 7 }, [FREE, FREE]);
		expect(calls[0]).toEqual({ tokens: [7, 7], parents: [0, 1] });
	});

	test("none ask the model nothing", async () => {
		expect(await search({ step: () => Promise.reject(new Error("asked")) }, [])).toEqual([]);
	});
});

describe("logits processors and stopping criteria", () => {
	const loop: Rule = () => [0.05, 0.05, 0.6, 0.3].map((p) => Math.log(p));

	test("no_repeat_ngram_size 2 lets no pair of tokens occur twice", async () => {
		// a a, then not a again: b; then b a is new; after `a b a` neither a a nor a b: eos and pad tie, pad is the lower
		// column.
		const { first } = await run(loop, { num_beams: 1, no_repeat_ngram_size: 2, max_new_tokens: 5 });
		expect(idsOf(first)).toEqual([[A, A, B, A, PAD]]);
	});

	test("no_repeat_ngram_size 1 counts the start token as text", async () => {
		// pad 0.6 is the start token; then a 0.2; then eos and b tie, eos is the lower column.
		const { first } = await run(probabilities({}, [0.6, 0.1, 0.2, 0.1]), { num_beams: 1, no_repeat_ngram_size: 1 });
		expect(idsOf(first)).toEqual([[A, EOS]]);
	});

	test("processors run in order on normalised scores, before the grammar", async () => {
		const seen: number[][] = [];
		const query: SearchQuery = { grammar: choiceGrammar([[20, EOS]]), candidateIds: Int32Array.of(EOS, 20) };
		const { first } = await run(
			() => [0, 0, 9],
			{
				num_beams: 1,
				logits_processors: [
					(scores, _ids, tokenOf) => {
						seen.push(
							[...scores].map((s) => Math.round(s * 1000)),
							[tokenOf(0), tokenOf(1)],
						);
						scores[1]! -= 1;
					},
					(scores) => {
						scores[1]! *= 2;
					},
				],
			},
			[query],
		);
		expect(seen.slice(0, 2)).toEqual([
			[-693, -693],
			[EOS, 20],
		]);
		expect(idsOf(first)).toEqual([[20, EOS]]);
		expect(scoresOf(first)).toEqual(near([(2 * (-Math.LN2 - 1) - Math.LN2) / 2]));
	});

	test("the model's own scores are not changed by a processor", async () => {
		const logits = Float32Array.of(0, 0, 5, 0);
		const step = async () => ({ logits, logSumExp: null, columns: 4 });
		await search({ step }, [FREE], {
			num_beams: 1,
			max_new_tokens: 3,
			logits_processors: [(scores) => scores.fill(-1)],
		});
		expect([...logits]).toEqual([0, 0, 5, 0]);
	});

	test("a stopping criterion finishes a hypothesis as eos does", async () => {
		// `b` .3 stops at once, `a a a` .216 at its third token, `a b` .18 is beaten by both.
		const stopping_criteria: StoppingCriteria[] = [(text) => text.length === 3, (text) => text.at(-1) === B];
		const { first, calls } = await run(loop, { num_beams: 2, length_penalty: 0, stopping_criteria });
		expect(idsOf(first)).toEqual([[B], [A, A, A]]);
		expect(scoresOf(first)).toEqual(near([Math.log(0.3), Math.log(0.216)]));
		expect(calls).toHaveLength(3);
	});
});

describe("a caller", () => {
	test("hears every step, and cancels by throwing", async () => {
		const reported: string[] = [];
		const onStep = async (done: number, total: number) => {
			reported.push(`${done}/${total}`);
			if (done === 2) throw new Failure("cancelled", "The search was cancelled.");
		};
		const model = handModel(STORY);
		await expect(search(model, [FREE], { num_beams: 2, onStep })).rejects.toMatchObject({ code: "cancelled" });
		expect(reported).toEqual(["1/64", "2/64"]);
		expect(model.calls).toHaveLength(2);
	});

	test("learns which option is out of range", async () => {
		const model = handModel(STORY, 1);
		const wrong: [Partial<SearchOptions>, string][] = [
			[{ num_beams: 0 }, "num_beams must be an integer from 1 to 256, found 0."],
			[{ num_beams: 1e9 }, "num_beams must be an integer from 1 to 256, found 1000000000."],
			[{ num_beams: 1, num_return_sequences: 2 }, "num_return_sequences: expected at most num_beams (1), found 2."],
			[{ max_new_tokens: 1.5 }, "max_new_tokens must be an integer from 1 to 65536, found 1.5."],
			[{ max_step_tokens: 65 }, "max_step_tokens must be an integer from 1 to 64, found 65."],
			[{ no_repeat_ngram_size: -1 }, "no_repeat_ngram_size must be an integer from 0 to 65536, found -1."],
			[{ length_penalty: Number.NaN }, "length_penalty: expected a finite number, found NaN."],
		];
		for (const [options, what] of wrong)
			await expect(search(model, [FREE], options)).rejects.toMatchObject({ code: "usage", what });
		expect(SEARCH_DEFAULTS).toMatchObject({
			num_beams: 4,
			max_new_tokens: 64,
			length_penalty: 1,
			early_stopping: false,
		});
	});

	test("learns of scores that are not numbers or of a wrong shape", async () => {
		const one = (logits: number[], columns = logits.length) =>
			search(
				{ step: async () => ({ logits: Float32Array.from(logits), logSumExp: null, columns }) },
				[{ grammar: null, candidateIds: Int32Array.of(1, 2, 3) }],
				{ num_beams: 1 },
			);
		await expect(one([0, Number.NaN, 0])).rejects.toMatchObject({ code: "checkpoint-values" });
		await expect(one([0, Infinity, 0])).rejects.toMatchObject({ code: "checkpoint-values" });
		await expect(one([0, 0])).rejects.toMatchObject({ code: "bundle-graph-mismatch" });
		await expect(one([0, 0], 3)).rejects.toMatchObject({ code: "bundle-graph-mismatch" });
	});
});
