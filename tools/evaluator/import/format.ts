/** The shape of a reader of a public data set: what it is given, and what it returns. */
import type { EvaluatedTask } from "../predict/contract.ts";
import type { Renamings } from "./labels.ts";
import type { Report } from "./problems.ts";

export const PARTS = ["text", "multimedia", "images"] as const;

export interface ReadOptions {
	/** Ids begin with it: "twitter2015-dev". */
	readonly name: string;
	/** Folder of Pascal-VOC boxes; null: none. */
	readonly boxes: string | null;
	readonly renamed: Renamings;
	/** conll, gmner, fmnerg: the column of the tags, the first is 1; null: the last. */
	readonly column: number | null;
	/** m2e2 only. */
	readonly part: (typeof PARTS)[number];
	readonly report: Report;
}

/** A record and the line it began on. */
export interface ReadRecord {
	readonly line: number;
	readonly record: { readonly id: string; readonly text?: string; readonly image_id?: string } & Readonly<
		Record<string, unknown>
	>;
}

/** Options of `umie import` that only some formats have. */
export const FORMAT_OPTIONS = ["boxes", "column", "part"] as const;
export type FormatOption = (typeof FORMAT_OPTIONS)[number];

export interface Format {
	/** One line for `--help`. */
	readonly summary: string;
	/** What the records can be evaluated as. */
	readonly tasks: readonly EvaluatedTask[];
	/** Where that holds with some options only: a few words for `--help`. */
	readonly condition?: string;
	/** Options of `umie import` that only some formats have. */
	readonly options?: readonly FormatOption[];
	/**
	 * @param input a file, or a folder where the format is one
	 * @throws Failure `input-unreadable` when it cannot be read at all
	 */
	read(input: string, options: ReadOptions): ReadRecord[];
}
