/**
 * Chooses the tokens that the model is fed next: the last one of each hypothesis, and those that can only follow it.
 * Pure.
 */
import { columnOf } from "./advance.ts";
import type { Beam, SearchOptions, SearchQuery, SearchState } from "./types.ts";

/**
 * Most of a step's cost is fixed, so what a grammar forces on every beam is fed with the token before it: the comma of
 * a label, the rest of a word, the head of a relation. All rows get as many as the beam with the fewest. For one row
 * four tokens cost what one does (docs/decisions/2026-11-27-forced-tokens.md).
 *
 * @returns [B·W, S] the start token or the last one of each beam, then S − 1 forced ones; pad in dummy rows
 */
export function nextTokens(state: SearchState, queries: readonly SearchQuery[], options: SearchOptions): Int32Array {
	const { length, width } = state;
	// What follows the last token that is fed must still be within the limit.
	let most = Math.min(options.max_step_tokens, options.max_new_tokens - length) - 1;
	const forced = state.queries.map(({ beams }, index) =>
		beams.map((beam) => {
			const tokens = forcedTokens(beam, queries[index]!, most, options);
			most = tokens.length;
			return tokens;
		}),
	);
	const positions = 1 + most;
	const tokens = new Int32Array(queries.length * width * positions).fill(options.pad_token_id);
	for (const [index, { beams }] of state.queries.entries()) {
		for (const [k, { ids }] of beams.entries()) {
			const row = [ids.at(-1) ?? options.decoder_start_token_id, ...forced[index]![k]!.slice(0, most)];
			tokens.set(row, (index * width + k) * positions);
		}
	}
	return tokens;
}

/** What must follow a beam, token by token, as long as it is one token only, `most` at most; eos ends it. */
function forcedTokens({ state }: Beam, query: SearchQuery, most: number, { eos_token_id }: SearchOptions): number[] {
	const { grammar, candidateIds } = query;
	const forced: number[] = [];
	for (let at = state; grammar !== null && forced.length < most; ) {
		const allowed = grammar.allowed(at);
		const token = allowed[0];
		if (token === undefined || token === eos_token_id || allowed.some((other) => other !== token)) break;
		if (columnOf(query, token, candidateIds?.length ?? Number.POSITIVE_INFINITY) < 0) break;
		forced.push(token);
		at = grammar.next(at, token);
	}
	return forced;
}
