/**
 * The shape of an evaluated task: what its records hold, what is compared, how it is scored, and what the help says of
 * it.
 */
import type * as z from "zod/mini";
import type { Compared, Items, Locate } from "../item.ts";
import type { Metric } from "../metric.ts";
import type { AnnotatedRecord, Box, Prediction } from "../predict/contract.ts";

/** How many of how many. */
export interface ShareCounts {
	readonly right: number;
	readonly of: number;
}

/** A share of what was right, where F1 does not fit. */
export interface ShareDefinition {
	readonly id: string;
	readonly name: string;
	/** What counts as right. */
	readonly rule: string;
	readonly source: string;
	readonly count: (one: Compared) => ShareCounts;
}

/** One evaluated task: a file for each, and a row in `tasks.ts`. `R` is what a line of its data holds. */
export interface EvaluatedDefinition<R extends AnnotatedRecord = AnnotatedRecord> {
	/** What is scored, in a few words: "span and type". */
	readonly summary: string;
	/** The fields of a record, beside those that every record has, as the help prints them. */
	readonly fields: string;
	readonly schema: z.ZodMiniType<R>;
	/** Tables show the first. */
	readonly metrics: readonly Metric[];
	readonly shares?: readonly ShareDefinition[];
	/** What the annotation of a record says. */
	gold(record: R, locate: Locate): Partial<Items>;
	/** What a prediction says, where that is not simply its lists (`items`). */
	predicted?(items: Items, record: R, prediction: Prediction): Partial<Items>;
	/** Annotated boxes in fractions of the picture, for records that do not list their regions; absent: none. */
	boxes?(record: R): readonly Box[];
	/** Where each record has exactly one label: the annotated one and the predicted one, for the confusion table. */
	labelPair?(record: R, prediction: Prediction): readonly [gold: string, predicted: string];
}
