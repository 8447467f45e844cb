/** Reads what decoder and pair classifier say of a pair: each relation's share among all that the pair may have, and the one that is shown. */
import { NO_RELATION, SYMMETRIC_RELATIONS } from "../defaults.ts";
import { readChoice } from "../grammar/read.ts";
import type { Answer, Hypothesis, TokenCodec } from "../types.ts";
import type { RelationQuery } from "./queries.ts";
import { PAIR_BEAM_THRESHOLD, shareOfBest, sumOf } from "./relations-read.ts";

/** A relation of a pair. `reversed`: from the query's tail to its head. */
export interface PairShare {
	readonly name: string;
	/** 0…1. */
	readonly share: number;
	readonly reversed: boolean;
}

type Shares = ReadonlyMap<string, number>;
type Said = Pick<Answer<RelationQuery>, "query" | "hypotheses" | "relationLogProbs">;

/** The relation that an answer about a pair names, "none" for none; null: it names none of those that were asked. */
export function relationSaid(answer: Said, codec: TokenCodec): PairShare | null {
	const [held] = pairShares(answer, codec) ?? [];
	if (held) return held;
	const { query, hypotheses } = answer;
	const { name, score } = hypotheses[0] ? readChoice(hypotheses[0], query.choices, codec) : { name: null, score: 0 };
	return name === null ? null : { name, share: query.search ? shareOfBest(hypotheses) : score, reversed: false };
}

/**
 * What a vote makes of a pair, the relation that holds first ("none": no relation does), the others by their share. Each way round has shares of its own, which
 * sum to 1. A relation that holds both ways has the mean of the two. A relation holds where its share is larger than that of "none" its way round; of several
 * the largest does. Null: nobody voted, and the output decides.
 */
export function pairShares({ query, hypotheses, relationLogProbs }: Said, codec: TokenCodec): PairShare[] | null {
	const { vote } = query;
	if (vote === undefined) return null;
	const orders = vote.orders.map((names, order) => {
		const row = relationLogProbs?.[order];
		const classified = row ? new Map(names.map(({ name, at }) => [name, row[at] ?? Number.NaN])) : null;
		return sharesOf(order === 0 && !query.silent ? decoded(query, hypotheses, codec) : null, classified, vote.weight);
	});
	const [forth, back = null] = orders;
	return forth ? ranked(forth, back) : null;
}

/**
 * log p(r) of the decoder, up to a constant. Of what the search dropped nothing is known but that it is at most this likely.
 * @returns null where the decoder said nothing that can be read
 */
function decoded({ choices }: RelationQuery, hypotheses: readonly Hypothesis[], codec: TokenCodec): Shares | null {
	const found = new Map<string, number>();
	for (const hypothesis of hypotheses) {
		const { name } = readChoice(hypothesis, choices, codec);
		if (name !== null) found.set(name, Math.max(sumOf(hypothesis), found.get(name) ?? Number.NEGATIVE_INFINITY));
	}
	if (found.size === 0) return null;
	const sums = [...found.values()];
	const dropped = Math.min(Math.max(...sums) - PAIR_BEAM_THRESHOLD, ...sums);
	return new Map(choices.map(({ name }) => [name, found.get(name) ?? dropped]));
}

/** log p(r) ∝ (1 − w) · log p_decoder(r) + w · log p_classifier(r); where one of the two said nothing, the other's alone. Numbers that are none say nothing. */
function sharesOf(decoder: Shares | null, classifier: Shares | null, weight: number): Shares | null {
	const heard = [
		{ logs: decoder, weight: 1 - weight },
		{ logs: classifier, weight },
	].filter((voter): voter is { logs: Shares; weight: number } => voter.logs !== null && isUsable(voter.logs));
	const [first, second] = heard;
	if (first === undefined) return null;
	const joined = [...first.logs].map(([name, log]) => {
		// Both are about the same names.
		return [name, second ? first.weight * log + second.weight * second.logs.get(name)! : log] as const;
	});
	const best = Math.max(...joined.map(([, log]) => log));
	if (best === Number.NEGATIVE_INFINITY) return null;
	const total = joined.reduce((sum, [, log]) => sum + Math.exp(log - best), 0);
	return new Map(joined.map(([name, log]) => [name, Math.min(1, Math.exp(log - best) / total)]));
}

function isUsable(logs: Shares): boolean {
	const values = [...logs.values()];
	return values.every((log) => log < Number.POSITIVE_INFINITY) && values.some((log) => log > Number.NEGATIVE_INFINITY);
}

function ranked(forth: Shares, back: Shares | null): PairShare[] {
	const both = (name: string) => name === NO_RELATION || SYMMETRIC_RELATIONS.includes(name);
	const mean = (name: string) => ((forth.get(name) ?? 0) + (back?.get(name) ?? 0)) / 2;
	const isMean = (name: string) => back !== null && both(name) && forth.has(name) && back.has(name);
	const rows = [
		...[...forth].map(([name, share]) => ({ name, share: isMean(name) ? mean(name) : share, reversed: false })),
		...[...(back ?? [])].filter(([name]) => !isMean(name)).map(([name, share]) => ({ name, share, reversed: true })),
	].sort((a, b) => b.share - a.share);
	const none = ({ name, reversed }: PairShare) =>
		isMean(name) ? mean(NO_RELATION) : ((reversed ? back : forth)?.get(NO_RELATION) ?? 0);
	const isNone = ({ name }: PairShare) => name === NO_RELATION;
	const shown = rows.find((row) => !isNone(row) && row.share > none(row)) ?? rows.find(isNone);
	return shown ? [shown, ...rows.filter((row) => row !== shown)] : rows;
}
