/** Goes in: Label Studio's JSON: an export with annotations, or tasks with predictions. Comes out: posts with their annotations, not trusted before checked. */

import * as z from "zod/mini";
import { MAX_OBJECTS } from "../core/limits.ts";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
import { checkItems, checkSizes, fitted, importedResult, parseJson, shortName, textOf, wrong } from "./checks.ts";
import { SEEN_IN, TAGS } from "./label-studio.ts";
import { type CodePoints, codePoints, type Span, wellFormed } from "./offsets.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile } from "./types.ts";

const score = z.optional(z.nullable(z.number()));
const labels = z.optional(z.array(shortName));
const RegionResult = z.object({
	id: shortName,
	from_name: shortName,
	type: z.string(),
	original_width: z.optional(z.number()),
	original_height: z.optional(z.number()),
	value: z.object({
		start: z.optional(z.union([z.number(), z.string()])),
		end: z.optional(z.union([z.number(), z.string()])),
		text: z.optional(z.string()),
		x: z.optional(z.number()),
		y: z.optional(z.number()),
		width: z.optional(z.number()),
		height: z.optional(z.number()),
		labels,
		rectanglelabels: labels,
	}),
	score,
});
const RelationResult = z.object({
	type: z.literal("relation"),
	from_id: shortName,
	to_id: shortName,
	labels: z.optional(z.nullable(z.array(shortName))),
});
const ResultList = z
	.array(z.union([RelationResult, RegionResult, z.record(z.string(), z.unknown())]))
	.check(z.maxLength(IMPORT_LIMITS.records));
const Version = z.object({ was_cancelled: z.optional(z.boolean()), result: ResultList });
const Task = z.object({
	id: z.optional(z.union([z.number(), z.string()])),
	data: z.record(z.string(), z.unknown()),
	annotations: z.optional(z.array(Version)),
	predictions: z.optional(z.array(Version)),
});
const Tasks = z.array(Task).check(z.maxLength(IMPORT_LIMITS.posts));

type RegionOf = z.infer<typeof RegionResult>;
type RelationOf = z.infer<typeof RelationResult>;

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function readLabelStudio(files: readonly InFile[]): readonly ExportItem[] {
	checkSizes(files);
	const items = files.flatMap((file) => {
		const json = parseJson(textOf(file), file.name);
		return fitted(Tasks, Array.isArray(json) ? json : [json], file.name).map((task, index) =>
			itemOf(task, `${file.name}, task ${index + 1}`, index),
		);
	});
	return checkItems(items, files.length === 1 ? (files[0]?.name ?? "") : "The selection");
}

/** The latest annotation that was not skipped, else the first prediction. */
function itemOf(
	{ id, data, annotations = [], predictions = [] }: z.infer<typeof Task>,
	where: string,
	index: number,
): ExportItem {
	const text =
		typeof data.text === "string"
			? data.text
			: Object.values(data).find((value) => typeof value === "string" && /\s/.test(value));
	if (typeof text !== "string") throw wrong(`${where} has no text in its data.`);
	const done = annotations.filter(({ was_cancelled }) => was_cancelled !== true).at(-1);
	const version = done ?? predictions[0] ?? { result: [] };
	const own =
		typeof data.id === "string" && data.id.length <= IMPORT_LIMITS.name && data.id !== "" ? data.id : undefined;
	const image = typeof data.image === "string" ? data.image : null;
	return { id: own ?? String(id ?? index + 1), image, result: assemble(text, version.result, where) };
}

function assemble(text: string, list: z.infer<typeof ResultList>, where: string): ExtractionResult {
	const all = list.flatMap((one): RegionOf[] => (isRegion(one) ? [one] : []));
	const links = list.flatMap((one): RelationOf[] => (isRelation(one) ? [one] : []));
	const points = codePoints(text);
	const spans = all
		.filter(({ type, value }) => type === "labels" && value.start !== undefined)
		.map((region) => spanOf(region, text, points, where));
	const image = imageOf(all);
	const boxes = new Map(
		all
			.filter(({ type }) => type === "rectanglelabels")
			.map((region, index) => [region.id, boxOf(region, index, image, where)]),
	);
	const isEvent = ({ tag }: Placed) => tag === TAGS.trigger;
	const entities = spans
		.filter((span) => !isEvent(span) && span.tag !== TAGS.argument)
		.map((span) => entityOf(span, links, boxes));
	const known = new Set(entities.map(({ id }) => id));
	const relations = links.flatMap(({ from_id, to_id, labels: types }, index): Relation[] => {
		const [from, to] = [boxes.get(from_id), boxes.get(to_id)];
		const type = types?.[0] ?? "related to";
		// From a mention to a box "seen in" is no relation of its own; the other way round, or under another name, it is one (MORE).
		if (type === SEEN_IN || (from && to) || !(from || known.has(from_id)) || !(to || known.has(to_id))) return [];
		const region = from ?? to;
		return [
			{
				id: `r${index + 1}`,
				type,
				head: from?.object ?? from_id,
				tail: to?.object ?? to_id,
				score: 1,
				...(region && { region }),
			},
		];
	});
	const events = spans.filter(isEvent).map((span) => eventOf(span, links, spans, known, boxes));
	const left = list.length - all.length - links.length + (all.length - spans.length - boxes.size);
	const notes = left === 0 ? [] : [`${left} regions were left out: this app knows labels of a text and rectangles.`];
	return importedResult({ text, image, entities, relations, events, regions: [...boxes.values()], notes });
}

const isRelation = (one: z.infer<typeof ResultList>[number]): one is RelationOf =>
	one.type === "relation" && "from_id" in one;
const isRegion = (one: z.infer<typeof ResultList>[number]): one is RegionOf => RegionResult.safeParse(one).success;

interface Placed extends Span {
	readonly id: string;
	readonly tag: string;
	readonly label: string;
	readonly text: string;
	readonly score: number;
}

const probability = (value: number | null | undefined): number =>
	value !== undefined && value !== null && value >= 0 && value <= 1 ? value : 1;

/** By code points; by UTF-16 units where only these give the text that was marked (Label Studio before 1.4). @throws Failure */
function spanOf(
	{ id, from_name: tag, value, score }: RegionOf,
	text: string,
	points: CodePoints,
	where: string,
): Placed {
	const [from, to] = [Number(value.start), Number(value.end)];
	if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0)
		throw wrong(`${where}: region ${id} has no whole offsets.`);
	const said = value.text;
	const places = [
		{ start: points.toUtf16(from), end: points.toUtf16(to) },
		{ start: from, end: to },
	];
	const agrees = ({ start, end }: Span) => wellFormed(text.slice(start, end)) === said;
	const place = said === undefined ? places[0] : places.find(agrees);
	if (!place)
		throw wrong(`${where}: region ${id} should read "${said?.slice(0, 50)}", the text there says something else.`);
	const label = value.labels?.[0] ?? "unlabelled";
	return { id, tag, label, ...place, text: text.slice(place.start, place.end), score: probability(score) };
}

function imageOf(all: readonly RegionOf[]): ExtractionResult["image"] {
	const sized = all.find(
		({ original_width, original_height }) => original_width !== undefined && original_height !== undefined,
	);
	return sized ? { width: Math.round(sized.original_width!), height: Math.round(sized.original_height!) } : null;
}

function boxOf({ id, value, score }: RegionOf, index: number, image: ExtractionResult["image"], where: string): Region {
	const { x, y, width, height } = value;
	if (!image || x === undefined || y === undefined || width === undefined || height === undefined)
		throw wrong(`${where}: rectangle ${id} has no place, or its picture no size.`);
	if (index >= MAX_OBJECTS)
		throw wrong(`${where}: more than ${MAX_OBJECTS} rectangles; a result has names for O1 to O${MAX_OBJECTS}.`);
	const [x1, y1] = [(x * image.width) / 100, (y * image.height) / 100];
	const box: Region["box"] = [x1, y1, x1 + (width * image.width) / 100, y1 + (height * image.height) / 100];
	return { object: `O${index + 1}`, box, score: score ?? 1 };
}

function entityOf(
	{ id, label, start, end, text, score }: Placed,
	links: readonly RelationOf[],
	boxes: ReadonlyMap<string, Region>,
): Entity {
	const regions = links.flatMap(({ from_id, to_id, labels: types }) => {
		const box = from_id === id && (types?.[0] ?? SEEN_IN) === SEEN_IN ? boxes.get(to_id) : undefined;
		return box ? [box] : [];
	});
	return { id, type: label, text, start, end, score, regions };
}

function eventOf(
	{ id, label, start, end, text, score }: Placed,
	links: readonly RelationOf[],
	spans: readonly Placed[],
	known: ReadonlySet<string>,
	boxes: ReadonlyMap<string, Region>,
): ExtractedEvent {
	const parts = links.flatMap(({ from_id, to_id, labels: types }): EventArgument[] => {
		if (from_id !== id) return [];
		const target = spans.find((span) => span.id === to_id);
		const region = boxes.get(to_id) ?? null;
		if (!target && !region) return [];
		const span = target ? { text: target.text, start: target.start, end: target.end } : null;
		return [{ role: types?.[0] ?? "argument", span, entity: known.has(to_id) ? to_id : null, region, score: 1 }];
	});
	return { id, type: label, trigger: { text, start, end }, arguments: parts, score };
}
