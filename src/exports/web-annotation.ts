/** Goes in: posts with what was found. Comes out: W3C Web Annotations: who is where in the text and in the picture, and how they belong together. */
import type { Entity, ExtractedEvent, Region } from "../core/result.ts";
import { type CodePoints, codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import type { ExportItem, OutFile } from "./types.ts";

export const ANNO_CONTEXT = "http://www.w3.org/ns/anno.jsonld";
/** Names of our own kinds and of posts that have no address. */
export const UMIE = "urn:x-umie:";
/** Characters before and after a quote that tell it from its twins. */
const AROUND = 32;

export const postIri = (id: string): string => `${UMIE}post:${encodeURIComponent(wellFormed(id))}`;

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
 * Web Annotation Data Model (w3.org/TR/annotation-model): sections 4.2.4 (TextQuoteSelector), 4.2.5 (TextPositionSelector: "in terms of
 * unicode code points … not in terms of code units") and 4.2.1 (FragmentSelector). Several targets mean that the body holds for each of them:
 * a mention and the boxes it is seen in, or the pieces of a discontinuous one. A relation links two annotations; so does the role of an event.
 * `umie:posts` carries the texts, so that the file can be read back alone; readers that know only the standard leave it alone.
 */
export function writeWebAnnotations(items: readonly ExportItem[]): OutFile[] {
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
