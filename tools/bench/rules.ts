/** Finds the people, places and organisations in a post by compromise's rules. */
import nlp from "compromise";

/** A typed stretch of the text, in UTF-16 units. */
export interface Mention {
	readonly type: string;
	readonly start: number;
	readonly end: number;
}

/** Its views that name what our entity types name; it has none for "miscellaneous". */
const VIEWS = { people: "person", places: "location", organizations: "organization" } as const;
export const RULE_TYPES: readonly string[] = Object.values(VIEWS);

interface View {
	json(options: object): ReadonlyArray<{
		readonly terms: ReadonlyArray<{ readonly offset: { readonly start: number; readonly length: number } }>;
	}>;
}

/**
 * From the first letter of its first word to the last of its last: brackets and commas around a name are not part of
 * it.
 */
export function findByRules(text: string): Mention[] {
	const read = nlp(text) as unknown as Record<keyof typeof VIEWS, () => View>;
	return (Object.keys(VIEWS) as (keyof typeof VIEWS)[]).flatMap((view) =>
		read[view]()
			.json({ offset: true })
			.map(({ terms }) => {
				const [first, last] = [terms[0]!.offset, terms.at(-1)!.offset];
				return { type: VIEWS[view], start: first.start, end: last.start + last.length };
			}),
	);
}
