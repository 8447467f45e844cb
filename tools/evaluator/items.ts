/** Goes in: a record's annotation or a prediction. Comes out: the things that metrics compare, gold and predicted in one shape. */
import type { WordMode } from "../../src/core/text.ts";
import { type Item, type Items, itemOf, type Locate, locator, NO_ITEMS, NONE } from "./item.ts";
import { fineLayers, goldFields, goldObjectRelations, goldProcedure, predictedProcedure } from "./items-beyond.ts";
import type { AnnotatedRecord, EvaluatedTask, FoundSpan, Prediction, RecordOf } from "./predict/contract.ts";
import { utf16 } from "./predict/offsets.ts";

const LAYERS_OF = {
	mner: (record, locate) => ({
		entities: (record as RecordOf<"mner">).entities.map((entity) => entityItem(entity, locate)),
	}),
	gmner: (record, locate) => ({
		entities: (record as RecordOf<"mner">).entities.map((entity) => entityItem(entity, locate)),
	}),
	mre: (record, locate) => {
		const { relation, head, tail } = record as RecordOf<"mre">;
		const spans = [locate(head).span, locate(tail).span];
		return { relation: relation === NONE ? [] : [itemOf({ label: relation, spans })] };
	},
	med: (record, locate) => ({ events: triggers(record as RecordOf<"events">, locate) }),
	meae: (record, locate) => ({ arguments: goldArguments(record as RecordOf<"events">, locate) }),
	mee: (record, locate) => ({
		events: triggers(record as RecordOf<"events">, locate),
		arguments: goldArguments(record as RecordOf<"events">, locate),
	}),
	jmere: (record, locate) => {
		const { entities, relations } = record as RecordOf<"jmere">;
		const related = relations.filter(({ relation }) => relation !== NONE);
		return {
			entities: entities.map((entity) => entityItem(entity, locate)),
			relations: related.map(({ relation, head, tail }) => {
				const ends = [locate(head), locate(tail)];
				const reachable = ends.every((end) => end.reachable);
				return itemOf({
					label: relation,
					group: `${head.type}, ${tail.type}`,
					spans: ends.map(({ span }) => span),
					reachable,
				});
			}),
		};
	},
	fmnerg: (record, locate) =>
		fineLayers(
			(record as RecordOf<"fmnerg">).entities.map((entity) => ({
				item: entityItem(entity, locate),
				coarse: entity.coarse,
			})),
		),
	more: (record, locate) => ({
		objects: goldObjectRelations(record as RecordOf<"more">, locate).filter(({ label }) => label !== NONE),
	}),
	gmper: (record, locate) => goldProcedure(record as RecordOf<"gmper">, locate),
	re2: (record, locate) => goldFields(record as RecordOf<"re2">, locate),
} as const satisfies Record<EvaluatedTask, (record: AnnotatedRecord, locate: Locate) => Partial<Items>>;

/** What the annotation of a record says; `words`: how a prediction finds the words it can reach. */
export function goldItems(task: EvaluatedTask, record: AnnotatedRecord, words: WordMode = "tokens"): Items {
	return { ...NO_ITEMS, ...LAYERS_OF[task](record, locator(record.text, words)) };
}

function entityItem({ type, boxes = [], ...offsets }: RecordOf<"mner">["entities"][number], locate: Locate): Item {
	const { span, reachable } = locate(offsets);
	return itemOf({ label: type, spans: [span], boxes, reachable });
}

function triggers({ events }: RecordOf<"events">, locate: Locate): Item[] {
	return events.map(({ type, trigger }) => {
		const { span, reachable } = locate(trigger);
		return itemOf({ label: type, spans: [span], reachable });
	});
}

/** Each (event type, role, place) once, as the reference evaluation counts; places no prediction can reach are left out there. */
function goldArguments({ events, regions = [] }: RecordOf<"events">, locate: Locate): Item[] {
	const items = events.flatMap(({ type, arguments: list }) =>
		list.flatMap((argument): Item[] => {
			if (!("start" in argument)) {
				const box = "box" in argument ? argument.box : regions[argument.object - 1];
				const boxes = box === undefined ? [] : [box];
				return [itemOf({ label: argument.role, group: type, boxes, reachable: box !== undefined })];
			}
			const { span, reachable } = locate(argument);
			return reachable ? [itemOf({ label: argument.role, group: type, spans: [span] })] : [];
		}),
	);
	return [
		...new Map(items.map((item) => [JSON.stringify([item.group, item.label, item.spans, item.boxes]), item])).values(),
	];
}

/** What a prediction says. */
export function predictedItems(task: EvaluatedTask, record: AnnotatedRecord, said: Prediction): Items {
	const spanItem = ({ type, start, end, score }: FoundSpan) => itemOf({ label: type, spans: [{ start, end }], score });
	const entities = said.entities.map((entity): Item => ({ ...spanItem(entity), boxes: entity.boxes }));
	return {
		...NO_ITEMS,
		entities,
		relation: relationItems(task, record, said),
		events: said.events.map(spanItem),
		arguments: said.arguments.map(({ event, role, span, box, fractions, score }) =>
			// Boxes of both units: an annotation in pixels meets the one, an object of the record's regions the other.
			itemOf({
				label: role,
				group: event,
				spans: span === null ? [] : [span],
				boxes: [box, fractions].filter((one) => one != null),
				score,
			}),
		),
		relations: said.relations.map(({ relation, head, tail, score }) => {
			// A key and its value say themselves what they are.
			const group = task === "re2" ? "" : `${head.type}, ${tail.type}`;
			return itemOf({ label: relation, group, spans: [head, tail].map(({ start, end }) => ({ start, end })), score });
		}),
		objects: said.objectRelations.map(({ relation, entity, box, score }) =>
			itemOf({ label: relation, spans: [entity], boxes: [box], score }),
		),
		...(task === "fmnerg" && fineLayers(entities.map((item, at) => ({ item, coarse: said.entities[at]!.coarse })))),
		...(task === "gmper" && predictedProcedure(record.text, said)),
	};
}

function relationItems(task: EvaluatedTask, record: AnnotatedRecord, { relation }: Prediction): Item[] {
	if (task !== "mre" || relation === null || relation.name === null || relation.name === NONE) return [];
	const { head, tail, text } = record as RecordOf<"mre">;
	const spans = [head, tail].map(({ start, end }) => ({ start: utf16(text, start), end: utf16(text, end) }));
	return [itemOf({ label: relation.name, spans, score: relation.score })];
}
