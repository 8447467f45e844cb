/** TEI P5: the text with its names marked in place, relations and events beside it. For editions and archives. */
import type { Entity } from "../core/result.ts";
import { piecesOf, type Span, wellFormed } from "./offsets.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

const ESCAPES: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
	"\r": "&#13;",
};
/** Text or an attribute; what XML 1.0 has no place for becomes U+FFFD. */
const escaped = (text: string): string =>
	wellFormed(text)
		.replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, "\uFFFD")
		.replace(/[&<>"\r]/g, (character) => ESCAPES[character]!);
const attribute = (text: string): string =>
	escaped(text).replace(/[\t\n]/g, (one) => (one === "\t" ? "&#9;" : "&#10;"));

/** Elements for names; others are <name type="…">. */
const ELEMENTS: readonly (readonly [pattern: RegExp, element: string])[] = [
	[/^(person|per)$/i, "persName"],
	[/^(organi[sz]ation|org)$/i, "orgName"],
	[/^(location|loc|place|gpe|city|country)$/i, "placeName"],
];
const elementOf = (type: string): string => ELEMENTS.find(([pattern]) => pattern.test(type))?.[1] ?? "name";

interface Mark extends Span {
	readonly id: string;
	readonly type: string;
	readonly score: number;
}

/** Marks that lie inside each other or apart, and those that cross one of them or have pieces. */
function sortMarks(
	entities: readonly Entity[],
	id: (own: string) => string,
): { readonly inline: Mark[]; readonly apart: Entity[] } {
	const inline: Mark[] = [];
	const apart: Entity[] = [];
	for (const entity of [...entities].sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start)) {
		const { start, end } = entity;
		const crosses = inline.some(
			(other) =>
				(start < other.start && other.start < end && end < other.end) ||
				(other.start < start && start < other.end && other.end < end),
		);
		if (crosses || piecesOf(entity).length > 1) apart.push(entity);
		else inline.push({ id: id(entity.id), type: entity.type, score: entity.score, start, end });
	}
	return { inline, apart };
}

/** The text with elements and anchors. Of marks that begin at one place the longer is outside. */
function markedText(text: string, inline: readonly Mark[], anchors: ReadonlyMap<number, readonly string[]>): string {
	const open: Mark[] = [];
	const waiting = [...inline].sort((a, b) => a.start - b.start || b.end - a.end);
	const places = [
		...new Set([0, text.length, ...inline.flatMap(({ start, end }) => [start, end]), ...anchors.keys()]),
	].sort((a, b) => a - b);
	let out = "";
	for (const [index, place] of places.entries()) {
		while (open.at(-1)?.end === place) out += `</${elementOf(open.pop()!.type)}>`;
		for (const id of anchors.get(place) ?? []) out += `<anchor xml:id="${id}"/>`;
		while (waiting[0]?.start === place) {
			const mark = waiting.shift()!;
			open.push(mark);
			out += `<${elementOf(mark.type)} xml:id="${mark.id}" type="${attribute(mark.type)}">`;
		}
		out += escaped(text.slice(place, places[index + 1] ?? place));
	}
	return out;
}

function documentOf({ id: post, result }: ExportItem, number: number): string {
	const { text, entities, relations, events } = result;
	const names = new Map([...entities, ...events].map(({ id }, index) => [id, `p${number}.${index + 1}`]));
	const idOf = (own: string) => names.get(own) ?? "";
	const { inline, apart } = sortMarks(entities, idOf);
	const anchors = new Map<number, string[]>();
	const anchor = (place: number): string => {
		const id = `p${number}.at${place}`;
		anchors.set(place, [id]);
		return `#${id}`;
	};
	const spans = apart.flatMap((entity) =>
		piecesOf(entity).map(({ start, end }, index) => {
			const id = idOf(entity.id);
			const own = index === 0 ? ` xml:id="${id}"` : ` corresp="#${id}"`;
			return `<span${own} from="${anchor(start)}" to="${anchor(end)}">${escaped(entity.type)}</span>`;
		}),
	);
	const certain = entities.map(({ id, score }) => `<certainty target="#${idOf(id)}" locus="name" degree="${score}"/>`);
	const links = relations.flatMap(({ type, head, tail }) =>
		names.has(head) && names.has(tail)
			? [`<relation name="${attribute(type.replace(/\s+/gu, "_"))}" active="#${idOf(head)}" passive="#${idOf(tail)}"/>`]
			: [],
	);
	const happened = events.map(({ id, type, trigger, arguments: parts }) => {
		const roles = parts.flatMap(({ role, span, entity }) => {
			const target = entity !== null && names.has(entity) ? ` corresp="#${idOf(entity)}"` : "";
			return span === null ? [] : [`<note type="${attribute(role)}"${target}>${escaped(span.text)}</note>`];
		});
		const at = `<label><ref target="${anchor(trigger.start)}">${escaped(trigger.text)}</ref></label>`;
		return `<event xml:id="${idOf(id)}" type="${attribute(type)}">${at}${roles.join("")}</event>`;
	});
	const list = (name: string, inner: readonly string[], more = "") =>
		inner.length === 0 ? [] : [`\t\t<${name}${more}>${inner.join("")}</${name}>`];
	const beside = [
		...list("spanGrp", spans, ' type="entities"'),
		...list("listRelation", links),
		...list("listEvent", happened),
		...certain.map((one) => `\t\t${one}`),
	];
	const body = markedText(text, inline, anchors);
	return [
		`\t<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="p${number}">`,
		...header(post),
		...(beside.length === 0 ? [] : ["\t\t<standOff>", ...beside, "\t\t</standOff>"]),
		`\t\t<text><body><ab xml:space="preserve">${body}</ab></body></text>`,
		"\t</TEI>",
	].join("\n");
}

const header = (title: string): string[] => [
	"\t\t<teiHeader><fileDesc>",
	`\t\t\t<titleStmt><title>${escaped(title)}</title></titleStmt>`,
	"\t\t\t<publicationStmt><p>Written by umie.</p></publicationStmt>",
	"\t\t\t<sourceDesc><p>A post.</p></sourceDesc>",
	"\t\t</fileDesc></teiHeader>",
];

/** TEI P5 (tei-c.org/release/doc/tei-p5-doc): a corpus of a text for each post. */
function writeTei(items: readonly ExportItem[]): OutFile[] {
	const text = [
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">',
		...header("Posts"),
		...items.map((item, index) => documentOf(item, index + 1)),
		"</teiCorpus>",
		"",
	].join("\n");
	return [{ path: "umie.tei.xml", text }];
}

export const tei: Format = {
	title: "TEI P5",
	about: "The text with names marked in place, relations and events beside it, for editions and archives",
	leavesOut: "boxes, relations with them, scores of relations and events",
	extension: ".xml",
	files: "one",
	mediaType: "application/tei+xml",
	offsets: "none",
	write: writeTei,
};
