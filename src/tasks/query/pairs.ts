/** Chooses the pairs of mentions that relations are asked for, and makes their queries. */
import type { ExtractionContext } from "../context.ts";
import { LATER_IS_HEAD, RELATION_SIGNATURES } from "../defaults.ts";
import { modelText } from "../words.ts";
import { pairReadingOf } from "./pair-readings.ts";
import type { Mention, MentionPair, Query, RelationQuery } from "./question.ts";
import { hasSignatures, relationQuery } from "./relation.ts";

/**
 * The pairs of mentions that mre may ask about, nearest first. Each pair is asked once, the earlier mention as head;
 * with MNRE's own labels the order follows the relations' signatures (a person is a member of an organization, never
 * the other way), and pairs that no relation joins are not asked. Mentions with the same words are one, also in the
 * other order where each pair is asked about both ways.
 */
function listPairs(context: ExtractionContext, mentions: readonly Mention[]): NearPair[] {
	const orient = orientation(context);
	const unordered = pairReadingOf(context)?.bothWays ?? false;
	const nearest = new Map<string, NearPair>();
	mentions.forEach((first, i) => {
		for (const second of mentions.slice(i + 1)) {
			const pair = orient(first, second);
			if (!pair) continue;
			const texts = [modelText(context, pair.head), modelText(context, pair.tail)] as const;
			const gap = Math.max(0, second.from - first.to);
			const key = (unordered ? [...texts].sort() : texts).join("\n");
			if (texts[0] !== texts[1] && gap < (nearest.get(key)?.gap ?? Number.POSITIVE_INFINITY))
				nearest.set(key, { ...pair, gap, texts });
		}
	});
	return [...nearest.values()].sort((a, b) => a.gap - b.gap);
}

/** Keeps the nearest where there are too many pairs. */
export function nearestPairs(context: ExtractionContext, mentions: readonly Mention[]): readonly NearPair[] {
	return nearestOf(context, listPairs(context, mentions));
}

function nearestOf({ request: { maxPairs } }: ExtractionContext, pairs: readonly NearPair[]): readonly NearPair[] {
	return pairs.slice(0, Math.max(0, maxPairs));
}

/** What mre asks, and of how many pairs. */
export interface ChosenPairs {
	/** One for each pair. */
	readonly queries: RelationQuery[];
	/** Pairs that should have been asked about and were not. */
	readonly left: number;
	/** Pairs that were not worth it. */
	readonly dismissed: number;
}

/**
 * The pairs that mre asks about: the nearest that are worth it. A pair whose answer or prompt could not fit is left
 * out as well.
 * @param isWorth whether the prefilter finds a pair worth asking about
 * @param queriesSoFar pairs may be asked about on what was read for one of them
 */
export function choosePairs(
	context: ExtractionContext,
	mentions: readonly Mention[],
	isWorth: (pair: MentionPair) => boolean = () => true,
	queriesSoFar: readonly Query[] = [],
): ChosenPairs {
	const all = listPairs(context, mentions);
	const nearest = nearestOf(context, all);
	const chosen = nearest.filter(isWorth);
	const pairs = chosen.map(({ head, tail }) => ({ head, tail }));
	const onReading = pairReadingOf(context)?.ask(context, pairs, { queries: queriesSoFar, mentions }) ?? null;
	const queries = (onReading ?? singleQueries(context, chosen)).sort(
		(a, b) => a.pair!.head.from - b.pair!.head.from || a.pair!.tail.from - b.pair!.tail.from,
	);
	const dismissed = nearest.length - chosen.length;
	return { queries, left: all.length - queries.length - dismissed, dismissed };
}

/** One prompt for each pair. */
function singleQueries(context: ExtractionContext, pairs: readonly NearPair[]): RelationQuery[] {
	const { maxNewTokens } = context.request;
	return pairs
		.map(({ head, tail, texts }) => relationQuery(context, ...texts, { head, tail }))
		.filter(({ wordsRead, choices }) => wordsRead > 0 && choices.every(({ ids }) => ids.length < maxNewTokens));
}

interface NearPair extends MentionPair {
	/** Words between the two. */
	readonly gap: number;
	readonly texts: readonly [head: string, tail: string];
}

/** Tells head from tail for two mentions in text order; null when no relation asked about joins their types. */
function orientation(context: ExtractionContext): (first: Mention, second: Mention) => MentionPair | null {
	if (!hasSignatures(context)) return (head, tail) => ({ head, tail });
	const joined = new Set(
		context.relationTypes.flatMap((relation) => RELATION_SIGNATURES[relation]!.map((types) => types.join(" "))),
	);
	const joins = (head: Mention, tail: Mention) => joined.has(`${head.type} ${tail.type}`);
	return (first, second) => {
		const later = first.type === second.type && LATER_IS_HEAD.includes(first.type);
		if (joins(first, second) && !later) return { head: first, tail: second };
		return joins(second, first) ? { head: second, tail: first } : null;
	};
}
