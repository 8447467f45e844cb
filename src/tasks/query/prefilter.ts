/**
 * Lets a bundle's prefilter rule out pairs and events before they are asked about: says what the prefilter looks at
 * once mner was answered, and from its numbers what is worth asking. Manifests call it `screen`.
 */
import type { ExtractionContext } from "../context.ts";
import { mentionsOf } from "../result/mentions.ts";
import type { TextStates } from "../types.ts";
import { spanKey } from "../words.ts";
import { pairReadingOf } from "./pair-readings.ts";
import { nearestPairs } from "./pairs.ts";
import type { PairSpans, PrefilterSigns, Query, ReadAnswer, SpanQuery, WordSpan } from "./question.ts";
import { hasSignatures } from "./relation.ts";

/** Probabilities from which on something is asked; null: it is asked whatever the prefilter would say. */
export interface Thresholds {
	readonly related: number | null;
	readonly eventful: number | null;
}

const NO_THRESHOLDS: Thresholds = { related: null, eventful: null };

/** What the graph reads beside the states. */
export interface PrefilterFeeds {
	/** 1 for tokens of the text, 0 for those of the prompt and for the end. [L] */
	readonly textMask: Float32Array;
	/** Each row makes the mean of a mention's tokens. [M, L] */
	readonly spans: Float32Array;
	/** Rows of `spans`: head, tail. [P, 2] */
	readonly pairs: Int32Array;
}

/** What the graph says: probabilities. */
export interface PrefilterOutputs {
	/** [P] */
	readonly related: Float32Array;
	readonly eventful: number;
}

/** What the prefilter runs on. */
export interface PrefilterInput {
	/** The answer of mner. */
	readonly answer: ReadAnswer;
	readonly states: TextStates;
	readonly pairs: readonly PairSpans[];
	readonly feeds: PrefilterFeeds;
}

const pairKey = ({ head, tail }: PairSpans) => `${spanKey(head)} ${spanKey(tail)}`;

/**
 * Thresholds that the labels allow, whatever is asked: pairs were learned with MNRE's labels only, events with the
 * model's own. Pairs that need no reading of their own, because all share one, are all asked about: a prefilter would
 * save less than it would miss.
 */
export function thresholdsOf(context: ExtractionContext): Thresholds {
	if (context.prefilter === null) return NO_THRESHOLDS;
	const { related, eventful } = context.prefilter;
	return { related: hasSignatures(context) && pairReadingOf(context) === null ? related : null, eventful };
}

/**
 * Thresholds of what is asked. Without mner there are no states to look at, and encoding its prompt for them would cost
 * what the prefilter saves.
 */
export function thresholdsInForce(context: ExtractionContext): Thresholds {
	const { tasks } = context.request;
	const asks = (...names: typeof tasks) => names.some((name) => tasks.includes(name));
	if (!asks("mner", "mre")) return NO_THRESHOLDS;
	const { related, eventful } = thresholdsOf(context);
	return { related: asks("mre") ? related : null, eventful: asks("med", "mee") ? eventful : null };
}

/** Whether the prefilter may rule out anything that is asked. */
export function prefilters(context: ExtractionContext): boolean {
	const { related, eventful } = thresholdsInForce(context);
	return related !== null || eventful !== null;
}

/**
 * The query whose states the prefilter looks at; null: it rules nothing out. Others of mner may be asked beside it,
 * with other types.
 */
export function prefilteredQuery(context: ExtractionContext, queries: readonly Query[]): SpanQuery | null {
	if (!prefilters(context)) return null;
	return queries.find((query): query is SpanQuery => query.kind === "span" && query.task === "mner") ?? null;
}

/** What the prefilter is to look at once mner was answered; null: nothing. */
export function prefilterInput(context: ExtractionContext, answers: readonly ReadAnswer[]): PrefilterInput | null {
	const query = prefilteredQuery(
		context,
		answers.map(({ query }) => query),
	);
	const answer = answers.find((one) => one.query === query);
	if (query === null || answer?.states === undefined) return null;
	const { related, eventful } = thresholdsInForce(context);
	const wasRead = ({ to }: WordSpan) => to <= query.wordsRead;
	const nearest = related === null ? [] : nearestPairs(context, mentionsOf(answers, "mner"));
	const pairs = nearest.filter(({ head, tail }) => wasRead(head) && wasRead(tail));
	if (pairs.length === 0 && eventful === null) return null;
	return { answer, states: answer.states, pairs, feeds: prefilterFeeds(query, pairs) };
}

/**
 * Where the text and the mentions stand in a query's input: the prompt, then each word's ids, then the end. Without
 * pairs an empty one stands in.
 */
export function prefilterFeeds({ inputIds, text, vocabulary }: SpanQuery, pairs: readonly PairSpans[]): PrefilterFeeds {
	const length = inputIds.length;
	const firstToken = [text.begin];
	for (const ids of vocabulary.words) firstToken.push(firstToken.at(-1)! + ids.length);
	const rows = new Map<string, WordSpan>();
	for (const span of pairs.flatMap(({ head, tail }) => [head, tail])) rows.set(spanKey(span), span);
	const spans = new Float32Array(Math.max(1, rows.size) * length);
	for (const [row, { from, to }] of [...rows.values()].entries()) {
		const [first, end] = [firstToken[from]!, firstToken[to]!];
		spans.fill(1 / (end - first), row * length + first, row * length + end);
	}
	const order = [...rows.keys()];
	const ends = pairs.flatMap(({ head, tail }) => [order.indexOf(spanKey(head)), order.indexOf(spanKey(tail))]);
	return {
		textMask: new Float32Array(length).fill(1, text.begin, text.end),
		spans,
		pairs: Int32Array.from(pairs.length === 0 ? [0, 0] : ends),
	};
}

/** What the graph said, by pair. */
export function readPrefilter(
	{ pairs }: Pick<PrefilterInput, "pairs">,
	{ related, eventful }: PrefilterOutputs,
): PrefilterSigns {
	return { related: new Map(pairs.map((pair, at) => [pairKey(pair), related[at]!])), eventful };
}

const signsIn = (answers: readonly ReadAnswer[]) => answers.find(({ signs }) => signs !== undefined)?.signs;

/** Whether a number is below its threshold. What is not known, or NaN, is asked. */
export const isBelow = (probability: number | undefined, threshold: number | null): boolean =>
	threshold !== null && probability !== undefined && probability < threshold;

/** Tells pairs that are worth asking about. */
export function worthAsking(context: ExtractionContext, answers: readonly ReadAnswer[]): (pair: PairSpans) => boolean {
	const { related } = thresholdsInForce(context);
	const signs = signsIn(answers);
	return (pair) => !isBelow(signs?.related.get(pairKey(pair)), related);
}

/** Whether the text showed a sign of an event. */
export function isEventful(context: ExtractionContext, answers: readonly ReadAnswer[]): boolean {
	return !isBelow(signsIn(answers)?.eventful, thresholdsInForce(context).eventful);
}
