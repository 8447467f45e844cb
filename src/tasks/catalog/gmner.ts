/** Grounded entities (GMNER): records "person, Kyrie, O2", entities with their object in the picture or none. */

import { TASKS } from "../../core/tasks.ts";
import { labelIds } from "../context.ts";
import { groundedIn, groundingField, recordQuery } from "../query/record.ts";
import { mner } from "./classic.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

export const gmner: RecordDefinition = {
	name: "gmner",
	...TASKS.gmner,
	prompt: "Please extract the following entity type and its object in the picture: {types}.",
	asks: ["gmner"],
	lists: ["entityTypes"],
	namesObjects: true,
	substitute: mner,
	waves: [
		(context) => {
			const { entityTypes, codec } = context;
			const what = "entity types";
			const choices = labelIds(entityTypes, what, codec).map(({ ids }) => ids);
			const instructor = promptOf(context, gmner, { types: entityTypes.join(", ") });
			const fields = [
				{ kind: "choice", choices } as const,
				{ kind: "span", comma: true } as const,
				groundingField(context),
			];
			return [recordQuery(context, { task: "gmner", instructor, what, fields, order: [1], apart: true })];
		},
	],
	read(context, _query, { values: [type, span, object], score }) {
		const mention = { ...(span as { from: number; to: number }), type: context.entityTypes[type as number]!, score };
		return { mentions: [{ ...mention, object: groundedIn(context, object as number) }], relations: [] };
	},
};
