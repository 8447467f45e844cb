/** Goes in: posts with what was found. Comes out: RDF in Turtle, mentions by the NLP Interchange Format, relations and roles as triples. */
import type { ExtractionResult } from "../core/result.ts";
import { codePoints, piecesOf, type Span, wellFormed } from "./offsets.ts";
import type { ExportItem, OutFile } from "./types.ts";
import { postIri, UMIE } from "./web-annotation.ts";

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
export function literal(text: string): string {
	const escaped = wellFormed(text).replace(/["\\\p{Cc}]/gu, (character) => {
		return ESCAPES[character] ?? `\\u${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
	});
	return `"${escaped}"`;
}

const named = (kind: string, name: string): string => `<${UMIE}${kind}:${encodeURIComponent(wellFormed(name))}>`;
const decimal = (value: number): string => `"${value.toFixed(6)}"^^xsd:decimal`;
const count = (value: number): string => `"${value}"^^xsd:nonNegativeInteger`;

/** One subject with its properties. */
const block = (subject: string, pairs: ReadonlyArray<readonly [string, string]>): string =>
	`${subject}\n\t${pairs.map(([predicate, object]) => `${predicate} ${object}`).join(" ;\n\t")} .\n`;

function blocksOf({ id, result }: ExportItem): string[] {
	const { text, entities, relations, events } = result;
	const post = postIri(id);
	const points = codePoints(text);
	const node = (record: string) => `<${post}#${encodeURIComponent(record)}>`;
	const context = `<${post}#char=0,${points.length}>`;
	const place = ({ start, end }: Span): Array<readonly [string, string]> => [
		["nif:referenceContext", context],
		["nif:beginIndex", count(points.fromUtf16(start))],
		["nif:endIndex", count(points.fromUtf16(end))],
		["nif:anchorOf", literal(text.slice(start, end))],
	];
	const mention = (
		subject: string,
		kind: string,
		type: string,
		score: number,
		span: Span,
		rest: ReadonlyArray<readonly [string, string]> = [],
	) =>
		block(subject, [
			["a", `${kind}, nif:Phrase`],
			...place(span),
			["itsrdf:taClassRef", named("type", type)],
			["itsrdf:taConfidence", decimal(score)],
			["rdfs:label", literal(text.slice(span.start, span.end))],
			...rest,
		]);
	const ends = new Set(entities.map((entity) => entity.id));
	return [
		block(context, [
			["a", "nif:Context, nif:RFC5147String"],
			["nif:beginIndex", count(0)],
			["nif:endIndex", count(points.length)],
			["nif:isString", literal(text)],
		]),
		...entities.map((entity) => {
			const pieces = piecesOf(entity);
			const parts =
				pieces.length > 1
					? pieces.map(
							(piece) =>
								[
									"umie:piece",
									`<${post}#char=${points.fromUtf16(piece.start)},${points.fromUtf16(piece.end)}>`,
								] as const,
						)
					: [];
			const link = entity.entry?.link;
			const known =
				link && /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(link) ? ([["itsrdf:taIdentRef", `<${link}>`]] as const) : [];
			const thing = entity.thing === undefined ? [] : ([["umie:thing", node(entity.thing)]] as const);
			return mention(node(entity.id), "umie:Entity", entity.type, entity.score, entity, [
				...known,
				...thing,
				...boxes(entity.regions),
				...parts,
			]);
		}),
		...relations
			.filter(({ head, tail }) => ends.has(head) && ends.has(tail))
			.map(({ id: own, type, head, tail, score }) => {
				const direct = block(node(head), [[named("relation", type), node(tail)]]);
				const about = [
					["a", "umie:Relation"],
					["umie:head", node(head)],
					["umie:relation", named("relation", type)],
				] as const;
				return `${direct}${block(node(own), [...about, ["umie:tail", node(tail)], ["itsrdf:taConfidence", decimal(score)]])}`;
			}),
		...events.map(({ id: own, type, trigger, score, arguments: parts }) => {
			const roles = parts.map(({ role, span, entity, region }): readonly [string, string] => {
				const filler = entity !== null && ends.has(entity) ? node(entity) : literal(span?.text ?? region?.object ?? "");
				return [named("role", role), filler];
			});
			return mention(node(own), "umie:Event", type, score, trigger, roles);
		}),
	];
}

/** Boxes as media fragments of the post's picture, in whole pixels. */
function boxes(regions: ExtractionResult["regions"]): ReadonlyArray<readonly [string, string]> {
	return regions.map(({ box: [x1, y1, x2, y2] }) => {
		const [x, y] = [Math.max(0, Math.round(x1)), Math.max(0, Math.round(y1))];
		return [
			"umie:seenIn",
			literal(`xywh=pixel:${x},${y},${Math.max(1, Math.round(x2) - x)},${Math.max(1, Math.round(y2) - y)}`),
		] as const;
	});
}

/**
 * Turtle 1.1 (w3.org/TR/turtle) with NIF 2.0 (persistence.uni-leipzig.org/nlp2rdf/specification/core.html): "All strings MUST be counted in
 * Unicode Code Points", end exclusive, the context's address by RFC 5147. Types and confidences are ITS 2.0's `taClassRef` and `taConfidence`.
 */
export function writeTurtle(items: readonly ExportItem[]): OutFile[] {
	const prefixes = Object.entries(PREFIXES).map(([name, iri]) => `@prefix ${name}: <${iri}> .`);
	return [{ path: "umie.ttl", text: `${prefixes.join("\n")}\n\n${items.flatMap(blocksOf).join("\n")}` }];
}
