/** STIX 2.1: posts as notes, what they name as objects, relations between them. For threat intelligence platforms. */
import type { Entity, ExtractionResult } from "../core/result.ts";
import type { ExportItem, Format, OutFile } from "./types.ts";

/** Says what STIX has no property for: places in the text, events, and things other than persons, groups and places. */
const EXTENSION = "extension-definition--7d2c1f4e-5b7a-4c66-9a52-3f0d8e6b21a4";
/** Posts carry no date: the same posts give the same file. */
const TIME = "2020-01-01T00:00:00.000Z";
const TOOL = "identity--0f5f3a52-6c1b-4d0e-8a77-b3c9e1d2a6f0";

/** Four hashes of a text as an id of the fourth kind: the same thing has the same id in every file. */
function idOf(type: string, ...parts: readonly string[]): string {
	const text = JSON.stringify([type, ...parts]);
	const hash = (seed: number) => {
		let value = seed;
		for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
		value = Math.imul(value ^ (value >>> 15), 0x85ebca6b) >>> 0;
		return ((value ^ (value >>> 13)) >>> 0).toString(16).padStart(8, "0");
	};
	const hex = [0x811c9dc5, 0x1b873593, 0xe6546b64, 0x9e3779b9].map(hash).join("");
	const [a, b, c, d, e] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20), hex.slice(20, 32)];
	return `${type}--${a}-${b}-4${c}-8${d}-${e}`;
}

const common = (type: string, id: string) => ({
	...{ type, spec_version: "2.1", id },
	...(id === TOOL ? {} : { created_by_ref: TOOL }),
	...{ created: TIME, modified: TIME },
});

const isOf = (type: string, names: RegExp): boolean => names.test(type.toLowerCase());

/** An object for a mention; mentions of one thing, or with the same words and type, are one. */
function objectOf({ type, text, entry }: Entity, name: string): { readonly id: string } & Record<string, unknown> {
	const link = entry?.link == null ? {} : { external_references: [{ source_name: "link", url: entry.link }] };
	if (isOf(type, /person|^per$/)) {
		const id = idOf("identity", "individual", name);
		return { ...common("identity", id), id, name, identity_class: "individual", ...link };
	}
	if (isOf(type, /organi[sz]ation|^org$|company|group/)) {
		const id = idOf("identity", "organization", name);
		return { ...common("identity", id), id, name, identity_class: "organization", ...link };
	}
	if (isOf(type, /location|^loc$|place|^gpe$|city|country/)) {
		const id = idOf("location", name);
		// A location needs a region, a country or coordinates: its name is the only thing that is known.
		return { ...common("location", id), id, name, region: name, ...link };
	}
	const id = idOf("umie-thing", type, name);
	const extensions = { [EXTENSION]: { extension_type: "new-sdo" } };
	return { ...common("umie-thing", id), id, name: name || text, kind: type, ...link, extensions };
}

/** STIX wants lower case, digits and hyphens. */
const slug = (name: string): string =>
	name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, "-")
		.replace(/^-+|-+$/g, "") || "related-to";

function objectsOf({ id: post, result }: ExportItem): object[] {
	const nameOf = namesIn(result);
	const objects = new Map<string, object>();
	const refs = new Map<string, string>();
	for (const entity of result.entities) {
		const object = objectOf(entity, nameOf(entity));
		objects.set(object.id, object);
		refs.set(entity.id, object.id);
	}
	const percent = (score: number) => ({ confidence: Math.round(100 * score) });
	const links = result.relations.flatMap(({ type, head, tail, score }) => {
		const [source_ref, target_ref] = [refs.get(head), refs.get(tail)];
		if (source_ref === undefined || target_ref === undefined) return [];
		const id = idOf("relationship", type, source_ref, target_ref);
		const about = { relationship_type: slug(type), description: type, source_ref, target_ref };
		return [{ ...common("relationship", id), ...about, ...percent(score) }];
	});
	const events = result.events.map(({ id: own, type, trigger, arguments: parts, score }) => {
		const roles = parts.flatMap(({ role, span, entity }) =>
			span === null
				? []
				: [{ role, text: span.text, ...(entity !== null && refs.has(entity) && { ref: refs.get(entity) }) }],
		);
		const extensions = { [EXTENSION]: { extension_type: "new-sdo" } };
		const about = { name: type, trigger: trigger.text, roles };
		return { ...common("umie-event", idOf("umie-event", post, own)), ...about, ...percent(score), extensions };
	});
	const mentions = result.entities.map(({ id: own, type, text, start, end, score }) => ({
		...{ ref: refs.get(own), kind: type, text, start, end, ...percent(score) },
	}));
	const about = [...new Set([...refs.values(), ...events.map(({ id }) => id)])];
	const note = {
		...common("note", idOf("note", post, result.text)),
		...{ abstract: post, content: result.text, object_refs: about.length > 0 ? about : [TOOL] },
		extensions: { [EXTENSION]: { extension_type: "property-extension", mentions } },
	};
	return [...objects.values(), ...links, ...events, note];
}

/** The fullest name of the thing that a mention means, else its own words. */
function namesIn({ things = [] }: ExtractionResult): (entity: Entity) => string {
	const names = new Map(things.flatMap(({ name, entities }) => entities.map((id) => [id, name] as const)));
	return ({ id, text }) => (names.get(id) ?? text).replace(/\s+/gu, " ");
}

/**
 * A bundle (docs.oasis-open.org/cti/stix/v2.1). Offsets are UTF-16 units of the note's content, in an extension that
 * other tools pass over.
 */
function writeStix(items: readonly ExportItem[]): OutFile[] {
	const tool = { ...common("identity", TOOL), name: "umie", identity_class: "system" };
	const extension = {
		...common("extension-definition", EXTENSION),
		...{ name: "umie mentions", version: "1.0.0", schema: "places of mentions in a note, events and other things" },
		extension_types: ["new-sdo", "property-extension"],
	};
	const all = new Map<string, object>();
	for (const object of items.flatMap(objectsOf)) all.set((object as { readonly id: string }).id, object);
	const objects = [tool, extension, ...all.values()];
	const id = idOf("bundle", ...all.keys());
	return [{ path: "umie.stix.json", text: `${JSON.stringify({ type: "bundle", id, objects }, null, "\t")}\n` }];
}

export const stix: Format = {
	title: "STIX 2.1",
	about: "People, organisations, places and their relations, for threat intelligence platforms",
	leavesOut: "boxes, and the time of posts",
	extension: ".json",
	files: "one",
	mediaType: "application/stix+json",
	offsets: "utf-16",
	write: writeStix,
};
