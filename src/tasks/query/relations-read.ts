/**
 * Asks about pairs of mentions on what was read for the entities, so that nothing is read again; and what all questions
 * on one reading share.
 */
import { type ExtractionContext, plainIds } from "../context.ts";
import { DEFAULT_INSTRUCTORS } from "../defaults.ts";
import { choiceCandidates, choiceGrammar } from "../grammar/grammar.ts";
import type { Search } from "../types.ts";
import { modelText } from "../words.ts";
import { PAIR_BEAM_THRESHOLD } from "./pair-shares.ts";
import type { Input, MentionPair, Query, RelationQuery, SpanQuery } from "./question.ts";
import { hasSignatures, mayJoin } from "./relation.ts";

/**
 * Whether pairs are asked about on what is read for the entities: the checkpoint learned it on this very prompt, and a
 * grammar says which pair is meant.
 */
export function asksOnReading(context: ExtractionContext): boolean {
	const { instructors, request, entityTypes } = context;
	if (
		instructors.relations !== "read" ||
		request.decoding === "full" ||
		request.instructor !== "default" ||
		!hasSignatures(context)
	)
		return false;
	const { entity_types: own } = instructors.labels;
	const learned = own.length > 0 ? own : DEFAULT_INSTRUCTORS.labels.entity_types;
	return entityTypes.length === learned.length && entityTypes.every((type, i) => type === learned[i]);
}

/** The query on whose reading pairs are asked about; null: each has a prompt of its own. */
export function readForPairs(context: ExtractionContext, queries: readonly Query[]): SpanQuery | null {
	if (!asksOnReading(context)) return null;
	return queries.find((query): query is SpanQuery => query.kind === "span" && query.task === "mner") ?? null;
}

/**
 * One query for each pair; all have the input of `reading`. A pair with an end that was not read, or whose answer
 * would be cut, is left out.
 */
export function relationsOnReading(
	context: ExtractionContext,
	reading: SpanQuery,
	pairs: readonly MentionPair[],
): RelationQuery[] {
	const askable = pairs
		.filter(({ head, tail }) => Math.max(head.to, tail.to) <= reading.wordsRead)
		.map((pair) => ({ pair, choices: choicesOf(context, pair, namesOf(context, pair)) }))
		.filter(({ choices }) => canBeSaid(context, choices));
	return pairQueries(context, reading, askable);
}

/** A pair, and what may be said of it. */
export interface PairChoices extends Pick<RelationQuery, "choices" | "ends" | "silent" | "constrained" | "vote"> {
	readonly pair: MentionPair;
}

/**
 * One query for each pair; all have the same input, the same candidates and the same search.
 *
 * Where nothing in the input says which pair is meant, the answer does, head first, then the relation, then the tail.
 * So what counts is the whole of "head, relation, tail" (its sum, no mean: all share the head), and a relation that is
 * unlikely before the tail is said may still be the one of this tail: there is a beam for every relation.
 */
export function pairQueries(
	context: ExtractionContext,
	reading: Input & Pick<RelationQuery, "instructor">,
	askable: readonly PairChoices[],
): RelationQuery[] {
	const { eos } = context.codec.special;
	const spoken = askable.filter(({ silent }) => !silent);
	const idsOf = (choices: RelationQuery["choices"]) => choices.map(({ ids }) => ids);
	const candidateIds = choiceCandidates(
		spoken.flatMap(({ choices }) => idsOf(choices)),
		eos,
	);
	const { instructor, inputIds, text, wordsRead } = reading;
	const beams = Math.max(0, ...spoken.map(({ choices }) => choices.length));
	const search: Search = { beams, beamThreshold: PAIR_BEAM_THRESHOLD, lengthPenalty: 0 };
	return askable.map((one) => {
		return {
			kind: "relation",
			task: "mre",
			instructor,
			inputIds,
			text,
			wordsRead,
			grammar: choiceGrammar(idsOf(one.choices), eos),
			candidateIds,
			search,
			...one,
		};
	});
}

/** Relations that may join a pair, "none" among them. */
export const namesOf = (context: ExtractionContext, pair: MentionPair): string[] =>
	context.relationTypes.filter((name) => mayJoin(context, name, pair));

/** What is said of a pair where it has a relation. */
export function choicesOf(
	context: ExtractionContext,
	pair: MentionPair,
	names: readonly string[],
): RelationQuery["choices"] {
	const [head, tail] = [pair.head, pair.tail].map((end) => modelText(context, end));
	return names.map((name) => ({ name, ids: plainIds(`${head}, ${name}, ${tail}`, context.codec) }));
}

/** Whether an answer never reaches the limit of tokens. */
export const canBeSaid = ({ request }: ExtractionContext, choices: RelationQuery["choices"]): boolean =>
	choices.every(({ ids }) => ids.length < request.maxNewTokens);
