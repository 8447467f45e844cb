/** Fine-grained grounded entities (FMNERG): a fine type counts in full or, by the type above it, as a coarse one. */
import * as z from "zod/mini";
import { FINE_TYPES } from "../../../src/tasks/defaults.ts";
import type { Item, Items } from "../item.ts";
import { GROUNDED, GROUNDED_SPANS, LABELLED, type Metric, REGION_RULE } from "../metric.ts";
import { boxes, offsets, post } from "../predict/schemas.ts";
import type { EvaluatedDefinition } from "./definition.ts";
import { entityBoxes, entityItem } from "./entities.ts";

const schema = z.object({
	...post,
	entities: z.array(z.object({ type: z.string(), coarse: z.optional(z.string()), ...offsets, boxes })),
});

const COARSE = new Map(
	Object.entries(FINE_TYPES).flatMap(([coarse, list]) => list.map((fine) => [fine, coarse] as const)),
);

/**
 * @param entities by their fine types; `coarse` undefined: the one above in FMNERG's hierarchy, or the type itself
 * where it is not a fine one
 */
function fineLayers(
	entities: ReadonlyArray<{ readonly item: Item; readonly coarse: string | undefined }>,
): Partial<Items> {
	const fine = entities.map(({ item }) => item);
	const coarse = entities.map(({ item, coarse }) => ({
		...item,
		label: coarse ?? COARSE.get(item.label) ?? item.label,
	}));
	const level = (group: string) => (item: Item) => ({ ...item, group });
	return { entities: fine, coarse, hierarchy: [...fine.map(level("fine")), ...coarse.map(level("coarse"))] };
}

/** A triple is a span, its fine type and its region. */
const METRICS: readonly Metric[] = [
	{
		id: "triple",
		name: "span + fine type + region",
		rule: `span and fine type as annotated, and the region: ${REGION_RULE}`,
		source: "FMNERG (Wang et al., ACM MM 2023)",
		layer: "entities",
		parts: GROUNDED,
	},
	{
		id: "coarse-triple",
		name: "span + coarse type + region",
		rule: `span and coarse type as annotated, and the region: ${REGION_RULE}`,
		source: "GMNER (Yu et al., ACL 2023)",
		layer: "coarse",
		parts: GROUNDED,
	},
	{
		id: "fmner",
		name: "FMNER: span + fine type",
		rule: "span and fine type as annotated",
		source: "FMNERG (Wang et al., ACM MM 2023), sub-task fine-grained MNER",
		layer: "entities",
		parts: LABELLED,
	},
	{
		id: "mner",
		name: "MNER: span + coarse type",
		rule: "span and coarse type as annotated",
		source: "GMNER (Yu et al., ACL 2023), sub-task MNER",
		layer: "coarse",
		parts: LABELLED,
	},
	{
		id: "hierarchical",
		name: "span + types, hierarchical",
		rule: "span as annotated; the fine type and the one above it each count once",
		source: "hierarchical F1 (Kiritchenko et al., 2006)",
		layer: "hierarchy",
		parts: LABELLED,
	},
	{ ...GROUNDED_SPANS, source: "FMNERG (Wang et al., ACM MM 2023), sub-task entity extraction and grounding" },
];

export const fmnerg: EvaluatedDefinition<z.infer<typeof schema>> = {
	summary: "span, fine type and region",
	fields:
		"entities: [{type, coarse?, start, end, boxes?}]; type is the fine one, coarse is looked up in\n" +
		"FMNERG's hierarchy where absent",
	schema,
	metrics: METRICS,
	gold: ({ entities }, locate) =>
		fineLayers(entities.map((entity) => ({ item: entityItem(entity, locate), coarse: entity.coarse }))),
	predicted: (items, _record, prediction) =>
		fineLayers(items.entities.map((item, at) => ({ item, coarse: prediction.entities[at]!.coarse }))),
	boxes: entityBoxes,
};
