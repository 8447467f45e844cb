/** Corrections of events: triggers and arguments can be added, moved, renamed and removed. */
import type { EventArgument, ExtractedEvent, ExtractionResult, RecordChange } from "../core/result.ts";
import { CERTAIN, changed, checkedName, checkedSpan, found, freeId, sameId, wrong } from "./correction-parts.ts";

/** The filler of a role: an entity, a piece of the text (UTF-16 offsets), or an object of the picture. */
export type Filler =
	| { readonly entity: string }
	| { readonly start: number; readonly end: number }
	/** The name of a box. */
	| { readonly object: string };

/** Edits of events; `index` is the place of an argument in its event. */
export type EventEdit =
	| { readonly edit: "add-event"; readonly type: string; readonly start: number; readonly end: number }
	| { readonly edit: "retype-event"; readonly id: string; readonly type: string }
	| { readonly edit: "move-event"; readonly id: string; readonly start: number; readonly end: number }
	| { readonly edit: "delete-event"; readonly id: string }
	| { readonly edit: "add-argument"; readonly id: string; readonly role: string; readonly filler: Filler }
	| { readonly edit: "retype-argument"; readonly id: string; readonly index: number; readonly role: string }
	| { readonly edit: "delete-argument"; readonly id: string; readonly index: number };

const eventOf = ({ events }: ExtractionResult, id: string) => found(events, sameId(id), `The event ${id}`);

/** Events stand in the order of their triggers. */
function placeOf({ events }: ExtractionResult, start: number): number {
	const after = events.findIndex(({ trigger }) => trigger.start > start);
	return after < 0 ? events.length : after;
}

/** Words that are an entity become a link to it. */
function makeArgument(result: ExtractionResult, role: string, filler: Filler): EventArgument {
	const about = { role: checkedName(role, "role"), score: CERTAIN };
	if ("object" in filler) {
		const { record } = found(result.regions, ({ object }) => object === filler.object, `The box ${filler.object}`);
		return { ...about, span: null, entity: null, region: record };
	}
	if ("entity" in filler) {
		const { text, start, end } = found(result.entities, sameId(filler.entity), `The entity ${filler.entity}`).record;
		return { ...about, span: { text, start, end }, entity: filler.entity, region: null };
	}
	const span = checkedSpan(result, filler.start, filler.end);
	const entity = result.entities.find(({ start, end }) => start === span.start && end === span.end);
	return { ...about, span, entity: entity?.id ?? null, region: null };
}

const same = (a: EventArgument, b: EventArgument): boolean =>
	a.role === b.role &&
	a.span?.start === b.span?.start &&
	a.span?.end === b.span?.end &&
	a.region?.object === b.region?.object;

/** @throws Failure `usage` for an argument that does not exist */
function argumentAt(event: ExtractedEvent, index: number): EventArgument {
	const part = event.arguments[index];
	if (part === undefined) throw wrong(`The event ${event.id} has no argument ${index + 1}.`);
	return part;
}

function withArguments(index: number, event: ExtractedEvent, parts: EventArgument[]): RecordChange[] {
	const [twice] = parts.filter((part, at) => parts.some((other, before) => before < at && same(part, other)));
	if (twice) throw wrong(`The event already has this argument with the role ${twice.role}.`);
	return [changed.event(index, event, { ...event, arguments: parts })];
}

type Handlers = {
	readonly [Name in EventEdit["edit"]]: (
		result: ExtractionResult,
		edit: Extract<EventEdit, { edit: Name }>,
	) => RecordChange[];
};

export const EVENT_HANDLERS: Handlers = {
	"add-event": (result, { type, start, end }) => {
		const event = {
			id: freeId(result, "v"),
			type: checkedName(type),
			trigger: checkedSpan(result, start, end),
			arguments: [],
			score: CERTAIN,
		};
		return [changed.event(placeOf(result, start), null, event)];
	},
	"retype-event": (result, { id, type }) => {
		const { record, index } = eventOf(result, id);
		return [changed.event(index, record, { ...record, type: checkedName(type), score: CERTAIN })];
	},
	"move-event": (result, { id, start, end }) => {
		const { record, index } = eventOf(result, id);
		return [changed.event(index, record, { ...record, trigger: checkedSpan(result, start, end), score: CERTAIN })];
	},
	"delete-event": (result, { id }) => {
		const { record, index } = eventOf(result, id);
		return [changed.event(index, record, null)];
	},
	"add-argument": (result, { id, role, filler }) => {
		const { record, index } = eventOf(result, id);
		return withArguments(index, record, [...record.arguments, makeArgument(result, role, filler)]);
	},
	"retype-argument": (result, { id, index: at, role }) => {
		const { record, index } = eventOf(result, id);
		const part = { ...argumentAt(record, at), role: checkedName(role, "role"), score: CERTAIN };
		return withArguments(index, record, record.arguments.with(at, part));
	},
	"delete-argument": (result, { id, index: at }) => {
		const { record, index } = eventOf(result, id);
		argumentAt(record, at);
		return withArguments(index, record, record.arguments.toSpliced(at, 1));
	},
};
