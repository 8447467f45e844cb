/** Predicts for the paper's tasks with multiple-choice questions, and keeps the answer to each. */

import { askSpans, spansFound } from "../../../src/tasks/catalog/mqa.ts";
import { NO_RELATION } from "../../../src/tasks/defaults.ts";
import { readChoice } from "../../../src/tasks/grammar/read.ts";
import { readRecords } from "../../../src/tasks/grammar/read-records.ts";
import { choiceQuestion, NONE_OF_THE_ABOVE } from "../../../src/tasks/query/choice.ts";
import type { ChoiceQuery, RecordQuery, WordSpan } from "../../../src/tasks/query/question.ts";
import { readAnswers } from "../../../src/tasks/query/readers.ts";
import { modelText } from "../../../src/tasks/words.ts";
import type { CLASSIC, Runner } from "./classic.ts";
import type { AnsweredQuestion, FoundArgument, FoundSpan } from "./contract.ts";
import { utf16 } from "./offsets.ts";
import { ask, type Context, type Item, type Output, placeOf } from "./prepare.ts";
import type { EntitiesRecord, EventsRecord, PairRecord } from "./schemas.ts";

/**
 * MQA (Sun et al., 2023): spans first, then one question about each. Questions are asked about what the model named and
 * about what is annotated, so that naming and choosing are measured apart; only what the model named counts as found.
 */
export const QUESTIONED: Readonly<Record<keyof typeof CLASSIC, Runner>> = {
	mner: async (context, items) =>
		(await typed(context, items, "entity")).map(({ found, ...output }) => ({
			...outputOf(output),
			entities: found.map(unplaced),
		})),
	med: async (context, items) =>
		(await typed(context, items, "event")).map(({ found, ...output }) => ({ ...outputOf(output), events: found })),
	mre: related,
	meae: (context, items) => findArguments(context, items, null),
	async mee(context, items) {
		const events = await typed(context, items, "event");
		const output = await findArguments(context, items, events);
		return output.map((one, index) => joined(events[index]!, one));
	},
};

interface Answered {
	readonly questions: readonly AnsweredQuestion[];
	/** Outputs that could not be read. */
	readonly malformed: number;
}

interface Typed extends Answered {
	/** What the model named, with the type it chose. */
	readonly found: readonly FoundSpan[];
}

const outputOf = ({ questions, malformed }: Answered): Output => ({ questions, malformed });
const unplaced = (span: FoundSpan) => ({ ...span, boxes: [] });

function joined(events: Typed, output: Output & Answered): Output {
	const { found, questions, malformed } = events;
	return {
		...output,
		events: found,
		questions: [...questions, ...output.questions],
		malformed: malformed + output.malformed,
	};
}

/** A question about an item, and which answer is right. */
interface Asking {
	readonly index: number;
	readonly item: Item;
	readonly query: ChoiceQuery;
	readonly right: string;
}

/** The chosen option of each question; null: the output cannot be read. */
async function askChoices(
	context: Context,
	askings: readonly Asking[],
): Promise<{ readonly answer: string | null; readonly score: number }[]> {
	const answers = await ask(context, askings);
	return answers.map(({ query, hypotheses }, at) => {
		const choice =
			hypotheses[0] === undefined ? null : readChoice(hypotheses[0], query.choices, askings[at]!.item.setting.codec);
		return { answer: choice?.name ?? null, score: choice?.score ?? 0 };
	});
}

function answered(
	askings: readonly Asking[],
	answers: readonly { readonly answer: string | null }[],
	index: number,
): Answered {
	const questions = askings.flatMap(({ index: of, query: { about }, right }, at): AnsweredQuestion[] =>
		of === index ? [{ about, right, answer: answers[at]!.answer }] : [],
	);
	return { questions, malformed: questions.filter(({ answer }) => answer === null).length };
}

interface Candidate {
	readonly span: WordSpan;
	/** By the model; the others are annotated only. */
	readonly named: boolean;
}

const keyOf = ({ from, to }: WordSpan) => `${from} ${to}`;

/** Spans that the first step named, then those that are annotated besides. @param gold of each item */
async function findCandidates(
	context: Context,
	items: readonly Item[],
	about: "entity" | "event",
	gold: readonly (readonly WordSpan[])[],
) {
	const queries = items.flatMap((item, index) =>
		askSpans(about)(item.setting, []).map((query) => ({ index, item, query: query as RecordQuery })),
	);
	const answers = await ask(context, queries);
	return items.map(({ setting }, index): { readonly candidates: Candidate[]; readonly malformed: number } => {
		const own = answers.filter((_, at) => queries[at]!.index === index);
		const spans = new Map(gold[index]!.map((span) => [keyOf(span), { span, named: false }]));
		for (const span of spansFound(readAnswers(setting, own), about)) spans.set(keyOf(span), { span, named: true });
		const broken = own.filter(
			({ query, hypotheses: [best] }) => best !== undefined && !readRecords(best, query.spec, setting.codec).wellFormed,
		);
		return {
			candidates: [...spans.values()].sort((a, b) => a.span.from - b.span.from || a.span.to - b.span.to),
			malformed: broken.length,
		};
	});
}

/** Words of an annotation; null where its ends are not word boundaries, or lie past what the model reads. */
function wordsOf(
	{ record, setting: { words } }: Item,
	{ start, end }: { readonly start: number; readonly end: number },
): WordSpan | null {
	const from = words.findIndex((word) => word.start === utf16(record.text, start));
	const to = words.findIndex((word) => word.end === utf16(record.text, end)) + 1;
	return from < 0 || to <= from ? null : { from, to };
}

/** Annotated types by their words; of two at one place the first. */
function goldTypes(
	item: Item,
	about: "entity" | "event",
): Map<string, { readonly span: WordSpan; readonly type: string }> {
	const { record } = item;
	const list =
		about === "entity"
			? (record as EntitiesRecord).entities
			: (record as EventsRecord).events.map(({ type, trigger }) => ({ type, ...trigger }));
	const types = new Map<string, { readonly span: WordSpan; readonly type: string }>();
	for (const { type, ...place } of list) {
		const span = wordsOf(item, place);
		if (span !== null && !types.has(keyOf(span))) types.set(keyOf(span), { span, type });
	}
	return types;
}

async function typed(context: Context, items: readonly Item[], about: "entity" | "event"): Promise<Typed[]> {
	const gold = items.map((item) => goldTypes(item, about));
	const named = await findCandidates(
		context,
		items,
		about,
		gold.map((types) => [...types.values()].map(({ span }) => span)),
	);
	const askings = items.flatMap((item, index) =>
		named[index]!.candidates.map(({ span, named }) => {
			const options = about === "entity" ? item.setting.entityTypes : item.setting.eventTypes;
			const query = choiceQuestion(item.setting, about, options, { span: modelText(item.setting, span) }, { span });
			return { index, item, query, named, right: gold[index]!.get(keyOf(span))?.type ?? NONE_OF_THE_ABOVE };
		}),
	);
	const answers = await askChoices(context, askings);
	return items.map((item, index) => {
		const found = askings.flatMap(({ index: of, query, named }, at): FoundSpan[] => {
			const { answer, score } = answers[at]!;
			if (of !== index || !named || answer === null || answer === NONE_OF_THE_ABOVE) return [];
			return [{ type: answer, ...placeOf(item, query.span), score }];
		});
		const { questions, malformed } = answered(askings, answers, index);
		return { found, questions, malformed: malformed + named[index]!.malformed };
	});
}

/** The pair is given: one question each. */
async function related(context: Context, items: readonly Item[]): Promise<Output[]> {
	const askings = items.map((item, index): Asking => {
		const { head, tail, relation } = item.record as PairRecord;
		const span = wordsOf(item, head) ?? { from: 0, to: 1 };
		const query = choiceQuestion(
			item.setting,
			"relation",
			item.setting.relationTypes,
			{ head: head.text, tail: tail.text },
			{ span },
		);
		return { index, item, query, right: relation === NO_RELATION ? NONE_OF_THE_ABOVE : relation };
	});
	const answers = await askChoices(context, askings);
	return answers.map(({ answer, score }, index) => {
		const name = answer === NONE_OF_THE_ABOVE ? NO_RELATION : answer;
		return { ...outputOf(answered(askings, answers, index)), relation: { name, score } };
	});
}

/** @param found events of each item that the model found; null: the annotated ones are given */
async function findArguments(
	context: Context,
	items: readonly Item[],
	found: readonly Typed[] | null,
): Promise<(Output & Answered)[]> {
	const fillers = (items as readonly Item<EventsRecord>[]).map((item) =>
		item.record.events.flatMap((event) =>
			event.arguments.flatMap((argument) => ("start" in argument ? (wordsOf(item, argument) ?? []) : [])),
		),
	);
	const named = await findCandidates(context, items, "entity", fillers);
	const askings = items.flatMap((item, index) => {
		const roles = goldRoles(item as Item<EventsRecord>);
		return eventsOf(item, found?.[index] ?? null).flatMap((event) =>
			named[index]!.candidates.filter(({ span }) => span.to <= event.from || event.to <= span.from).flatMap(
				({ span, named }) => {
					const options = item.setting.rolesOf(event.type);
					if (options === null) return [];
					const values = {
						span: modelText(item.setting, span),
						event: event.type,
						trigger: modelText(item.setting, event),
					};
					const query = choiceQuestion(item.setting, "role", options, values, { span, other: event });
					const right = roles.get(`${event.type} ${keyOf(event)} ${keyOf(span)}`) ?? NONE_OF_THE_ABOVE;
					return [{ index, item, query, right, event: event.type, named: named && event.named }];
				},
			),
		);
	});
	const answers = await askChoices(context, askings);
	return items.map((item, index) => {
		const list = askings.flatMap(({ index: of, query, event, named }, at): FoundArgument[] => {
			const { answer, score } = answers[at]!;
			if (of !== index || !named || answer === null || answer === NONE_OF_THE_ABOVE) return [];
			return [{ event, role: answer, span: placeOf(item, query.span), box: null, score }];
		});
		const { questions, malformed } = answered(askings, answers, index);
		return { arguments: list, questions, malformed: malformed + named[index]!.malformed };
	});
}

/** Annotated events, and those that were found besides; `named`: its arguments are predictions. */
function eventsOf(item: Item, found: Typed | null) {
	const events = new Map(
		[...goldTypes(item, "event").values()].map(({ span, type }) => [
			`${type} ${keyOf(span)}`,
			{ ...span, type, named: found === null },
		]),
	);
	for (const { type, start, end } of found?.found ?? []) {
		const from = item.setting.words.findIndex((word) => word.start === start);
		const to = item.setting.words.findIndex((word) => word.end === end) + 1;
		events.set(`${type} ${from} ${to}`, { from, to, type, named: true });
	}
	return [...events.values()].map((event) => ({ ...event, score: 1 }));
}

/** The role of a filler in an event: "attack 3 4 6 8" is "target". */
function goldRoles(item: Item<EventsRecord>): Map<string, string> {
	const roles = new Map<string, string>();
	for (const { type, trigger, arguments: list } of item.record.events) {
		const event = wordsOf(item, trigger);
		for (const argument of list) {
			const span = "start" in argument ? wordsOf(item, argument) : null;
			if (event !== null && span !== null) roles.set(`${type} ${keyOf(event)} ${keyOf(span)}`, argument.role);
		}
	}
	return roles;
}
