/**
 * Sentences of our own with events, as records for the trainer. Texts are tokens joined by single spaces, as M2E2 has
 * them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { DEFAULT_INSTRUCTORS } from "../../../src/tasks/defaults.ts";

const EVENTS_FOLDER = join(import.meta.dirname, "events");

const ROLES = DEFAULT_INSTRUCTORS.labels.argument_roles;
const words = z.string().check(z.minLength(1));
const SentenceSchema = z.object({
	id: words,
	text: z.string().check(z.regex(/^\S+( \S+)*$/)),
	events: z.array(
		z.object({
			type: z.enum(Object.keys(ROLES)),
			trigger: words,
			/** Which occurrence of the trigger, from 0. */
			at: z.optional(z.int().check(z.gte(0))),
			/** [role, words, which occurrence]. */
			arguments: z.array(z.union([z.tuple([words, words]), z.tuple([words, words, z.int().check(z.gte(0))])])),
		}),
	),
});

/** Code-point offsets. */
interface Place {
	readonly text: string;
	readonly start: number;
	readonly end: number;
}

/** A record of `mee/everyday`, as the trainer and `umie evaluate` read M2E2's. */
export interface EventRecord {
	readonly id: string;
	readonly doc: string;
	readonly text: string;
	readonly entities: readonly [];
	readonly events: readonly {
		readonly type: string;
		readonly trigger: Place;
		readonly arguments: readonly (Place & { readonly role: string })[];
	}[];
}

/** Every sentence of the folder's `*.jsonl`. @throws Failure `input-unreadable` naming file and line */
export function readEventRecords(folder: string = EVENTS_FOLDER): EventRecord[] {
	const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
	return files.sort().flatMap((file) =>
		readFileSync(join(folder, file), "utf8")
			.split("\n")
			.flatMap((line, at) => (line === "" ? [] : [parseEventRecord(JSON.parse(line), `${file}, line ${at + 1}`)])),
	);
}

/**
 * Of several arguments with one role M2E2 marks the first only, and so do the records.
 * @throws Failure `input-unreadable` for words that are not in the text, and roles that the event has not
 */
export function parseEventRecord(json: unknown, where: string): EventRecord {
	const parsed = SentenceSchema.safeParse(json);
	if (!parsed.success)
		throw unreadable(`${where}: ${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
	const { id, text, events } = parsed.data;
	const place = (piece: string, at = 0): Place => {
		const start = tokenPlaces(text, piece)[at];
		if (start === undefined)
			throw unreadable(`${where}: ${JSON.stringify(piece)} does not stand there ${at + 1} times`);
		return { text: piece, start, end: start + Array.from(piece).length };
	};
	return {
		id,
		doc: id,
		text,
		entities: [],
		events: events.map(({ type, trigger, at, arguments: given }) => {
			const stranger = given.find(([role]) => !ROLES[type]!.includes(role));
			if (stranger !== undefined) throw unreadable(`${where}: ${type} has no role ${JSON.stringify(stranger[0])}`);
			const first = given.filter(([role], index) => given.findIndex(([other]) => other === role) === index);
			return {
				type,
				trigger: place(trigger, at),
				arguments: first.map(([role, piece, occurrence]) => ({ role, ...place(piece, occurrence) })),
			};
		}),
	};
}

/** Code-point offsets of every run of whole tokens that is the piece. */
function tokenPlaces(text: string, piece: string): number[] {
	const places: number[] = [];
	const framed = ` ${text} `;
	for (let at = framed.indexOf(` ${piece} `); at >= 0; at = framed.indexOf(` ${piece} `, at + 1))
		places.push(Array.from(framed.slice(0, at)).length);
	return places;
}

function unreadable(what: string): Failure {
	return new Failure("input-unreadable", `${what}.`);
}
