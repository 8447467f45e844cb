/** Predicts for the paper's tasks with the paper's prompts. */

import type { RecordTaskName } from "../../../src/core/tasks.ts";
import { NO_RELATION } from "../../../src/tasks/defaults.ts";
import { type Reading, readChoice, readSpans } from "../../../src/tasks/grammar/read.ts";
import type { RelationQuery, SpanQuery } from "../../../src/tasks/query/question.ts";
import { relationQuery } from "../../../src/tasks/query/relation.ts";
import { asksMarked } from "../../../src/tasks/query/relations-marked.ts";
import { argumentQuery, entityQuery, eventQuery } from "../../../src/tasks/query/span.ts";
import type { Answer } from "../../../src/tasks/types.ts";
import type { EvaluatedTask, FoundArgument, FoundSpan } from "./contract.ts";
import { markedRelations } from "./marked.ts";
import { pairOf, runPrefiltered } from "./prefiltered.ts";
import { ask, type Context, type Item, type Output, placeOf } from "./prepare.ts";
import type { EventsRecord, PairRecord } from "./schemas.ts";

export type Runner = (context: Context, items: readonly Item[]) => Promise<Output[]>;

const PAIRS = {
	sign: "related",
	pairOf,
	unasked: (probability: number) => ({ relation: { name: NO_RELATION, score: 1 - probability } }),
} as const;
const EVENTS = { sign: "eventful", unasked: () => ({}) } as const;

export const CLASSIC = {
	mner: entities,
	mre: (context, items) => runPrefiltered(context, items as Item<PairRecord>[], PAIRS, relations),
	med: (context, items) => runPrefiltered(context, items, EVENTS, events),
	meae: (context, items) => findArguments(context, items, (items as Item<EventsRecord>[]).map(goldTypes)),
	mee: (context, items) => runPrefiltered(context, items, EVENTS, cascade),
} as const satisfies Record<Exclude<EvaluatedTask, RecordTaskName>, Runner>;

/** Whether a task is one of the paper's, which are asked query by query. */
export const isClassic = (task: EvaluatedTask): task is keyof typeof CLASSIC => Object.hasOwn(CLASSIC, task);

function read({ query, hypotheses }: Answer<SpanQuery>, { setting }: Item): Reading {
	return readSpans(hypotheses[0] ?? { ids: [], logProbs: [], score: 0 }, query.vocabulary, setting.codec);
}

function spansOf({ records }: Reading, item: Item): FoundSpan[] {
	return records.flatMap(({ type, span, score }) => (span === null ? [] : [{ type, ...placeOf(item, span), score }]));
}

async function entities(context: Context, items: readonly Item[]): Promise<Output[]> {
	const answers = await ask(
		context,
		items.map((item) => ({ query: entityQuery(item.setting), item })),
	);
	return answers.map((answer, index) => {
		const reading = read(answer, items[index]!);
		const found = spansOf(reading, items[index]!).map((span) => ({ ...span, boxes: [] }));
		return { entities: found, malformed: Number(!reading.wellFormed) };
	});
}

/** Given pairs: between markers where the bundle learned that, else each by a prompt of its own. */
async function relations(context: Context, items: readonly Item<PairRecord>[]): Promise<Output[]> {
	const [first] = items;
	if (first && asksMarked(first.setting)) return markedRelations(context, items);
	const answers = await ask(
		context,
		items.map((item) => ({
			query: relationQuery(item.setting, item.record.head.text, item.record.tail.text) as RelationQuery,
			item,
		})),
	);
	return answers.map(({ query, hypotheses }, index) => {
		const choice =
			hypotheses[0] === undefined ? null : readChoice(hypotheses[0], query.choices, items[index]!.setting.codec);
		return {
			relation: { name: choice?.name ?? null, score: choice?.score ?? 0 },
			malformed: Number((choice?.name ?? null) === null),
		};
	});
}

async function events(
	context: Context,
	items: readonly Item[],
): Promise<(Output & { readonly events: readonly FoundSpan[] })[]> {
	const answers = await ask(
		context,
		items.map((item) => ({ query: eventQuery(item.setting), item })),
	);
	return answers.map((answer, index) => {
		const reading = read(answer, items[index]!);
		return { events: spansOf(reading, items[index]!), malformed: Number(!reading.wellFormed) };
	});
}

const goldTypes = ({ record }: Item<EventsRecord>): string[] =>
	[...new Set(record.events.map(({ type }) => type))].sort();

/** Arguments of the event types that med found. An output of med counts as malformed in med only. */
async function cascade(context: Context, items: readonly Item[]): Promise<Output[]> {
	const found = await events(context, items);
	const types = found.map(({ events }) => [...new Set(events.map(({ type }) => type))].sort());
	const made = await findArguments(context, items, types);
	return made.map((output, index) => ({ ...output, events: found[index]!.events }));
}

/** @param types event types to ask about, of each item */
async function findArguments(context: Context, items: readonly Item[], types: readonly string[][]): Promise<Output[]> {
	const queries = items.flatMap((item, index) =>
		types[index]!.flatMap((event) => {
			const roles = item.setting.rolesOf(event);
			return roles === null ? [] : [{ index, event, query: argumentQuery(item.setting, event, roles), item }];
		}),
	);
	const answers = await ask(context, queries);
	const outputs = items.map(() => ({ arguments: [] as FoundArgument[], malformed: 0 }));
	for (const [at, answer] of answers.entries()) {
		const { index, event, item } = queries[at]!;
		const reading = read(answer, item);
		if (!reading.wellFormed) outputs[index]!.malformed++;
		outputs[index]!.arguments.push(...reading.records.flatMap((record) => argument(record, event, item)));
	}
	return outputs;
}

function argument(
	{ type, span, object, score }: Reading["records"][number],
	event: string,
	item: Item,
): FoundArgument[] {
	if (span !== null) return [{ event, role: type, span: placeOf(item, span), box: null, score }];
	const region = object === null ? undefined : item.seen?.picture.regions[object];
	const fractions = object === null ? undefined : item.seen?.boxes[object];
	return region === undefined || fractions === undefined
		? []
		: [{ event, role: type, span: null, box: region.box, fractions, score }];
}
