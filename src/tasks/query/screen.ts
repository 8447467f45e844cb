/** Goes in: a context and what mner answered. Comes out: what the bundle's screen is to look at, and from its numbers which pairs, and whether events, are worth asking about. */

import type { ExtractionContext } from "../context.ts";
import { mentionsOf, nearestPairs, type TaskAnswer } from "../result/mentions.ts";
import type { TextStates } from "../types.ts";
import { pairReadingOf } from "./pair-readings.ts";
import { hasSignatures, type SpanQuery, type WordSpan } from "./queries.ts";

/** Probabilities from which on something is asked; null: it is asked whatever the screen would say. */
export interface Thresholds {
	readonly related: number | null;
	readonly eventful: number | null;
}

const NO_THRESHOLDS: Thresholds = { related: null, eventful: null };

/** Two mentions, in words of a context. */
export interface Ends {
	readonly head: WordSpan;
	readonly tail: WordSpan;
}

/** What the graph reads beside the states. */
export interface ScreenFeeds {
	/** 1 for tokens of the text, 0 for those of the prompt and for the end. [L] */
	readonly textMask: Float32Array;
	/** Each row makes the mean of a mention's tokens. [M, L] */
	readonly spans: Float32Array;
	/** Rows of `spans`: head, tail. [P, 2] */
	readonly pairs: Int32Array;
}

/** What the graph says: probabilities. */
export interface ScreenOutputs {
	/** [P] */
	readonly related: Float32Array;
	readonly eventful: number;
}

/** What the screen said of a post. */
export interface Screened {
	/** By {@link pairKey}. */
	readonly related: ReadonlyMap<string, number>;
	readonly eventful: number;
}

export interface ScreenTask {
	/** That of mner. */
	readonly answer: TaskAnswer;
	readonly states: TextStates;
	readonly pairs: readonly Ends[];
	readonly feeds: ScreenFeeds;
}

const pairKey = ({ head, tail }: Ends) => `${head.from} ${head.to} ${tail.from} ${tail.to}`;

/**
 * Thresholds that the labels allow, whatever is asked: pairs were learned with MNRE's labels only, events with the model's own. Pairs that need no reading of
 * their own, because all share one, are all asked about: what a screen would save is less than what it would miss.
 */
export function thresholdsOf(context: ExtractionContext): Thresholds {
	if (context.screen === null) return NO_THRESHOLDS;
	const { related, eventful } = context.screen;
	return { related: hasSignatures(context) && pairReadingOf(context) === null ? related : null, eventful };
}

/** Thresholds of what is asked. Without mner there are no states to look at, and encoding its prompt for them would cost what the screen saves. */
export function screenInForce(context: ExtractionContext): Thresholds {
	const { tasks } = context.request;
	const asks = (...names: typeof tasks) => names.some((name) => tasks.includes(name));
	if (!asks("mner", "mre")) return NO_THRESHOLDS;
	const { related, eventful } = thresholdsOf(context);
	return { related: asks("mre") ? related : null, eventful: asks("med", "mee") ? eventful : null };
}

/** The query whose states the screen looks at; null: no screen is in force. Others of mner may be asked beside it, with other types. */
export function screenedQuery<Query extends { readonly task: string }>(
	context: ExtractionContext,
	queries: readonly Query[],
): Query | null {
	const { related, eventful } = screenInForce(context);
	return related === null && eventful === null ? null : (queries.find(({ task }) => task === "mner") ?? null);
}

/** What is to be screened once mner was answered; null: nothing. */
export function screenTask(context: ExtractionContext, answers: readonly TaskAnswer[]): ScreenTask | null {
	const query = screenedQuery(
		context,
		answers.map(({ query }) => query),
	);
	const answer = answers.find((one) => one.query === query);
	if (query === null || !("vocabulary" in query) || answer?.states === undefined) return null;
	const { related, eventful } = screenInForce(context);
	const read = ({ to }: WordSpan) => to <= query.wordsRead;
	const nearest = related === null ? [] : nearestPairs(context, mentionsOf(context, answers, "mner"));
	const pairs = nearest.filter(({ head, tail }) => read(head) && read(tail));
	if (pairs.length === 0 && eventful === null) return null;
	return { answer, states: answer.states, pairs, feeds: screenFeeds(query, pairs) };
}

/** Where the text and the mentions stand in a query's input: the prompt, then each word's ids, then the end. Without pairs one of nothing stands in. */
export function screenFeeds({ inputIds, text, vocabulary }: SpanQuery, pairs: readonly Ends[]): ScreenFeeds {
	const length = inputIds.length;
	const firstToken = [text.begin];
	for (const ids of vocabulary.words) firstToken.push(firstToken.at(-1)! + ids.length);
	const rows = new Map<string, WordSpan>();
	const keyOf = ({ from, to }: WordSpan) => `${from} ${to}`;
	for (const span of pairs.flatMap(({ head, tail }) => [head, tail])) rows.set(keyOf(span), span);
	const spans = new Float32Array(Math.max(1, rows.size) * length);
	for (const [row, { from, to }] of [...rows.values()].entries()) {
		const [first, end] = [firstToken[from]!, firstToken[to]!];
		spans.fill(1 / (end - first), row * length + first, row * length + end);
	}
	const order = [...rows.keys()];
	const ends = pairs.flatMap(({ head, tail }) => [order.indexOf(keyOf(head)), order.indexOf(keyOf(tail))]);
	return {
		textMask: new Float32Array(length).fill(1, text.begin, text.end),
		spans,
		pairs: Int32Array.from(pairs.length === 0 ? [0, 0] : ends),
	};
}

export function readScreen({ pairs }: Pick<ScreenTask, "pairs">, { related, eventful }: ScreenOutputs): Screened {
	return { related: new Map(pairs.map((pair, at) => [pairKey(pair), related[at]!])), eventful };
}

const screenedOf = (answers: readonly TaskAnswer[]) => answers.find(({ screened }) => screened !== undefined)?.screened;

/** Whether a number is below its threshold. What is not known, or is no number, is asked. */
export const isBelow = (probability: number | undefined, threshold: number | null): boolean =>
	threshold !== null && probability !== undefined && probability < threshold;

/** Tells pairs that are worth asking about. */
export function worthAsking(context: ExtractionContext, answers: readonly TaskAnswer[]): (pair: Ends) => boolean {
	const { related } = screenInForce(context);
	const screened = screenedOf(answers);
	return (pair) => !isBelow(screened?.related.get(pairKey(pair)), related);
}

/** Whether the text showed a sign of an event. */
export function isEventful(context: ExtractionContext, answers: readonly TaskAnswer[]): boolean {
	return !isBelow(screenedOf(answers)?.eventful, screenInForce(context).eventful);
}
