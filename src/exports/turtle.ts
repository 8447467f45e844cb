/** RDF in Turtle: mentions in the NLP Interchange Format, relations and roles as triples. */
import type { Entity, ExtractedEvent, ExtractionResult, Relation } from "../core/result.ts";
import { postIri, UMIE } from "./iri.ts";
import { codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

const PREFIXES: Readonly<Record<string, string>> = {
	nif: "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#",
	itsrdf: "http://www.w3.org/2005/11/its/rdf#",
	rdfs: "http://www.w3.org/2000/01/rdf-schema#",
	xsd: "http://www.w3.org/2001/XMLSchema#",
	umie: UMIE,
};

const ESCAPES: Readonly<Record<string, string>> = {
	"\\": "\\\\",
	'"': '\\"',
	"\n": "\\n",
	"\r": "\\r",
	"\t": "\\t",
	"\b": "\\b",
	"\f": "\\f",
};

/** A string between quotes (Turtle 1.1, section 6.4): every control character as an escape. */
function literal(text: string): string {
	const escaped = wellFormed(text).replace(/["\\\p{Cc}]/gu, (character) => {
		return ESCAPES[character] ?? `\\u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
	});
	return `"${escaped}"`;
}

const named = (kind: string, name: string): string => `<${UMIE}${kind}:${encodeURIComponent(wellFormed(name))}>`;
const decimal = (value: number): string => `"${value.toFixed(6)}"^^xsd:decimal`;
const count = (value: number): string => `"${value}"^^xsd:nonNegativeInteger`;

type Pair = readonly [predicate: string, object: string];

/** One subject with its properties. */
const block = (subject: string, pairs: readonly Pair[]): string =>
	`${subject}\n\t${pairs.map(([predicate, object]) => `${predicate} ${object}`).join(" ;\n\t")} .\n`;

/** Names, places and mentions of one post. */
interface Post {
	readonly context: string;
	readonly length: number;
	/** The node of a record. */
	node(id: string): string;
	/** The node of a place in the text. */
	piece(span: Span): string;
	mention(subject: string, kind: string, about: Mention, rest: readonly Pair[]): string;
}

interface Mention {
	readonly type: string;
	readonly score: number;
	readonly span: Span;
}

function postOf({ id, result: { text } }: ExportItem): Post {
	const iri = postIri(id);
	const points = codePoints(text);
	const context = `<${iri}#char=0,${points.length}>`;
	return {
		context,
		length: points.length,
		node: (record) => `<${iri}#${encodeURIComponent(record)}>`,
		piece: ({ start, end }) => `<${iri}#char=${points.fromUtf16(start)},${points.fromUtf16(end)}>`,
		mention: (subject, kind, { type, score, span }, rest) =>
			block(subject, [
				["a", `${kind}, nif:Phrase`],
				["nif:referenceContext", context],
				["nif:beginIndex", count(points.fromUtf16(span.start))],
				["nif:endIndex", count(points.fromUtf16(span.end))],
				["nif:anchorOf", literal(text.slice(span.start, span.end))],
				["itsrdf:taClassRef", named("type", type)],
				["itsrdf:taConfidence", decimal(score)],
				["rdfs:label", literal(text.slice(span.start, span.end))],
				...rest,
			]),
	};
}

function entityBlock(post: Post, entity: Entity): string {
	const pieces = piecesOf(entity);
	const parts = pieces.length > 1 ? pieces.map((piece): Pair => ["umie:piece", post.piece(piece)]) : [];
	const link = entity.entry?.link;
	const known: Pair[] = link && /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(link) ? [["itsrdf:taIdentRef", `<${link}>`]] : [];
	const thing: Pair[] = entity.thing === undefined ? [] : [["umie:thing", post.node(entity.thing)]];
	return post.mention(post.node(entity.id), "umie:Entity", { ...entity, span: entity }, [
		...known,
		...thing,
		...boxes(entity.regions),
		...parts,
	]);
}

/** The relation itself, and a node for it with its score. */
function relationBlocks(post: Post, { id, type, head, tail, score }: Relation): string {
	const relation = named("relation", type);
	const about = block(post.node(id), [
		["a", "umie:Relation"],
		["umie:head", post.node(head)],
		["umie:relation", relation],
		["umie:tail", post.node(tail)],
		["itsrdf:taConfidence", decimal(score)],
	]);
	return `${block(post.node(head), [[relation, post.node(tail)]])}${about}`;
}

function eventBlock(post: Post, event: ExtractedEvent, ends: ReadonlySet<string>): string {
	const roles = event.arguments.map(({ role, span, entity, region }): Pair => {
		const filler =
			entity !== null && ends.has(entity) ? post.node(entity) : literal(span?.text ?? region?.object ?? "");
		return [named("role", role), filler];
	});
	return post.mention(post.node(event.id), "umie:Event", { ...event, span: event.trigger }, roles);
}

function blocksOf(item: ExportItem): string[] {
	const { text, entities, relations, events } = item.result;
	const post = postOf(item);
	const ends = new Set(entities.map((entity) => entity.id));
	return [
		block(post.context, [
			["a", "nif:Context, nif:RFC5147String"],
			["nif:beginIndex", count(0)],
			["nif:endIndex", count(post.length)],
			["nif:isString", literal(text)],
		]),
		...entities.map((entity) => entityBlock(post, entity)),
		...relations
			.filter(({ head, tail }) => ends.has(head) && ends.has(tail))
			.map((relation) => relationBlocks(post, relation)),
		...events.map((event) => eventBlock(post, event, ends)),
	];
}

/** Boxes as media fragments of the post's picture, in whole pixels. */
function boxes(regions: ExtractionResult["regions"]): readonly Pair[] {
	return regions.map(({ box: [x1, y1, x2, y2] }) => {
		const [x, y] = [Math.max(0, Math.round(x1)), Math.max(0, Math.round(y1))];
		return [
			"umie:seenIn",
			literal(`xywh=pixel:${x},${y},${Math.max(1, Math.round(x2) - x)},${Math.max(1, Math.round(y2) - y)}`),
		] as const;
	});
}

/**
 * Turtle 1.1 (w3.org/TR/turtle) with NIF 2.0 (persistence.uni-leipzig.org/nlp2rdf/specification/core.html): "All
 * strings MUST be counted in Unicode Code Points", end exclusive, the context's address by RFC 5147. Types and
 * confidences are ITS 2.0's `taClassRef` and `taConfidence`.
 */
function writeTurtle(items: readonly ExportItem[]): OutFile[] {
	const prefixes = Object.entries(PREFIXES).map(([name, iri]) => `@prefix ${name}: <${iri}> .`);
	return [{ path: "umie.ttl", text: `${prefixes.join("\n")}\n\n${items.flatMap(blocksOf).join("\n")}` }];
}

export const turtle: Format = {
	title: "RDF Turtle",
	about: "Mentions (NIF) and relations as triples, for graph stores",
	leavesOut: "fractions of pixels",
	extension: ".ttl",
	files: "one",
	mediaType: "text/turtle",
	offsets: "code points",
	write: writeTurtle,
};
