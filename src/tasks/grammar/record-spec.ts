/** Describes a record ("person, Kyrie, O2") as token ids: its fields, the words of the text, the rules of order. */

/**
 * One place of a record: one of several sequences of ids, or a run of words of the text. Ids of all but the last field
 * hold the comma after it.
 */
export type Field =
	| { readonly kind: "choice"; readonly choices: ReadonlyArray<readonly number[]> }
	/** `comma`: the last word is written in its form with a comma. */
	| { readonly kind: "span"; readonly comma: boolean };

/** What a field of a record holds: the index of a choice, or words `from` … `to - 1`. */
export type FieldValue = number | { readonly from: number; readonly to: number };
export type RecordValues = readonly FieldValue[];

export interface RecordSpec {
	readonly fields: readonly Field[];
	/** Ids of each word the model reads; none empty. */
	readonly words: ReadonlyArray<readonly number[]>;
	/** Ids of each word with a comma after it. */
	readonly closed: ReadonlyArray<readonly number[]>;
	/** Group of each word: a span stays within one (the blocks of a form). Absent: all are one. */
	readonly groups?: readonly number[];
	/**
	 * Fields whose places (first word, or index of the choice) order the records: each record comes after the one before
	 * it, the first of these fields compared first. So no record is repeated and every output ends. All span fields are
	 * among them.
	 */
	readonly order: readonly number[];
	/** Spans of the first ordering field do not overlap: the next one begins behind the end of the last. */
	readonly apart: boolean;
	/** Whether `value` (index of a choice, first word of a span) may stand in `field` after `before`; absent: it may. */
	readonly allows?: (field: number, value: number, before: RecordValues) => boolean;
	/** Ids of the empty answer. */
	readonly none: readonly number[];
	readonly spot: number;
	readonly eos: number;
	/** Most ids an output may have, eos not counted: records that could not be finished within are not begun. */
	readonly maxTokens?: number;
}
