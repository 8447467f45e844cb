/** The questions of multiple choice with "none of the above" (MQA): spans first, then one question about each. */
import { choiceQuestion } from "../query/choice.ts";
import { instructorOf } from "../query/prompt.ts";
import type { ReadAnswer, WordSpan } from "../query/question.ts";
import { recordQuery } from "../query/record.ts";
import { chosenMentions } from "../result/mentions.ts";
import type { RequestableTask } from "../types.ts";
import { modelText } from "../words.ts";
import type { Wave } from "./definition.ts";

/** Most roles that are asked about: spans × events of a post. */
const MAX_ROLES = 24;

/** The first step: which spans may be something. */
export const askSpans =
	(spans: "entity" | "event"): Wave =>
	(context) => {
		const instructor = instructorOf(context, spans === "entity" ? "mqa_spans" : "mqa_triggers", {});
		const fields = [{ kind: "span", comma: false } as const];
		return [recordQuery(context, { task: "mqa", instructor, what: "spans", fields, order: [0], apart: true, spans })];
	};

/** What the first step named. */
export function spansFound(answers: readonly ReadAnswer[], spans: "entity" | "event"): WordSpan[] {
	return answers.flatMap((answer) =>
		answer.kind === "record" && answer.query.task === "mqa" && answer.query.spans === spans
			? answer.records.map(({ values }) => values[0] as WordSpan)
			: [],
	);
}

const askTypes =
	(about: "entity" | "event"): Wave =>
	(context, answers) => {
		const options = about === "entity" ? context.entityTypes : context.eventTypes;
		return spansFound(answers, about).map((span) =>
			choiceQuestion(context, about, options, { span: modelText(context, span) }, { span }),
		);
	};

const askRelations: Wave = (context, answers) => {
	const mentions = chosenMentions(answers, "entity");
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
	const events = chosenMentions(answers, "event");
	const fillers = spansFound(answers, "entity");
	const questions = events.flatMap((event) => {
		const roles = context.rolesOf(event.type);
		return roles === null
			? []
			: fillers.filter(({ from, to }) => to <= event.from || event.to <= from).map((span) => ({ event, roles, span }));
	});
	return questions.slice(0, MAX_ROLES).map(({ event, roles, span }) => {
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
