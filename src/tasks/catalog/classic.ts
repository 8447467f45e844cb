/** The definitions of the paper's tasks: entities, relations of pairs, event types, events with arguments. */

import { TASKS } from "../../core/tasks.ts";
import type { ExtractionContext } from "../context.ts";
import { pairReadingOf } from "../query/pair-readings.ts";
import { type ChosenPairs, choosePairs } from "../query/pairs.ts";
import { isEventful, worthAsking } from "../query/prefilter.ts";
import { checkRoom } from "../query/prompt.ts";
import type { ReadAnswer } from "../query/question.ts";
import { relationQuery } from "../query/relation.ts";
import { argumentQuery, entityQuery, eventQuery } from "../query/span.ts";
import { mentionsOf } from "../result/mentions.ts";
import type { TaskDefinition } from "./definition.ts";

export const mner: TaskDefinition = {
	name: "mner",
	...TASKS.mner,
	asks: ["mner"],
	lists: ["entityTypes"],
	waves: [(context) => [entityQuery(context)]],
};

export const mre: TaskDefinition = {
	name: "mre",
	...TASKS.mre,
	asks: ["mner", "mre"],
	lists: ["relationTypes"],
	waves: [
		(context) => {
			// A list that leaves no room for the text should be reported before anything is generated.
			if (pairReadingOf(context) === null)
				checkRoom(context, relationQuery(context, "", "").instructor, "relation types");
			return [entityQuery(context)];
		},
		(context, answers) => chosenPairs(context, answers).queries,
	],
	notes(context, answers) {
		if (!answers.some(({ query }) => query.task === "mner")) return [];
		const { queries, left, dismissed } = chosenPairs(context, answers);
		const share = `${queries.length} of ${queries.length + left + dismissed} pairs`;
		if (left > 0 && dismissed > 0)
			return [`Relations were checked for ${share} of entities: the nearest pairs that showed a sign of one.`];
		if (left > 0) return [`Relations were checked for ${share} of entities, the nearest ones.`];
		if (dismissed === 0) return [];
		if (queries.length === 0) return ["Relations were skipped: no pair of entities showed a sign of one."];
		return [`Relations were checked for ${share}: the others showed no sign of one.`];
	},
};

function chosenPairs(context: ExtractionContext, answers: readonly ReadAnswer[]): ChosenPairs {
	const queriesSoFar = answers.map(({ query }) => query);
	return choosePairs(context, mentionsOf(answers, "mner"), worthAsking(context, answers), queriesSoFar);
}

const uneventful = (context: ExtractionContext, answers: readonly ReadAnswer[]) =>
	isEventful(context, answers) ? [] : ["Events were skipped: the text showed no sign of one."];

export const med: TaskDefinition = {
	name: "med",
	...TASKS.med,
	asks: ["med"],
	lists: ["eventTypes"],
	prefilteredBy: "eventful",
	waves: [(context) => [eventQuery(context)]],
	notes: uneventful,
};

export const mee: TaskDefinition = {
	name: "mee",
	...TASKS.mee,
	asks: ["med", "meae"],
	lists: ["eventTypes", "argumentRoles"],
	prefilteredBy: "eventful",
	waves: [
		(context) => [eventQuery(context)],
		(context, answers) => {
			const triggers = mentionsOf(answers, "med");
			if (context.request.arguments === "trigger") {
				return triggers.flatMap((trigger) => {
					const roles = context.rolesOf(trigger.type);
					return roles ? [argumentQuery(context, trigger.type, roles, { from: trigger.from, to: trigger.to })] : [];
				});
			}
			return [...new Set(triggers.map(({ type }) => type))].flatMap((event) => {
				const roles = context.rolesOf(event);
				return roles ? [argumentQuery(context, event, roles)] : [];
			});
		},
	],
	notes: (context, answers) => [
		...uneventful(context, answers),
		...[...new Set(mentionsOf(answers, "med").map(({ type }) => type))].flatMap((event) =>
			context.rolesOf(event)
				? []
				: [`No argument roles are known for the event type "${event}": its arguments were skipped.`],
		),
	],
};
