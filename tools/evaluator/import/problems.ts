/** What can be wrong with a data file: kinds of problems, each reported with its file and line. */

/** What each kind means, and what the importer did about it. */
export const PROBLEM_KINDS = {
	"orphan-tag":
		"an I- tag that does not follow a tag of its type: read as the beginning of an entity, as conlleval does",
	"unknown-tag": "a tag other than O and those of BIO, IOBES, BILOU and BMES: read as O",
	"missing-tag": "a word without a tag: read as O",
	"duplicate-id": "an id or picture that occurred before: the record is kept under a new id",
	"duplicate-record": "the same post with the same annotation as before: left out",
	"missing-picture": "the picture is not in the folder",
	"unmatched-box": "a box whose name is not an entity of the post: left out",
	"bad-box": "a box without area or outside the picture: left out, or cut to the picture",
	"bad-xml": "boxes that cannot be read: the record has none",
	"bad-span": "a span outside the post, or with other words than stated: left out, or placed by its words",
	"bad-record": "a record that cannot be read: left out",
} as const satisfies Record<string, string>;

export type ProblemKind = keyof typeof PROBLEM_KINDS;

export interface Problem {
	readonly kind: ProblemKind;
	readonly file: string;
	/** The first is 1; 0 where a file has no lines to speak of. */
	readonly line: number;
	/** Names and numbers of this case. */
	readonly what: string;
}

export type Report = (kind: ProblemKind, line: number, what: string, file?: string) => void;

/** As a person reads it: `train.txt:12: orphan-tag: I-PER after O`. */
export function describeProblem({ kind, file, line, what }: Problem): string {
	return `${file}${line > 0 ? `:${line}` : ""}: ${kind}: ${what}`;
}
