/** Goes in: nothing. Comes out: the paper's tasks as definitions: entities, relations of pairs, event types, events with arguments. */
import type { TaskDefinition } from "./definition.ts";
import { choosePairs, mentionsOf } from "./mentions.ts";
import { argumentQuery, checkRoom, entityQuery, eventQuery, relationQuery } from "./queries.ts";

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
			checkRoom(setting, relationQuery(setting, "", "").instructor, "relation types");
			return [entityQuery(setting)];
		},
		(setting, answers) => choosePairs(setting, mentionsOf(setting, answers, "mner")).queries,
	],
	notes(setting, answers) {
		if (!answers.some(({ query }) => query.task === "mner")) return [];
		const { queries, left } = choosePairs(setting, mentionsOf(setting, answers, "mner"));
		return left > 0 ? [`Relations were asked for ${queries.length} of ${queries.length + left} pairs of entities, the nearest ones.`] : [];
	},
};

export const med: TaskDefinition = {
	name: "med",
	title: "Event types",
	hint: "What happens, without who takes part.",
	asks: ["med"],
	lists: ["eventTypes"],
	waves: [(setting) => [eventQuery(setting)]],
};

export const mee: TaskDefinition = {
	name: "mee",
	title: "Events",
	hint: "What happens, and who or what takes part.",
	asks: ["med", "meae"],
	lists: ["eventTypes", "argumentRoles"],
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
	notes: (setting, answers) =>
		[...new Set(mentionsOf(setting, answers, "med").map(({ type }) => type))].flatMap((event) =>
			setting.rolesOf(event) ? [] : [`No argument roles are known for the event type "${event}": its arguments were not asked for.`],
		),
};
