/** Reads posts from dropped files (CSV, JSON lines, texts, pictures), and says what could not be read. */

import Papa from "papaparse";
import { Failure } from "../../core/failure.ts";
import { t } from "../../messages/app.ts";

/** A post as it was read. `picture` stays a file until the post is processed. */
export interface NewPost {
	/** The id in the file, else the post's place in it. */
	readonly id: string;
	readonly text: string;
	readonly picture: Blob | null;
}

interface ReadPosts {
	readonly posts: readonly NewPost[];
	/** Sentences, each once: rows without text, pictures that were not among the files. */
	readonly notes: readonly string[];
}

/** Tables are read whole; larger ones are for the command line, which streams. */
const MAX_TABLE_BYTES = 64e6;
export const MAX_POSTS = 20_000;

/** Column names in the order in which they are tried; case does not matter. */
const TEXT_NAMES = ["text", "post", "tweet", "sentence", "content", "caption"];
const ID_NAMES = ["id", "post_id", "tweet_id", "uuid"];
const PICTURE_NAMES = ["image", "image_id", "picture", "photo", "image_path"];
const PICTURE_FILE = /\.(jpe?g|png|webp|gif|avif|bmp)$/i;

type Row = Readonly<Record<string, unknown>>;

const READERS: ReadonlyArray<{
	readonly pattern: RegExp;
	readonly rows: (text: string, name: string) => readonly Row[];
}> = [
	{ pattern: /\.(csv|tsv)$/i, rows: rowsOfTable },
	{ pattern: /\.(jsonl|ndjson)$/i, rows: rowsOfLines },
	{ pattern: /\.json$/i, rows: rowsOfJson },
];

/**
 * In a table or JSON lines each row is a post, and pictures are found among the other files by name. Without a table,
 * every text file is a post, and the picture with the same name is its picture.
 * @throws Failure `input-unreadable` when no file contains posts, or there are too many
 */
export async function readPosts(files: readonly File[]): Promise<ReadPosts> {
	const pictures = new Map(
		files
			.filter(({ name }) => PICTURE_FILE.test(name))
			.flatMap((file) => namesOf(file).map((name) => [name, file] as const)),
	);
	const tables = files.flatMap((file) =>
		READERS.filter(({ pattern }) => pattern.test(file.name)).map(({ rows }) => ({ file, rows })),
	);
	const notes = new Map<string, number>();
	const posts: NewPost[] = [];
	const add = (post: NewPost) => {
		if (posts.length >= MAX_POSTS)
			throw new Failure(
				"input-unreadable",
				`The page takes at most ${MAX_POSTS.toLocaleString("en")} posts: split the file, or use the command line.`,
			);
		posts.push(post);
	};
	for (const { file, rows } of tables) {
		for (const [index, row] of rows(await textOf(file), file.name).entries()) {
			const post = postOf(row, `${index + 1}`, pictures, notes);
			if (post) add(post);
		}
	}
	if (tables.length === 0) {
		for (const file of files.filter(({ name }) => /\.txt$/i.test(name))) {
			const [path] = namesOf(file);
			add({ id: stem(file.name), text: (await textOf(file)).trim(), picture: pictures.get(stem(path!)) ?? null });
		}
	}
	if (posts.length === 0)
		throw new Failure(
			"input-unreadable",
			"These files contain no posts: drop a CSV or JSONL file with a text column, or text files and their pictures.",
		);
	return { posts, notes: [...notes].map(([note, count]) => `${note}: ${count} ${count === 1 ? "post" : "posts"}.`) };
}

/** The names that a row may call a file by: its path in the folder, its name, or its name without extension. */
function namesOf(file: File): string[] {
	const path = (file.webkitRelativePath || file.name).toLowerCase();
	const name = file.name.toLowerCase();
	return [path, name, stem(path), stem(name)];
}

const stem = (name: string): string => name.replace(/\.[^./]+$/, "");

async function textOf(file: File): Promise<string> {
	if (file.size > MAX_TABLE_BYTES)
		throw new Failure(
			"input-unreadable",
			`${file.name} is ${Math.round(file.size / 1e6)} MB; the page reads at most ${MAX_TABLE_BYTES / 1e6} MB.`,
		);
	return file.text();
}

function rowsOfTable(text: string, name: string): readonly Row[] {
	const { data, errors, meta } = Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: "greedy" });
	const [fatal] = errors.filter(({ type }) => type === "Quotes");
	if (fatal)
		throw new Failure("input-unreadable", `${name}, row ${(fatal.row ?? 0) + 2}: ${fatal.message.toLowerCase()}.`);
	if (!meta.fields?.some((field) => TEXT_NAMES.includes(field.trim().toLowerCase())))
		throw new Failure(
			"input-unreadable",
			`${name} has no text column: name one ${TEXT_NAMES.slice(0, 3).join(", ")} or similar.`,
		);
	return data;
}

function rowsOfLines(text: string, name: string): readonly Row[] {
	return text
		.split(/\r?\n/)
		.flatMap((line, index) => (line.trim() === "" ? [] : [objectOf(line, `${name}, line ${index + 1}`)]));
}

function rowsOfJson(text: string, name: string): readonly Row[] {
	const value = parse(text, name);
	const list = Array.isArray(value) ? value : [value];
	return list.map((item, index) => asRow(item, `${name}, item ${index + 1}`));
}

const objectOf = (line: string, where: string): Row => asRow(parse(line, where), where);

function parse(text: string, where: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new Failure("input-unreadable", `${where} is not valid JSON.`, { cause });
	}
}

function asRow(value: unknown, where: string): Row {
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new Failure("input-unreadable", `${where} is not a JSON object.`);
	return value as Row;
}

/** The first of `names` that the row has a value for. */
function cell(row: Row, names: readonly string[]): string | null {
	const fields = new Map(Object.entries(row).map(([key, value]) => [key.trim().toLowerCase(), value]));
	for (const name of names) {
		const value = fields.get(name);
		if (typeof value === "string" && value.trim() !== "") return value;
		if (typeof value === "number") return String(value);
	}
	return null;
}

function postOf(
	row: Row,
	place: string,
	pictures: ReadonlyMap<string, Blob>,
	notes: Map<string, number>,
): NewPost | null {
	const note = (note: string) => notes.set(note, (notes.get(note) ?? 0) + 1);
	const text = cell(row, TEXT_NAMES);
	if (text === null) {
		note(t("many.noText"));
		return null;
	}
	const wanted = cell(row, PICTURE_NAMES)?.toLowerCase() ?? null;
	const picture = wanted === null ? null : (pictures.get(wanted) ?? pictures.get(wanted.split("/").at(-1)!) ?? null);
	if (wanted !== null && picture === null) note(t("many.noPicture"));
	return { id: cell(row, ID_NAMES) ?? place, text, picture };
}
