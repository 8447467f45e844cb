/**
 * Keeps records about race, religion and criminal charges from being shown until somebody asks for them: a guess about
 * a person in these matters does harm. Results hold them, and evaluation and the command line never ask here.
 */
import type { ExtractionResult } from "./result.ts";

/** What is sensitive, and the names of relations and events that say it, in lower case. */
const TYPES = {
	race: ["race", "ethnicity", "ethnic group"],
	religion: ["religion", "religion or worldview", "faith"],
	charges: ["charges", "charged with", "charge indict", "convict", "convicted of"],
} as const;

export type SensitiveTopic = keyof typeof TYPES;
const TOPICS = Object.keys(TYPES) as readonly SensitiveTopic[];

/** Types that may be shown: those that a person's own label lists name, or all. */
export type AllowedTypes = "all" | readonly string[];

/** The sensitive matter that a relation or an event of this type is about; null: none. */
export function sensitiveTopic(type: string): SensitiveTopic | null {
	const name = type.trim().toLowerCase().replace(/[_-]/g, " ");
	return TOPICS.find((topic) => (TYPES[topic] as readonly string[]).includes(name)) ?? null;
}

type Records = Pick<ExtractionResult, "relations" | "events" | "corrections">;

interface Typed {
	readonly id: string;
	readonly type: string;
}

/** Says of each record whether it may be shown. What a person wrote or changed always is. */
function allowance({ corrections = [] }: Records, allowed: AllowedTypes): (record: Typed) => boolean {
	if (allowed === "all") return () => true;
	const touched = new Set(
		corrections.flatMap(({ changes }) => changes.flatMap(({ to }) => (to && "id" in to ? [to.id] : []))),
	);
	return ({ id, type }) => allowed.includes(type) || sensitiveTopic(type) === null || touched.has(id);
}

/** The result without sensitive records, but with those of types that are allowed. */
export function withoutSensitive<R extends Records>(result: R, allowed: AllowedTypes = []): R {
	if (countSensitive(result, allowed).count === 0) return result;
	const keep = allowance(result, allowed);
	return { ...result, relations: result.relations.filter(keep), events: result.events.filter(keep) };
}

/** How many records {@link withoutSensitive} leaves out, and what they are about. */
export function countSensitive(
	records: Records,
	allowed: AllowedTypes = [],
): { readonly count: number; readonly topics: readonly SensitiveTopic[] } {
	const isAllowed = allowance(records, allowed);
	const hidden = [...records.relations, ...records.events]
		.filter((record) => !isAllowed(record))
		.map(({ type }) => sensitiveTopic(type));
	return { count: hidden.length, topics: TOPICS.filter((topic) => hidden.includes(topic)) };
}
