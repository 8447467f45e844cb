/**
 * Events (M2E2): med scores triggers, meae arguments of given events, mee the arguments of the events that med finds.
 */
import { type Item, itemOf, type Locate } from "../item.ts";
import { IOU_RIGHT, LABELLED, type Metric, PLACED } from "../metric.ts";
import { type EventsRecord, eventsRecord } from "../predict/schemas.ts";
import type { EvaluatedDefinition } from "./definition.ts";

const TRIGGER_METRICS: readonly Metric[] = [
	{
		id: "mention",
		name: "event mention",
		rule: "event type and trigger as annotated, micro-averaged",
		source: "M2E2 (Li et al., ACL 2020), textual event mentions",
		layer: "events",
		parts: LABELLED,
	},
	{
		id: "trigger",
		name: "trigger only",
		rule: "trigger as annotated, whatever the event type",
		source: "trigger identification (Ji & Grishman, ACL 2008)",
		layer: "events",
		parts: PLACED,
	},
];

const ARGUMENT_METRICS: readonly Metric[] = [
	{
		id: "argument",
		name: "argument",
		rule: `event type, role and words as annotated, or a region with IoU ≥ ${IOU_RIGHT}; each once, micro-averaged`,
		source: "M2E2 (Li et al., ACL 2020)",
		layer: "arguments",
		parts: LABELLED,
	},
	{
		id: "argument-place",
		name: "argument, any role",
		rule: "event type and words (or region) as annotated, whatever the role",
		source: "argument identification (Ji & Grishman, ACL 2008)",
		layer: "arguments",
		parts: PLACED,
	},
];

function triggerItems({ events }: EventsRecord, locate: Locate): Item[] {
	return events.map(({ type, trigger }) => {
		const { span, reachable } = locate(trigger);
		return itemOf({ label: type, spans: [span], reachable });
	});
}

/**
 * Each (event type, role, place) once, as the reference evaluation counts; places no prediction can reach are left out
 * there.
 */
function argumentItems({ events, regions = [] }: EventsRecord, locate: Locate): Item[] {
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

// Boxes of arguments are pixels of pictures that are not open yet, so no definition here has `boxes`.
export const med: EvaluatedDefinition<EventsRecord> = {
	summary: "event triggers",
	fields:
		"events: [{type, trigger: {start, end}, arguments: [{role, start, end} or {role, box} or {role, object}]}];\n" +
		"object is the number of a region (1 is O1)",
	schema: eventsRecord,
	metrics: TRIGGER_METRICS,
	gold: (record, locate) => ({ events: triggerItems(record, locate) }),
};

export const meae: EvaluatedDefinition<EventsRecord> = {
	...med,
	summary: "arguments of annotated event types",
	fields: "as med",
	metrics: ARGUMENT_METRICS,
	gold: (record, locate) => ({ arguments: argumentItems(record, locate) }),
};

export const mee: EvaluatedDefinition<EventsRecord> = {
	...med,
	summary: "arguments of the events that med finds",
	fields: "as med",
	metrics: [...ARGUMENT_METRICS, ...TRIGGER_METRICS],
	gold: (record, locate) => ({ events: triggerItems(record, locate), arguments: argumentItems(record, locate) }),
};
