/** Goes in: records and predictions of the tasks beyond the paper. Comes out: their items: fine types, relations with objects, steps, fields of forms. */

import { VALUE_OF_KEY } from "../../src/tasks/catalog/re2.ts";
import { FINE_TYPES } from "../../src/tasks/defaults.ts";
import { type Item, type Items, itemOf, type Locate } from "./item.ts";
import type { Prediction, RecordOf, TextSpan } from "./predict/contract.ts";

/** Labels of what has no type. */
const ENTITY = "entity";
const STEP = "step";
const SAME_THING = "same thing";

const COARSE = new Map(
	Object.entries(FINE_TYPES).flatMap(([coarse, list]) => list.map((fine) => [fine, coarse] as const)),
);

/** @param entities by their fine types; `coarse` undefined: the one above in FMNERG's hierarchy, or the type itself where it is no fine one */
export function fineLayers(
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

/** All annotated pairs of an entity and an object, those without a relation included. */
export function goldObjectRelations({ relations, regions = [] }: RecordOf<"more">, locate: Locate): Item[] {
	return relations.flatMap(({ relation, entity, box, object = 0 }): Item[] => {
		const place = box ?? regions[object - 1];
		const { span, reachable } = locate(entity);
		return place === undefined ? [] : [itemOf({ label: relation, spans: [span], boxes: [place], reachable })];
	});
}

/** Steps in the order of the procedure, and the entities of each. */
export function goldProcedure(
	{ text, steps, entities }: RecordOf<"gmper">,
	locate: Locate,
): Pick<Items, "steps" | "entities" | "links"> {
	const stepOf = ({ start, end }: { start: number; end: number }) =>
		steps.findIndex((step) => step.start <= start && end <= step.end) + 1;
	const mentions = entities.map(({ boxes = [], thing, ...offsets }) => {
		const { span, reachable } = locate(offsets);
		return { span, step: stepOf(offsets), thing, item: entityOfStep(span, stepOf(offsets), { boxes, reachable }) };
	});
	return {
		steps: steps.map((step) => itemOf({ label: STEP, spans: [trimmed(text, locate(step).span)] })),
		entities: mentions.map(({ item }) => item),
		links: linksOf(mentions),
	};
}

/** The same of a prediction. */
export function predictedProcedure(
	text: string,
	{ steps, entities }: Prediction,
): Pick<Items, "steps" | "entities" | "links"> {
	const mentions = entities.map(({ start, end, step = 0, thing, boxes, score }) => {
		return { span: { start, end }, step, thing, item: entityOfStep({ start, end }, step, { boxes, score }) };
	});
	return {
		steps: steps.map((step) => itemOf({ label: STEP, spans: [trimmed(text, step)] })),
		entities: mentions.map(({ item }) => item),
		links: linksOf(mentions),
	};
}

function entityOfStep(span: TextSpan, step: number, more: Partial<Item>): Item {
	return itemOf({ label: ENTITY, group: `step ${step}`, spans: [span], ...more });
}

interface Mention {
	readonly span: TextSpan;
	readonly step: number;
	readonly thing: string | undefined;
	readonly item: Item;
}

/** Every two mentions of one thing that stand in different steps, the earlier one first. */
function linksOf(mentions: readonly Mention[]): Item[] {
	const inOrder = [...mentions].sort((a, b) => a.span.start - b.span.start);
	return inOrder.flatMap((first, at) =>
		inOrder.slice(at + 1).flatMap((second): Item[] => {
			if (first.thing === undefined || first.thing !== second.thing || first.step === second.step) return [];
			const [a, b] = [first.item, second.item];
			return [itemOf({ label: SAME_THING, spans: [first.span, second.span], reachable: a.reachable && b.reachable })];
		}),
	);
}

/** White space around a step says nothing. */
function trimmed(text: string, { start, end }: TextSpan): TextSpan {
	const piece = text.slice(start, end);
	const from = start + piece.length - piece.trimStart().length;
	return { start: from, end: from + piece.trim().length };
}

export function goldFields(
	{ entities, links }: RecordOf<"re2">,
	locate: Locate,
): Pick<Items, "entities" | "relations"> {
	return {
		entities: entities.map(({ type, ...offsets }) => {
			const { span, reachable } = locate(offsets);
			return itemOf({ label: type, spans: [span], reachable });
		}),
		relations: links.map(({ key, value }) => {
			const ends = [locate(key), locate(value)];
			return itemOf({
				label: VALUE_OF_KEY,
				spans: ends.map(({ span }) => span),
				reachable: ends.every(({ reachable }) => reachable),
			});
		}),
	};
}

/** Steps that an annotation and a prediction both have: for each annotated one, in the order of the procedure, its number in the prediction; null: not found. */
export function stepNumbers(gold: readonly Item[], said: Prediction["steps"], text: string): (number | null)[] {
	const key = ({ start, end }: TextSpan) => `${start} ${end}`;
	const numbers = new Map(said.map((step) => [key(trimmed(text, step)), step.number]));
	return gold.map(({ spans }) => numbers.get(key(spans[0]!)) ?? null);
}
