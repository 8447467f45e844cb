/** Searches the best hypotheses of each query with a model that scores next tokens. */
import { Failure } from "../../src/core/failure.ts";
import { advance, isRunning, startState } from "./advance.ts";
import { nextTokens } from "./feed.ts";
import { completeOptions } from "./options.ts";
import { stepPlaces } from "./places.ts";
import type { SearchOptions, SearchQuery, SearchResult, SearchState, StepModel, StepScores } from "./types.ts";

/**
 * Beam search over B queries with K beams each, as one batch whose rows are the beams alive; one beam is greedy
 * search. Semantics are those of Hugging Face `generate`; see `advance` for what that means in detail. Equal sums: the
 * lower row first, then the lower column, so that the same scores always give the same hypotheses.
 *
 * @returns [B][num_return_sequences or fewer]: fewer where fewer than that many hypotheses are possible
 * @throws Failure `usage` for an option out of range, `bundle-graph-mismatch` or `checkpoint-values` for scores of a
 * wrong shape or not finite, and whatever `model.step` and `onStep` throw.
 */
export async function search(
	model: StepModel,
	queries: readonly SearchQuery[],
	chosen: Partial<SearchOptions> = {},
): Promise<SearchResult> {
	const options = completeOptions(chosen);
	let state = startState(queries);
	let parents = rowsOf(state);
	while (isRunning(state)) {
		const tokens = nextTokens(state, queries, options);
		const scores = await model.step(tokens, parents, stepPlaces(state, queries, tokens));
		checkShape(scores, queries, tokens.length);
		({ state, parents } = advanceThrough(state, scores, tokens.length / parents.length, queries, options));
		await options.onStep(state.length, options.max_new_tokens);
	}
	return state.queries.map(({ finished }) => finished.slice(0, options.num_return_sequences));
}

/**
 * Goes on by the scores of all S positions of a step, one after the other.
 * @returns the state, and the row of the step that each of its rows continues
 */
function advanceThrough(
	before: SearchState,
	scores: StepScores,
	positions: number,
	queries: readonly SearchQuery[],
	options: SearchOptions,
) {
	let state = before;
	let parents = rowsOf(before);
	for (let position = 0; position < positions && isRunning(state); position++) {
		const rows = parents.map((row) => row * positions + position);
		const step = advance(state, { ...scores, rows }, queries, options);
		parents = step.parents.map((row) => parents[row]!);
		state = step.state;
	}
	return { state, parents };
}

/** [B·W] every row itself */
function rowsOf({ queries, width }: SearchState): Int32Array {
	return Int32Array.from({ length: queries.length * width }, (_, row) => row);
}

/**
 * A graph of another export may have another vocabulary: reading past its columns would give nonsense without a word.
 */
function checkShape({ logits, logSumExp, columns }: StepScores, queries: readonly SearchQuery[], rows: number): void {
	const needed = Math.max(1, ...queries.map(({ candidateIds }) => candidateIds?.length ?? 1));
	if (columns < needed)
		throw new Failure(
			"bundle-graph-mismatch",
			`The decoder scored ${columns} columns a row, expected at least ${needed}.`,
		);
	if (logits.length < rows * columns || (logSumExp !== null && logSumExp.length < rows))
		throw new Failure(
			"bundle-graph-mismatch",
			`The decoder returned ${logits.length} scores for ${rows} rows of ${columns} columns.`,
		);
}
