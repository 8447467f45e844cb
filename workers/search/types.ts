/** The contract of the beam search with its model, in plain arrays: no runtime, so hand-written logits test it. */
import type { Grammar, Hypothesis } from "../../src/tasks/types.ts";

/** Scores of what follows every token of a step. Columns are token ids, or the candidates of the row's query. */
export interface StepScores {
	/**
	 * [B·W·S, columns] row-major, S positions of a row side by side; logits, or log-probabilities if `logSumExp` is all
	 * zero. Valid until the next step.
	 */
	readonly logits: Float32Array;
	/** [B·W·S] log Σ exp over the columns a row is normalised over; null: the search computes it. */
	readonly logSumExp: Float32Array | null;
	readonly columns: number;
}

/**
 * The model behind a search over B queries. Every query has W rows, as many as the one with the most beams alive: one
 * at the first step, K at most. Rows of query b are b·W … b·W+W-1.
 */
export interface StepModel {
	/**
	 * @param tokens [B·W, S] the last token of each row, then those that must follow it; at most `max_step_tokens`
	 * @param parents [B·W] row of the previous step (which had its own W) whose cache this row continues; always of the
	 * same query. Identity at the first step.
	 * @param places [B·W, S] for models that copy: index, in the query's input, of the token that was copied last before
	 * what each position predicts; the one before the text where none was. null: no query has a text to copy from.
	 */
	step(tokens: Int32Array, parents: Int32Array, places: Int32Array | null): Promise<StepScores>;
}

/**
 * Follows what an output has copied from a text, token by token. States are never mutated. A grammar with places is
 * one.
 */
export interface PlaceTracker<State = unknown> {
	readonly start: State;
	next(state: State, token: number): State;
	/** Tokens of the text up to and including the one copied last; 0: none was. */
	place(state: State): number;
}

/** What is searched for one query. */
export interface SearchQuery {
	/** null: anything may follow. */
	readonly grammar: Grammar | null;
	/**
	 * Token id of each column, ascending; null: column = token id. Columns past its length are padding and count
	 * nowhere, the normaliser included.
	 */
	readonly candidateIds: Int32Array | null;
	/** For models that copy: where the text begins in the input, and who follows what is copied where no grammar does. */
	readonly copying?: { readonly begin: number; readonly free: PlaceTracker };
	/** For this query alone; run after those of the options. */
	readonly logits_processors?: readonly LogitsProcessor[];
}

/** Semantics are those of Hugging Face `generate`. */
export interface SearchOptions {
	readonly num_beams: number;
	readonly length_penalty: number;
	readonly early_stopping: boolean | "never";
	/** At most num_beams. */
	readonly num_return_sequences: number;
	readonly max_new_tokens: number;
	/**
	 * S: tokens a row may be fed in one step. Where a grammar leaves one token only, 2 or more save steps and change
	 * nothing else.
	 */
	readonly max_step_tokens: number;
	/**
	 * A beam whose log-probability is lower than that of the best hypothesis by more than this is dropped; Infinity:
	 * none is, as in `generate`. What is dropped can neither be returned nor grow into something that is, so that there
	 * may be fewer than num_return_sequences.
	 */
	readonly beam_threshold: number;
	/** 0: off. */
	readonly no_repeat_ngram_size: number;
	readonly eos_token_id: number;
	readonly pad_token_id: number;
	readonly decoder_start_token_id: number;
	/** Run after log-softmax, before the grammar, as Hugging Face does in beam search. */
	readonly logits_processors: readonly LogitsProcessor[];
	/** Where one says true, a hypothesis is finished there as by eos; the search ends when no row is left. */
	readonly stopping_criteria: readonly StoppingCriteria[];
	/** Called after every step; throws to cancel. `done` of at most `total` tokens: a step may bring several. */
	readonly onStep: (done: number, total: number) => Promise<void> | void;
}

/**
 * Changes `scores` [columns] of one row in place; `ids` are the row's generated ids, `tokenOf(column)` its token ids,
 * ascending.
 */
export type LogitsProcessor = (
	scores: Float32Array,
	ids: readonly number[],
	tokenOf: (column: number) => number,
) => void;
/** `ids` are a row's generated ids, the newest included. */
export type StoppingCriteria = (ids: readonly number[]) => boolean;

/** [B][num_return_sequences or fewer], best first; none where the grammar left no way to the end. */
export type SearchResult = ReadonlyArray<readonly Hypothesis[]>;

/** A hypothesis that is still growing. */
export interface Beam {
	readonly ids: readonly number[];
	readonly logProbs: readonly number[];
	/** Σ logProbs */
	readonly sum: number;
	/** Where the grammar, or who follows what is copied, stands after `ids`; null without one. */
	readonly state: unknown;
}

/**
 * `beams[k]` lives in row k of the query, best first; rows past them, which another query needs, are dummies. A query
 * without beams is done.
 */
export interface QueryState {
	readonly beams: readonly Beam[];
	/** At most K, best first. */
	readonly finished: readonly Hypothesis[];
}

export interface SearchState {
	/** Ids generated by every beam. */
	readonly length: number;
	/** W: rows of every query, as many as the query with the most beams has of them. */
	readonly width: number;
	/** [B] */
	readonly queries: readonly QueryState[];
}
