/**
 * Asks about given pairs between markers, all pairs of a text on one reading, as the trainer shows them. The types of
 * the ends are what mner finds there.
 */

import { NO_RELATION } from "../../../src/tasks/defaults.ts";
import { readRelationAnswer } from "../../../src/tasks/query/pair-shares.ts";
import type { Mention, MentionPair, PairShare, RelationQuery, WordSpan } from "../../../src/tasks/query/question.ts";
import { readAnswer } from "../../../src/tasks/query/readers.ts";
import { relationsOnMarked } from "../../../src/tasks/query/relations-marked.ts";
import { entityQuery } from "../../../src/tasks/query/span.ts";
import { agreeingRelations } from "../../../src/tasks/result/consistency.ts";
import { mentionsOf } from "../../../src/tasks/result/mentions.ts";
import type { Answer } from "../../../src/tasks/types.ts";
import { pairOf } from "./prefiltered.ts";
import { ask, type Context, type Item, type Output } from "./prepare.ts";
import type { PairRecord } from "./schemas.ts";

type PairItem = Item<PairRecord>;

/** A record with the words of its ends, each with the type that mner found there. */
interface GivenPair {
	readonly item: PairItem;
	readonly pair: MentionPair;
}

/** The type of an end that no mention overlaps: `<m:other>` marks it. */
const UNKNOWN_TYPE = "other";
/**
 * The output for a pair that cannot be marked (its ends overlap or lie past what the model reads) or whose names are
 * too long to be generated: no relation.
 */
const UNASKED: Output = { relation: { name: NO_RELATION, score: 0 } };

/**
 * Asks about all relations, whatever the types: a type that mner gets wrong must not rule the right relation out. The
 * pairs of a text then agree, as those of a person's post do.
 */
export async function markedRelations(context: Context, items: readonly PairItem[]): Promise<Output[]> {
	const together = await typedPairs(context, items);
	const answers = await askMarked(context, together);
	// A pair that could not be marked beside the ends of other records gets a reading of its own.
	const alone = together
		.filter(({ length }) => length > 1)
		.flatMap((group) => group.filter(({ item }) => !answers.has(item)));
	const others = await askMarked(
		context,
		alone.map((given) => [given]),
	);
	const relations = new Map(together.flatMap((group) => [...agreed(group, new Map([...answers, ...others]))]));
	return items.map((item) => {
		const best = relations.get(item);
		if (best === undefined) return UNASKED;
		return { relation: { name: best?.name ?? null, score: best?.share ?? 0 }, malformed: Number(best === null) };
	});
}

/** The relation of each pair of a text that was answered; null: it could not be read. */
function agreed(
	group: readonly GivenPair[],
	answers: ReadonlyMap<PairItem, Answer<RelationQuery>>,
): Map<PairItem, PairShare | null> {
	const read = group.flatMap(({ item, pair }) => {
		const answer = answers.get(item);
		return answer ? [{ item, pair, ...readRelationAnswer(item.setting, answer) }] : [];
	});
	const [first] = read;
	if (first === undefined) return new Map();
	const relations = agreeingRelations(first.item.setting, read);
	return new Map(read.map(({ item }, at) => [item, relations[at]!]));
}

/** The pairs of each text (seen with one picture), typed. Pairs with an end outside all words are left out. */
async function typedPairs(context: Context, items: readonly PairItem[]): Promise<GivenPair[][]> {
	const groups = [...groupsOf(items)];
	const answers = await ask(
		context,
		groups.map(([item]) => ({ query: entityQuery(item!.setting), item: item! })),
	);
	return groups.map((group, at) => {
		const found = mentionsOf([readAnswer(group[0]!.setting, answers[at]!)], "mner");
		return group.flatMap((item): GivenPair[] => {
			const ends = pairOf(item);
			return ends === null ? [] : [{ item, pair: { head: typed(ends.head, found), tail: typed(ends.tail, found) } }];
		});
	});
}

function* groupsOf(items: readonly PairItem[]): Iterable<PairItem[]> {
	const byText = new Map<string, Map<PairItem["image"], PairItem[]>>();
	for (const item of items) {
		const byImage = byText.get(item.record.text) ?? new Map<PairItem["image"], PairItem[]>();
		byText.set(item.record.text, byImage);
		byImage.set(item.image, [...(byImage.get(item.image) ?? []), item]);
	}
	for (const byImage of byText.values()) yield* byImage.values();
}

/** A given end as a mention: its type is that of the mention that shares most words with it. */
export function typed({ from, to }: WordSpan, found: readonly Mention[]): Mention {
	const shared = (mention: WordSpan) => Math.min(to, mention.to) - Math.max(from, mention.from);
	const [best] = found.filter((mention) => shared(mention) > 0).sort((a, b) => shared(b) - shared(a));
	return { from, to, type: best?.type ?? UNKNOWN_TYPE, score: 1 };
}

/** @param groups pairs of one text each @returns the answers of those that could be asked about */
async function askMarked(
	context: Context,
	groups: ReadonlyArray<readonly GivenPair[]>,
): Promise<Map<PairItem, Answer<RelationQuery>>> {
	const queries = groups.flatMap((group) => {
		const [first] = group;
		if (first === undefined) return [];
		const { setting } = first.item;
		const ends = group.flatMap(({ pair }) => [pair.head, pair.tail]);
		const mentions = [...new Map(ends.map((end) => [`${end.from} ${end.to}`, end])).values()];
		const pairs = group.map(({ pair }) => ({ pair, names: setting.relationTypes, reversed: null }));
		const itemOf = new Map(group.map(({ item, pair }) => [pair, item]));
		return relationsOnMarked(setting, mentions, pairs).map((query) => ({ query, item: itemOf.get(query.pair!)! }));
	});
	const answers = await ask(context, queries);
	return new Map(answers.map((answer, at) => [queries[at]!.item, answer]));
}
