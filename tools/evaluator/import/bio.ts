/** Turns BIO tags of words into spans. */

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

const TAG = /^([BIES])-(.+)$/u;

/**
 * Reads BIO, IOB1 and BIOES tags. A span begins at B- or S-, and at an I- or E- that does not follow a tag of its type
 * (an orphan, reported), as in conlleval.
 * @param tags [words]
 */
export function parseTags(tags: readonly string[]): {
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
		const [, mark, type = ""] = TAG.exec(tag) ?? [];
		if (mark === undefined && tag !== "O") problems.push({ kind: "unknown-tag", at, what: JSON.stringify(tag) });
		const continued: boolean = (mark === "I" || mark === "E") && openType(open) === type;
		if (!continued) {
			close(at);
			if ((mark === "I" || mark === "E") && at >= 0)
				problems.push({ kind: "orphan-tag", at, what: `${tag} after ${tags[at - 1] ?? "the beginning"}` });
			if (mark !== undefined) open = { type, from: at };
		}
		if (mark === "E" || mark === "S") close(at + 1);
	}
	close(tags.length);
	return { spans, problems };
}

const openType = (open: { readonly type: string } | null) => open?.type;
