/** Goes in: a person's label list. Comes out: the labels trimmed, or a failure that names the one that cannot be used. */
import { Failure } from "../core/failure.ts";

export const MOST_LABELS = 64;
export const LONGEST_LABEL = 60;

/** Why one label cannot be used; first match is told. `shown` is the label in quotes. */
const FAULTS: ReadonlyArray<{ test: (label: string) => boolean; says: (shown: string) => string }> = [
	{
		test: (label) => label.replace(/\p{Default_Ignorable_Code_Point}/gu, "").trim() === "",
		says: () => "one label is empty",
	},
	{
		test: (label) => /[\p{Cc}\u2028\u2029]/u.test(label),
		says: (shown) => `${shown} has a line break or another control character`,
	},
	{ test: (label) => /\p{Cs}/u.test(label), says: (shown) => `${shown} has half a character (an unpaired surrogate)` },
	{ test: (label) => label.includes(","), says: (shown) => `${shown} has a comma` },
	{ test: (label) => /<[^>]*>/.test(label), says: (shown) => `${shown} holds a special token` },
	{
		test: (label) => label.length > LONGEST_LABEL,
		says: (shown) => `${shown} has more than ${LONGEST_LABEL} characters`,
	},
];

/**
 * Trims a label list and checks it.
 * @param what the list as a person calls it, such as "entity types"
 * @throws Failure `labels-invalid`
 */
export function checkLabels(list: readonly string[], what: string): string[] {
	const fail = (why: string) => new Failure("labels-invalid", `The ${what}: ${why}.`);
	if (list.length === 0) throw fail("the list is empty");
	if (list.length > MOST_LABELS) throw fail(`${list.length} labels; at most ${MOST_LABELS} can be asked at once`);
	const seen = new Set<string>();
	return list.map((given) => {
		const label = given.trim();
		const shown = JSON.stringify(label.length > 80 ? `${label.slice(0, 80)}…` : label);
		const fault = FAULTS.find(({ test }) => test(label));
		if (fault) throw fail(fault.says(shown));
		const same = label.normalize("NFKC").toLowerCase().split(/\s+/u).join(" ");
		if (seen.has(same)) throw fail(`${shown} is there twice`);
		seen.add(same);
		return label;
	});
}
