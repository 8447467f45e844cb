/** The contract between tasks (data and pure functions), the search that generates, and the engine that runs both. */

import type { TaskName } from "../core/tasks.ts";

export { GENERATIONS, REQUESTABLE, type RequestableTask } from "../core/tasks.ts";

/** Text to ids and back; ids of the bundle's own vocabulary, no special tokens added. */
export interface TokenCodec {
	encode(text: string): number[];
	/** For people to read; never parsed. */
	decode(ids: readonly number[]): string;
	readonly special: SpecialIds;
}

interface SpecialIds {
	readonly pad: number;
	readonly eos: number;
	readonly start: number;
	/** Id of `<spot>`. */
	readonly spot: number;
	/** Ids of the markers around mentions; absent when the model has none. */
	readonly markers?: readonly number[];
	/** Ids of O1…O36, in order; empty when the model has none. */
	readonly objects: readonly number[];
}

/**
 * What an output may be: an automaton over token ids. States are opaque values, shared between beams, never mutated.
 * `allowed` lists every id that may follow; the end-of-sequence id is among them where the output may end.
 */
export interface Grammar<State = unknown> {
	readonly start: State;
	allowed(state: State): readonly number[];
	next(state: State, token: number): State;
	/**
	 * How many tokens of the text lie up to and including the one that was copied last; 0: none was. Where the same words
	 * stand twice, the place that the reader will take. It is fed to a decoder that copies; absent: 0.
	 */
	place?(state: State): number;
}

/**
 * The tokens of the text among a query's input ids: `begin` … `end - 1`. The prompt and the end of the sequence are
 * outside.
 */
export interface TextRange {
	readonly begin: number;
	readonly end: number;
}

/** Everything the engine needs for one generation. Built by a task, run by the engine, read by the same task. */
export interface Generation {
	readonly task: TaskName;
	/** The prompt as a person reads it. */
	readonly instructor: string;
	/**
	 * `<instructor> <text></s>`, truncated from the text's end to the model's limit. [L] Queries that hold the very same
	 * array are read once; they have the same candidates and the same `search`.
	 */
	readonly inputIds: readonly number[];
	/** Where the text stands in `inputIds`. */
	readonly text: TextRange;
	/**
	 * Ids right after which words of the text may be said: the last one of a label, or the separator and the start token
	 * where a record begins with words. Without a grammar the search follows by them what is copied. Absent: nothing is
	 * copied in the text's order (relations, choices).
	 */
	readonly spansFollow?: readonly number[];
	readonly grammar: Grammar;
	/** Every id that the grammar can ever allow, eos included, ascending, each once. [C] */
	readonly candidateIds: Int32Array;
	/** How it is searched, where that is not for the request to say. */
	readonly search?: Search;
	/** Whether outputs are held to the grammar even where the request wants them free. */
	readonly constrained?: boolean;
	/**
	 * What the pair classifier is asked about: positions in `inputIds` of the opening markers of head and tail, a row for
	 * each order. Absent: nothing.
	 */
	readonly ends?: readonly MarkerPair[];
	/** Whether the pair classifier answers alone: nothing is generated. */
	readonly silent?: boolean;
	/**
	 * Changes the log-probabilities of a row in place before the grammar is asked (a search's logits processor);
	 * `tokenOf(column)` is ascending.
	 */
	readonly bias?: (scores: Float32Array, ids: readonly number[], tokenOf: (column: number) => number) => void;
}

/** Positions of two opening markers among the input ids. */
export type MarkerPair = readonly [head: number, tail: number];

/**
 * See the fields of {@link ExtractRequest}. `beams` and `beamThreshold` are the least: a request for more gets more.
 */
export interface Search {
	readonly beams: number;
	readonly beamThreshold: number;
	readonly lengthPenalty: number;
}

/** One finished hypothesis of the beam search. */
export interface Hypothesis {
	/** Generated ids without the start token, with eos when it ended by itself. [T] */
	readonly ids: readonly number[];
	/** Natural log-probability of each id given what precedes it. [T] */
	readonly logProbs: readonly number[];
	/** Sum of `logProbs` ÷ length ** length_penalty, length counting generated ids, eos included. */
	readonly score: number;
}

/** What the text encoder says of a query's input, before any picture: `values` [L, width], L ids of the input. */
export interface TextStates {
	readonly values: Float32Array;
	/** D */
	readonly width: number;
}

/**
 * A query with its hypotheses, best first. The query is the object that was passed in, so that its task can read the
 * answer.
 */
export interface Answer<Asked extends Generation = Generation> {
	readonly query: Asked;
	readonly hypotheses: readonly Hypothesis[];
	/** g of paper, Eq. 7; null without a picture. */
	readonly gate: number | null;
	/**
	 * The softmax of paper, Eq. 6, for this query: `values` [L, slots], L ids of the input, slot 0 the whole picture,
	 * slot n On; none without a picture.
	 */
	readonly attention?: { readonly values: Float32Array; readonly slots: number } | null;
	/** Only where they were asked for. */
	readonly states?: TextStates;
	/**
	 * What the pair classifier says of each of the query's `ends`: natural log-probabilities of its relations. [ends][R]
	 * Absent: it was not asked.
	 */
	readonly relationLogProbs?: readonly Float32Array[];
}
