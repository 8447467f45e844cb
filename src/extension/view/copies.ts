/** Goes in: results. Comes out: them as text to copy or save: JSON as the engine gives it, or one row for each thing that was found. */
import Papa from "papaparse";
import type { ExtractionResult } from "../../core/result.ts";
import type { Entry } from "../shared/messages.ts";

interface Row {
	readonly kind: "entity" | "relation" | "event" | "argument";
	readonly type: string;
	readonly text: string;
	/** The other end of a relation, the trigger of an argument. */
	readonly other: string;
	readonly start: number | "";
	readonly end: number | "";
	readonly score: number;
}

export function rowsOf({ entities, relations, events }: ExtractionResult): Row[] {
	const textOf = new Map(entities.map(({ id, text }) => [id, text]));
	return [
		...entities.map(({ type, text, start, end, score }): Row => ({ kind: "entity", type, text, other: "", start, end, score })),
		...relations.map(
			({ type, head, tail, score }): Row => ({
				kind: "relation",
				type,
				text: textOf.get(head) ?? head,
				other: textOf.get(tail) ?? tail,
				start: "",
				end: "",
				score,
			}),
		),
		...events.flatMap(({ type, trigger, score, arguments: roles }): Row[] => [
			{ kind: "event", type, text: trigger.text, other: "", start: trigger.start, end: trigger.end, score },
			...roles.map(
				({ role, span, region, score: sure }): Row => ({
					kind: "argument",
					type: role,
					text: span?.text ?? region?.object ?? "",
					other: trigger.text,
					start: span?.start ?? "",
					end: span?.end ?? "",
					score: sure,
				}),
			),
		]),
	];
}

/** Spreadsheets run what begins like a formula: such cells get an apostrophe. */
const CSV = { escapeFormulae: true } as const;
const COLUMNS = ["kind", "type", "text", "other", "start", "end", "score"] as const;

export const jsonOf = (result: ExtractionResult): string => JSON.stringify(result, null, 2);
export const csvOf = (result: ExtractionResult): string => Papa.unparse({ fields: [...COLUMNS], data: rowsOf(result) }, CSV);

/** One line of JSON for each collected post. */
export const entriesJson = (entries: readonly Entry[]): string =>
	entries.map(({ time, origin, result }) => JSON.stringify({ ...origin, time: new Date(time).toISOString(), result })).join("\n");

export function entriesCsv(entries: readonly Entry[]): string {
	const data = entries.flatMap(({ time, origin: { site, url, author }, result }) =>
		rowsOf(result).map((row) => ({ time: new Date(time).toISOString(), site, author, url, ...row })),
	);
	return Papa.unparse({ fields: ["time", "site", "author", "url", ...COLUMNS], data }, CSV);
}
