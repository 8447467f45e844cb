/** Turns tags of words into spans, in every scheme that sequence taggers use. */

/** Words `from` … `to - 1`. */
export interface TaggedSpan {
	readonly type: string;
	readonly from: number;
	readonly to: number;
}

export interface TagProblem {
	readonly kind: "orphan-tag" | "unknown-tag";
	/** Index of the word. */
	readonly at: number;
	readonly what: string;
}

/** BIO, IOB1, IOBES, BILOU and BMES: L ends what E ends, U stands alone as S does, M is inside as I is. */
const TAG = /^([BIESLUM])-(.+)$/u;
const ENDS: ReadonlySet<string> = new Set(["E", "L"]);
const ALONE: ReadonlySet<string> = new Set(["S", "U"]);
const INSIDE: ReadonlySet<string> = new Set(["I", "M", "E", "L"]);

/** Whether a cell is a tag of one of the schemes, or none. */
export const isTag = (cell: string): boolean => cell === "O" || TAG.test(cell);

/**
 * A span begins at B-, S- and U-, and at a tag of its inside or end that does not follow one of its type (an orphan,
 * reported), as in conlleval.
 * @param tags [words]
 * @param bare tags are types without a mark: neighbours of one type are one span
 */
export function parseTags(
	tags: readonly string[],
	{ bare = false }: { readonly bare?: boolean } = {},
): {
	readonly spans: readonly TaggedSpan[];
	readonly problems: readonly TagProblem[];
} {
	const spans: TaggedSpan[] = [];
	const problems: TagProblem[] = [];
	let open: { type: string; from: number } | null = null;
	const close = (to: number) => {
		if (open !== null) spans.push({ ...open, to });
		open = null;
	};
	for (const [at, tag] of tags.entries()) {
		const [, mark, type = ""] = (bare ? (tag === "O" ? null : [tag, "I", tag]) : TAG.exec(tag)) ?? [];
		if (mark === undefined && tag !== "O") problems.push({ kind: "unknown-tag", at, what: JSON.stringify(tag) });
		const inside = mark !== undefined && INSIDE.has(mark);
		const continued: boolean = inside && openType(open) === type;
		if (!continued) {
			close(at);
			if (inside && !bare)
				problems.push({ kind: "orphan-tag", at, what: `${tag} after ${tags[at - 1] ?? "the beginning"}` });
			if (mark !== undefined) open = { type, from: at };
		}
		if (mark !== undefined && (ENDS.has(mark) || ALONE.has(mark))) close(at + 1);
	}
	close(tags.length);
	return { spans, problems };
}

const openType = (open: { readonly type: string } | null) => open?.type;
