/** JSON-LD with schema.org: the post, the people, places and things it names, and the events in it. */
import type { ExtractionResult } from "../core/result.ts";
import { postIri, UMIE } from "./iri.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

/** schema.org's class for an entity type; what is not here is a Thing whose `additionalType` says what it is called. */
const CLASSES: Readonly<Record<string, string>> = {
	person: "Person",
	organization: "Organization",
	location: "Place",
	place: "Place",
	event: "Event",
	product: "Product",
	company: "Organization",
	corporation: "Organization",
	"creative-work": "CreativeWork",
	"creative work": "CreativeWork",
	book: "Book",
	film: "Movie",
	movie: "Movie",
	song: "MusicRecording",
	band: "MusicGroup",
};

/**
 * Properties for relations that mean the same there, with the same direction; the others keep their own name below
 * `urn:x-umie:relation:`.
 */
const PROPERTIES: Readonly<Record<string, string>> = {
	"member of": "memberOf",
	"place of residence": "homeLocation",
	"place of birth": "birthPlace",
	nationality: "nationality",
	siblings: "sibling",
	couple: "spouse",
	parent: "parent",
	alumni: "alumniOf",
	subsidiary: "subOrganization",
	"locate at": "location",
	"part of": "isPartOf",
};

const inTable = (table: Readonly<Record<string, string>>, key: string): string | undefined => {
	const name = key.trim().toLowerCase();
	return Object.hasOwn(table, name) ? table[name] : undefined;
};
const ownName = (kind: string, name: string): string =>
	`${UMIE}${kind}:${encodeURIComponent(name.replace(/\p{Surrogate}/gu, "\uFFFD"))}`;

interface Node {
	readonly "@id": string;
	[property: string]: unknown;
}

/** Several values under one property, never one lost. */
function put(node: Node, property: string, value: unknown): void {
	const before = node[property];
	node[property] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
}

/** One node for each thing: mentions that are known to mean the same share it. */
function entityNodes(
	{ entities, things = [] }: ExtractionResult,
	post: string,
): { nodes: Map<string, Node>; nodeOf: Map<string, Node> } {
	const nodes = new Map<string, Node>();
	const nodeOf = new Map<string, Node>();
	const names = new Map(things.map(({ id, name }) => [id, name]));
	for (const { id, type, text, thing, entry } of entities) {
		const key = thing ?? id;
		const type1 = inTable(CLASSES, type);
		const node: Node = nodes.get(key) ?? {
			"@id": `${post}#${encodeURIComponent(key)}`,
			"@type": type1 ?? "Thing",
			name: names.get(key) ?? text,
		};
		if (!nodes.has(key)) {
			if (type1 === undefined) node.additionalType = ownName("type", type);
			if (entry?.link && /^https?:\/\/[^\s<>"{}|\\^`]+$/.test(entry.link)) node.sameAs = { "@id": entry.link };
			nodes.set(key, node);
		} else if (text !== node.name && ![node.alternateName].flat().includes(text)) put(node, "alternateName", text);
		nodeOf.set(id, node);
	}
	return { nodes, nodeOf };
}

function graphOf({ id, image, result }: ExportItem): object[] {
	const post = postIri(id);
	const { nodes, nodeOf } = entityNodes(result, post);
	for (const { type, head, tail } of result.relations) {
		const [from, to] = [nodeOf.get(head), nodeOf.get(tail)];
		if (from && to) put(from, inTable(PROPERTIES, type) ?? ownName("relation", type), { "@id": to["@id"] });
	}
	const events = result.events.map(({ id: own, type, trigger, arguments: parts }) => {
		const node: Node = {
			"@id": `${post}#${encodeURIComponent(own)}`,
			"@type": "Event",
			name: trigger.text,
			additionalType: ownName("event", type),
		};
		for (const { role, entity, span, region } of parts) {
			const filler = entity === null ? undefined : nodeOf.get(entity);
			put(node, ownName("role", role), filler ? { "@id": filler["@id"] } : (span?.text ?? region?.object ?? ""));
		}
		return node;
	});
	const picture = result.image && {
		"@type": "ImageObject",
		...(image !== null && { name: image }),
		width: result.image.width,
		height: result.image.height,
	};
	const about = [...nodes.values(), ...events].map((node) => ({ "@id": node["@id"] }));
	const own = {
		"@id": post,
		"@type": "SocialMediaPosting",
		text: result.text,
		...(picture && { image: picture }),
		mentions: about,
	};
	return [own, ...nodes.values(), ...events];
}

/**
 * schema.org (schema.org/docs/developers.html) in JSON-LD 1.1. The context is in the file, so that reading it needs no
 * network; its vocabulary is the one of https://schema.org, whose terms are named http://schema.org/….
 */
function writeSchemaOrg(items: readonly ExportItem[]): OutFile[] {
	const document = {
		"@context": { "@vocab": "http://schema.org/", additionalType: { "@type": "@id" } },
		"@graph": items.flatMap(graphOf),
	};
	return [{ path: "umie.jsonld", text: `${JSON.stringify(document, null, "\t")}\n` }];
}

export const schemaOrg: Format = {
	title: "JSON-LD, schema.org",
	about: "Persons, organizations, places and how they are related, for the web",
	leavesOut: "offsets, boxes, scores, relations with objects of the picture",
	extension: ".jsonld",
	files: "one",
	mediaType: "application/ld+json",
	offsets: "none",
	write: writeSchemaOrg,
};
