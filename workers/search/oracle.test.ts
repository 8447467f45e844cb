/** Proves the beam search against an independent search that looks at everything. */
import { describe, expect, test } from "vitest";
import type { Grammar, Hypothesis } from "../../src/tasks/types.ts";
import { search } from "./beam-search.ts";
import { choiceGrammar, FREE, handModel, type Rule, randomRule } from "./testing.ts";
import type { SearchOptions } from "./types.ts";

const EOS = 1;
type Knobs = Pick<SearchOptions, "num_beams" | "length_penalty" | "early_stopping" | "max_new_tokens">;

function logSoftmax(rule: Rule, ids: readonly number[]): number[] {
	const logits = Float32Array.from(rule(ids, 0));
	const total = Math.log(logits.reduce((sum, x) => sum + Math.exp(x), 0));
	return Array.from(logits, (x) => x - total);
}

/** Every hypothesis there is, best first: walks the whole tree. */
function everything(rule: Rule, { max_new_tokens, length_penalty }: Knobs, grammar: Grammar | null): Hypothesis[] {
	const found: Hypothesis[] = [];
	const walk = (ids: number[], logProbs: number[], state: unknown): void => {
		for (const [token, logProb] of logSoftmax(rule, ids).entries()) {
			if (grammar && !grammar.allowed(state).includes(token)) continue;
			const next = { ids: [...ids, token], logProbs: [...logProbs, logProb] };
			const sum = next.logProbs.reduce((a, b) => a + b, 0);
			if (token === EOS || next.ids.length === max_new_tokens)
				found.push({ ...next, score: sum / next.ids.length ** length_penalty });
			else walk(next.ids, next.logProbs, grammar?.next(state, token) ?? null);
		}
	};
	walk([], [], grammar?.start ?? null);
	return found.sort((a, b) => b.score - a.score);
}

interface Entry {
	readonly ids: number[];
	readonly value: number;
	readonly done: boolean;
}
const NEVER = -1e9;
const best = (entries: Entry[], count: number) => entries.sort((a, b) => b.value - a.value).slice(0, count);

/**
 * The same search as tables of fixed size in which -1e9 stands for "not there", which is how Hugging Face's tensors do
 * it: running and finished tables of K entries each, every candidate scored, whole tables sorted. Needs at least 2·K
 * columns.
 */
function byTables(rule: Rule, { num_beams, length_penalty, early_stopping, max_new_tokens }: Knobs): Entry[] {
	let running: Entry[] = Array.from({ length: num_beams }, (_, k) => ({
		ids: [],
		value: k === 0 ? 0 : NEVER,
		done: false,
	}));
	let finished: Entry[] = running.map(() => ({ ids: [], value: NEVER, done: false }));
	for (let length = 1; ; length++) {
		const all = running.flatMap((beam) =>
			logSoftmax(rule, beam.ids).map((p, token) => {
				const ids = [...beam.ids, token];
				return { ids, value: beam.value + p, done: token === EOS || length === max_new_tokens };
			}),
		);
		const top = best(all, 2 * num_beams);
		const ended = top.map((entry, rank) => {
			const counts = entry.done && rank < num_beams;
			return { ...entry, value: entry.value / length ** length_penalty + (counts ? 0 : NEVER), done: counts };
		});
		running = best(
			top.map((entry) => ({ ...entry, value: entry.value + (entry.done ? NEVER : 0) })),
			num_beams,
		);
		finished = best([...finished, ...ended], num_beams);
		const reach = early_stopping === "never" && length_penalty > 0 ? max_new_tokens : length;
		const hope = running[0]!.value / reach ** length_penalty;
		const worst = Math.min(...finished.map(({ value }) => value));
		const improvable = finished.some(({ done }) => hope > (done ? worst : NEVER));
		const full = early_stopping === true && finished.every(({ done }) => done);
		if (!improvable || full || top.every(({ done }) => done)) return finished.filter(({ done }) => done);
	}
}

function expectSame(
	actual: readonly Hypothesis[],
	expected: readonly { ids: readonly number[]; score: number }[],
): void {
	expect(actual.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids));
	for (const [i, { score }] of expected.entries()) expect(actual[i]!.score).toBeCloseTo(score, 9);
}

describe("as many beams as there are hypotheses", () => {
	const penalties = [-1, 0, 0.6, 1, 2];
	test.each(penalties)("find every one of them in order, with length_penalty %s", async (length_penalty) => {
		// Four columns, three tokens: 3·3·4 unfinished or full, 3 of length two, 1 of length one.
		for (let seed = 0; seed < 20; seed++) {
			const knobs: Knobs = {
				num_beams: 40,
				length_penalty,
				early_stopping: seed % 2 === 0 ? "never" : false,
				max_new_tokens: 3,
			};
			const rule = randomRule(seed, 4);
			const [found] = await search(handModel(rule), [FREE], { ...knobs, num_return_sequences: 40 });
			const expected = everything(rule, knobs, null);
			expect(expected).toHaveLength(40);
			expectSame(found!, expected);
			for (const [i, { logProbs }] of expected.entries())
				for (const [t, logProb] of logProbs.entries()) expect(found![i]!.logProbs[t]).toBeCloseTo(logProb, 9);
		}
	});

	test("find every sentence of a grammar", async () => {
		const grammar = choiceGrammar([[2, 3, EOS], [2, EOS], [3, 3, 3, EOS], [0, EOS], [EOS]]);
		for (let seed = 0; seed < 20; seed++) {
			const knobs: Knobs = { num_beams: 5, length_penalty: 1, early_stopping: false, max_new_tokens: 6 };
			const rule = randomRule(seed, 4);
			const [found] = await search(handModel(rule), [{ grammar, candidateIds: null }], {
				...knobs,
				num_return_sequences: 5,
			});
			expectSame(found!, everything(rule, knobs, grammar));
			expect(found).toHaveLength(5);
		}
	});
});

describe("a search by tables of fixed size", () => {
	test.each([
		true,
		false,
		"never",
	] as const)("gives the same hypotheses with early_stopping %s", async (early_stopping) => {
		let differsFromTrue = 0;
		for (let seed = 0; seed < 120; seed++) {
			const num_beams = 2 + (seed % 3);
			const length_penalty = [-1, 0, 0.5, 1, 2][seed % 5]!;
			const knobs: Knobs = { num_beams, length_penalty, early_stopping, max_new_tokens: 2 + (seed % 7) };
			const rule = randomRule(seed, 8 + (seed % 4), EOS, seed % 4);
			const [found] = await search(handModel(rule), [FREE], { ...knobs, num_return_sequences: num_beams });
			const expected = byTables(rule, knobs).map(({ ids, value }) => ({ ids, score: value }));
			expect(expected).toHaveLength(num_beams);
			expectSame(found!, expected);
			const eager = byTables(rule, { ...knobs, early_stopping: true }).map(({ ids }) => ids.join(" "));
			if (eager.join() !== expected.map(({ ids }) => ids.join(" ")).join()) differsFromTrue++;
		}
		// The seeds are worth something only if the three values part on some of them.
		expect(differsFromTrue > 0).toBe(early_stopping !== true);
	});
});
