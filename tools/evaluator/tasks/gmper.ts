/**
 * Steps of a procedure (GMPER): entities without types, each in a step and in its region or none; steps and things
 * followed count apart.
 */
import * as z from "zod/mini";
import { type Item, type Items, itemOf, type Locate } from "../item.ts";
import { GROUNDED, LABELLED, type Metric, REGION_RULE } from "../metric.ts";
import type { Prediction, TextSpan } from "../predict/contract.ts";
import { boxes, checked, offsets, post, span, spanFault } from "../predict/schemas.ts";
import type { EvaluatedDefinition, ShareDefinition } from "./definition.ts";
import { entityBoxes } from "./entities.ts";

/** Steps in the order of the procedure; entities with the same `thing` are one thing. */
const schema = z
	.object({
		...post,
		steps: z.array(span),
		entities: z.array(z.object({ ...offsets, boxes, thing: z.optional(z.string()) })),
	})
	.check(
		checked(({ text, steps, entities }) => {
			const outside = entities.findIndex(
				({ start, end }) => !steps.some((step) => step.start <= start && end <= step.end),
			);
			const fault = spanFault(text, "steps", steps) ?? spanFault(text, "entities", entities);
			return fault ?? (outside < 0 ? null : { path: ["entities", outside], what: "it lies in no step" });
		}),
	);
type ProcedureRecord = z.infer<typeof schema>;
type ProcedureItems = Pick<Items, "steps" | "entities" | "links">;

/** Labels of what has no type. */
const ENTITY = "entity";
const STEP = "step";
const SAME_THING = "same thing";

/** Steps in the order of the procedure, and the entities of each. */
function annotatedProcedure({ text, steps, entities }: ProcedureRecord, locate: Locate): ProcedureItems {
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
function predictedProcedure(text: string, { steps, entities }: Prediction): ProcedureItems {
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

/** A step without the white space around it, which says nothing. */
function trimmed(text: string, { start, end }: TextSpan): TextSpan {
	const piece = text.slice(start, end);
	const from = start + piece.length - piece.trimStart().length;
	return { start: from, end: from + piece.trim().length };
}

/**
 * Steps that an annotation and a prediction both have: for each annotated one, in the order of the procedure, its
 * number in the prediction; null: not found.
 */
function stepNumbers(gold: readonly Item[], steps: Prediction["steps"], text: string): (number | null)[] {
	const key = ({ start, end }: TextSpan) => `${start} ${end}`;
	const numbers = new Map(steps.map((step) => [key(trimmed(text, step)), step.number]));
	return gold.map(({ spans }) => numbers.get(key(spans[0]!)) ?? null);
}

/**
 * The share of all pairs of annotated steps that were both found, the earlier one with the smaller number:
 * (1 + Kendall's τ) ÷ 2 where all are found.
 */
const STEP_ORDER: ShareDefinition = {
	id: "order",
	name: "step pairs in order",
	rule: "both steps found, the earlier one with the smaller number; of all pairs of annotated steps",
	source: "pairwise order, as Kendall's τ counts (Lapata, 2006)",
	count({ record, prediction, gold }) {
		const numbers = stepNumbers(gold.steps, prediction.steps, record.text);
		const pairs = numbers.flatMap((first, at) =>
			numbers.slice(at + 1).map((second) => first !== null && second !== null && first < second),
		);
		return { right: pairs.filter(Boolean).length, of: pairs.length };
	},
};

const METRICS: readonly Metric[] = [
	{
		id: "grounded",
		name: "entity + step + region",
		rule: `words and step as annotated, and the region: ${REGION_RULE}`,
		source: "GMPER (LREC-COLING 2024), grounded procedural entities",
		layer: "entities",
		parts: GROUNDED,
	},
	{
		id: "entity",
		name: "entity + step",
		rule: "words and number of the step as annotated",
		source: "GMPER (LREC-COLING 2024), procedural entity recognition",
		layer: "entities",
		parts: LABELLED,
	},
	{
		id: "step",
		name: "step",
		rule: "first and last word of the step as annotated",
		source: "strict spans, as conlleval counts, over steps",
		layer: "steps",
		parts: LABELLED,
	},
	{
		id: "link",
		name: "same thing, other step",
		rule: "two mentions of one thing in different steps, both with words as annotated; every pair counts once",
		source: "pairwise links of coreference (Recasens & Hovy, BLANC, 2011)",
		layer: "links",
		parts: LABELLED,
	},
];

export const gmper: EvaluatedDefinition<ProcedureRecord> = {
	summary: "steps, entities and their regions",
	fields:
		"steps: [{start, end}] in the order of the procedure, entities: [{start, end, boxes?, thing?}],\n" +
		"each within a step; mentions with one thing are one thing",
	schema,
	metrics: METRICS,
	shares: [STEP_ORDER],
	gold: annotatedProcedure,
	predicted: (_items, { text }, prediction) => predictedProcedure(text, prediction),
	boxes: entityBoxes,
};
