/**
 * Entities and their relations in one generation (JMERE): both ends with types, and the relation; "none" is left out.
 */
import * as z from "zod/mini";
import { itemOf, NONE } from "../item.ts";
import { LABELLED, STRICT_SPANS } from "../metric.ts";
import { offsets, post } from "../predict/schemas.ts";
import type { EvaluatedDefinition } from "./definition.ts";
import { entityItem } from "./entities.ts";

const typedMention = z.object({ type: z.string(), ...offsets });
const schema = z.object({
	...post,
	entities: z.array(typedMention),
	relations: z.array(z.object({ relation: z.string(), head: typedMention, tail: typedMention })),
});

export const jmere: EvaluatedDefinition<z.infer<typeof schema>> = {
	summary: "spans, types and relations",
	fields: "entities: [{type, start, end}], relations: [{relation, head: {type, start, end}, tail: {…}}]",
	schema,
	metrics: [
		{
			id: "quintuple",
			name: "head + type, relation, tail + type",
			rule: "both spans with their types and the relation as annotated, micro-averaged without none",
			source: "JMERE (Yuan et al., AAAI 2023)",
			layer: "relations",
			parts: LABELLED,
		},
		{
			...STRICT_SPANS,
			id: "mner",
			name: "entities: span + type",
			source: "JMERE (Yuan et al., AAAI 2023), entity part",
		},
	],
	gold({ entities, relations }, locate) {
		return {
			entities: entities.map((entity) => entityItem(entity, locate)),
			relations: relations.flatMap(({ relation, head, tail }) => {
				if (relation === NONE) return [];
				const ends = [locate(head), locate(tail)];
				const group = `${head.type}, ${tail.type}`;
				const reachable = ends.every((end) => end.reachable);
				return [itemOf({ label: relation, group, spans: ends.map(({ span }) => span), reachable })];
			}),
		};
	},
};
