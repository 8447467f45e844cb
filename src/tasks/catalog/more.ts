/** Relations between an object of the picture and an entity (MORE): records "O2, member of, Cavs". */

import { TASKS } from "../../core/tasks.ts";
import { labelIds } from "../context.ts";
import { objectField, recordQuery } from "../query/record.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

export const more: RecordDefinition = {
	name: "more",
	...TASKS.more,
	prompt: "Please extract the following relation between an object in the picture and an entity: {relations}.",
	asks: ["more"],
	lists: ["objectRelationTypes"],
	namesObjects: true,
	waves: [
		(context) => {
			const { objectRelationTypes: relations, codec, objects } = context;
			if (objects.length === 0) return [];
			const what = "relations between objects and entities";
			const choices = labelIds(relations, what, codec).map(({ ids }) => ids);
			const instructor = promptOf(context, more, { relations: relations.join(", ") });
			const fields = [
				objectField(context),
				{ kind: "choice", choices } as const,
				{ kind: "span", comma: false } as const,
			];
			return [recordQuery(context, { task: "more", instructor, what, fields, order: [0, 2], apart: false })];
		},
	],
	notes: ({ objects }) =>
		objects.length > 0
			? []
			: ["Relations with objects were skipped: they need a picture, and a model that looks at it."],
	read(context, _query, { values: [object, relation, span], score }) {
		const mention = { ...(span as { from: number; to: number }), type: null, score };
		const type = context.objectRelationTypes[relation as number]!;
		return { mentions: [mention], relations: [{ type, score, head: { object: object as number }, tail: { mention } }] };
	},
};
