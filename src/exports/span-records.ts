/**
 * Reads records of a text and its spans, one a line or in a list: doccano, Prodigy, and the annotation format of spaCy
 * and displaCy. They are not trusted.
 */
import * as z from "zod/mini";
import type { Entity, Relation } from "../core/result.ts";
import { wrong } from "./check-result.ts";
import {
	baseName,
	checkSizes,
	importedResult,
	LeftOut,
	nameOfAll,
	type PostSource,
	parseJson,
	readPosts,
	textOf,
} from "./checks.ts";
import type { Span } from "./offsets.ts";
import { Places } from "./place.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadFormat, type ReadOptions } from "./types.ts";

const label = z.string().check(z.minLength(1), z.maxLength(IMPORT_LIMITS.name));
const id = z.union([z.string(), z.number()]);
/** `[start, end, label]`: doccano's and spaCy's. */
const Triple = z.tuple([z.int(), z.int(), label]);
const Named = z.object({
	id: z.optional(id),
	label: z.optional(z.nullable(label)),
	start: z.optional(z.int()),
	end: z.optional(z.int()),
	start_offset: z.optional(z.int()),
	end_offset: z.optional(z.int()),
	text: z.optional(z.string()),
	token_start: z.optional(z.int()),
	token_end: z.optional(z.int()),
});
const Link = z.object({
	id: z.optional(id),
	type: z.optional(label),
	label: z.optional(label),
	from_id: z.optional(id),
	to_id: z.optional(id),
	head: z.optional(z.int()),
	child: z.optional(z.int()),
	head_span: z.optional(Named),
	child_span: z.optional(Named),
});
const records = z.array(z.unknown()).check(z.maxLength(IMPORT_LIMITS.records));
const RecordSchema = z.object({
	id: z.optional(z.nullable(id)),
	text: z.optional(z.string()),
	/** doccano before 1.5. */
	data: z.optional(z.string()),
	label: z.optional(z.union([records, z.string(), z.null()])),
	labels: z.optional(records),
	entities: z.optional(records),
	ents: z.optional(records),
	spans: z.optional(z.union([records, z.record(z.string(), records)])),
	relations: z.optional(z.nullable(records)),
	cats: z.optional(z.unknown()),
	answer: z.optional(z.string()),
	image: z.optional(z.nullable(z.string())),
	Comments: z.optional(z.array(z.unknown())),
	comments: z.optional(z.array(z.unknown())),
	meta: z.optional(z.unknown()),
	title: z.optional(z.nullable(z.string())),
});
type SpanRecord = z.infer<typeof RecordSchema>;

/** A span as its tool wrote it. */
interface Written extends Span {
	readonly id: string | null;
	readonly label: string | null;
	readonly text?: string;
	/** Prodigy's relations name the last token of a span. */
	readonly token: number | null;
}

/** A record and where it stands. */
interface Placed {
	readonly file: string;
	readonly line?: number;
	readonly index: number;
	value(): unknown;
}

/** A list, or an object a line; a single object is a list of one. */
function recordsOf(file: InFile): Placed[] {
	const text = textOf(file);
	const start = /^\s*(.)/su.exec(text)?.[1];
	const lines = text.split("\n").map((line, index) => ({ line, number: index + 1 }));
	const filled = lines.filter(({ line }) => line.trim() !== "");
	const isLines = start === "{" && (filled.length === 1 || /^\s*\{.*\}\s*,?\s*$/.test(filled[0]!.line));
	if (isLines)
		return filled.map(({ line, number }, index) => ({
			...{ file: file.name, line: number, index },
			value: () => parseJson(line, `${file.name}, line ${number}`),
		}));
	const json = parseJson(text, file.name);
	return (Array.isArray(json) ? json : [json]).map((value: unknown, index) => ({
		...{ file: file.name, index },
		value: () => value,
	}));
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readSpanRecords(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const sources = files.flatMap(recordsOf).map((placed): PostSource => {
		const { file, line } = placed;
		return { file, ...(line !== undefined && { line }), read: () => itemOf(placed, options) };
	});
	return readPosts(sources, nameOfAll(files), options);
}

function itemOf({ file, line, index, value }: Placed, { report }: ReadOptions): ExportItem | null {
	const where = line === undefined ? `${file}, record ${index + 1}` : `${file}, line ${line}`;
	const parsed = RecordSchema.safeParse(value());
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		throw wrong(`${where}: "${issue?.path.join(".") || "the record"}" is not valid (${issue?.message}).`);
	}
	const record = parsed.data;
	if (record.answer === "reject" || record.answer === "ignore") {
		const verb = record.answer === "reject" ? "rejected" : "ignored";
		report?.({ file, ...(line !== undefined && { line }), what: `A person ${verb} this record: it was left out.` });
		return null;
	}
	const text = record.text ?? record.data;
	if (text === undefined) throw wrong(`${where} has no "text".`);
	const left = new LeftOut(file, (problem) => report?.({ ...problem, ...(line !== undefined && { line }) }));
	const name = record.id ?? record.title ?? null;
	const given = name === null ? "" : String(name).slice(0, IMPORT_LIMITS.name);
	return {
		id: given || `${baseName(file) || "post"}-${index + 1}`,
		image: record.image && record.image.length < 2000 ? record.image : null,
		result: resultOf(record, text, left),
	};
}

function resultOf(record: SpanRecord, text: string, left: LeftOut) {
	const places = new Places(text);
	const written = spansOf(record, left);
	const placed = written.flatMap((span, index) => {
		const found = places.find([span], span.text);
		if (found) return [{ ...span, ...found[0]!, given: span, id: span.id ?? `e${index + 1}` }];
		const there = places.read([span]).slice(0, 50);
		left.addFault(
			span.text === undefined
				? `The span ${span.start}–${span.end} lies outside the text (${places.points.length} characters).`
				: `A span says "${span.text.slice(0, 50)}", but the text there reads "${there}".`,
		);
		return [];
	});
	const ids = new Set<string>();
	const entities = placed.map(({ id: own, label: type, start, end }, index): Entity => {
		const unique = ids.has(own) ? `${own}-${index + 1}` : own;
		ids.add(unique);
		const about = { id: unique, type: type ?? "unlabelled", text: text.slice(start, end), start, end };
		return { ...about, score: 1, regions: [] };
	});
	const relations = relationsOf(record, placed, entities, left);
	sayRest(record, left);
	left.refuseIfAllFailed(entities.length);
	return importedResult({ text, image: null, entities, relations, notes: left.notes });
}

function spansOf({ label: single, labels, entities, ents, spans }: SpanRecord, left: LeftOut): Written[] {
	const grouped = spans === undefined || Array.isArray(spans) ? [] : Object.values(spans).flat();
	const lists = [Array.isArray(single) ? single : [], labels ?? [], ents ?? [], Array.isArray(spans) ? spans : []];
	// spaCy's `spans` hold what its `entities`, which must not overlap, leave out.
	const own = [...lists.flat(), ...(grouped.length > 0 ? grouped : (entities ?? []))];
	return own.flatMap((one): Written[] => {
		if (typeof one === "string") {
			left.add(`The label ${one.slice(0, 100)} of the whole text was left out.`);
			return [];
		}
		const triple = Triple.safeParse(one);
		if (triple.success) {
			const [start, end, type] = triple.data;
			return [{ start, end, label: type, id: null, token: null }];
		}
		const named = Named.safeParse(one).data;
		const written = named && writtenOf(named);
		if (written) return [written];
		left.addFault(`${JSON.stringify(one)?.slice(0, 80)} is not a span with a start, an end and a label.`);
		return [];
	});
}

function writtenOf(named: z.infer<typeof Named>): Written | null {
	const [start, end] = [named.start ?? named.start_offset, named.end ?? named.end_offset];
	if (start === undefined || end === undefined) return null;
	const about = { start, end, label: named.label ?? null, token: named.token_end ?? null };
	return { ...about, id: named.id === undefined ? null : String(named.id), ...(named.text && { text: named.text }) };
}

/** By id (doccano), or by the spans they join or their last tokens (Prodigy). */
function relationsOf(
	{ relations }: SpanRecord,
	placed: readonly { readonly given: Written; readonly id: string }[],
	entities: readonly Entity[],
	left: LeftOut,
): Relation[] {
	const find = (test: (given: Written) => boolean): string | undefined =>
		entities[placed.findIndex(({ given }) => test(given))]?.id;
	const end = (own: string | number | undefined, span: z.infer<typeof Named> | undefined, token: number | undefined) =>
		own === undefined
			? (find(({ start, end: to }) => span !== undefined && start === span.start && to === span.end) ??
				find((given) => token !== undefined && given.token === token))
			: find((given) => given.id === String(own));
	return (relations ?? []).flatMap((one, index): Relation[] => {
		const link = Link.safeParse(one).data;
		const head = link && end(link.from_id, link.head_span, link.head);
		const tail = link && end(link.to_id, link.child_span, link.child);
		if (head && tail)
			return [{ id: `r${index + 1}`, type: link.type ?? link.label ?? "related to", head, tail, score: 1 }];
		left.addFault(`Relation ${index + 1} does not join two spans of the record.`);
		return [];
	});
}

function sayRest({ label: single, cats, Comments, comments }: SpanRecord, left: LeftOut): void {
	if (typeof single === "string") left.add(`The label ${single.slice(0, 100)} of the whole text was left out.`);
	if (cats !== undefined) left.add("Categories of the whole text were left out.");
	for (const comment of [...(Comments ?? []), ...(comments ?? [])])
		left.add(
			`Comment, kept as a note: ${(typeof comment === "string" ? comment : JSON.stringify(comment)).slice(0, 500)}`,
		);
}

const hasText = (first: object): boolean =>
	("text" in first && typeof first.text === "string") || ("data" in first && typeof first.data === "string");
const isList = (first: object, key: string): boolean => Array.isArray(Reflect.get(first, key));

const reader = { read: readSpanRecords, restores: { fragments: false, scores: false } };

export const doccano: ReadFormat = {
	title: "doccano",
	about: "JSON or JSON lines of doccano, spaCy or displaCy: a text and its spans",
	reader: {
		...reader,
		recognisesJson: (first) =>
			hasText(first) &&
			["label", "labels", "entities", "ents"].some((key) => isList(first, key)) &&
			!("format" in first),
	},
};

export const prodigy: ReadFormat = {
	title: "Prodigy",
	about: "JSON lines of Prodigy: what was accepted, with spans and relations",
	reader: {
		...reader,
		recognisesJson: (first) => hasText(first) && ("spans" in first || "answer" in first || "_task_hash" in first),
	},
};
