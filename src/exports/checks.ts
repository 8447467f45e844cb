/** Goes in: files somebody brought. Comes out: their text and JSON within limits, and results whose parts agree; else a failure that says where. */
import { strFromU8 } from "fflate";
import * as z from "zod/mini";
import { Failure } from "../core/failure.ts";
import { MAX_TEXT } from "../core/limits.ts";
import type { Entity, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile } from "./types.ts";

export const wrong = (what: string, cause?: unknown): Failure => new Failure("import-format", what, { cause });

/** A type, role or id: short, and not empty. */
export const shortName = z.string().check(z.minLength(1), z.maxLength(IMPORT_LIMITS.name));

/** @throws Failure `import-too-large` */
export function checkSizes(files: readonly InFile[]): void {
	const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
	if (bytes > IMPORT_LIMITS.bytes)
		throw new Failure(
			"import-too-large",
			`The files have ${Math.ceil(bytes / 2 ** 20)} MiB; at most ${IMPORT_LIMITS.bytes >> 20} are read.`,
		);
	if (files.length > 2 * IMPORT_LIMITS.posts)
		throw new Failure("import-too-large", `${files.length} files are too many.`);
}

/** UTF-8; what is no UTF-8 becomes U+FFFD, a byte order mark goes. */
export const textOf = ({ bytes }: InFile): string => strFromU8(bytes);

/** @param where as a person finds it: a file, a line */
export function parseJson(text: string, where: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw wrong(`${where} is no JSON.`, cause);
	}
}

/** @throws Failure naming the first place that does not fit */
export function fitted<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw wrong(`${where}: "${issue?.path.join(".") || "the whole"}" does not fit: ${issue?.message}.`);
}

/** What an importer found in one post. */
export interface Parts {
	readonly text: string;
	readonly image: ExtractionResult["image"];
	readonly entities: readonly Entity[];
	readonly relations?: readonly Relation[];
	readonly events?: readonly ExtractedEvent[];
	readonly regions?: readonly Region[];
	readonly notes?: readonly string[];
}

/** A result of its own around what was read: no model wrote it, so there is no raw output, gate or time. */
export function importedResult({
	text,
	image,
	entities,
	relations = [],
	events = [],
	regions = [],
	notes = [],
}: Parts): ExtractionResult {
	return {
		format: "umie-result/1",
		text,
		image,
		offsets: "utf-16",
		regions: [...regions],
		entities: [...entities],
		relations: [...relations],
		events: [...events],
		gate: {},
		scores: "vocabulary",
		raw: [],
		unread: [],
		notes: [...notes],
		model: "imported",
		device: { name: "wasm", threads: 1, reason: "Imported: no model ran." },
		timings: {},
	};
}

/** Everything that types cannot say: limits, spans that are in the text, ids that are unique, ends that exist. @throws Failure */
export function checkResult(result: ExtractionResult, where: string): ExtractionResult {
	const { text, image, entities, relations, events, regions } = result;
	if (text.length > MAX_TEXT)
		throw new Failure(
			"text-too-long",
			`${where}: the text has ${text.length} characters; at most ${MAX_TEXT} are read.`,
		);
	const parts = events.reduce((sum, event) => sum + event.arguments.length, 0);
	const records = entities.length + relations.length + events.length + regions.length + parts;
	if (records > IMPORT_LIMITS.records)
		throw new Failure(
			"import-too-large",
			`${where}: ${records} records; at most ${IMPORT_LIMITS.records} are read for one post.`,
		);
	for (const { width, height } of image ? [image] : [])
		if (!(width >= 1 && height >= 1 && width <= 100_000 && height <= 100_000))
			throw wrong(`${where}: a picture of ${width} × ${height} pixels.`);
	for (const { id, type, fragments = [], ...span } of entities) {
		checkSpan(text, span, `${where}: entity ${id}`);
		checkName(type, `${where}: the type of ${id}`);
		let from = span.start;
		for (const { start, end } of fragments) {
			if (start < from || end <= start || end > span.end)
				throw wrong(`${where}: the pieces of entity ${id} are not in order inside it.`);
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
			throw wrong(`${where}: the id "${id.slice(0, 50)}" is not unique, empty or too long.`);
		ids.add(id);
	}
	const known = new Set(entities.map(({ id }) => id));
	for (const { id, type, head, tail, region } of relations) {
		checkName(type, `${where}: the type of ${id}`);
		for (const end of [head, tail])
			if (!known.has(end) && end !== region?.object)
				throw wrong(`${where}: relation ${id} points at "${end.slice(0, 50)}", which is not there.`);
	}
	for (const { id, arguments: parts } of events)
		for (const { entity } of parts)
			if (entity !== null && !known.has(entity))
				throw wrong(`${where}: event ${id} points at "${entity.slice(0, 50)}", which is not there.`);
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
		throw wrong(`${what} goes from ${span.start} to ${span.end}; the text has ${text.length} characters.`);
	if (text.slice(span.start, span.end) !== span.text)
		throw wrong(
			`${what} should read "${span.text.slice(0, 50)}", the text says "${text.slice(span.start, span.end).slice(0, 50)}".`,
		);
}

/** @throws Failure `import-too-large`, or `import-format` when there is nothing */
export function checkItems(items: readonly ExportItem[], what: string): readonly ExportItem[] {
	if (items.length === 0) throw wrong(`${what} holds no annotated post.`);
	if (items.length > IMPORT_LIMITS.posts)
		throw new Failure(
			"import-too-large",
			`${what} holds ${items.length} posts; at most ${IMPORT_LIMITS.posts} are read.`,
		);
	return items.map((item) => ({
		...item,
		result: checkResult(item.result, items.length === 1 ? what : `${what}, post ${item.id}`),
	}));
}

/** The name of a file without folders and extension. */
export const baseName = (name: string): string => name.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
