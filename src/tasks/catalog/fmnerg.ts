/** Fine-grained grounded entities (FMNERG): records "person, athlete, Kyrie, O2", entities with both types. */

import { TASKS } from "../../core/tasks.ts";
import { type ExtractionContext, labelIds } from "../context.ts";
import { groundedIn, groundingField, recordQuery } from "../query/record.ts";
import { entityQuery } from "../query/span.ts";
import { mner } from "./classic.ts";
import { promptOf, type RecordDefinition } from "./definition.ts";

const coarseTypes = ({ fineTypes }: ExtractionContext) => [...new Set(fineTypes.map(({ coarse }) => coarse))];

export const fmnerg: RecordDefinition = {
	name: "fmnerg",
	...TASKS.fmnerg,
	prompt: "Please extract the following coarse and fine entity type and its object in the picture: {types}.",
	asks: ["fmnerg"],
	lists: ["fineTypes"],
	namesObjects: true,
	// The coarse types of the hierarchy are asked for: models have seen label lists of about ten.
	substitute: { ...mner, waves: [(context) => [entityQuery({ ...context, entityTypes: coarseTypes(context) })]] },
	waves: [
		(context) => {
			const { fineTypes, codec } = context;
			const what = "fine entity types";
			// Both types are one choice: a fine type is only said below its coarse one.
			const choices = labelIds(
				fineTypes.map(({ coarse, name }) => `${coarse}, ${name}`),
				what,
				codec,
			).map(({ ids }) => ids);
			const coarse = coarseTypes(context);
			const listed = coarse.map(
				(type) => `${type} (${fineTypes.flatMap((fine) => (fine.coarse === type ? [fine.name] : [])).join(", ")})`,
			);
			const instructor = promptOf(context, fmnerg, { types: listed.join("; "), coarse: coarse.join(", ") });
			const fields = [
				{ kind: "choice", choices } as const,
				{ kind: "span", comma: true } as const,
				groundingField(context),
			];
			return [recordQuery(context, { task: "fmnerg", instructor, what, fields, order: [1], apart: true })];
		},
	],
	read(context, _query, { values: [type, span, object], score }) {
		const { name, coarse } = context.fineTypes[type as number]!;
		const place = span as { from: number; to: number };
		return {
			mentions: [{ ...place, type: name, coarse, score, object: groundedIn(context, object as number) }],
			relations: [],
		};
	},
};
