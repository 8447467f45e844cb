/**
 * Reads exports of Label Studio, which are not trusted: JSON, JSON-MIN, completions (before 1.0), and marks in HTML.
 * What is wrong with a region leaves that region out.
 */
import { Parser } from "htmlparser2";
import * as z from "zod/mini";
import { MAX_OBJECTS } from "../core/limits.ts";
import type { Entity, EventArgument, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
import { wrong } from "./check-result.ts";
import {
	checkSizes,
	fitted,
	importedResult,
	LeftOut,
	nameOfAll,
	type PostSource,
	parseJson,
	readPosts,
	shortName,
	textOf,
} from "./checks.ts";
import { SEEN_IN, TAGS } from "./label-studio-names.ts";
import type { Span } from "./offsets.ts";
import { Places } from "./place.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadOptions } from "./types.ts";

const labels = z.optional(z.nullable(z.array(shortName)));
const offset = z.optional(z.nullable(z.union([z.number(), z.string()])));
const ValueSchema = z.object({
	start: offset,
	end: offset,
	/** Of marks in HTML, whose start and end are paths. */
	globalOffsets: z.optional(z.object({ start: z.number(), end: z.number() })),
	text: z.optional(z.unknown()),
	x: z.optional(z.number()),
	y: z.optional(z.number()),
	width: z.optional(z.number()),
	height: z.optional(z.number()),
	labels,
	hypertextlabels: labels,
	rectanglelabels: labels,
});
const RegionResult = z.object({
	id: shortName,
	from_name: z._default(shortName, "label"),
	type: z.string(),
	original_width: z.optional(z.number()),
	original_height: z.optional(z.number()),
	value: ValueSchema,
	score: z.optional(z.nullable(z.number())),
});
const RelationResult = z.object({
	type: z.literal("relation"),
	from_id: shortName,
	to_id: shortName,
	direction: z.optional(z.nullable(z.string())),
	labels: z.optional(z.nullable(z.array(shortName))),
});
const ResultList = z.array(z.unknown()).check(z.maxLength(IMPORT_LIMITS.records));
const person = z.optional(z.unknown());
const Version = z.object({
	was_cancelled: z.optional(z.nullable(z.boolean())),
	completed_by: person,
	result: z.optional(z.nullable(ResultList)),
});
const versions = z.optional(z.array(Version));
const id = z.union([z.number(), z.string()]);
const Task = z.object({
	id: z.optional(id),
	data: z.record(z.string(), z.unknown()),
	annotations: versions,
	/** Before 1.0. */
	completions: versions,
	predictions: versions,
	drafts: z.optional(z.array(z.unknown())),
});
/** A row of JSON-MIN: the data, and a list of values for each tag of the interface. */
const Minimal = z.record(z.string(), z.unknown());
const MinimalValue = z.looseObject({ start: offset, end: offset });

type TaskOf = z.infer<typeof Task>;
type VersionOf = z.infer<typeof Version>;
type RegionOf = z.infer<typeof RegionResult>;
type RelationOf = z.infer<typeof RelationResult>;

/** Types of regions that mark a piece of the text. */
const MARKS: ReadonlySet<string> = new Set(["labels", "hypertextlabels"]);

/** Whether an object is a row of JSON-MIN: a text beside a list of marks. */
export function isMinimal(row: object): boolean {
	const values = Object.values(row);
	return (
		!("data" in row && typeof row.data === "object") &&
		values.some((value) => typeof value === "string") &&
		values.some((value) => Array.isArray(value) && value.length > 0 && value.every(isMinimalMark))
	);
}

const isMinimalMark = (value: unknown): boolean =>
	typeof value === "object" &&
	value !== null &&
	["start", "globalOffsets"].some((key) => key in value) &&
	["labels", "hypertextlabels"].some((key) => key in value);

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function readLabelStudio(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const sources = files.flatMap((file) => {
		const json = parseJson(textOf(file), file.name);
		const tasks: readonly unknown[] = Array.isArray(json) ? json : [json];
		return tasks.flatMap((task, index) => sourcesOf(task, file.name, index, options));
	});
	return readPosts(sources, nameOfAll(files), options);
}

/** A post for each person who annotated the task: their annotations are not the same. */
function sourcesOf(task: unknown, file: string, index: number, { report }: ReadOptions): PostSource[] {
	const where = `${file}, task ${index + 1}`;
	const say = (what: string) => report?.({ file, what: `task ${index + 1}: ${what}` });
	const left = () => new LeftOut(file, report, `task ${index + 1}`);
	if (typeof task === "object" && task !== null && isMinimal(task))
		return [{ file, read: () => minimalItem(fitted(Minimal, task, where), index, left()) }];
	const parsed = Task.safeParse(task);
	// The reader says what is wrong with it.
	if (!parsed.success)
		return [{ file, read: () => itemOf(fitted(Task, task, where), null, { where, index, left: left() }) }];
	const chosen = versionsOf(parsed.data, say);
	return chosen.map(({ version, by }) => ({
		file,
		read: () => itemOf(parsed.data, version, { where, index, by, left: left() }),
	}));
}

/** The latest of each person that was not skipped; without any the first prediction. */
function versionsOf(
	{ annotations, completions, predictions = [], drafts = [] }: TaskOf,
	say: (what: string) => void,
): { readonly version: VersionOf | null; readonly by?: string }[] {
	const all = annotations ?? completions ?? [];
	const done = all.filter(({ was_cancelled }) => was_cancelled !== true);
	const latest = new Map(done.map((version) => [nameOf(version.completed_by), version]));
	const older = done.length - latest.size;
	if (older > 0) say(`${older} older annotations of the same person were left out.`);
	if (all.length > done.length) say(`${all.length - done.length} skipped annotations were left out.`);
	if (drafts.length > 0) say(`${drafts.length} drafts were left out.`);
	if (latest.size > 1) say(`${latest.size} people annotated it: it became ${latest.size} posts.`);
	if (latest.size === 0) return [{ version: predictions[0] ?? null }];
	return [...latest].map(([by, version]) => ({ version, ...(latest.size > 1 && { by }) }));
}

/** An id, or an object with an e-mail address. */
function nameOf(by: unknown): string {
	if (typeof by === "object" && by !== null) {
		const { email, id: own } = by as { readonly email?: unknown; readonly id?: unknown };
		return String(email ?? own ?? "").slice(0, 100);
	}
	return by === undefined || by === null ? "" : String(by).slice(0, 100);
}

interface Where {
	readonly where: string;
	readonly index: number;
	readonly by?: string | undefined;
	readonly left: LeftOut;
}

/** @throws Failure */
function itemOf(
	{ id: number, data }: TaskOf,
	version: VersionOf | null,
	{ where, index, by, left }: Where,
): ExportItem {
	const list = version?.result ?? [];
	const own =
		typeof data.id === "string" && data.id.length <= IMPORT_LIMITS.name && data.id !== "" ? data.id : undefined;
	const image = typeof data.image === "string" ? data.image : null;
	const { regions, links } = sorted(list, left);
	const text = textIn(data, regions);
	if (text === null) throw wrong(`${where} has no text in its data.`);
	const name = own ?? String(number ?? index + 1);
	return { id: by === undefined ? name : `${name}, by ${by}`, image, result: assemble(text, regions, links, left) };
}

function minimalItem(row: z.infer<typeof Minimal>, index: number, left: LeftOut): ExportItem {
	const regions: RegionOf[] = [];
	for (const [tag, values] of Object.entries(row)) {
		if (!Array.isArray(values)) continue;
		for (const value of values as readonly unknown[]) {
			const name = `${tag.slice(0, 100)}-${regions.length + 1}`;
			const parsed = MinimalValue.safeParse(value);
			const region = RegionResult.safeParse({ id: name, from_name: tag.slice(0, 100), type: "labels", value });
			if (parsed.success && region.success && isMinimalMark(value)) regions.push(region.data);
			else left.add(`a value of ${tag.slice(0, 50)} was left out: it marks no text.`);
		}
	}
	for (const tag of ["sentiment", "choice"])
		if (typeof row[tag] === "string") left.add(`the ${tag} of the whole text was left out.`);
	const text = textIn(row, regions) ?? "";
	const { id: number, annotator } = row;
	const name = typeof number === "number" || typeof number === "string" ? String(number) : String(index + 1);
	const by = typeof annotator === "number" || typeof annotator === "string" ? `, by ${annotator}` : "";
	const image = typeof row.image === "string" ? row.image : null;
	return { id: `${name}${by}`.slice(0, IMPORT_LIMITS.name), image, result: assemble(text, regions, [], left) };
}

/** Records by kind; others are named, each kind once. */
function sorted(
	list: readonly unknown[],
	left: LeftOut,
): { readonly regions: RegionOf[]; readonly links: RelationOf[] } {
	const regions: RegionOf[] = [];
	const links: RelationOf[] = [];
	const others = new Map<string, number>();
	for (const one of list) {
		const relation = RelationResult.safeParse(one);
		const region = RegionResult.safeParse(one);
		const type = String((one as { readonly type?: unknown } | null)?.type ?? "unknown").slice(0, 50);
		if (relation.success) links.push(relation.data);
		else if (region.success && (MARKS.has(type) || type === "rectanglelabels")) regions.push(region.data);
		else if (MARKS.has(type) || type === "rectanglelabels" || type === "relation") {
			const issue = (type === "relation" ? relation : region).error?.issues[0];
			left.addFault(`a ${type} record is not valid ("${issue?.path.join(".")}": ${issue?.message}).`);
		} else others.set(type, (others.get(type) ?? 0) + 1);
	}
	for (const [type, count] of others)
		left.add(
			`${count} ${count === 1 ? "record" : "records"} of type ${type} left out: ` +
				"only marks of the text, rectangles and relations have a place.",
		);
	return { regions, links };
}

/** The string of the data that most marks agree with, "text" before others; of HTML what it shows. */
function textIn(data: Readonly<Record<string, unknown>>, regions: readonly RegionOf[]): string | null {
	const strings = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
	const inOrder = [
		...strings.filter(([key]) => key === "text"),
		...strings.filter(([key, value]) => key !== "text" && /\s/.test(value)),
	];
	const marks = regions.filter(({ type }) => MARKS.has(type));
	const inHtml = marks.some(({ type, value }) => type === "hypertextlabels" || value.globalOffsets !== undefined);
	const candidates = inOrder.flatMap(([, value]) => (inHtml ? [...shownIn(value), value] : [value]));
	let best: { readonly text: string; readonly agree: number } | null = null;
	for (const text of candidates) {
		const places = new Places(text);
		const agree = marks.filter((region) => placeOf(region, places) !== null).length;
		if (best === null || agree > best.agree) best = { text, agree };
	}
	return best?.text ?? null;
}

/** The text of HTML, with and without its line breaks as characters: versions of Label Studio differ. */
function shownIn(html: string): string[] {
	if (html.length > 1 << 20 || !html.includes("<")) return [];
	const parts: string[] = [];
	let hidden = 0;
	const parser = new Parser({
		onopentag: (name) => {
			if (name === "script" || name === "style") hidden++;
			if (name === "br") parts.push("\0");
		},
		onclosetag: (name) => {
			if (name === "script" || name === "style") hidden--;
		},
		ontext: (text) => void (hidden === 0 && parts.push(text.replaceAll("\0", "\uFFFD"))),
	});
	parser.end(html);
	const text = parts.join("");
	return [...new Set([text.replaceAll("\0", "\n"), text.replaceAll("\0", "")])];
}

const statedIn = ({ value: { text } }: RegionOf): string | undefined => (typeof text === "string" ? text : undefined);

function offsetsOf({ value }: RegionOf): Span | null {
	const { start, end } = value.globalOffsets ?? { start: value.start ?? "", end: value.end ?? "" };
	const [from, to] = [start, end].map((one) => (one === "" ? Number.NaN : Number(one))) as [number, number];
	return Number.isInteger(from) && Number.isInteger(to) && from >= 0 ? { start: from, end: to } : null;
}

/** By code points; by UTF-16 units where only these give the text that was marked (Label Studio before 1.4). */
function placeOf(region: RegionOf, places: Places): Span | null {
	const span = offsetsOf(region);
	return (span && places.find([span], statedIn(region))?.[0]) ?? null;
}

interface Placed extends Span {
	readonly id: string;
	readonly tag: string;
	readonly label: string;
	readonly text: string;
	readonly score: number;
}

const probability = (value: number | null | undefined): number =>
	value !== undefined && value !== null && value >= 0 && value <= 1 ? value : 1;

/** One for each label of the region: the first has its id. */
function marksOf(region: RegionOf, text: string, places: Places, left: LeftOut): Placed[] {
	const { id: own, from_name: tag, value, score } = region;
	const span = offsetsOf(region);
	if (span === null) {
		left.addFault(`the offsets of region ${own} must be integers from 0.`);
		return [];
	}
	const place = placeOf(region, places);
	if (place === null) {
		const stated = statedIn(region)?.slice(0, 50);
		const there = places.read([span]).slice(0, 50);
		left.addFault(
			stated === undefined
				? `region ${own} spans ${span.start}–${span.end}, outside the text (${places.points.length} characters).`
				: `region ${own} says "${stated}", but the text there reads "${there}".`,
		);
		return [];
	}
	const names = value.labels ?? value.hypertextlabels ?? [];
	return (names.length > 0 ? names : ["unlabelled"]).map((label, index) => ({
		...{ id: index === 0 ? own : `${own}-${index + 1}`, tag, label, ...place },
		...{ text: text.slice(place.start, place.end), score: probability(score) },
	}));
}

/** @throws Failure when every record is wrong */
function assemble(
	text: string,
	all: readonly RegionOf[],
	given: readonly RelationOf[],
	left: LeftOut,
): ExtractionResult {
	const places = new Places(text);
	const spans = unique(all.filter(({ type }) => MARKS.has(type)).flatMap((one) => marksOf(one, text, places, left)));
	const image = imageOf(all);
	const boxes = boxesOf(all, image, left);
	const links = given.flatMap((link) => linksOf(link, left));
	const isEvent = ({ tag }: Placed) => tag === TAGS.trigger;
	const entities = spans
		.filter((span) => !isEvent(span) && span.tag !== TAGS.argument)
		.map((span) => entityOf(span, links, boxes));
	const known = new Set(entities.map((entity) => entity.id));
	const events = spans.filter(isEvent).map((span) => eventOf(span, links, spans, known, boxes));
	const relations = relationsOf(links, spans, known, boxes, left);
	left.refuseIfAllFailed(entities.length + events.length + boxes.size);
	return importedResult({ text, image, entities, relations, events, regions: [...boxes.values()], notes: left.notes });
}

/** Ids that are used twice get a number. */
function unique(spans: readonly Placed[]): Placed[] {
	const taken = new Set<string>();
	return spans.map((span, index) => {
		const own = taken.has(span.id) ? `${span.id}+${index + 1}` : span.id;
		taken.add(own);
		return { ...span, id: own };
	});
}

interface Link {
	readonly from: string;
	readonly to: string;
	readonly type: string | null;
}

/** One for each label; the arrow may point the other way. */
function linksOf({ from_id, to_id, direction, labels: types }: RelationOf, left: LeftOut): Link[] {
	if (direction === "bi") left.add(`the relation between ${from_id} and ${to_id} points both ways: one is kept.`);
	const [from, to] = direction === "left" ? [to_id, from_id] : [from_id, to_id];
	return (types && types.length > 0 ? types : [null]).map((type) => ({ from, to, type }));
}

function relationsOf(
	links: readonly Link[],
	spans: readonly Placed[],
	known: ReadonlySet<string>,
	boxes: ReadonlyMap<string, Region>,
	left: LeftOut,
): Relation[] {
	const marked = new Set(spans.map(({ id: own }) => own));
	return links.flatMap(({ from, to, type }, index): Relation[] => {
		const [head, tail] = [boxes.get(from), boxes.get(to)];
		const region = head ?? tail;
		// "seen in" from a mention to a box only says where the mention is seen. The other way round, or under another
		// name, the link is a relation of its own (MORE).
		if (type === SEEN_IN) return [];
		const lost = [from, to].find((end) => !known.has(end) && !boxes.has(end));
		if (lost === undefined && !(head && tail)) {
			const ends = { head: head?.object ?? from, tail: tail?.object ?? to };
			return [{ id: `r${index + 1}`, type: type ?? "related to", ...ends, score: 1, ...(region && { region }) }];
		}
		// What begins at a trigger is a role of its event.
		if (lost !== undefined && marked.has(from) && !known.has(from) && (marked.has(to) || boxes.has(to))) return [];
		if (lost !== undefined && !marked.has(lost)) left.addFault(`a relation refers to ${lost}, which does not exist.`);
		else left.add(`a relation from ${from} to ${to} was left out: it joins no two mentions.`);
		return [];
	});
}

function imageOf(all: readonly RegionOf[]): ExtractionResult["image"] {
	const sized = all.find(
		({ original_width, original_height }) => original_width !== undefined && original_height !== undefined,
	);
	return sized ? { width: Math.round(sized.original_width!), height: Math.round(sized.original_height!) } : null;
}

function boxesOf(
	all: readonly RegionOf[],
	image: ExtractionResult["image"],
	left: LeftOut,
): ReadonlyMap<string, Region> {
	const boxes = new Map<string, Region>();
	for (const { id: own, type, value, score } of all) {
		if (type !== "rectanglelabels") continue;
		const { x, y, width, height } = value;
		if (boxes.size >= MAX_OBJECTS) left.addFault(`rectangle ${own}: a picture has at most ${MAX_OBJECTS}.`);
		else if (!image || x === undefined || y === undefined || width === undefined || height === undefined)
			left.addFault(`rectangle ${own} needs x, y, width and height, and the size of its picture.`);
		else {
			const [x1, y1] = [(x * image.width) / 100, (y * image.height) / 100];
			const box: Region["box"] = [x1, y1, x1 + (width * image.width) / 100, y1 + (height * image.height) / 100];
			const label = value.rectanglelabels?.[0];
			// Ours are called O1, O2 …: a name, not a kind of thing.
			const kind = label !== undefined && !/^O\d+$/.test(label) ? { label } : {};
			boxes.set(own, { object: `O${boxes.size + 1}`, box, score: score ?? 1, ...kind });
		}
	}
	return boxes;
}

function entityOf(
	{ id: own, label, start, end, text, score }: Placed,
	links: readonly Link[],
	boxes: ReadonlyMap<string, Region>,
): Entity {
	const regions = links.flatMap(({ from, to, type }) => {
		const box = from === own && (type ?? SEEN_IN) === SEEN_IN ? boxes.get(to) : undefined;
		return box ? [box] : [];
	});
	return { id: own, type: label, text, start, end, score, regions };
}

function eventOf(
	{ id: own, label, start, end, text, score }: Placed,
	links: readonly Link[],
	spans: readonly Placed[],
	known: ReadonlySet<string>,
	boxes: ReadonlyMap<string, Region>,
): ExtractedEvent {
	const parts = links.flatMap(({ from, to, type }): EventArgument[] => {
		if (from !== own) return [];
		const target = spans.find((span) => span.id === to);
		const region = boxes.get(to) ?? null;
		if (!target && !region) return [];
		const span = target ? { text: target.text, start: target.start, end: target.end } : null;
		return [{ role: type ?? "argument", span, entity: known.has(to) ? to : null, region, score: 1 }];
	});
	return { id: own, type: label, trigger: { text, start, end }, arguments: parts, score };
}
