/**
 * Label Studio: tasks with predictions, the labelling interface they need, and reading its exports, which are not
 * trusted.
 */
import * as z from "zod/mini";
import { MAX_OBJECTS } from "../core/limits.ts";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
import { checkItems, checkSizes, fitted, importedResult, parseJson, shortName, textOf, wrong } from "./checks.ts";
import { type CodePoints, codePoints, type Span, wellFormed } from "./offsets.ts";
import { type ExportItem, type Format, IMPORT_LIMITS, type InFile, type OutFile } from "./types.ts";

/** Names of the tags in the labelling interface; regions say which of them they belong to. */
const TAGS = {
	entity: "entity",
	trigger: "trigger",
	argument: "argument",
	object: "object",
	text: "text",
	image: "image",
} as const;
/** The relation from a mention to the object it is seen in. */
const SEEN_IN = "seen in";

interface TextPlace {
	readonly text: string;
	readonly points: CodePoints;
}

function textRegion(
	id: string,
	tag: string,
	label: string,
	{ start, end }: Span,
	{ text, points }: TextPlace,
	score: number,
): object {
	const value = {
		start: points.fromUtf16(start),
		end: points.fromUtf16(end),
		text: wellFormed(text.slice(start, end)),
		labels: [label],
	};
	return { id, from_name: tag, to_name: TAGS.text, type: "labels", value, score };
}

/** Percent of the picture's width and height (labelstud.io/guide/predictions, "Units of image annotations"). */
function boxRegion(
	{ object, box: [x1, y1, x2, y2], score }: Region,
	{ width, height }: NonNullable<ExtractionResult["image"]>,
): object {
	const value = {
		x: (100 * x1) / width,
		y: (100 * y1) / height,
		width: (100 * (x2 - x1)) / width,
		height: (100 * (y2 - y1)) / height,
		rotation: 0,
		rectanglelabels: [object],
	};
	const about = { id: object, from_name: TAGS.object, to_name: TAGS.image, type: "rectanglelabels", score };
	return { ...about, original_width: width, original_height: height, image_rotation: 0, value };
}

const relation = (from: string, to: string, label: string) => ({
	type: "relation",
	from_id: from,
	to_id: to,
	direction: "right",
	labels: [label],
});

function eventRegions(result: ExtractionResult, place: TextPlace): object[] {
	return result.events.flatMap((event) => {
		const fillers = event.arguments.flatMap((part, index) => {
			const id = `${event.id}-${index + 1}`;
			const own =
				part.entity === null && part.span
					? [textRegion(id, TAGS.argument, part.role, part.span, place, part.score)]
					: [];
			return [...own, relation(event.id, targetOf(part, id), part.role)];
		});
		return [textRegion(event.id, TAGS.trigger, event.type, event.trigger, place, event.score), ...fillers];
	});
}

const targetOf = ({ entity, region }: EventArgument, own: string): string => entity ?? region?.object ?? own;

function resultOf({ result }: ExportItem): object[] {
	const { text, entities, relations, regions, image } = result;
	const place = { text, points: codePoints(text) };
	return [
		...entities.map(({ id, type, score, ...span }) => textRegion(id, TAGS.entity, type, span, place, score)),
		...(image ? regions.map((region) => boxRegion(region, image)) : []),
		...entities.flatMap(({ id, regions: seen }) => seen.map(({ object }) => relation(id, object, SEEN_IN))),
		...relations.map(({ head, tail, type }) => relation(head, tail, type)),
		...eventRegions(result, place),
	];
}

/**
 * One task for each post, its records as a prediction, to be corrected there (labelstud.io/guide/predictions, "Import
 * pre-annotations"). Text offsets are code points since Label Studio 1.4 (HumanSignal/label-studio#1559,
 * label-studio-frontend#308), end exclusive.
 */
function writeLabelStudio(items: readonly ExportItem[]): OutFile[] {
	const tasks = items.map((item) => ({
		data: { id: item.id, text: item.result.text, ...(item.image !== null && { image: item.image }) },
		predictions: [{ model_version: item.result.model, result: resultOf(item) }],
	}));
	return [{ path: "umie.label-studio.json", text: `${JSON.stringify(tasks, null, "\t")}\n` }];
}

const XML: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\t": "&#9;",
	"\n": "&#10;",
	"\r": "&#13;",
};
/** An attribute's value; what XML 1.0 has no place for is left out. */
const attribute = (value: string): string =>
	`"${wellFormed(value)
		.replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, "")
		.replace(/[&<>"\t\n\r]/g, (character) => XML[character] ?? "")}"`;

const labelTag = (tag: string, name: string, to: string, values: ReadonlySet<string>): string[] =>
	values.size === 0
		? []
		: [
				`\t<${tag} name="${name}" toName="${to}">`,
				...[...values].map((value) => `\t\t<Label value=${attribute(value)} />`),
				`\t</${tag}>`,
			];

/**
 * The labelling interface (labelstud.io/tags) with every label of the results: to be pasted into the project's
 * settings.
 */
function writeLabelStudioConfig(items: readonly ExportItem[]): OutFile[] {
	const results = items.map(({ result }) => result);
	const set = (of: (result: ExtractionResult) => string[]) => new Set(results.flatMap(of));
	const roles = ({ events }: ExtractionResult) =>
		events.flatMap(({ arguments: parts }) => parts.map(({ role }) => role));
	const relations = set(({ relations }) => relations.map(({ type }) => type));
	const links = new Set([
		...relations,
		...set(roles),
		...(results.some(({ regions }) => regions.length > 0) ? [SEEN_IN] : []),
	]);
	const lines = [
		"<View>",
		...labelTag(
			"Labels",
			TAGS.entity,
			TAGS.text,
			set(({ entities }) => entities.map(({ type }) => type)),
		),
		...labelTag(
			"Labels",
			TAGS.trigger,
			TAGS.text,
			set(({ events }) => events.map(({ type }) => type)),
		),
		...labelTag("Labels", TAGS.argument, TAGS.text, set(roles)),
		`\t<Text name="${TAGS.text}" value="$text" />`,
		...labelTag(
			"RectangleLabels",
			TAGS.object,
			TAGS.image,
			set(({ regions }) => regions.map(({ object }) => object)),
		),
		...(items.some(({ image }) => image !== null) ? [`\t<Image name="${TAGS.image}" value="$image" />`] : []),
		...(links.size === 0
			? []
			: [
					"\t<Relations>",
					...[...links].map((value) => `\t\t<Relation value=${attribute(value)} />`),
					"\t</Relations>",
				]),
		"</View>",
	];
	return [{ path: "umie.label-studio.xml", text: `${lines.join("\n")}\n` }];
}

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
function readLabelStudio(files: readonly InFile[]): readonly ExportItem[] {
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
		// "seen in" from a mention to a box only says where the mention is seen. The other way round, or under another
		// name,
		// the link is a relation of its own (MORE).
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
	const notes =
		left === 0 ? [] : [`${left} regions were left out: only labels of the text and rectangles are supported.`];
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

/**
 * By code points; by UTF-16 units where only these give the text that was marked (Label Studio before 1.4).
 * @throws Failure
 */
function spanOf(
	{ id, from_name: tag, value, score }: RegionOf,
	text: string,
	points: CodePoints,
	where: string,
): Placed {
	const [from, to] = [Number(value.start), Number(value.end)];
	if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0)
		throw wrong(`${where}: the offsets of region ${id} must be integers from 0.`);
	const stated = value.text;
	const places = [
		{ start: points.toUtf16(from), end: points.toUtf16(to) },
		{ start: from, end: to },
	];
	const agrees = ({ start, end }: Span) => wellFormed(text.slice(start, end)) === stated;
	const place = stated === undefined ? places[0] : places.find(agrees);
	if (!place)
		throw wrong(`${where}: region ${id} says "${stated?.slice(0, 50)}", but the text there reads differently.`);
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
		throw wrong(`${where}: rectangle ${id} needs x, y, width and height, and the size of its picture.`);
	if (index >= MAX_OBJECTS) throw wrong(`${where}: a picture has at most ${MAX_OBJECTS} rectangles.`);
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

export const labelStudio: Format = {
	title: "Label Studio",
	about: "Tasks with predictions, to correct in Label Studio",
	leavesOut: "the pieces of discontinuous mentions",
	extension: ".json",
	files: "one",
	mediaType: "application/json",
	offsets: "code points",
	write: writeLabelStudio,
	reader: {
		recognisesJson: (first) => "data" in first && ("annotations" in first || "predictions" in first),
		read: readLabelStudio,
		restores: { fragments: false, scores: false },
	},
};

export const labelStudioConfig: Format = {
	title: "Label Studio interface",
	about: "The labelling interface for these tasks: paste it into the project’s settings",
	leavesOut: "everything but the names of labels",
	extension: ".xml",
	files: "one",
	mediaType: "application/xml",
	offsets: "none",
	write: writeLabelStudioConfig,
};
