/** Reads a CoNLL file with `IMGID:` lines (Twitter-15/17, SNAP, GMNER, FMNERG) or without, as mner records. */
import { isComment } from "../../../src/exports/read-conll.ts";
import { parseTags, type TaggedSpan } from "../../../src/exports/tags.ts";
import { readText } from "./files.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { entityType } from "./labels.ts";
import { JoinedText, MAX_WORDS, type Mention, pictureId } from "./record.ts";

/** A post of the file; `lines` are those of its words. */
export interface ConllPost {
	readonly line: number;
	readonly imageId: string | null;
	readonly words: readonly string[];
	readonly spans: readonly TaggedSpan[];
}

export interface ReadEntity extends Mention {
	readonly type: string;
}

const IMAGE = /^IMGID:\s*(.*)$/;

/**
 * Posts between blank lines; an IMGID line begins a post, too. First column the word, `column` or the last one the tag;
 * columns are parted by tabs, or by spaces.
 */
export function readConll(path: string, { report, column }: Pick<ReadOptions, "report" | "column">): ConllPost[] {
	const posts: ConllPost[] = [];
	let imageId: string | null = null;
	let begin = 0;
	let rows: { word: string; tag: string; line: number }[] = [];
	const finish = () => {
		if (rows.length > MAX_WORDS) report("bad-record", begin, `${rows.length} words; at most ${MAX_WORDS} are read`);
		else if (rows.length > 0) {
			const { spans, problems } = parseTags(rows.map(({ tag }) => tag));
			for (const { kind, at, what } of problems) report(kind, rows[at]!.line, what);
			posts.push({ line: begin, imageId, words: rows.map(({ word }) => word), spans });
		}
		rows = [];
		imageId = null;
	};
	for (const [index, raw] of readText(path).split(/\r?\n/).entries()) {
		const line = index + 1;
		const image = IMAGE.exec(raw.trim());
		if (raw.trim() === "" || raw.startsWith("-DOCSTART-") || image !== null) finish();
		if (raw.trim() === "" || raw.startsWith("-DOCSTART-") || isComment(raw)) continue;
		if (rows.length === 0 && imageId === null) begin = line;
		if (image !== null) {
			imageId = pictureId(image[1]!);
			continue;
		}
		const columns = raw.includes("\t") ? raw.split("\t") : raw.trim().split(/\s+/);
		const tag = columns.length < 2 ? undefined : columns.at(column === null ? -1 : column - 1)?.trim();
		if (tag === undefined) report("missing-tag", line, JSON.stringify(raw.slice(0, 80)));
		rows.push({ word: columns[0]!, tag: tag ?? "O", line });
	}
	finish();
	return posts;
}

/** The entities of a post with their offsets. Reports those without a visible character. */
export function toEntities(
	{ spans, words, line }: ConllPost,
	{ report, renamed }: Pick<ReadOptions, "report" | "renamed">,
) {
	const joined = new JoinedText(words);
	const entities = spans.flatMap(({ type, ...range }): ReadEntity[] => {
		const mention = joined.mention(range);
		if (mention === null) report("bad-span", line, `an entity of type ${type} without a visible character`);
		return mention === null ? [] : [{ type: entityType(type, renamed), ...mention }];
	});
	return { text: joined.text, entities };
}

export const conll: Format = {
	summary:
		"words and BIO tags in columns, IMGID lines before the posts (Twitter-15/17, SNAP), or without (WNUT, CoNLL-2003)",
	tasks: ["mner"],
	options: ["column"],
	read(input, options) {
		return readConll(input, options).map((post, index): ReadRecord => {
			const { text, entities } = toEntities(post, options);
			const image = post.imageId === null ? {} : { image_id: post.imageId };
			return { line: post.line, record: { id: `${options.name}-${index}`, text, ...image, entities } };
		});
	},
};
