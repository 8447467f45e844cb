/** Goes in: a record's annotation or a prediction. Comes out: the things that metrics compare, gold and predicted in one shape. */
import { prepareText, type Word } from "../../src/core/text.ts";
import type { AnnotatedRecord, Box, EvaluatedTask, FoundSpan, Prediction, RecordOf, TextSpan } from "./predict/contract.ts";
import { utf16 } from "./records.ts";

export interface Item {
	/** Entity type, relation, event type or role: what a confusion table counts. */
	readonly label: string;
	/** What must agree besides label and place: the event of an argument, the types of a relation's ends; "" for nothing. */
	readonly group: string;
	/** Pieces of the text: one of an entity, head and tail of a relation, none of a region. UTF-16. */
	readonly spans: readonly TextSpan[];
	/** Regions of the picture. */
	readonly boxes: readonly Box[];
	/** Annotated boundaries that are no word boundaries can never be found. */
	readonly reachable: boolean;
	/** Probability, of predictions; 1 of gold. */
	readonly score: number;
}

/** Lists that are scored apart. */
export const LAYERS = ["entities", "relation", "events", "arguments", "relations"] as const;
export type Layer = (typeof LAYERS)[number];
export type Items = Readonly<Record<Layer, readonly Item[]>>;

/** A record beside what was said about it. */
export interface Compared {
	readonly record: AnnotatedRecord;
	readonly said: Prediction;
	readonly gold: Items;
	readonly predicted: Items;
}

/** No relation: neither found nor missed (MNRE). */
export const NONE = "none";

const nothing: Items = { entities: [], relation: [], events: [], arguments: [], relations: [] };

type Span = { readonly start: number; readonly end: number };

const LAYERS_OF = {
	mner: (record, locate) => ({ entities: (record as RecordOf<"mner">).entities.map((entity) => entityItem(entity, locate)) }),
	gmner: (record, locate) => ({ entities: (record as RecordOf<"mner">).entities.map((entity) => entityItem(entity, locate)) }),
	mre: (record, locate) => {
		const { relation, head, tail } = record as RecordOf<"mre">;
		const spans = [locate(head).span, locate(tail).span];
		return { relation: relation === NONE ? [] : [gold({ label: relation, spans })] };
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
				return gold({ label: relation, group: `${head.type}, ${tail.type}`, spans: ends.map(({ span }) => span), reachable });
			}),
		};
	},
} as const satisfies Record<EvaluatedTask, (record: AnnotatedRecord, locate: Locate) => Partial<Items>>;

type Locate = (span: Span) => { readonly span: TextSpan; readonly reachable: boolean };

const gold = (item: Partial<Item> & Pick<Item, "label">): Item => ({ group: "", spans: [], boxes: [], reachable: true, score: 1, ...item });

/** What the annotation of a record says. */
export function goldItems(task: EvaluatedTask, record: AnnotatedRecord): Items {
	const words = wordsOf(record.text);
	const starts = new Set(words.map(({ start }) => start));
	const ends = new Set(words.map(({ end }) => end));
	const locate: Locate = ({ start, end }) => {
		const span = { start: utf16(record.text, start), end: utf16(record.text, end) };
		return { span, reachable: span.start < span.end && starts.has(span.start) && ends.has(span.end) };
	};
	return { ...nothing, ...LAYERS_OF[task](record, locate) };
}

function wordsOf(text: string): readonly Word[] {
	return text.trim() === "" ? [] : prepareText(text, "tokens").words;
}

function entityItem({ type, boxes = [], ...offsets }: RecordOf<"mner">["entities"][number], locate: Locate): Item {
	const { span, reachable } = locate(offsets);
	return gold({ label: type, spans: [span], boxes, reachable });
}

function triggers({ events }: RecordOf<"events">, locate: Locate): Item[] {
	return events.map(({ type, trigger }) => {
		const { span, reachable } = locate(trigger);
		return gold({ label: type, spans: [span], reachable });
	});
}

/** Each (event type, role, place) once, as the reference evaluation counts; places no prediction can reach are left out there. */
function goldArguments({ events }: RecordOf<"events">, locate: Locate): Item[] {
	const items = events.flatMap(({ type, arguments: list }) =>
		list.flatMap((argument): Item[] => {
			if ("box" in argument) return [gold({ label: argument.role, group: type, boxes: [argument.box] })];
			const { span, reachable } = locate(argument);
			return reachable ? [gold({ label: argument.role, group: type, spans: [span] })] : [];
		}),
	);
	return [...new Map(items.map((item) => [JSON.stringify([item.group, item.label, item.spans, item.boxes]), item])).values()];
}

/** What a prediction says. */
export function predictedItems(task: EvaluatedTask, record: AnnotatedRecord, said: Prediction): Items {
	const item = (values: Partial<Item> & Pick<Item, "label" | "score">): Item => gold(values);
	const spanItem = ({ type, start, end, score }: FoundSpan) => item({ label: type, spans: [{ start, end }], score });
	return {
		entities: said.entities.map((entity) => ({ ...spanItem(entity), boxes: entity.boxes })),
		relation: relationItems(task, record, said),
		events: said.events.map(spanItem),
		arguments: said.arguments.map(({ event, role, span, box, score }) =>
			item({ label: role, group: event, spans: span === null ? [] : [span], boxes: box === null ? [] : [box], score }),
		),
		relations: said.relations.map(({ relation, head, tail, score }) =>
			item({ label: relation, group: `${head.type}, ${tail.type}`, spans: [head, tail].map(({ start, end }) => ({ start, end })), score }),
		),
	};
}

function relationItems(task: EvaluatedTask, record: AnnotatedRecord, { relation }: Prediction): Item[] {
	if (task !== "mre" || relation === null || relation.name === null || relation.name === NONE) return [];
	const { head, tail, text } = record as RecordOf<"mre">;
	const spans = [head, tail].map(({ start, end }) => ({ start: utf16(text, start), end: utf16(text, end) }));
	return [gold({ label: relation.name, spans, score: relation.score })];
}
