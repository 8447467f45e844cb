/** Goes in: a context and the fields of a task's records. Comes out: a query whose answer `readRecords` reads. */

import type { RecordTaskName } from "../../core/tasks.ts";
import { type ExtractionContext, plainIds } from "../context.ts";
import { TASK_INSTRUCTORS, type TaskInstructor } from "../defaults.ts";
import { recordCandidates, recordGrammar } from "../grammar/record-grammar.ts";
import type { Field, RecordSpec } from "../grammar/record-spec.ts";
import type { Query } from "../types.ts";
import { buildInput, checkRoom, fill, type WordSpan } from "./queries.ts";

export type RecordTask = RecordTaskName | "mqa";

export interface RecordQuery extends Query {
	readonly task: RecordTask;
	readonly spec: RecordSpec;
	/** Words of the context that the spec's words are: its word 0 is word `range.from`. */
	readonly range: WordSpan;
	/** How many words of the text the model reads with this instructor. */
	readonly wordsRead: number;
	/** Number of the step that a gmper query asks about. */
	readonly step: number | null;
	/** What spans an mqa query asks for. */
	readonly spans: "entity" | "event" | null;
}

interface RecordTaskInput {
	readonly task: RecordTask;
	readonly instructor: string;
	/** What takes the room in the prompt, as the person calls it: "entity types". */
	readonly what: string;
	readonly fields: readonly Field[];
	readonly order: readonly number[];
	readonly apart: boolean;
	readonly groups?: readonly number[];
	readonly allows?: RecordSpec["allows"];
	/** Only these words are read; absent: all. */
	readonly range?: WordSpan;
	readonly step?: number;
	readonly spans?: RecordQuery["spans"];
}

/** One of our own prompts, or the manifest's wording of it. */
export function instructorOf(
	context: ExtractionContext,
	name: TaskInstructor,
	values: Readonly<Record<string, string>>,
): string {
	const { tasks = {} } = context.instructors;
	return fill(Object.hasOwn(tasks, name) ? tasks[name]! : TASK_INSTRUCTORS[name], values);
}

/** @throws Failure `labels-invalid` when the labels leave the text no room */
export function recordQuery(context: ExtractionContext, input: RecordTaskInput): RecordQuery {
	const { codec, request, words } = context;
	const { task, instructor, what, fields, order, apart, groups, allows, step, spans } = input;
	checkRoom(context, instructor, what);
	const range = input.range ?? { from: 0, to: words.length };
	const within = { ...context, words: words.slice(range.from, range.to) };
	const { inputIds, text, wordsRead } = buildInput(within, instructor);
	const read = within.words.slice(0, wordsRead);
	const { spot, eos } = codec.special;
	const spec: RecordSpec = {
		fields,
		words: read.map(({ ids }) => ids),
		closed: read.map(({ model }) => plainIds(`${model},`, codec)),
		...(groups && { groups: groups.slice(range.from, range.from + wordsRead) }),
		...(allows && { allows }),
		order,
		apart,
		none: plainIds("none", codec),
		spot,
		eos,
		maxTokens: request.maxNewTokens,
	};
	const skipped = words.length - (range.to - range.from);
	return {
		task,
		instructor,
		inputIds,
		text,
		spansFollow: spansFollow(spec, codec.special.start),
		// A step that is read whole is no cut text.
		wordsRead: wordsRead + skipped,
		grammar: recordGrammar(spec),
		candidateIds: recordCandidates(spec),
		spec,
		range,
		step: step ?? null,
		spans: spans ?? null,
	};
}

/** Ids that a span field stands right behind: the end of the field before it; of a record's first field the separator and the start token. */
function spansFollow({ fields, closed, spot }: RecordSpec, start: number): number[] {
	const ends = fields.flatMap(({ kind }, at) => {
		const before = fields[at - 1];
		if (kind !== "span") return [];
		if (before === undefined) return [spot, start];
		return (before.kind === "choice" ? before.choices : closed).map((ids) => ids.at(-1)!);
	});
	return [...new Set(ends)];
}

/** O1…On, or "none": where a mention is in the picture. The last choice is "none". */
export function groundingField({ codec, objects }: ExtractionContext): Field {
	return { kind: "choice", choices: [...objects.map((id) => [id]), plainIds("none", codec)] };
}

/** O1…On with their comma, before another field. */
export function objectField({ codec, objects }: ExtractionContext): Field {
	return { kind: "choice", choices: objects.map((_, i) => plainIds(`O${i + 1},`, codec)) };
}

/** The object that a value of {@link groundingField} names; null: none. */
export function groundedIn({ objects }: ExtractionContext, value: number): number | null {
	return value < objects.length ? value : null;
}
