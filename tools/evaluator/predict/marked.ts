/**
 * Asks about given pairs between markers, all pairs of a text on one reading, as the trainer shows them. The types of
 * the ends are what mner finds there.
 */

import { NO_RELATION } from "../../../src/tasks/defaults.ts";
import { readRelationAnswer } from "../../../src/tasks/query/pair-shares.ts";
import type { Mention, MentionPair, RelationQuery, WordSpan } from "../../../src/tasks/query/question.ts";
import { readAnswer } from "../../../src/tasks/query/readers.ts";
import { relationsOnMarked } from "../../../src/tasks/query/relations-marked.ts";
import { entityQuery } from "../../../src/tasks/query/span.ts";
import { mentionsOf } from "../../../src/tasks/result/mentions.ts";
import type { Answer } from "../../../src/tasks/types.ts";
import { ask, type Context, type Item, type Said } from "./prepare.ts";
import type { PairRecord } from "./schemas.ts";
import { pairOf } from "./prefiltered.ts";

type PairItem = Item<PairRecord>;

/** A record with the words of its ends; each is typed by what mner says. */
interface GivenPair {
	readonly item: PairItem;
	readonly pair: MentionPair;
}

/** What no mention overlaps is of no known type: `<m:other>` marks it. */
const UNKNOWN_TYPE = "other";
/**
 * A pair that cannot be marked, because its ends overlap or lie past what the model reads, or whose names are too long
 * to be said, has no relation.
 */
const UNASKED: Said = { relation: { name: NO_RELATION, score: 0 } };

/** All relations are asked about, whatever the types are: what mner does not know must not rule the right one out. */
export async function markedRelations(context: Context, items: readonly PairItem[]): Promise<Said[]> {
	const together = await typedPairs(context, items);
	const answers = await answersOf(context, together);
	// Those that another record's ends kept from being marked have a reading of their own.
	const alone = together
		.filter(({ length }) => length > 1)
		.flatMap((group) => group.filter(({ item }) => !answers.has(item)));
	const others = await answersOf(
		context,
		alone.map((given) => [given]),
	);
	return items.map((item) => {
		const answer = answers.get(item) ?? others.get(item);
		if (answer === undefined) return UNASKED;
		const said = readRelationAnswer(item.setting, answer).relation;
		return { relation: { name: said?.name ?? null, score: said?.share ?? 0 }, malformed: Number(said === null) };
	});
}

/** The pairs of each text (seen with one picture), typed. Pairs with an end that is no word are left out. */
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
async function answersOf(
	context: Context,
	groups: ReadonlyArray<readonly GivenPair[]>,
): Promise<Map<PairItem, Answer<RelationQuery>>> {
	const asked = groups.flatMap((group) => {
		const [first] = group;
		if (first === undefined) return [];
		const { setting } = first.item;
		const ends = group.flatMap(({ pair }) => [pair.head, pair.tail]);
		const mentions = [...new Map(ends.map((end) => [`${end.from} ${end.to}`, end])).values()];
		const pairs = group.map(({ pair }) => ({ pair, names: setting.relationTypes, reversed: null }));
		const itemOf = new Map(group.map(({ item, pair }) => [pair, item]));
		return relationsOnMarked(setting, mentions, pairs).map((query) => ({ query, item: itemOf.get(query.pair!)! }));
	});
	const answers = await ask(context, asked);
	return new Map(answers.map((answer, at) => [asked[at]!.item, answer]));
}
