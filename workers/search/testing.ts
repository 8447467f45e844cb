/** Models and grammars for tests of the search, on which every score can be checked on paper. */
import type { Grammar, Hypothesis } from "../../src/tasks/types.ts";
import { search } from "./beam-search.ts";
import type { SearchOptions, SearchQuery, SearchResult, StepModel } from "./types.ts";

/** Logits of what follows `ids` in query `query`; one number a column. */
export type Rule = (ids: readonly number[], query: number) => readonly number[];

export const FREE: SearchQuery = { grammar: null, candidateIds: null };

interface Call {
	readonly tokens: readonly number[];
	readonly parents: readonly number[];
}

/**
 * A model that keeps the ids of each row as a real one keeps its cache, so that wrong parents give wrong scores.
 * Throws when a row continues a row of another query.
 */
export function handModel(rule: Rule, queries = 1): StepModel & { readonly calls: readonly Call[] } {
	let rows: number[][] | null = null;
	const calls: Call[] = [];
	return {
		calls,
		async step(tokens, parents) {
			calls.push({ tokens: [...tokens], parents: [...parents] });
			const queryOf = (row: number, of: number) => Math.floor((row * queries) / of);
			const before = rows;
			const positions = tokens.length / parents.length;
			rows = Array.from(parents, (parent, row) => {
				// The start token is not among the generated ids.
				const fed = [...tokens.subarray(row * positions + (before === null ? 1 : 0), (row + 1) * positions)];
				if (before === null) return fed;
				if (queryOf(parent, before.length) !== queryOf(row, parents.length))
					throw new Error(`row ${row} continues row ${parent} of another query`);
				return [...before[parent]!, ...fed];
			});
			const scores = rows.flatMap((ids, row) =>
				Array.from({ length: positions }, (_, at) =>
					rule(ids.slice(0, ids.length - positions + 1 + at), queryOf(row, parents.length)),
				),
			);
			return { logits: Float32Array.from(scores.flat()), logSumExp: null, columns: scores[0]!.length };
		},
	};
}

/**
 * Probabilities by what was generated: `{ "": [0, 0.3, 0.7], "2": [0, 1, 0] }` keys are ids joined by spaces. A prefix
 * that is not listed (dummy rows have such) takes `otherwise`.
 */
export function probabilities(table: Readonly<Record<string, readonly number[]>>, otherwise: readonly number[]): Rule {
	return (ids) => (table[ids.join(" ")] ?? otherwise).map((p) => Math.log(p));
}

/** What {@link STORY} does after every prefix that it does not list: eos, surely. */
export const DEAD = [0, 1, 0, 0];

/** Ids are pad 0, eos 1, a 2, b 3: `eos` 0.3, `a eos` 0.18, `a a eos` 0.198, `b a eos` 0.096, `b a a eos` 0.064. */
export const STORY = probabilities(
	{
		"": [0.1, 0.3, 0.4, 0.2],
		"2": [0, 0.45, 0.55, 0],
		"3": [0, 0.2, 0.8, 0],
		"2 2": [0, 0.9, 0.1, 0],
		"3 2": [0, 0.6, 0.4, 0],
	},
	DEAD,
);

/** Anything goes: logits in -3 … 3 that depend on seed, query and ids only; those of `eos` are raised by `lift`. */
export function randomRule(seed: number, columns: number, eos = 1, lift = 0): Rule {
	return (ids, query) => {
		let hash = Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(query + 1, 0x85ebca6b);
		for (const id of ids) hash = Math.imul(hash ^ (id + 1), 0x01000193) ^ (hash >>> 15);
		return Array.from({ length: columns }, (_, column) => {
			let x = Math.imul(hash ^ (column + 1), 0x85ebca6b);
			x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
			x ^= x >>> 16;
			return ((x >>> 0) / 2 ** 32) * 6 - 3 + (column === eos ? lift : 0);
		});
	};
}

/** The output is one of these id sequences; the last id of each should be eos. */
export function choiceGrammar(sequences: readonly (readonly number[])[]): Grammar<readonly number[]> {
	const startsWith = (sequence: readonly number[], ids: readonly number[]) => ids.every((id, i) => sequence[i] === id);
	return {
		start: [],
		allowed: (ids) => sequences.filter((s) => s.length > ids.length && startsWith(s, ids)).map((s) => s[ids.length]!),
		next: (ids, token) => [...ids, token],
	};
}

/** Searches by `rule`, all K hypotheses unless told otherwise; `first` are those of the first query. */
export async function run(
	rule: Rule,
	options: Partial<SearchOptions> & { readonly num_beams: number },
	queries: readonly SearchQuery[] = [FREE],
): Promise<{ answers: SearchResult; first: readonly Hypothesis[]; calls: readonly Call[] }> {
	const model = handModel(rule, queries.length);
	const answers = await search(model, queries, { num_return_sequences: options.num_beams, ...options });
	return { answers, first: answers[0] ?? [], calls: model.calls };
}

export const idsOf = (hypotheses: readonly Hypothesis[]) => hypotheses.map(({ ids }) => ids);
export const scoresOf = (hypotheses: readonly Hypothesis[]) => hypotheses.map(({ score }) => score);
