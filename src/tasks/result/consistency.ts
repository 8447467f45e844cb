/**
 * Makes the answers about the pairs of a post agree: each keeps the relation, or none, that belongs to the most
 * probable set without a contradiction.
 */
import type { ExtractionContext } from "../context.ts";
import { NO_RELATION } from "../defaults.ts";
import { nameKey } from "../names/identity.ts";
import type { Mention, MentionPair, PairShare, ReadAnswer, ReadRelation } from "../query/question.ts";
import { mayJoin, ruleOf } from "../query/relation.ts";
import { modelText } from "../words.ts";
import { mostProbableSet, type OpenPair } from "./consistent-set.ts";

/** What was read of a pair. */
export interface ReadPair extends Pick<ReadRelation, "relation" | "options"> {
	readonly pair: MentionPair;
}

/**
 * Nothing is related to itself, also not under another spelling of its name; the rules of the relations say the rest.
 * @returns for each pair the relation that it keeps, "none" for none; null where its answer could not be read
 */
export function agreeingRelations(context: ExtractionContext, readings: readonly ReadPair[]): (PairShare | null)[] {
	const spelled = (mention: Mention) => nameKey(modelText(context, mention));
	const keyOf = (mention: Mention) => JSON.stringify([spelled(mention), mention.type]);
	const pairs = readings.map(({ pair: { head, tail }, options }): OpenPair => {
		const isSame = spelled(head) === spelled(tail);
		return { head: keyOf(head), tail: keyOf(tail), options: isSame ? [] : options };
	});
	const chosen = mostProbableSet(pairs, (name) => ruleOf(context, name));
	return readings.map(({ relation }, at) => {
		const option = chosen[at];
		if (relation === null) return null;
		const { name, share, reversed } = option ?? { name: NO_RELATION, share: 0, reversed: false };
		return relation.name === name && relation.reversed === reversed ? relation : { name, share, reversed };
	});
}

/**
 * The answers, those about pairs with relations that agree and join what they may join; their outputs still say what a
 * pair has by itself, and `together` what it has instead.
 */
export function agreeingAnswers(context: ExtractionContext, answers: readonly ReadAnswer[]): ReadAnswer[] {
	const pairs = answers.flatMap((answer) =>
		answer.kind === "relation" && answer.query.pair !== null ? [{ answer, pair: answer.query.pair }] : [],
	);
	const agreed = agreeingRelations(
		context,
		pairs.map(({ answer: { relation, options }, pair }) => {
			const fits = (one: PairShare) => mayJoin(context, one.name, endsOf(pair, one));
			return { relation, options: options.filter(fits), pair };
		}),
	);
	const changed = new Map<ReadAnswer, ReadAnswer>();
	for (const [at, { answer, pair }] of pairs.entries()) {
		const relation = agreed[at]!;
		if (relation === null || relation === answer.relation) continue;
		const { head, tail } = endsOf(pair, relation);
		const together = { head: modelText(context, head), relation: relation.name, tail: modelText(context, tail) };
		changed.set(answer, { ...answer, relation, raw: answer.raw && { ...answer.raw, together } });
	}
	return answers.map((answer) => changed.get(answer) ?? answer);
}

/** The pair as the relation has it. */
const endsOf = ({ head, tail }: MentionPair, { reversed }: PairShare): MentionPair =>
	reversed ? { head: tail, tail: head } : { head, tail };
