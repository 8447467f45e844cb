/** What all corrections share: finding records, checking names and spans, and describing changes. */
import { Failure } from "../core/failure.ts";
import type {
	Entity,
	ExtractedEvent,
	ExtractionResult,
	RecordChange,
	Region,
	Relation,
	Thing,
} from "../core/result.ts";

/** The score of everything that a person entered. */
export const CERTAIN = 1;

export const wrong = (what: string): Failure => new Failure("usage", what);

/** @throws Failure `usage` where there is no such record */
export function found<R>(
	list: readonly R[],
	is: (record: R) => boolean,
	what: string,
): { readonly record: R; readonly index: number } {
	const index = list.findIndex(is);
	const record = list[index];
	if (record === undefined) throw wrong(`${what} is not in the result.`);
	return { record, index };
}

export const sameId =
	(id: string) =>
	(record: { readonly id: string }): boolean =>
		record.id === id;

/** The first of e1, e2, … that is free. Ids of deleted records come back only by undoing. */
export function freeId(result: ExtractionResult, letter: string): string {
	const past = (result.corrections ?? []).flatMap(({ changes }) =>
		changes.flatMap(({ from }) => (from && "id" in from ? [from.id] : [])),
	);
	const taken = new Set([...[...result.entities, ...result.relations, ...result.events].map(({ id }) => id), ...past]);
	for (let count = 1; ; count++) if (!taken.has(`${letter}${count}`)) return `${letter}${count}`;
}

/** A type or a role. @throws Failure `usage` */
export function checkedName(name: string, what = "type"): string {
	const clean = name.trim();
	if (clean === "" || clean.length > 200) throw wrong(`A ${what} must have 1 to 200 characters.`);
	return clean;
}

/** @throws Failure `usage` when the span is empty or outside the text */
export function checkedSpan(
	{ text }: ExtractionResult,
	start: number,
	end: number,
): { text: string; start: number; end: number } {
	if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end > text.length || start >= end)
		throw wrong(`The span ${start}–${end} is empty or outside the text (${text.length} characters).`);
	return { text: text.slice(start, end), start, end };
}

/** What a person touched no longer says how sure the model was. */
function confirmed<T extends { readonly sure?: boolean | undefined }>(record: T): T {
	const { sure: _, ...rest } = record;
	return rest as T;
}

const confirmedEvent = (event: ExtractedEvent): ExtractedEvent => ({
	...confirmed(event),
	arguments: event.arguments.map((one) => (one.score === CERTAIN ? confirmed(one) : one)),
});

export const changed = {
	entity: (index: number, from: Entity | null, to: Entity | null): RecordChange => ({
		record: "entity",
		index,
		from,
		to: to && confirmed(to),
	}),
	relation: (index: number, from: Relation | null, to: Relation | null): RecordChange => ({
		record: "relation",
		index,
		from,
		to: to && confirmed(to),
	}),
	event: (index: number, from: ExtractedEvent | null, to: ExtractedEvent | null): RecordChange => ({
		record: "event",
		index,
		from,
		to: to && confirmedEvent(to),
	}),
	region: (index: number, from: Region | null, to: Region | null): RecordChange => ({
		record: "region",
		index,
		from,
		to,
	}),
	thing: (index: number, from: Thing, to: Thing | null): RecordChange => ({ record: "thing", index, from, to }),
};
