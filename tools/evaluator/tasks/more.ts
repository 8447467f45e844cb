/** Relations between an object of the picture and an entity (MORE); "none" counts for accuracy only. */
import * as z from "zod/mini";
import { type Item, itemOf, type Locate, locator, NONE } from "../item.ts";
import { GROUNDED, IOU_RIGHT, LABELLED, type Metric } from "../metric.ts";
import { iou } from "../metrics.ts";
import { box, checked, post, span, spanFault } from "../predict/schemas.ts";
import type { EvaluatedDefinition, ShareDefinition } from "./definition.ts";

/** The object is a box, or the number of one of the record's `regions`: 1 is O1. */
const objectRelation = z.object({
	relation: z.string(),
	entity: span,
	box: z.optional(box),
	object: z.optional(z.int()),
});

const schema = z.object({ ...post, relations: z.array(objectRelation) }).check(
	checked(({ text, regions = [], relations }) => {
		const at = relations.findIndex(({ box, object }) => box === undefined && regions[(object ?? 0) - 1] === undefined);
		if (at >= 0)
			return { path: ["relations", at], what: "expected a box, or an object that is one of the record's regions" };
		const entities = relations.map(({ entity }) => entity);
		return spanFault(text, "relations", entities);
	}),
);
type ObjectRelationsRecord = z.infer<typeof schema>;

/** All annotated pairs of an entity and an object, those without a relation included. */
function annotatedPairs({ relations, regions = [] }: ObjectRelationsRecord, locate: Locate): Item[] {
	return relations.flatMap(({ relation, entity, box, object = 0 }): Item[] => {
		const place = box ?? regions[object - 1];
		const { span, reachable } = locate(entity);
		return place === undefined ? [] : [itemOf({ label: relation, spans: [span], boxes: [place], reachable })];
	});
}

/** The share of annotated pairs whose relation is the annotated one; a pair that was not found counts as "none". */
const ACCURACY: ShareDefinition = {
	id: "accuracy",
	name: "accuracy, none included",
	rule:
		"of each annotated pair the surest relation that was found for the entity and an object with " +
		`IoU ≥ ${IOU_RIGHT}, else none`,
	source: "MORE (He et al., ACM MM 2023)",
	count({ record, predicted }) {
		const pairs = annotatedPairs(record as ObjectRelationsRecord, locator(record.text, "tokens"));
		return {
			right: pairs.filter((pair) => relationBetween(pair, predicted.objects) === pair.label).length,
			of: pairs.length,
		};
	},
};

function relationBetween({ spans: [entity], boxes: [object] }: Item, predicted: readonly Item[]): string {
	const found = predicted.filter(({ spans: [place], boxes: [box] }) => {
		return place!.start === entity!.start && place!.end === entity!.end && iou(box!, object!) >= IOU_RIGHT;
	});
	return found.sort((a, b) => b.score - a.score)[0]?.label ?? NONE;
}

const METRICS: readonly Metric[] = [
	{
		id: "triple",
		name: "entity, relation, object",
		rule:
			`entity and relation as annotated, and the object: IoU ≥ ${IOU_RIGHT} with the annotated one; ` +
			"micro-averaged without none",
		source: "MORE (He et al., ACM MM 2023); there pairs are given, here they are found",
		layer: "objects",
		parts: GROUNDED,
	},
	{
		id: "pair",
		name: "related at all",
		rule: `entity as annotated and object with IoU ≥ ${IOU_RIGHT}, whatever the relation but none`,
		source: "the same count without the relation's name",
		layer: "objects",
		parts: { label: false, place: true, region: true },
	},
	{
		id: "text",
		name: "entity, relation",
		rule: "entity and relation as annotated, whatever the object",
		source: "the same count without the object",
		layer: "objects",
		parts: LABELLED,
	},
];

export const more: EvaluatedDefinition<ObjectRelationsRecord> = {
	summary: "entity, relation and object of the picture",
	fields:
		"relations: [{relation, entity: {start, end}, box}], or object, the number of one of regions (1 is O1),\n" +
		"instead of box",
	schema,
	metrics: METRICS,
	shares: [ACCURACY],
	gold: (record, locate) => ({ objects: annotatedPairs(record, locate).filter(({ label }) => label !== NONE) }),
	boxes: ({ relations }) => relations.flatMap(({ box }) => (box === undefined ? [] : [box])),
};
