/** Entities in a text: mner scores spans and types, gmner also the region of each. */
import { type Item, itemOf, type Locate } from "../item.ts";
import { GROUNDED, GROUNDED_SPANS, type Metric, REGION_RULE, SPAN_BOUNDARIES, STRICT_SPANS } from "../metric.ts";
import type { Box } from "../predict/contract.ts";
import { type EntitiesRecord, entitiesRecord } from "../predict/schemas.ts";
import type { EvaluatedDefinition } from "./definition.ts";

type AnnotatedEntity = EntitiesRecord["entities"][number];

/** An annotated entity as an item. */
export function entityItem({ type, boxes = [], ...offsets }: AnnotatedEntity, locate: Locate): Item {
	const { span, reachable } = locate(offsets);
	return itemOf({ label: type, spans: [span], boxes, reachable });
}

/** The annotated boxes of all entities of a record. */
export const entityBoxes = ({ entities }: { readonly entities: readonly { readonly boxes?: Box[] | undefined }[] }) =>
	entities.flatMap(({ boxes = [] }) => boxes);

export const mner: EvaluatedDefinition<EntitiesRecord> = {
	summary: "span and type",
	fields: "entities: [{type, start, end, boxes?}]",
	schema: entitiesRecord,
	metrics: [STRICT_SPANS, SPAN_BOUNDARIES],
	gold: ({ entities }, locate) => ({ entities: entities.map((entity) => entityItem(entity, locate)) }),
	boxes: entityBoxes,
};

/** A region is right if both have none, or if its IoU with one of the annotated boxes reaches 0.5. */
const TRIPLE: Metric = {
	id: "triple",
	name: "span + type + region",
	rule: `span and type as annotated, and the region: ${REGION_RULE}`,
	source: "GMNER (Yu et al., ACL 2023)",
	layer: "entities",
	parts: GROUNDED,
};

export const gmner: EvaluatedDefinition<EntitiesRecord> = {
	...mner,
	summary: "span, type and region",
	fields: "as mner; without boxes: not in the picture",
	metrics: [
		TRIPLE,
		{ ...STRICT_SPANS, id: "mner", name: "MNER: span + type", source: "GMNER (Yu et al., ACL 2023), sub-task MNER" },
		GROUNDED_SPANS,
	],
};
