/**
 * Multiple-choice questions (MQA): spans that may be something, then a question about each with "none of the above"
 * among the options.
 */

import { type ExtractionContext, plainIds } from "../context.ts";
import { NO_RELATION, type TaskInstructor } from "../defaults.ts";
import { choiceCandidates, choiceGrammar } from "../grammar/grammar.ts";
import { readChoice } from "../grammar/read.ts";
import { readRecords } from "../grammar/read-records.ts";
import { buildInput, checkRoom, type Mention, modelText, type WordSpan } from "../query/queries.ts";
import { instructorOf, type RecordQuery, recordQuery } from "../query/records.ts";
import type { TaskAnswer } from "../result/mentions.ts";
import type { Query, RequestableTask } from "../types.ts";
import type { Wave } from "./definition.ts";

export const NONE_OF_THE_ABOVE = "none of the above";
/** Most roles that are asked about: spans × events of a post. */
const MOST_ROLES = 24;

/** A multiple-choice question. The answer is one of the options, word for word. */
export interface ChoiceQuery extends Query {
	readonly task: "mqa";
	readonly about: "entity" | "event" | "relation" | "role";
	readonly choices: ReadonlyArray<{ readonly name: string; readonly ids: readonly number[] }>;
	readonly wordsRead: number;
	/** What is asked about; of a relation the head, of a role its filler. */
	readonly span: WordSpan;
	/** The tail of a relation, the event of a role. */
	readonly other: Mention | null;
	readonly spanMention: Mention | null;
}

/** One question of a kind. `values` fill its template beside `{options}`. @throws Failure `labels-invalid` when the options leave the text no room */
export function choiceQuestion(
	context: ExtractionContext,
	about: ChoiceQuery["about"],
	options: readonly string[],
	values: Readonly<Record<string, string>>,
	subject: { readonly span: WordSpan; readonly other?: Mention; readonly spanMention?: Mention },
): ChoiceQuery {
	const { codec } = context;
	const names = [...options.filter((name) => name !== NO_RELATION), NONE_OF_THE_ABOVE];
	const listed = names
		.map((name, i) => `(${String.fromCharCode(65 + (i % 26))}${i < 26 ? "" : Math.floor(i / 26)}) ${name}`)
		.join(", ");
	const template: TaskInstructor = `mqa_${about}`;
	const instructor = instructorOf(context, template, { ...values, options: listed });
	checkRoom(context, instructor, "options");
	const choices = names.map((name) => ({ name, ids: plainIds(name, codec) }));
	const sequences = choices.map(({ ids }) => ids);
	const { eos } = codec.special;
	return {
		task: "mqa",
		about,
		instructor,
		...buildInput(context, instructor),
		grammar: choiceGrammar(sequences, eos),
		candidateIds: choiceCandidates(sequences, eos),
		choices,
		span: subject.span,
		other: subject.other ?? null,
		spanMention: subject.spanMention ?? null,
	};
}

export const isChoice = (query: TaskAnswer["query"]): query is ChoiceQuery => query.task === "mqa" && "about" in query;
const isSpans = (query: TaskAnswer["query"]): query is RecordQuery => query.task === "mqa" && "spans" in query;

/** The option an answer names; null: none of the above, or not readable. */
export function chosen(
	context: ExtractionContext,
	{ query, hypotheses }: TaskAnswer,
): { readonly name: string; readonly score: number } | null {
	const best = hypotheses[0];
	if (!isChoice(query) || best === undefined) return null;
	const { name, score } = readChoice(best, query.choices, context.codec);
	return name === null || name === NONE_OF_THE_ABOVE ? null : { name, score };
}

/** Spans with the type that their question gave them, in text order. */
export function chosenMentions(
	context: ExtractionContext,
	answers: readonly TaskAnswer[],
	about: "entity" | "event",
): Mention[] {
	return answers.flatMap((answer): Mention[] => {
		const { query } = answer;
		const choice = isChoice(query) && query.about === about ? chosen(context, answer) : null;
		return choice && isChoice(query) ? [{ ...query.span, type: choice.name, score: choice.score }] : [];
	});
}

/** The first step: which spans may be something. */
export const askSpans =
	(spans: "entity" | "event"): Wave =>
	(context) => {
		const instructor = instructorOf(context, spans === "entity" ? "mqa_spans" : "mqa_triggers", {});
		const fields = [{ kind: "span", comma: false } as const];
		return [recordQuery(context, { task: "mqa", instructor, what: "spans", fields, order: [0], apart: true, spans })];
	};

/** What the first step named. */
export function spansFound(
	{ codec }: ExtractionContext,
	answers: readonly TaskAnswer[],
	spans: "entity" | "event",
): WordSpan[] {
	return answers.flatMap(({ query, hypotheses }) => {
		const best = hypotheses[0];
		if (!isSpans(query) || query.spans !== spans || best === undefined) return [];
		return readRecords(best, query.spec, codec).records.map(({ values }) => values[0] as WordSpan);
	});
}

const askTypes =
	(about: "entity" | "event"): Wave =>
	(context, answers) => {
		const options = about === "entity" ? context.entityTypes : context.eventTypes;
		return spansFound(context, answers, about).map((span) =>
			choiceQuestion(context, about, options, { span: modelText(context, span) }, { span }),
		);
	};

const askRelations: Wave = (context, answers) => {
	const mentions = chosenMentions(context, answers, "entity");
	const pairs = mentions.flatMap((head, i) => mentions.slice(i + 1).map((tail) => ({ head, tail })));
	const nearest = pairs
		.sort((a, b) => a.tail.from - a.head.to - (b.tail.from - b.head.to))
		.slice(0, context.request.maxPairs);
	return nearest.map(({ head, tail }) => {
		const values = { head: modelText(context, head), tail: modelText(context, tail) };
		return choiceQuestion(context, "relation", context.relationTypes, values, {
			span: head,
			spanMention: head,
			other: tail,
		});
	});
};

/** Which role each named entity plays in each event. */
const askRoles: Wave = (context, answers) => {
	const events = chosenMentions(context, answers, "event");
	const fillers = spansFound(context, answers, "entity");
	const asked = events.flatMap((event) => {
		const roles = context.rolesOf(event.type);
		return roles === null
			? []
			: fillers.filter(({ from, to }) => to <= event.from || event.to <= from).map((span) => ({ event, roles, span }));
	});
	return asked.slice(0, MOST_ROLES).map(({ event, roles, span }) => {
		const values = { span: modelText(context, span), event: event.type, trigger: modelText(context, event) };
		return choiceQuestion(context, "role", roles, values, { span, other: event });
	});
};

const both =
	(...waves: readonly Wave[]): Wave =>
	(context, answers) =>
		waves.flatMap((wave) => wave(context, answers));

/** What each of the paper's tasks asks in this style. */
export const MQA_WAVES: Readonly<Partial<Record<RequestableTask, readonly Wave[]>>> = {
	mner: [askSpans("entity"), askTypes("entity")],
	mre: [askSpans("entity"), askTypes("entity"), askRelations],
	med: [askSpans("event"), askTypes("event")],
	mee: [both(askSpans("entity"), askSpans("event")), askTypes("event"), askRoles],
};
