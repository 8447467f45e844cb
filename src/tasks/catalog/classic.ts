/** Goes in: nothing. Comes out: the paper's tasks as definitions: entities, relations of pairs, event types, events with arguments. */

import type { Setting } from "../context.ts";
import { pairReadingOf } from "../query/pair-readings.ts";
import { argumentQuery, checkRoom, entityQuery, eventQuery, relationQuery } from "../query/queries.ts";
import { isEventful, worthAsking } from "../query/screen.ts";
import { type ChosenPairs, choosePairs, mentionsOf, type TaskAnswer } from "../result/mentions.ts";
import type { TaskDefinition } from "./definition.ts";

export const mner: TaskDefinition = {
	name: "mner",
	title: "Entities",
	hint: "Who and what is named: people, places, organizations.",
	asks: ["mner"],
	lists: ["entityTypes"],
	waves: [(setting) => [entityQuery(setting)]],
};

export const mre: TaskDefinition = {
	name: "mre",
	title: "Relations",
	hint: "How the named entities belong together.",
	asks: ["mner", "mre"],
	lists: ["relationTypes"],
	waves: [
		(setting) => {
			// A list that leaves no room for the text should be told before anything is generated.
			if (pairReadingOf(setting) === null)
				checkRoom(setting, relationQuery(setting, "", "").instructor, "relation types");
			return [entityQuery(setting)];
		},
		(setting, answers) => chosenPairs(setting, answers).queries,
	],
	notes(setting, answers) {
		if (!answers.some(({ query }) => query.task === "mner")) return [];
		const { queries, left, dismissed } = chosenPairs(setting, answers);
		const share = `${queries.length} of ${queries.length + left + dismissed} pairs`;
		if (left > 0 && dismissed > 0)
			return [`Relations were asked for ${share} of entities: of the nearest ones those that showed a sign of one.`];
		if (left > 0) return [`Relations were asked for ${share} of entities, the nearest ones.`];
		if (dismissed === 0) return [];
		if (queries.length === 0) return ["Relations were not asked for: no two entities showed a sign of one."];
		return [`Relations were asked for ${share}: the others showed no sign of one.`];
	},
};

function chosenPairs(setting: Setting, answers: readonly TaskAnswer[]): ChosenPairs {
	const asked = answers.map(({ query }) => query);
	return choosePairs(setting, mentionsOf(setting, answers, "mner"), worthAsking(setting, answers), asked);
}

const uneventful = (setting: Setting, answers: readonly TaskAnswer[]) =>
	isEventful(setting, answers) ? [] : ["Events were not asked for: the text showed no sign of one."];

export const med: TaskDefinition = {
	name: "med",
	title: "Event types",
	hint: "What happens, without who takes part.",
	asks: ["med"],
	lists: ["eventTypes"],
	screened: "eventful",
	waves: [(setting) => [eventQuery(setting)]],
	notes: uneventful,
};

export const mee: TaskDefinition = {
	name: "mee",
	title: "Events",
	hint: "What happens, and who or what takes part.",
	asks: ["med", "meae"],
	lists: ["eventTypes", "argumentRoles"],
	screened: "eventful",
	waves: [
		(setting) => [eventQuery(setting)],
		(setting, answers) => {
			const triggers = mentionsOf(setting, answers, "med");
			if (setting.request.arguments === "trigger") {
				return triggers.flatMap((trigger) => {
					const roles = setting.rolesOf(trigger.type);
					return roles ? [argumentQuery(setting, trigger.type, roles, { from: trigger.from, to: trigger.to })] : [];
				});
			}
			return [...new Set(triggers.map(({ type }) => type))].flatMap((event) => {
				const roles = setting.rolesOf(event);
				return roles ? [argumentQuery(setting, event, roles)] : [];
			});
		},
	],
	notes: (setting, answers) => [
		...uneventful(setting, answers),
		...[...new Set(mentionsOf(setting, answers, "med").map(({ type }) => type))].flatMap((event) =>
			setting.rolesOf(event)
				? []
				: [`No argument roles are known for the event type "${event}": its arguments were not asked for.`],
		),
	],
};
