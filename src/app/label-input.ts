/** Goes in: labels, and what a person typed. Comes out: the longer list, what is left in the field, and what was wrong with it. */

export interface AddedLabels {
	readonly values: readonly string[];
	/** Stays in the field to be corrected. */
	readonly rest: string;
	readonly problem: string | null;
}

/** What is wrong with one new label; null when it may be added. */
function problemOf(label: string, values: readonly string[]): string | null {
	if (values.some((value) => value.toLowerCase() === label.toLowerCase())) return `“${label}” is already in the list.`;
	if (/<spot>/i.test(label)) return "A label cannot contain <spot>: it separates the records of the model’s output.";
	if (label.length > 64) return "A label can be at most 64 characters long.";
	return null;
}

/** Adds every piece between commas; what cannot be added stays in the field. */
export function addLabels(values: readonly string[], typed: string): AddedLabels {
	let next = values;
	const rest: string[] = [];
	let problem: string | null = null;
	for (const piece of typed.split(/[,\n]/)) {
		const label = piece.trim().replace(/\s+/g, " ");
		if (label === "") continue;
		const wrong = problemOf(label, next);
		if (wrong === null) next = [...next, label];
		else {
			rest.push(label);
			problem ??= wrong;
		}
	}
	return { values: next, rest: rest.join(" "), problem };
}
