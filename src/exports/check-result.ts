/** Checks a result whose parts must agree. Apart from the importers: the page checks what it keeps without them. */
import { Failure } from "../core/failure.ts";
import { MAX_TEXT } from "../core/limits.ts";
import type { ExtractionResult } from "../core/result.ts";
import { IMPORT_LIMITS } from "./types.ts";

export const wrong = (what: string, cause?: unknown): Failure => new Failure("import-format", what, { cause });

/** Checks everything that types cannot: limits, spans inside the text, unique ids, ends that exist. @throws Failure */
export function checkResult(result: ExtractionResult, where: string): ExtractionResult {
	const { text, image, entities, relations, events, regions } = result;
	if (text.length > MAX_TEXT)
		throw new Failure("text-too-long", `${where}: the text has ${text.length} characters; the limit is ${MAX_TEXT}.`);
	const parts = events.reduce((sum, event) => sum + event.arguments.length, 0);
	const records = entities.length + relations.length + events.length + regions.length + parts;
	if (records > IMPORT_LIMITS.records)
		throw new Failure(
			"import-too-large",
			`${where}: ${records} records; the limit for one post is ${IMPORT_LIMITS.records}.`,
		);
	for (const { width, height } of image ? [image] : [])
		if (!(width >= 1 && height >= 1 && width <= 100_000 && height <= 100_000))
			throw wrong(`${where}: a picture of ${width} × ${height} pixels; each side must have 1 to 100,000.`);
	for (const { id, type, fragments = [], ...span } of entities) {
		checkSpan(text, span, `${where}: entity ${id}`);
		checkName(type, `${where}: the type of ${id}`);
		let from = span.start;
		for (const { start, end } of fragments) {
			if (start < from || end <= start || end > span.end)
				throw wrong(`${where}: the pieces of entity ${id} must be in order and inside it.`);
			from = end;
		}
	}
	for (const event of events) {
		checkSpan(text, event.trigger, `${where}: the trigger of event ${event.id}`);
		checkName(event.type, `${where}: the type of ${event.id}`);
		for (const { role, span } of event.arguments) {
			checkName(role, `${where}: a role of ${event.id}`);
			if (span) checkSpan(text, span, `${where}: the ${role} of event ${event.id}`);
		}
	}
	checkLinks(result, where);
	return result;
}

function checkLinks({ entities, relations, events }: ExtractionResult, where: string): void {
	const ids = new Set<string>();
	for (const { id } of [...entities, ...relations, ...events]) {
		if (ids.has(id) || id === "" || id.length > IMPORT_LIMITS.name)
			throw wrong(`${where}: the id "${id.slice(0, 50)}" is empty, too long or used twice.`);
		ids.add(id);
	}
	const known = new Set(entities.map(({ id }) => id));
	for (const { id, type, head, tail, region } of relations) {
		checkName(type, `${where}: the type of ${id}`);
		for (const end of [head, tail])
			if (!known.has(end) && end !== region?.object)
				throw wrong(`${where}: relation ${id} refers to "${end.slice(0, 50)}", which does not exist.`);
	}
	for (const { id, arguments: parts } of events)
		for (const { entity } of parts)
			if (entity !== null && !known.has(entity))
				throw wrong(`${where}: event ${id} refers to "${entity.slice(0, 50)}", which does not exist.`);
}

function checkName(name: string, what: string): void {
	if (name.trim() === "" || name.length > IMPORT_LIMITS.name)
		throw wrong(`${what} is empty or longer than ${IMPORT_LIMITS.name} characters.`);
}

function checkSpan(
	text: string,
	span: { readonly text: string; readonly start: number; readonly end: number },
	what: string,
): void {
	if (span.start >= span.end || span.end > text.length)
		throw wrong(`${what} spans ${span.start}–${span.end}, outside the text (${text.length} characters).`);
	const there = text.slice(span.start, span.end);
	if (there !== span.text)
		throw wrong(`${what} says "${span.text.slice(0, 50)}", but the text there reads "${there.slice(0, 50)}".`);
}
