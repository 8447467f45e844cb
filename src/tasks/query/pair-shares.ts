/**
 * Reads what decoder and pair classifier say of a pair: each relation's share among all that the pair may have, and the
 * one that is shown.
 */
import type { RawOutput } from "../../core/result.ts";
import type { ExtractionContext } from "../context.ts";
import { NO_RELATION, SYMMETRIC_RELATIONS } from "../defaults.ts";
import { readChoice } from "../grammar/read.ts";
import type { Answer, Hypothesis, TokenCodec } from "../types.ts";
import { modelText } from "../words.ts";
import type { PairOption, PairShare, ReadRelation, RelationQuery } from "./question.ts";

/** What is hardly a fiftieth as likely as the best is dropped. */
export const PAIR_BEAM_THRESHOLD = 4;

type Shares = ReadonlyMap<string, number>;
type PairAnswer = Pick<Answer<RelationQuery>, "query" | "hypotheses" | "relationLogProbs">;

/** The relation that an answer about a pair names, what it might be instead, and who voted for what. */
export function readRelationAnswer(
	context: ExtractionContext,
	answer: PairAnswer,
): Pick<ReadRelation, "relation" | "options" | "unread"> & { readonly votes: RawOutput["votes"] | null } {
	const { query, hypotheses } = answer;
	const rows = voteRows(answer, context.codec);
	const best = hypotheses[0] ? readChoice(hypotheses[0], query.choices, context.codec) : null;
	const { name = null, score = 0, unread = [] } = best ?? {};
	const share = query.search ? shareOfBest(hypotheses) : score;
	const output = name === null ? null : { name, share, reversed: false };
	const shares = rows?.map(shareOf) ?? null;
	const relation = shares?.[0] ?? output;
	const options = rows ? optionsOfVote(rows) : optionsOfOutput(answer, relation, context.codec);
	return { relation, options, unread, votes: shares && votesOf(context, query, shares) };
}

/** What counts for nothing more than that it stands first. */
const MIN_GAIN = 1e-6;

/**
 * No option counts more than the relation that the pair has by itself, so that a pair that contradicts nothing keeps
 * it; without one no option counts more than none.
 */
function held(options: readonly PairOption[], relation: PairShare | null): PairOption[] {
	const isFirst = ({ name, reversed }: PairShare) => name === relation?.name && reversed === relation.reversed;
	const first = options.find(isFirst);
	const most = first ? Math.max(first.gain, MIN_GAIN) : 0;
	return options
		.map((option) => ({ ...option, gain: option === first ? most : Math.min(option.gain, most) }))
		.sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || b.gain - a.gain);
}

function optionsOfVote(rows: readonly VoteRow[]): PairOption[] {
	const options = rows
		.filter(({ name, share }) => name !== NO_RELATION && share > 0)
		.map((row) => ({ ...shareOf(row), gain: Math.log(row.share) - Math.log(Math.max(row.none, MIN_GAIN)) }));
	return rows[0] ? held(options, rows[0]) : [];
}

/** The relations that the decoder's hypotheses name. */
function optionsOfOutput(
	{ query, hypotheses }: PairAnswer,
	relation: PairShare | null,
	codec: TokenCodec,
): PairOption[] {
	const logs = decoded(query, hypotheses, codec);
	if (logs === null || relation === null) return [];
	const none = logs.get(NO_RELATION);
	if (none === undefined) return [];
	const best = sumOf(hypotheses[0]!);
	const seen = new Set([NO_RELATION]);
	const options = hypotheses.flatMap((hypothesis): PairOption[] => {
		const { name, score } = readChoice(hypothesis, query.choices, codec);
		if (name === null || seen.has(name)) return [];
		seen.add(name);
		const ofBest = Math.min(1, Math.exp(sumOf(hypothesis) - best));
		const share = query.search ? shareOfBest(hypotheses) * ofBest : score;
		return [{ name, share, reversed: false, gain: logs.get(name)! - none }];
	});
	return held(options, relation);
}

/** Votes on a pair with its ends in words; null for ends that are plain strings. */
function votesOf(
	context: ExtractionContext,
	{ pair }: RelationQuery,
	shares: readonly PairShare[],
): RawOutput["votes"] | null {
	if (pair === null) return null;
	const [head, tail] = [modelText(context, pair.head), modelText(context, pair.tail)];
	return shares.map(({ name, share, reversed }) => ({
		relation: name,
		share,
		...(reversed ? { head: tail, tail: head } : { head, tail }),
	}));
}

/**
 * Probability of the best hypothesis among those of its pair: that the model would rather speak of another pair is no
 * evidence against it. What the search dropped counts as nothing, so that 1 means: all else is hardly a fiftieth as
 * likely.
 */
export function shareOfBest(hypotheses: readonly Hypothesis[]): number {
	const sums = hypotheses.map(sumOf);
	const best = sums[0] ?? Number.NEGATIVE_INFINITY;
	return 1 / sums.reduce((total, sum) => total + Math.exp(sum - best), 0);
}

/** Natural log-probability of a whole output. */
const sumOf = ({ logProbs }: Hypothesis): number => logProbs.reduce((sum, logProb) => sum + logProb, 0);

/** A relation's share, and that of none in its direction. */
interface VoteRow extends PairShare {
	readonly none: number;
}

const shareOf = ({ name, share, reversed }: PairShare): PairShare => ({ name, share, reversed });

/**
 * What a vote makes of a pair, the relation that holds first ("none": no relation does), the others by their share.
 * Each way round has shares of its own, which sum to 1. A relation that holds both ways has the mean of the two. A
 * relation holds where its share is larger than that of "none" its way round; of several the largest does. Null:
 * there is no vote, and the output decides.
 */
export const pairShares = (answer: PairAnswer, codec: TokenCodec): PairShare[] | null =>
	voteRows(answer, codec)?.map(shareOf) ?? null;

function voteRows({ query, hypotheses, relationLogProbs }: PairAnswer, codec: TokenCodec): VoteRow[] | null {
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
 * log p(r) of the decoder, up to a constant. Of what the search dropped nothing is known but that it is at most this
 * likely.
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

/**
 * log p(r) ∝ (1 − w) · log p_decoder(r) + w · log p_classifier(r); where one of the two said nothing, the other's
 * alone. Numbers that are none say nothing.
 */
function sharesOf(decoder: Shares | null, classifier: Shares | null, weight: number): Shares | null {
	const voters = [
		{ logs: decoder, weight: 1 - weight },
		{ logs: classifier, weight },
	].filter((voter): voter is { logs: Shares; weight: number } => voter.logs !== null && isUsable(voter.logs));
	const [first, second] = voters;
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

function ranked(forth: Shares, back: Shares | null): VoteRow[] {
	const both = (name: string) => name === NO_RELATION || SYMMETRIC_RELATIONS.includes(name);
	const mean = (name: string) => ((forth.get(name) ?? 0) + (back?.get(name) ?? 0)) / 2;
	const isMean = (name: string) => back !== null && both(name) && forth.has(name) && back.has(name);
	const none = (name: string, reversed: boolean) =>
		isMean(name) ? mean(NO_RELATION) : ((reversed ? back : forth)?.get(NO_RELATION) ?? 0);
	const row = (name: string, share: number, reversed: boolean) => ({
		name,
		share,
		reversed,
		none: none(name, reversed),
	});
	const rows = [
		...[...forth].map(([name, share]) => row(name, isMean(name) ? mean(name) : share, false)),
		...[...(back ?? [])].filter(([name]) => !isMean(name)).map(([name, share]) => row(name, share, true)),
	].sort((a, b) => b.share - a.share);
	const isNone = ({ name }: PairShare) => name === NO_RELATION;
	const shown = rows.find((one) => !isNone(one) && one.share > one.none) ?? rows.find(isNone);
	return shown ? [shown, ...rows.filter((one) => one !== shown)] : rows;
}
