/** Parses a record of JSON from outside; `NaN` and `Infinity`, which Python writes, count as null. */
import { JsonError, parseJson } from "../../core/json.ts";

const STRINGS_AND_CONSTANTS = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
const CONSTANT = /\b(?:NaN|Infinity)\b/;

/** Integers of 64 bits become strings with their digits. @throws JsonError */
export function parseRecord(text: string): unknown {
	try {
		return parseJson(text);
	} catch (error) {
		if (!(error instanceof JsonError) || !CONSTANT.test(text)) throw error;
		return parseJson(text.replace(STRINGS_AND_CONSTANTS, (found) => (found.startsWith('"') ? found : "null")));
	}
}
