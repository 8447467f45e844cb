/** Adds typed labels to a list, and says what is wrong with those that cannot be added. */
import { toFailureData } from "../../core/failure.ts";
import { checkLabels } from "../../tasks/labels.ts";

export interface AddedLabels {
	readonly values: readonly string[];
	/** Stays in the field to be corrected. */
	readonly rest: string;
	readonly problem: string | null;
}

/** What is wrong with the list, in the words of the tasks; null when it can be used. */
export function problemOf(values: readonly string[], what: string): string | null {
	try {
		checkLabels(values, what);
		return null;
	} catch (error) {
		return toFailureData(error, "app").what;
	}
}

/**
 * Adds every piece between commas; what cannot be added stays in the field.
 * @param what the list as a person calls it
 */
export function addLabels(values: readonly string[], typed: string, what: string): AddedLabels {
	let next = values;
	const rest: string[] = [];
	let problem: string | null = null;
	for (const piece of typed.split(/[,\n]/)) {
		const label = piece.trim().replace(/\s+/g, " ");
		if (label === "") continue;
		const wrong = problemOf([...next, label], what);
		if (wrong === null) next = [...next, label];
		else {
			rest.push(label);
			problem ??= wrong;
		}
	}
	return { values: next, rest: rest.join(" "), problem };
}
