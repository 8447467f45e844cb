/** Goes in: a setting, then records "person, Kyrie, O2". Comes out: the query of grounded entities (GMNER), and entities with their object or none. */

import { labelIds } from "../context.ts";
import { groundedIn, groundingField, instructorOf, recordQuery } from "../query/records.ts";
import { mner } from "./classic.ts";
import type { RecordDefinition } from "./definition.ts";

export const gmner: RecordDefinition = {
	name: "gmner",
	title: "Grounded entities",
	hint: "Entities, each with its object in the picture, or “not in the picture”.",
	asks: ["gmner"],
	lists: ["entityTypes"],
	substitute: mner,
	waves: [
		(setting) => {
			const { entityTypes, codec } = setting;
			const what = "entity types";
			const choices = labelIds(entityTypes, what, codec).map(({ ids }) => ids);
			const instructor = instructorOf(setting, "gmner", { types: entityTypes.join(", ") });
			const fields = [
				{ kind: "choice", choices } as const,
				{ kind: "span", comma: true } as const,
				groundingField(setting),
			];
			return [recordQuery(setting, { task: "gmner", instructor, what, fields, order: [1], apart: true })];
		},
	],
	read(setting, _query, { values: [type, span, object], score }) {
		const mention = { ...(span as { from: number; to: number }), type: setting.entityTypes[type as number]!, score };
		return { mentions: [{ ...mention, object: groundedIn(setting, object as number) }], relations: [] };
	},
};
