/** Goes in: nothing. Comes out: the contract between tasks (data and pure functions), the search that generates, and the engine that runs both. */

import type { RequestableTask, TaskName } from "../core/tasks.ts";

export { GENERATIONS, REQUESTABLE, type RequestableTask, type TaskName } from "../core/tasks.ts";

/** The user's own labels; what is absent takes the manifest's, then the built-in lists. */
export interface Labels {
	readonly entityTypes?: readonly string[];
	readonly relationTypes?: readonly string[];
	readonly eventTypes?: readonly string[];
	/** Argument roles of an event type. */
	readonly argumentRoles?: Readonly<Record<string, readonly string[]>>;
	/** Fine entity types by coarse type (fmnerg). */
	readonly fineTypes?: Readonly<Record<string, readonly string[]>>;
	/** Relations between an object of the picture and an entity (more). */
	readonly objectRelationTypes?: readonly string[];
}

/** A name that the person knows, to look mentions up in and to lead the search. */
export interface GazetteerName {
	readonly name: string;
	readonly type: string | null;
	readonly link: string | null;
}

export interface Gazetteer {
	readonly names: readonly GazetteerName[];
	/** Added to the log-probability of each token that says a name of the list where the text has it; 0: names are only looked up. */
	readonly bias: number;
}

export interface ExtractRequest {
	readonly tasks: readonly RequestableTask[];
	readonly labels?: Labels;
	/** Wording of the mner instructor: paper Table 1 ("default") or Table 6. */
	readonly instructor?: "default" | "I0" | "I1" | "I2";
	/** "instruct": the paper's instructors, one generation each. "mqa": spans first, then a multiple-choice question with "none of the above" about each. */
	readonly style?: "instruct" | "mqa";
	/** "type": arguments are asked for once for each event type. "trigger": for each event by its trigger, so that two events of one type have their own. */
	readonly arguments?: "type" | "trigger";
	/** Tasks that the model was not trained for: "substitute" asks the nearest it knows where there is one (mner for gmner), "ask" asks all the same. */
	readonly untrained?: "substitute" | "ask";
	/**
	 * "auto": with a bundle that has a screen, texts are asked about events where they show a sign of one, and pairs that need a reading of their own where they
	 * show a sign of a relation. "off": everything is asked.
	 */
	readonly screen?: "auto" | "off";
	readonly gazetteer?: Gazetteer;
	/** K, number of beams. */
	readonly beams?: number;
	/** "extractive": only tokens of the text, labels and separators, renormalised over them, constrained by the grammar. "full": the whole vocabulary, free. "constrained": the whole vocabulary, constrained by the grammar. */
	readonly decoding?: "extractive" | "full" | "constrained";
	/** How words are found: "post" splits punctuation, hashtags and handles off like the training data; "tokens" takes whitespace-separated tokens as they are (data sets). */
	readonly words?: "post" | "tokens";
	/** "auto": the model's own gate if its vision was trained, else zero. "model": the model's own gate whatever the manifest says. A number fixes g (paper, Figure 4). */
	readonly gate?: "auto" | "model" | number;
	/** A mention is shown in the region that gets at least this many times an equal share of its attention. */
	readonly groundingThreshold?: number;
	readonly maxNewTokens?: number;
	readonly lengthPenalty?: number;
	/**
	 * A beam whose log-probability is lower than the best hypothesis's by more than this is dropped: it costs time, and at most it would be an alternative
	 * that hardly anybody believes. 1000 drops none, as Hugging Face's `generate`. Of 4 beams, 3.7 rows a run of the decoder are left with 1000, 2.8 with 4,
	 * 1.8 with 1.5 and 1.5 with 1 (entities of 80 posts), and 3.0, 2.6, 1.8 and 1.7 alternatives; dev F1 of Twitter-2017, MNRE-V2, M2E2 triggers and arguments
	 * is 71.3, 41.6, 45.0, 36.5 with 4, 71.2, 41.4, 45.3, 36.8 with 1.5, 71.4, 41.6, 45.1, 36.9 with 1 (int8, extractive). With the whole vocabulary 4 beams
	 * cost 2.1 times what 1 costs with 1000, 1.4 with 1.5, 1.2 with 1.
	 */
	readonly beamThreshold?: number;
	/** Most entity pairs asked about by mre. */
	readonly maxPairs?: number;
}

export const REQUEST_DEFAULTS = {
	style: "instruct",
	arguments: "type",
	untrained: "substitute",
	screen: "auto",
	instructor: "default",
	beams: 4,
	decoding: "extractive",
	words: "post",
	gate: "auto",
	groundingThreshold: 2,
	maxNewTokens: 64,
	lengthPenalty: 1,
	beamThreshold: 1.5,
	maxPairs: 12,
} as const satisfies Partial<ExtractRequest>;

/** Text to ids and back; ids of the bundle's own vocabulary, no special tokens added. */
export interface TokenCodec {
	encode(text: string): number[];
	/** For people to read; never parsed. */
	decode(ids: readonly number[]): string;
	readonly special: SpecialIds;
}

export interface SpecialIds {
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
	 * How many tokens of the text lie up to and including the one that was copied last; 0: none was. Where the same words stand twice, the place that the
	 * reader will take. A decoder that copies is told it; absent: 0.
	 */
	place?(state: State): number;
}

/** The tokens of the text among a query's input ids: `begin` … `end - 1`. The prompt and the end of the sequence are outside. */
export interface TextRange {
	readonly begin: number;
	readonly end: number;
}

/** Everything the engine needs for one generation. Built by a task, run by the engine, read by the same task. */
export interface Query {
	readonly task: TaskName;
	/** The prompt as a person reads it. */
	readonly instructor: string;
	/**
	 * `<instructor> <text></s>`, truncated from the text's end to the model's limit. [L] Queries that hold the very same array are read once; they
	 * have the same candidates and the same `search`.
	 */
	readonly inputIds: readonly number[];
	/** Where the text stands in `inputIds`. */
	readonly text: TextRange;
	/**
	 * Ids right after which words of the text may be said: the last one of a label, or the separator and the start token where a record begins with words.
	 * Without a grammar the search follows by them what is copied. Absent: nothing is copied in the text's order (relations, choices).
	 */
	readonly spansFollow?: readonly number[];
	readonly grammar: Grammar;
	/** Every id that the grammar can ever allow, eos included, ascending, each once. [C] */
	readonly candidateIds: Int32Array;
	/** How it is searched, where that is not for the request to say. */
	readonly search?: Search;
	/** Whether outputs are held to the grammar even where the request wants them free. */
	readonly constrained?: boolean;
	/** What the pair classifier is asked about: positions in `inputIds` of the opening markers of head and tail, a row for each order. Absent: nothing. */
	readonly ends?: readonly MarkerPair[];
	/** Whether the pair classifier answers alone: nothing is generated. */
	readonly silent?: boolean;
	/** Changes the log-probabilities of a row in place before the grammar is asked (a search's logits processor); `tokenOf(column)` is ascending. */
	readonly bias?: (scores: Float32Array, ids: readonly number[], tokenOf: (column: number) => number) => void;
}

/** Positions of two opening markers among the input ids. */
export type MarkerPair = readonly [head: number, tail: number];

/** See the fields of {@link ExtractRequest}. `beams` and `beamThreshold` are the least: a request for more gets more. */
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

/** A query with its hypotheses, best first. The query is the very object that was asked, so that its task can read the answer. */
export interface Answer<Asked extends Query = Query> {
	readonly query: Asked;
	readonly hypotheses: readonly Hypothesis[];
	/** g of paper, Eq. 7; null without a picture. */
	readonly gate: number | null;
	/** The softmax of paper, Eq. 6, for this query: `values` [L, slots], L ids of the input, slot 0 the whole picture, slot n On; none without a picture. */
	readonly attention?: { readonly values: Float32Array; readonly slots: number } | null;
	/** Only where they were asked for. */
	readonly states?: TextStates;
	/** What the pair classifier says of each of the query's `ends`: natural log-probabilities of its relations. [ends][R] Absent: it was not asked. */
	readonly relationLogProbs?: readonly Float32Array[];
}
