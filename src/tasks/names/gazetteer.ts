/** Looks a mention up in a gazetteer, and says why it is thought to be that name. */
import type { Entity, GazetteerEntry } from "../../core/result.ts";
import type { GazetteerName } from "../request.ts";
import { compare, explain, type Match, nameKey, UNTYPED } from "./identity.ts";

export type GazetteerIndex = ReadonlyMap<string, readonly GazetteerName[]>;

/** Names by what all their spellings share. */
export function indexNames(names: readonly GazetteerName[]): GazetteerIndex {
	const index = new Map<string, GazetteerName[]>();
	for (const entry of names) {
		const key = nameKey(entry.name);
		const same = index.get(key);
		if (same) same.push(entry);
		else index.set(key, [entry]);
	}
	return index;
}

/** From the surest to the weakest. */
const ORDER: readonly Match[] = ["exact", "case", "possessive", "hashtag", "handle", "spelling"];

/**
 * The entry a mention is thought to be: of the entity's type if there is one, then the surest match; null: the list
 * does not know it.
 */
export function lookUp(
	index: GazetteerIndex,
	{ text, type, coarse }: Pick<Entity, "text" | "type" | "coarse">,
): GazetteerEntry | null {
	const found = (index.get(nameKey(text)) ?? []).flatMap((entry) => {
		const match = compare(text, entry.name);
		return match === null ? [] : [{ entry, match }];
	});
	const agrees = ({ entry }: (typeof found)[number]) => entry.type !== null && [type, coarse].includes(entry.type);
	const fits = ({ entry }: (typeof found)[number]) =>
		entry.type === null || type === UNTYPED || agrees({ entry, match: "exact" });
	const [best] = found.sort(
		(a, b) =>
			Number(agrees(b)) - Number(agrees(a)) ||
			Number(fits(b)) - Number(fits(a)) ||
			ORDER.indexOf(a.match) - ORDER.indexOf(b.match),
	);
	if (best === undefined) return null;
	const { entry, match } = best;
	const differs = fits(best) ? "" : ` The list calls it ${entry.type}, the model ${type}.`;
	return {
		name: entry.name,
		type: entry.type,
		link: entry.link,
		match,
		why: explain(match, text, entry.name) + differs,
	};
}
