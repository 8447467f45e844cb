/**
 * W3C Web Annotations (JSON-LD): writes entities, relations, events and boxes, and reads annotations, ours or of
 * another tool.
 */
import * as z from "zod/mini";
import { MAX_OBJECTS } from "../core/limits.ts";
import type { Entity, EventArgument, ExtractedEvent, Region, Relation } from "../core/result.ts";
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
import { postIri, UMIE } from "./iri.ts";
import { type CodePoints, codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import { Places } from "./place.ts";
import {
	type ExportItem,
	type Format,
	IMPORT_LIMITS,
	type InFile,
	type OutFile,
	type ReadOptions,
	type Report,
} from "./types.ts";

const ANNO_CONTEXT = "http://www.w3.org/ns/anno.jsonld";
/** Characters before and after a quote that tell it from its twins. */
const AROUND = 32;

/** A whole character is never cut in two. */
function quote(text: string, { start, end }: Span): object {
	return {
		type: "TextQuoteSelector",
		exact: wellFormed(text.slice(start, end)),
		prefix: wellFormed(text.slice(0, start))
			.slice(-AROUND)
			.replace(/^[\uDC00-\uDFFF]/, ""),
		suffix: wellFormed(text.slice(end))
			.slice(0, AROUND)
			.replace(/[\uD800-\uDBFF]$/, ""),
	};
}

interface Place {
	readonly post: string;
	readonly picture: string;
	readonly text: string;
	readonly points: CodePoints;
}

function textTarget({ post, text, points }: Place, span: Span): object {
	const position = {
		type: "TextPositionSelector",
		start: points.fromUtf16(span.start),
		end: points.fromUtf16(span.end),
	};
	return { source: post, selector: [quote(text, span), position] };
}

/** Media Fragments 1.0, section 4.2.2: `xywh=pixel:x,y,w,h`, whole pixels. */
function boxTarget({ picture }: Place, { box: [x1, y1, x2, y2], picture: index }: Region): object {
	const [x, y] = [Math.max(0, Math.round(x1)), Math.max(0, Math.round(y1))];
	const value = `xywh=pixel:${x},${y},${Math.max(1, Math.round(x2) - x)},${Math.max(1, Math.round(y2) - y)}`;
	return {
		source: index === undefined ? picture : `${picture}:${index}`,
		selector: { type: "FragmentSelector", conformsTo: "http://www.w3.org/TR/media-frags/", value },
	};
}

const body = (value: string, purpose: "classifying" | "tagging") => ({
	type: "TextualBody",
	value,
	format: "text/plain",
	purpose,
});
const linkTo = (source: string) => ({ type: "SpecificResource", source, purpose: "linking" });

function entityAnnotation(entity: Entity, place: Place): object {
	return {
		id: `${place.post}#${encodeURIComponent(entity.id)}`,
		type: ["Annotation", "umie:Entity"],
		motivation: "classifying",
		"umie:score": entity.score,
		body: body(entity.type, "classifying"),
		target: [
			...piecesOf(entity).map((piece) => textTarget(place, piece)),
			...entity.regions.map((region) => boxTarget(place, region)),
		],
	};
}

function eventAnnotations(event: ExtractedEvent, place: Place): object[] {
	const id = `${place.post}#${encodeURIComponent(event.id)}`;
	const own = {
		id,
		type: ["Annotation", "umie:Event"],
		motivation: "classifying",
		"umie:score": event.score,
		body: body(event.type, "classifying"),
		target: textTarget(place, event.trigger),
	};
	const roles = event.arguments.map(({ role, span, entity, region, score }, index) => {
		const filler =
			entity !== null
				? linkTo(`${place.post}#${encodeURIComponent(entity)}`)
				: region
					? boxTarget(place, region)
					: textTarget(place, span!);
		const about = {
			id: `${id}-${index + 1}`,
			type: ["Annotation", "umie:Argument"],
			motivation: "linking",
			"umie:score": score,
		};
		return {
			...about,
			body: [body(role, "tagging"), { type: "SpecificResource", ...filler, purpose: "linking" }],
			target: id,
		};
	});
	return [own, ...roles];
}

/** Boxes that no entity has, and those that relations join, are annotated as such: none is lost. */
function looseRegions({ result }: ExportItem, place: Place): object[] {
	const named = new Set(result.entities.flatMap(({ regions }) => regions.map(({ object }) => object)));
	const joined = new Set(result.relations.flatMap(({ head, tail }) => [head, tail]));
	return result.regions
		.filter(({ object }) => joined.has(object) || !named.has(object))
		.map((region) => ({
			id: `${place.post}#${region.object}`,
			type: ["Annotation", "umie:Region"],
			motivation: "identifying",
			body: body(region.object, "tagging"),
			target: boxTarget(place, region),
		}));
}

function annotationsOf(item: ExportItem): object[] {
	const { id, result } = item;
	const post = postIri(id);
	const place: Place = {
		post,
		picture: item.image === null ? `${post}:image` : pictureIri(item.image, post),
		text: result.text,
		points: codePoints(result.text),
	};
	const relations = result.relations.map(({ id: own, type, head, tail, score }) => ({
		id: `${post}#${encodeURIComponent(own)}`,
		type: ["Annotation", "umie:Relation"],
		motivation: "linking",
		"umie:score": score,
		body: [body(type, "tagging"), linkTo(`${post}#${encodeURIComponent(tail)}`)],
		target: `${post}#${encodeURIComponent(head)}`,
	}));
	return [
		...result.entities.map((entity) => entityAnnotation(entity, place)),
		...looseRegions(item, place),
		...relations,
		...result.events.flatMap((event) => eventAnnotations(event, place)),
	];
}

/** An address stays one; a file name becomes a name below the post. */
const pictureIri = (image: string, post: string): string =>
	/^(https?:\/\/|urn:)[^\s<>"{}|\\^`]+$/.test(image) ? image : `${post}:image:${encodeURIComponent(wellFormed(image))}`;

/**
 * Web Annotation Data Model (w3.org/TR/annotation-model): sections 4.2.4 (TextQuoteSelector), 4.2.5
 * (TextPositionSelector: "in terms of unicode code points … not in terms of code units") and 4.2.1 (FragmentSelector).
 * Several targets mean that the body holds for each of them: a mention and the boxes it is seen in, or the pieces of a
 * discontinuous one. A relation links two annotations; so does the role of an event. `umie:posts` carries the texts, so
 * that the file can be read back alone; readers that know only the standard leave it alone.
 */
function writeWebAnnotations(items: readonly ExportItem[]): OutFile[] {
	const annotations = items.flatMap(annotationsOf);
	const posts = items.map(({ id, image, result }) => ({
		id: postIri(id),
		"umie:name": id,
		"umie:image": image,
		"umie:text": result.text,
		"umie:size": result.image,
	}));
	const collection = {
		"@context": [ANNO_CONTEXT, { umie: UMIE }],
		id: `${UMIE}collection`,
		type: "AnnotationCollection",
		label: "Entities, relations and events",
		total: annotations.length,
		first: { id: `${UMIE}collection:1`, type: "AnnotationPage", startIndex: 0, items: annotations },
		"umie:posts": posts,
	};
	return [{ path: "umie.annotations.jsonld", text: `${JSON.stringify(collection, null, "\t")}\n` }];
}

const Selector = z.object({
	type: z.string(),
	exact: z.optional(z.string()),
	prefix: z.optional(z.string()),
	suffix: z.optional(z.string()),
	start: z.optional(z.int()),
	end: z.optional(z.int()),
	value: z.optional(z.string()),
});
const listOf = <S extends z.ZodMiniType>(schema: S) =>
	z.optional(z.union([schema, z.array(schema).check(z.maxLength(IMPORT_LIMITS.records))]));
const Resource = z.union([
	z.string(),
	z.object({
		/** Recogito's relations: the annotation that is meant. */
		id: z.optional(z.string()),
		type: z.optional(z.union([z.string(), z.array(z.string())])),
		value: z.optional(z.string()),
		purpose: z.optional(z.union([z.string(), z.array(z.string())])),
		source: z.optional(z.union([z.string(), z.object({ id: z.optional(z.string()) })])),
		selector: listOf(z.union([Selector, z.string()])),
	}),
]);
const AnnotationSchema = z.object({
	id: z.optional(shortName.check(z.maxLength(10 * IMPORT_LIMITS.name))),
	type: z.optional(z.union([z.string(), z.array(z.string())])),
	motivation: z.optional(z.union([z.string(), z.array(z.string())])),
	body: listOf(Resource),
	target: listOf(Resource),
	"umie:score": z.optional(z.number().check(z.gte(0), z.lte(1))),
});
const PostSchema = z.object({
	id: z.string(),
	"umie:name": shortName,
	"umie:image": z.nullable(z.string()),
	"umie:text": z.string(),
	"umie:size": z.nullable(z.object({ width: z.int(), height: z.int() })),
});
const Annotations = z.array(z.unknown()).check(z.maxLength(100_000));
const Collection = z.object({
	first: z.optional(z.object({ items: Annotations })),
	items: z.optional(Annotations),
	"umie:posts": z.optional(z.array(PostSchema).check(z.maxLength(IMPORT_LIMITS.posts))),
});

export type Annotation = z.infer<typeof AnnotationSchema>;
type ResourceOf = z.infer<typeof Resource>;
type Post = z.infer<typeof PostSchema>;

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
	value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readWebAnnotations(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	const { text } = options;
	checkSizes(files);
	const sources = files.flatMap((file): PostSource[] => {
		const json = parseJson(textOf(file), file.name);
		const several = Array.isArray(json) ? { items: json } : isCollection(json) ? json : { items: [json] };
		const { first, items: own, "umie:posts": posts } = fitted(Collection, several, file.name);
		const annotations = fittedOnes(own ?? first?.items ?? [], file.name, options.report);
		if (posts)
			return posts.map((post) => ({
				file: file.name,
				read: () =>
					itemOf(
						post,
						annotations.filter((one) => belongs(one, post.id)),
						file.name,
						options,
					),
			}));
		if (text === undefined)
			throw wrong(`${file.name} refers to a text that it does not contain: put that text into the text field first.`);
		const post = { id: "", "umie:name": "post", "umie:image": null, "umie:text": text, "umie:size": null };
		return [{ file: file.name, read: () => itemOf(post, annotations, file.name, options) }];
	});
	return readPosts(sources, nameOfAll(files), options);
}

/** Annotations that are not valid are reported, one by one. */
function fittedOnes(items: readonly unknown[], file: string, report?: Report): Annotation[] {
	return items.flatMap((item, index) => {
		const parsed = AnnotationSchema.safeParse(item);
		if (parsed.success) return [parsed.data];
		if (items.length === 1) fitted(AnnotationSchema, item, file);
		const issue = parsed.error.issues[0];
		report?.({ file, what: `Annotation ${index + 1}: "${issue?.path.join(".")}" is not valid. It was left out.` });
		return [];
	});
}

const isCollection = (json: unknown): boolean =>
	typeof json === "object" && json !== null && ("items" in json || "first" in json);

/** Ids are the post's address with a fragment. */
const belongs = ({ id }: Annotation, post: string): boolean => id?.startsWith(`${post}#`) === true;

/** The part after "#" that `writeWebAnnotations` made of a record's id. */
function recordId(id: string | undefined): string {
	try {
		return decodeURIComponent(id?.replace(/^.*#/, "") ?? "");
	} catch {
		return id ?? "";
	}
}

const isOur = ({ type }: Annotation, kind: string): boolean => list(type).includes(`umie:${kind}`);

/** @throws Failure when every annotation is wrong */
export function itemOf(
	post: Post,
	annotations: readonly Annotation[],
	file: string,
	{ report }: ReadOptions,
): ExportItem {
	const text = post["umie:text"];
	const left = new LeftOut(file, report);
	const place = { text, places: new Places(text), left };
	const image = post["umie:size"];
	const names = objectNames(annotations);
	const all = annotations.map((annotation, index) => ({
		annotation,
		...placeOf(annotation, place, names),
		id: recordId(annotation.id) || `a${index + 1}`,
	}));
	const isLink = ({ annotation }: Found) =>
		["Relation", "Argument"].some((kind) => isOur(annotation, kind)) || linkOf(annotation) !== null;
	for (const { annotation } of all) noteComments(annotation, left);
	const marks = all.filter((one) => !isLink(one));
	const entities = marks
		.filter(({ annotation, spans }) => spans.length > 0 && !isOur(annotation, "Event"))
		.flatMap((one) => entitiesOf(one, text));
	const ids = new Map(marks.map((one) => [one.annotation.id ?? one.id, one]));
	const known = new Set(entities.map(({ id }) => id));
	const events = marks
		.filter(({ annotation }) => isOur(annotation, "Event"))
		.flatMap((one) => eventOf(one, all, ids, known, place, names) ?? []);
	const relations = relationsOf(all, ids, known, left);
	const regions = new Map(all.flatMap(({ boxes }) => boxes.map((box): [string, Region] => [box.object, box])));
	for (const { spans, boxes, id, faulty } of marks)
		if (spans.length + boxes.length === 0 && !faulty)
			left.add(`Annotation ${id} was left out: its target is neither a place in the text nor a rectangle.`);
	if (!image && regions.size > 0)
		left.add(`${regions.size} rectangles of the picture were left out: nothing says how large the picture is.`);
	left.refuseIfAllFailed(entities.length + events.length + relations.length + regions.size);
	const result = importedResult({
		text,
		image,
		entities,
		relations,
		events,
		regions: image ? [...regions.values()] : [],
		notes: left.notes,
	});
	return { id: post["umie:name"], image: post["umie:image"], result };
}

/** Relations link two annotated ends, at most one of them a box. */
function relationsOf(
	all: readonly Found[],
	marks: ReadonlyMap<string, Found>,
	known: ReadonlySet<string>,
	left: LeftOut,
): Relation[] {
	/** An entity's id, or the name of a box that is annotated by itself (MORE). */
	const endOf = (iri: string | null): { id: string; region?: Region } | null => {
		const mark = iri === null ? undefined : marks.get(iri);
		if (mark && known.has(mark.id)) return { id: mark.id };
		const region = mark?.boxes[0];
		return region ? { id: region.object, region } : null;
	};
	return all.flatMap(({ annotation, id }): Relation[] => {
		const link = linkOf(annotation);
		const [from, to] = [endOf(list(annotation.target).map(iriOf)[0] ?? null), endOf(link)];
		if (isOur(annotation, "Argument") || link === null) return [];
		if (!from || !to || (from.region && to.region)) {
			left.addFault(`The relation ${id} does not join two annotations of the text.`);
			return [];
		}
		const region = from.region ?? to.region;
		const about = { type: labelOf(annotation), score: scoreOf(annotation), ...(region && { region }) };
		return [{ id, head: from.id, tail: to.id, ...about }];
	});
}

interface TextPlace {
	readonly text: string;
	readonly places: Places;
	readonly left: LeftOut;
}

interface Found {
	readonly annotation: Annotation;
	readonly id: string;
	readonly spans: readonly Span[];
	readonly boxes: readonly Region[];
	/** Its place is not in the text, which was reported. */
	readonly faulty: boolean;
}

const selectorsOf = (resource: ResourceOf) =>
	typeof resource === "string"
		? []
		: list(resource.selector).flatMap((selector) => (typeof selector === "string" ? [] : [selector]));

const boxValue = (resource: ResourceOf): string | undefined =>
	selectorsOf(resource).find(({ type, value }) => type === "FragmentSelector" && value?.startsWith("xywh="))?.value;

/** A name O1, O2 … for each rectangle, the tagged ones keep theirs. */
function objectNames(annotations: readonly Annotation[]): ReadonlyMap<string, string> {
	const resources = annotations.flatMap(({ body, target }) => [...list(body), ...list(target)]);
	const values = [...new Set(resources.flatMap((resource) => boxValue(resource) ?? []))];
	if (values.length > MAX_OBJECTS)
		throw wrong(`The annotations have ${values.length} rectangles; the limit is ${MAX_OBJECTS}.`);
	return new Map(values.map((value, index) => [value, `O${index + 1}`]));
}

function placeOf(
	{ target }: Annotation,
	place: TextPlace,
	names: ReadonlyMap<string, string>,
): Pick<Found, "spans" | "boxes" | "faulty"> {
	const targets = list(target);
	const found = targets.map((one) => textSpan(one, place));
	const faulty = found.includes("elsewhere");
	return {
		faulty,
		spans: faulty
			? []
			: found.flatMap((one) => (one === null || one === "elsewhere" ? [] : [one])).sort((a, b) => a.start - b.start),
		boxes: targets.flatMap((one) => boxOf(one, names) ?? []),
	};
}

const XYWH =
	/^xywh=(?:pixel:)?(\d{1,6}(?:\.\d{1,6})?),(\d{1,6}(?:\.\d{1,6})?),(\d{1,6}(?:\.\d{1,6})?),(\d{1,6}(?:\.\d{1,6})?)$/;

function boxOf(resource: ResourceOf, names: ReadonlyMap<string, string>): Region | null {
	const value = boxValue(resource);
	const numbers = XYWH.exec(value ?? "");
	if (value === undefined || !numbers) return null;
	const [x = 0, y = 0, width = 0, height = 0] = numbers.slice(1).map(Number);
	return { object: names.get(value) ?? "O1", box: [x, y, x + width, y + height], score: 1 };
}

/**
 * By position where the quote agrees, else by the quote with what stands around it.
 * @returns "elsewhere" when neither is in the text, which is a fault
 */
function textSpan(resource: ResourceOf, { text, places, left }: TextPlace): Span | "elsewhere" | null {
	const selectors = selectorsOf(resource);
	const quote = selectors.find(({ type }) => type === "TextQuoteSelector");
	const position = selectors.find(({ type }) => type === "TextPositionSelector");
	if (position?.start !== undefined && position.end !== undefined) {
		const found = places.find([{ start: position.start, end: position.end }], quote?.exact);
		if (found) return found[0]!;
		if (!quote?.exact) {
			left.addFault(`An annotation spans ${position.start}–${position.end}, outside the text.`);
			return "elsewhere";
		}
	}
	if (!quote?.exact) return null;
	const { exact, prefix = "", suffix = "" } = quote;
	const plain = wellFormed(text);
	const around = plain.indexOf(prefix + exact + suffix);
	const start = around >= 0 ? around + prefix.length : plain.indexOf(exact);
	if (start < 0) {
		left.addFault(`"${exact.slice(0, 50)}" is not in the text.`);
		return "elsewhere";
	}
	return { start, end: start + exact.length };
}

const iriOf = (resource: ResourceOf): string | null => {
	if (typeof resource === "string") return resource;
	if (resource.source === undefined) return resource.id ?? null;
	return typeof resource.source === "string" ? resource.source : (resource.source?.id ?? null);
};

/** Comments have no place in a result: they are kept as notes. */
function noteComments({ body, id }: Annotation, left: LeftOut): void {
	for (const one of list(body))
		if (typeof one !== "string" && one.value !== undefined && list(one.purpose).some((why) => COMMENTS.has(why)))
			left.add(`Comment on ${id ?? "an annotation"}, kept as a note: ${one.value.slice(0, 500)}`);
}

const COMMENTS: ReadonlySet<string> = new Set(["commenting", "replying"]);

/** What an annotation links its target to: another annotation. Recogito names both as targets. */
const linkOf = ({ body, motivation, target }: Annotation): string | null => {
	const ends = list(target).map(iriOf);
	if (list(motivation).includes("linking") && ends.length === 2) return ends[1]!;
	const link = list(body).find(
		(one) => typeof one !== "string" && list(one.purpose).includes("linking") && one.selector === undefined,
	);
	return link === undefined ? null : iriOf(link);
};

/** The values of the bodies that classify or tag, else of the first that does not comment; one at least. */
function labelsOf({ body }: Annotation): readonly string[] {
	const values = list(body).flatMap((one) =>
		typeof one === "string" || one.value === undefined ? [] : [{ value: one.value, purposes: list(one.purpose) }],
	);
	const named = ["classifying", "tagging"].flatMap((purpose) =>
		values.filter(({ purposes }) => purposes.includes(purpose)),
	);
	const other = values.find(({ purposes }) => !purposes.some((why) => COMMENTS.has(why)));
	const chosen = named.length > 0 ? named : other ? [other] : [];
	const labels = chosen.map(({ value }) => value.trim().slice(0, IMPORT_LIMITS.name)).filter((label) => label !== "");
	return labels.length > 0 ? [...new Set(labels)] : ["unlabelled"];
}

const labelOf = (annotation: Annotation): string => labelsOf(annotation)[0]!;

const scoreOf = (annotation: Annotation): number => annotation["umie:score"] ?? 1;

/** One for each tag: a mention that is tagged twice is of both types. */
function entitiesOf({ annotation, id, spans, boxes }: Found, text: string): Entity[] {
	const [start, end] = [spans[0]!.start, Math.max(...spans.map((span) => span.end))];
	const fragments = spans.length > 1 ? { fragments: spans.map((span) => ({ start: span.start, end: span.end })) } : {};
	return labelsOf(annotation).map((type, index) => ({
		id: index === 0 ? id : `${id}-${index + 1}`,
		type,
		text: text.slice(start, end),
		start,
		end,
		score: scoreOf(annotation),
		regions: [...boxes],
		...fragments,
	}));
}

function eventOf(
	{ annotation, id, spans }: Found,
	all: readonly Found[],
	ids: ReadonlyMap<string, Found>,
	known: ReadonlySet<string>,
	place: TextPlace,
	names: ReadonlyMap<string, string>,
): ExtractedEvent | null {
	const trigger = spans[0];
	if (!trigger) {
		place.left.addFault(`The event ${id} has no trigger in the text.`);
		return null;
	}
	const spanOf = ({ start, end }: Span) => ({ text: place.text.slice(start, end), start, end });
	const own = all.filter(
		(one) => isOur(one.annotation, "Argument") && list(one.annotation.target).map(iriOf)[0] === annotation.id,
	);
	const parts = own.flatMap(({ annotation: part }): EventArgument[] => {
		const about = { role: labelOf(part), score: scoreOf(part) };
		const filler = list(part.body).find((one) => typeof one !== "string" && list(one.purpose).includes("linking"));
		const region = filler === undefined ? null : boxOf(filler, names);
		if (region) return [{ ...about, span: null, entity: null, region }];
		const mention = ids.get(filler === undefined ? "" : (iriOf(filler) ?? ""));
		const span = mention?.spans[0] ?? (filler === undefined ? null : textSpan(filler, place));
		if (!span || span === "elsewhere") return [];
		const whole = mention ? { start: span.start, end: mention.spans.at(-1)!.end } : span;
		return [
			{ ...about, span: spanOf(whole), entity: mention && known.has(mention.id) ? mention.id : null, region: null },
		];
	});
	return { id, type: labelOf(annotation), trigger: spanOf(trigger), arguments: parts, score: scoreOf(annotation) };
}

export const webAnnotation: Format = {
	title: "Web Annotation",
	about: "W3C annotations of text and picture, for annotation servers",
	leavesOut: "fractions of pixels",
	extension: ".jsonld",
	files: "one",
	mediaType: "application/ld+json",
	offsets: "code points",
	write: writeWebAnnotations,
	reader: {
		recognisesJson: (first) => "@context" in first || "target" in first,
		read: readWebAnnotations,
		restores: { fragments: true, scores: true },
	},
};
