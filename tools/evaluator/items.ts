/**
 * Turns a record's annotation, or a prediction, into the items that metrics compare: gold and predicted in one shape.
 */
import type { WordMode } from "../../src/core/text.ts";
import { type Item, type Items, itemOf, locator, NO_ITEMS } from "./item.ts";
import type { AnnotatedRecord, EvaluatedTask, FoundSpan, Prediction } from "./predict/contract.ts";
import { EVALUATED_TASKS } from "./tasks/tasks.ts";

/** The annotated items of a record. @param words how the words are found that a prediction can reach */
export function goldItems(task: EvaluatedTask, record: AnnotatedRecord, words: WordMode = "tokens"): Items {
	return { ...NO_ITEMS, ...EVALUATED_TASKS[task].gold(record, locator(record.text, words)) };
}

/** The predicted items of a record. */
export function predictedItems(task: EvaluatedTask, record: AnnotatedRecord, prediction: Prediction): Items {
	const items = itemsOf(prediction);
	return { ...items, ...EVALUATED_TASKS[task].predicted?.(items, record, prediction) };
}

/** The lists of a prediction as they are. The relation of a given pair is left to mre, which knows the pair. */
function itemsOf(prediction: Prediction): Items {
	const spanItem = ({ type, start, end, score }: FoundSpan) => itemOf({ label: type, spans: [{ start, end }], score });
	return {
		...NO_ITEMS,
		entities: prediction.entities.map((entity): Item => ({ ...spanItem(entity), boxes: entity.boxes })),
		events: prediction.events.map(spanItem),
		arguments: prediction.arguments.map(({ event, role, span, box, fractions, score }) =>
			// Boxes of both units: an annotation in pixels meets the one, an object of the record's regions the other.
			itemOf({
				label: role,
				group: event,
				spans: span === null ? [] : [span],
				boxes: [box, fractions].filter((one) => one != null),
				score,
			}),
		),
		relations: prediction.relations.map(({ relation, head, tail, score }) => {
			const spans = [head, tail].map(({ start, end }) => ({ start, end }));
			return itemOf({ label: relation, group: `${head.type}, ${tail.type}`, spans, score });
		}),
		objects: prediction.objectRelations.map(({ relation, entity, box, score }) =>
			itemOf({ label: relation, spans: [entity], boxes: [box], score }),
		),
	};
}
