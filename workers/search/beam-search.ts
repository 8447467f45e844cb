/** Goes in: a model that scores next tokens, and queries. Comes out: the best hypotheses of each query. */
import { Failure } from "../../src/core/failure.ts";
import { advance, isRunning, startState } from "./advance.ts";
import { completeOptions } from "./options.ts";
import type { SearchOptions, SearchQuery, SearchResult, StepModel, StepScores } from "./types.ts";

/**
 * Beam search over B queries with K beams each, as one batch whose rows are the beams alive; one beam is greedy search. Semantics are those of
 * Hugging Face `generate`; see `advance` for what that means in detail. Equal sums: the lower row first, then the lower column,
 * so that the same scores always give the same hypotheses.
 *
 * @returns [B][num_return_sequences or fewer]: fewer where fewer than that many hypotheses are possible
 * @throws Failure `usage` for an option out of range, `bundle-graph-mismatch` or `checkpoint-values` for scores of a wrong shape
 * or not finite, and whatever `model.step` and `onStep` throw.
 */
export async function search(model: StepModel, queries: readonly SearchQuery[], chosen: Partial<SearchOptions> = {}): Promise<SearchResult> {
	const options = completeOptions(chosen);
	let tokens: Int32Array = new Int32Array(queries.length).fill(options.decoder_start_token_id);
	let parents: Int32Array = Int32Array.from(tokens, (_, row) => row);
	let state = startState(queries);
	while (isRunning(state)) {
		const scores = await model.step(tokens, parents);
		checkShape(scores, queries, tokens.length);
		({ state, tokens, parents } = advance(state, scores, queries, options));
		await options.onStep(state.length, options.max_new_tokens);
	}
	return state.queries.map(({ finished }) => finished.slice(0, options.num_return_sequences));
}

/** A graph of another export may have another vocabulary: reading past its columns would give nonsense without a word. */
function checkShape({ logits, logSumExp, columns }: StepScores, queries: readonly SearchQuery[], rows: number): void {
	const needed = Math.max(1, ...queries.map(({ candidateIds }) => candidateIds?.length ?? 1));
	if (columns < needed) throw new Failure("bundle-graph-mismatch", `The decoder scored ${columns} columns a row, expected at least ${needed}.`);
	if (logits.length < rows * columns || (logSumExp !== null && logSumExp.length < rows))
		throw new Failure("bundle-graph-mismatch", `The decoder returned ${logits.length} scores for ${rows} rows of ${columns} columns.`);
}
