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

type Records = Pick<ExtractionResult, "relations" | "events">;

const isAllowed = (type: string, allowed: AllowedTypes): boolean =>
	allowed === "all" || allowed.includes(type) || sensitiveTopic(type) === null;

/** The result without sensitive records, but with those of types that are allowed. */
export function withoutSensitive<R extends Records>(result: R, allowed: AllowedTypes = []): R {
	if (countSensitive(result, allowed).count === 0) return result;
	const keep = ({ type }: { readonly type: string }) => isAllowed(type, allowed);
	return { ...result, relations: result.relations.filter(keep), events: result.events.filter(keep) };
}

/** How many records {@link withoutSensitive} leaves out, and what they are about. */
export function countSensitive(
	{ relations, events }: Records,
	allowed: AllowedTypes = [],
): { readonly count: number; readonly topics: readonly SensitiveTopic[] } {
	const hidden = [...relations, ...events].flatMap(({ type }) =>
		isAllowed(type, allowed) ? [] : [sensitiveTopic(type)],
	);
	return { count: hidden.length, topics: TOPICS.filter((topic) => hidden.includes(topic)) };
}
