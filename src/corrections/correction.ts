/** Applies a person's corrections to a result, remembers who changed what, and takes corrections back. */
import { MAX_OBJECTS } from "../core/limits.ts";
import type { Correction, Entity, ExtractionResult, RecordChange, Region, Relation } from "../core/result.ts";
import { EVENT_HANDLERS, type EventEdit } from "./correction-events.ts";
import { CERTAIN, changed, checkedName, checkedSpan, found, freeId, sameId, wrong } from "./correction-parts.ts";

type Box = Region["box"];

type AcceptedRecord = "entity" | "relation" | "event";

/** Everything that a person can do to a result. Offsets count UTF-16 units, boxes pixels of the picture. */
export type Edit =
	| { readonly edit: "add-entity"; readonly type: string; readonly start: number; readonly end: number }
	| { readonly edit: "retype-entity"; readonly id: string; readonly type: string }
	| { readonly edit: "move-entity"; readonly id: string; readonly start: number; readonly end: number }
	| { readonly edit: "delete-entity"; readonly id: string }
	| { readonly edit: "add-relation"; readonly type: string; readonly head: string; readonly tail: string }
	| { readonly edit: "retype-relation"; readonly id: string; readonly type: string }
	| { readonly edit: "delete-relation"; readonly id: string }
	/** A person says that what the model found is right. */
	| { readonly edit: "accept"; readonly record: AcceptedRecord; readonly id: string }
	| EventEdit
	| { readonly edit: "add-box"; readonly box: Box; readonly entity: string | null }
	| { readonly edit: "move-box"; readonly object: string; readonly box: Box }
	| { readonly edit: "delete-box"; readonly object: string }
	/** Boxes that a detector found for mentions. Each gets a free name, else the name of a box that nothing refers to. */
	| { readonly edit: "link-found"; readonly links: readonly FoundLink[] }
	/** Whether an entity is seen in a box. */
	| { readonly edit: "set-seen"; readonly id: string; readonly object: string; readonly seen: boolean };

/** A box for a mention, with the detector's score. */
interface FoundLink {
	readonly entity: string;
	readonly box: Box;
	readonly score: number;
	readonly label: string;
}

/** The person who corrects, and the time (ISO 8601). */
export interface Author {
	readonly by: string;
	readonly at: string;
}

/**
 * Fits a box into the picture: corners in order, at least one pixel wide and high.
 * @throws Failure `usage` without a picture
 */
function fitBox({ image }: ExtractionResult, [x1, y1, x2, y2]: Box): Box {
	if (!image) throw wrong("A box needs a picture.");
	const side = (a: number, b: number, size: number): [number, number] => {
		const low = Math.min(Math.max(0, Math.min(a, b)), size - 1);
		return [low, Math.max(low + 1, Math.min(size, Math.max(a, b)))];
	};
	const [left, right] = side(x1, x2, image.width);
	const [top, bottom] = side(y1, y2, image.height);
	return [left, top, right, bottom];
}

/** Where an entity belongs in text order. */
const placeOf = ({ entities }: ExtractionResult, start: number): number => {
	const after = entities.findIndex((entity) => entity.start > start);
	return after < 0 ? entities.length : after;
};

/** Deleting an entity deletes its relations; events keep the words of the role and lose the link. */
function deleteEntity(result: ExtractionResult, id: string): RecordChange[] {
	const { record, index } = found(result.entities, sameId(id), `The entity ${id}`);
	const ends = result.relations.flatMap((relation, at) =>
		relation.head === id || relation.tail === id ? [changed.relation(at, relation, null)] : [],
	);
	const events = result.events.flatMap((event, at) => {
		if (!event.arguments.some(({ entity }) => entity === id)) return [];
		return [
			changed.event(at, event, {
				...event,
				arguments: event.arguments.map((part) => (part.entity === id ? { ...part, entity: null } : part)),
			}),
		];
	});
	// From the end, so that every index is still valid when it is used.
	return [...ends.reverse(), ...events, ...leaveThing(result, record), changed.entity(index, record, null)];
}

/** Removes a mention from the group of mentions that mean the same thing. */
function leaveThing({ things = [] }: ExtractionResult, { id, thing: name }: Entity): RecordChange[] {
	return things.flatMap((thing, index) => {
		const at = thing.entities.indexOf(id);
		if (thing.id !== name || at < 0) return [];
		const entities = thing.entities.toSpliced(at, 1);
		// Every mention but the first has a reason.
		const why = thing.why.toSpliced(Math.max(0, at - 1), 1);
		return [changed.thing(index, thing, entities.length === 0 ? null : { ...thing, entities, why })];
	});
}

/** Changes a box everywhere: in the list, at entities, events and relations. @param to null deletes it */
function changeBox(result: ExtractionResult, object: string, to: Region | null): RecordChange[] {
	const { record, index } = found(result.regions, (region) => region.object === object, `The box ${object}`);
	const swap = (region: Region) => (region.object === object ? (to ? [to] : []) : [region]);
	const entities = result.entities.flatMap((entity, at) =>
		entity.regions.some((region) => region.object === object)
			? [changed.entity(at, entity, withRegions(entity, entity.regions.flatMap(swap)))]
			: [],
	);
	const events = result.events.flatMap((event, at) => {
		if (!event.arguments.some(({ region }) => region?.object === object)) return [];
		const parts = event.arguments.flatMap((part) =>
			part.region?.object !== object ? [part] : to ? [{ ...part, region: to }] : [],
		);
		return [changed.event(at, event, { ...event, arguments: parts })];
	});
	const relations = result.relations.flatMap((relation, at) => {
		if (relation.region?.object !== object) return [];
		return [changed.relation(at, relation, to && { ...relation, region: to })];
	});
	return [...entities, ...events, ...relations.reverse(), changed.region(index, record, to)];
}

/**
 * Mentions of one name share a box, which becomes one region. Where all names are taken, boxes that nothing refers to
 * are replaced, the last first.
 */
function linkFound(result: ExtractionResult, links: readonly FoundLink[]): RecordChange[] {
	const regions = [...result.regions];
	const used = usedObjects(result);
	const linked = new Map<string, Region[]>();
	const changes: RecordChange[] = [];
	for (const { entity, box: given, score, label } of links) {
		found(result.entities, sameId(entity), `The entity ${entity}`);
		const box = fitBox(result, given);
		let region = regions.find((one) => one.label === label && one.box.every((side, index) => side === box[index]));
		if (region === undefined) {
			const object = freeObject(regions);
			const at = object === undefined ? regions.findLastIndex((one) => !used.has(one.object)) : regions.length;
			if (at < 0) throw wrong(`A picture has at most ${MAX_OBJECTS} boxes, and all are in use: delete one first.`);
			const before = regions[at] ?? null;
			region = { object: object ?? before!.object, box, score, label };
			regions[at] = region;
			changes.push(changed.region(at, before, region));
		}
		used.add(region.object);
		linked.set(entity, [...(linked.get(entity) ?? []), region]);
	}
	const entities = [...linked].map(([id, seen]) => {
		const { record, index } = found(result.entities, sameId(id), `The entity ${id}`);
		const others = record.regions.filter((one) => !seen.some(({ object }) => object === one.object));
		return changed.entity(index, record, withRegions(record, [...others, ...seen]));
	});
	return [...changes, ...entities];
}

const freeObject = (regions: readonly Region[]): string | undefined =>
	Array.from({ length: MAX_OBJECTS }, (_, index) => `O${index + 1}`).find(
		(name) => !regions.some(({ object }) => object === name),
	);

/** Names of the boxes that some record refers to. */
function usedObjects({ entities, relations, events }: ExtractionResult): Set<string> {
	const ofEntities = entities.flatMap(({ regions, sight = [] }) => [...regions, ...sight]);
	const ofOthers = [...relations, ...events.flatMap((event) => event.arguments)].flatMap(({ region }) => region ?? []);
	return new Set([...ofEntities, ...ofOthers].map(({ object }) => object));
}

/** Where a task checked whether the entity is in the picture, its boxes decide. A person's box is not a guess. */
const withRegions = ({ seen: _, ...entity }: Entity, regions: Region[]): Entity => ({
	...entity,
	regions,
	...(entity.grounded !== undefined && { grounded: regions.length > 0 }),
});

/** The fragments of a mention whose ends moved are no longer known. */
function withSpan({ fragments: _, ...entity }: Entity, span: ReturnType<typeof checkedSpan>): Entity {
	return { ...entity, ...span, score: CERTAIN };
}

/** An event is accepted with its roles. */
const ACCEPT: Readonly<Record<AcceptedRecord, (result: ExtractionResult, id: string) => RecordChange[]>> = {
	entity: ({ entities }, id) => {
		const { record, index } = found(entities, sameId(id), `The entity ${id}`);
		return [changed.entity(index, record, { ...record, score: CERTAIN })];
	},
	relation: ({ relations }, id) => {
		const { record, index } = found(relations, sameId(id), `The relation ${id}`);
		return [changed.relation(index, record, { ...record, score: CERTAIN })];
	},
	event: ({ events }, id) => {
		const { record, index } = found(events, sameId(id), `The event ${id}`);
		const parts = record.arguments.map((part) => ({ ...part, score: CERTAIN }));
		return [changed.event(index, record, { ...record, score: CERTAIN, arguments: parts })];
	},
};

type Handlers = {
	readonly [Name in Edit["edit"]]: (result: ExtractionResult, edit: Extract<Edit, { edit: Name }>) => RecordChange[];
};

const HANDLERS: Handlers = {
	"add-entity": (result, { type, start, end }) => {
		const entity: Entity = {
			id: freeId(result, "e"),
			type: checkedName(type),
			...checkedSpan(result, start, end),
			score: CERTAIN,
			regions: [],
		};
		return [changed.entity(placeOf(result, start), null, entity)];
	},
	"retype-entity": (result, { id, type }) => {
		const { record, index } = found(result.entities, sameId(id), `The entity ${id}`);
		const { coarse: _, ...rest } = record;
		return [changed.entity(index, record, { ...rest, type: checkedName(type), score: CERTAIN })];
	},
	"move-entity": (result, { id, start, end }) => {
		const { record, index } = found(result.entities, sameId(id), `The entity ${id}`);
		const to = withSpan(record, checkedSpan(result, start, end));
		const events = result.events.flatMap((event, at) => {
			if (!event.arguments.some(({ entity }) => entity === id)) return [];
			const parts = event.arguments.map((part) =>
				part.entity === id ? { ...part, span: { text: to.text, start, end } } : part,
			);
			return [changed.event(at, event, { ...event, arguments: parts })];
		});
		return [...events, changed.entity(index, record, to)];
	},
	"delete-entity": (result, { id }) => deleteEntity(result, id),
	"add-relation": (result, { type, head, tail }) => {
		for (const end of [head, tail]) found(result.entities, sameId(end), `The entity ${end}`);
		if (head === tail) throw wrong("A relation needs two different entities.");
		const relation: Relation = { id: freeId(result, "r"), type: checkedName(type), head, tail, score: CERTAIN };
		return [changed.relation(result.relations.length, null, relation)];
	},
	"retype-relation": (result, { id, type }) => {
		const { record, index } = found(result.relations, sameId(id), `The relation ${id}`);
		return [changed.relation(index, record, { ...record, type: checkedName(type), score: CERTAIN })];
	},
	"delete-relation": (result, { id }) => {
		const { record, index } = found(result.relations, sameId(id), `The relation ${id}`);
		return [changed.relation(index, record, null)];
	},
	accept: (result, { record, id }) => ACCEPT[record](result, id),
	...EVENT_HANDLERS,
	"add-box": (result, { box, entity }) => {
		const free = freeObject(result.regions);
		if (free === undefined) throw wrong(`A picture has at most ${MAX_OBJECTS} boxes: delete one first.`);
		const region: Region = { object: free, box: fitBox(result, box), score: CERTAIN };
		const added = changed.region(result.regions.length, null, region);
		if (entity === null) return [added];
		const { record, index } = found(result.entities, sameId(entity), `The entity ${entity}`);
		return [added, changed.entity(index, record, withRegions(record, [...record.regions, region]))];
	},
	"move-box": (result, { object, box }) => {
		const { record } = found(result.regions, (region) => region.object === object, `The box ${object}`);
		return changeBox(result, object, { ...record, box: fitBox(result, box), score: CERTAIN });
	},
	"delete-box": (result, { object }) => changeBox(result, object, null),
	"link-found": (result, { links }) => linkFound(result, links),
	"set-seen": (result, { id, object, seen }) => {
		const { record, index } = found(result.entities, sameId(id), `The entity ${id}`);
		const { record: region } = found(result.regions, (one) => one.object === object, `The box ${object}`);
		const others = record.regions.filter((one) => one.object !== object);
		return [
			changed.entity(index, record, withRegions(record, seen ? [...others, { ...region, score: CERTAIN }] : others)),
		];
	},
};

const LISTS = {
	entity: "entities",
	relation: "relations",
	event: "events",
	region: "regions",
	thing: "things",
} as const;

/** Makes one change, in a copy of the list. */
function apply(result: ExtractionResult, { record, index, from, to }: RecordChange): ExtractionResult {
	const name = LISTS[record];
	const list: unknown[] = [...(result[name] ?? [])];
	list.splice(Math.min(index, list.length), from === null ? 0 : 1, ...(to === null ? [] : [to]));
	return { ...result, [name]: list };
}

/**
 * The result after an edit, with the edit at the end of its `corrections`.
 * @throws Failure `usage` when the edit is not possible in the result
 */
export function correct(result: ExtractionResult, edit: Edit, { by, at }: Author): ExtractionResult {
	const handle = HANDLERS[edit.edit] as (result: ExtractionResult, edit: Edit) => RecordChange[];
	const changes = handle(result, edit);
	const correction: Correction = { by, at, edit: edit.edit, changes };
	return redo(result, correction);
}

/** Repeats a correction that was undone. */
export function redo(result: ExtractionResult, correction: Correction): ExtractionResult {
	return { ...correction.changes.reduce(apply, result), corrections: [...(result.corrections ?? []), correction] };
}

/** Takes the last correction back; null when there is none. */
export function undo(
	result: ExtractionResult,
): { readonly result: ExtractionResult; readonly undone: Correction } | null {
	const corrections = result.corrections ?? [];
	const undone = corrections.at(-1);
	if (!undone) return null;
	const before = [...undone.changes]
		.reverse()
		.reduce((now, { from, to, ...change }) => apply(now, { ...change, from: to, to: from } as RecordChange), result);
	return { result: { ...before, corrections: corrections.slice(0, -1) }, undone };
}

/** The last person who changed a record; null where it is the model's. */
export function authorOf(
	{ corrections = [] }: ExtractionResult,
	record: RecordChange["record"],
	id: string,
): Author | null {
	const isIt = (one: RecordChange) =>
		one.record === record && one.to !== null && ("id" in one.to ? one.to.id : one.to.object) === id;
	const last = corrections.findLast(({ changes }) => changes.some(isIt));
	return last ? { by: last.by, at: last.at } : null;
}
