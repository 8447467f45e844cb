/**
 * Reads words and tags in columns: CoNLL-2003, WNUT, Twitter sets with IMGID lines, CoNLL-U with NER in its last
 * column; BIO, IOB1, IOBES, BILOU or bare types. The files are not trusted.
 */
import type { Entity } from "../core/result.ts";
import {
	baseName,
	checkSizes,
	importedResult,
	LeftOut,
	nameOfAll,
	type PostSource,
	readPosts,
	textOf,
} from "./checks.ts";
import { isTag, parseTags } from "./tags.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadOptions } from "./types.ts";

const IMAGE = /^IMGID:\s*(.*)$/;

interface Row {
	readonly word: string;
	readonly tag: string;
	readonly line: number;
}

/** The rows of a post between blank lines. */
interface Post {
	readonly line: number;
	readonly image: string | null;
	readonly rows: readonly Row[];
	readonly untagged: readonly number[];
}

/** Words stand in the first column, in CoNLL-U in the second. */
type Columns = "plain" | "conllu";

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function readConllPosts(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const sources = files.flatMap((file) => {
		const posts = postsOf(textOf(file));
		const tags = posts.flatMap(({ rows }) => rows.map(({ tag }) => tag));
		// Few-NERD and others write types without a mark.
		const bare = !tags.some((tag) => tag !== "O" && isTag(tag)) && tags.some((tag) => tag !== "O");
		return posts.map((post, index): PostSource => {
			const read = () => itemOf(post, { file: file.name, index, bare }, options);
			return { file: file.name, line: post.line, read };
		});
	});
	return readPosts(sources, nameOfAll(files), options);
}

function postsOf(text: string): Post[] {
	const posts: Post[] = [];
	let rows: Row[] = [];
	let untagged: number[] = [];
	let image: string | null = null;
	let begin = 0;
	const finish = () => {
		if (rows.length > 0) posts.push({ line: begin, image, rows, untagged });
		rows = [];
		untagged = [];
		image = null;
	};
	const lines = text.split(/\r?\n/);
	const columns: Columns = lines.some((line) => /^\d+\t[^\t]+(\t[^\t]*){7,}$/.test(line)) ? "conllu" : "plain";
	for (const [index, raw] of lines.entries()) {
		const line = index + 1;
		const picture = IMAGE.exec(raw.trim());
		if (raw.trim() === "" || raw.startsWith("-DOCSTART-") || picture !== null) finish();
		if (raw.trim() === "" || raw.startsWith("-DOCSTART-") || isComment(raw)) continue;
		if (rows.length === 0 && image === null) begin = line;
		if (picture !== null) image = picture[1]!.trim().slice(0, IMPORT_LIMITS.name) || null;
		else {
			const row = rowOf(raw, line, columns);
			if (row === null) continue;
			if (row.tag === "") untagged.push(line);
			rows.push({ ...row, tag: row.tag || "O" });
		}
	}
	finish();
	return posts;
}

const cellsOf = (raw: string): string[] => (raw.includes("\t") ? raw.split("\t") : raw.trim().split(/\s+/));

/** "# text = …", "# newdoc"; "#" with a tag is a word, and so is "#Rome". */
export function isComment(raw: string): boolean {
	if (!raw.startsWith("#")) return false;
	const cells = cellsOf(raw);
	return !(cells.length > 1 && isTag(cells.at(-1)!.trim())) && !/^#\S*\t\S/.test(raw);
}

/** Null: a row of CoNLL-U over several words, such as "1-2" of a contraction. */
function rowOf(raw: string, line: number, columns: Columns): Row | null {
	const cells = cellsOf(raw).map((cell) => cell.trim());
	if (columns === "conllu" && cells.length >= 8) {
		if (!/^\d+$/.test(cells[0]!)) return null;
		const tag =
			/(?:^|\|)(?:NER|NE|ner|Entity)=([^|]+)/.exec(cells.at(-1)!)?.[1] ?? (isTag(cells.at(-1)!) ? cells.at(-1)! : "O");
		return { word: cells[1]!, tag, line };
	}
	const filled = cells.at(-1) === "" ? cells.slice(0, -1) : cells;
	return { word: cells[0]!, tag: filled.length < 2 ? "" : filled.at(-1)!, line };
}

const SPACES = /\s+/gu;

function itemOf(
	{ line, image, rows, untagged }: Post,
	{ file, index, bare }: { readonly file: string; readonly index: number; readonly bare: boolean },
	{ report }: ReadOptions,
): ExportItem {
	const left = new LeftOut(file, report);
	const [first] = untagged;
	if (first !== undefined) left.add(`${untagged.length} words without a tag were read as O.`, first);
	const { spans, problems } = parseTags(
		rows.map(({ tag }) => tag),
		{ bare },
	);
	// IOB1 begins spans with I-: orphans are its rule, not a fault.
	for (const { kind, at, what } of problems)
		if (kind === "unknown-tag")
			left.addFault(`The tag ${what.slice(0, 80)} is of no scheme that is known.`, rows[at]!.line);
	const words = rows.map(({ word }) => word.replace(SPACES, ""));
	const text = words.filter((word) => word !== "").join(" ");
	const starts: number[] = [];
	let at = 0;
	for (const word of words) {
		starts.push(at);
		at += word.length + Number(word !== "");
	}
	const entities = spans.flatMap(({ type, from, to }, number): Entity[] => {
		const start = starts[from]!;
		const spoken = words
			.slice(from, to)
			.filter((word) => word !== "")
			.join(" ");
		if (spoken === "") {
			left.addFault(`An entity of type ${type.slice(0, 50)} has no visible character.`, rows[from]!.line);
			return [];
		}
		const about = { id: `e${number + 1}`, type: type.slice(0, IMPORT_LIMITS.name), text: spoken };
		return [{ ...about, start, end: start + spoken.length, score: 1, regions: [] }];
	});
	if (text === "") left.addFault("The post has no visible word.", line);
	left.refuseIfAllFailed(text === "" ? 0 : 1);
	const result = importedResult({ text, image: null, entities, notes: left.notes });
	return { id: `${baseName(file) || "post"}-${index + 1}`, image, result };
}
