/** Asks for records of several fields ("person, Kyrie, O2"), and reads the answers. */
import { type ExtractionContext, plainIds } from "../context.ts";
import { readRecords } from "../grammar/read-records.ts";
import { recordCandidates, recordGrammar } from "../grammar/record-grammar.ts";
import type { Field, RecordSpec } from "../grammar/record-spec.ts";
import type { Answer } from "../types.ts";
import { buildInput, checkRoom } from "./prompt.ts";
import type { ReadRecords, RecordQuery, RecordTask, WordSpan } from "./question.ts";

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
		kind: "record",
		task,
		instructor,
		inputIds,
		text,
		spansFollow: spansFollow(spec, codec.special.start),
		// Words outside the step were not cut off.
		wordsRead: wordsRead + skipped,
		grammar: recordGrammar(spec),
		candidateIds: recordCandidates(spec),
		spec,
		range,
		step: step ?? null,
		spans: spans ?? null,
	};
}

/**
 * Ids that a span field stands right behind: the end of the field before it; of a record's first field the separator
 * and the start token.
 */
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

/** What the best output says; nothing where the search found no output. */
export function readRecordAnswer(
	{ codec }: ExtractionContext,
	{ query, hypotheses: [best] }: Answer<RecordQuery>,
): Pick<ReadRecords, "records" | "unread"> {
	return best ? readRecords(best, query.spec, codec) : { records: [], unread: [] };
}
