/** What readers of posts take and give: files read piece by piece, posts, and what became of everything else. */
import type { FailureFacts } from "../core/failure.ts";

/** A file from outside, of any size: nothing in it is trusted. */
export interface InputFile {
	/** Its name with its folders, or with the archive it lies in; parted by "/". */
	readonly path: string;
	/** Bytes. An archive only claims the size of a file inside. */
	readonly size: number;
	/** @throws Failure */
	stream(): AsyncIterable<Uint8Array>;
	/** The bytes from `from` up to `to`, fewer where the file ends. @throws Failure */
	read(from: number, to: number): Promise<Uint8Array>;
	/** The browser's own file, where it is one. */
	readonly blob?: Blob;
}

/** A piece of a post's text, and where it stood in its source. */
export interface TextPiece {
	/** In the post's text, UTF-16. */
	readonly start: number;
	readonly end: number;
	/** In the source: characters of the HTML, of the plain text, or of the page's text. */
	readonly sourceStart: number;
	readonly sourceEnd: number;
	/** Corners of the piece on a PDF's page, in points from its upper left: x1, y1, x2, y2. */
	readonly box?: readonly [number, number, number, number];
}

/** Where a post came from. */
export interface PostSource {
	readonly file: string;
	/** Line of a text file, row of a sheet, or item of a list; the first is 1. */
	readonly line?: number;
	/** Page of a document; the first is 1. */
	readonly page?: number;
	/** Where the text is not the source's own. */
	readonly pieces?: readonly TextPiece[];
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** A post as a reader found it. */
export interface FoundPost {
	/** As the source has it, with all its digits; null: it has none. */
	readonly id: string | number | null;
	readonly text: string;
	/** What its pictures may be called, the best first: paths, names, ids; none: it has no picture. */
	readonly pictures: readonly string[];
	readonly source: PostSource;
	/** The record itself, where the source is JSON. */
	readonly record?: JsonRecord;
}

/** What a reader found next. */
export type Found =
	| ({ readonly kind: "post" } & FoundPost)
	/** Something that should have been a post. It fails alone. */
	| {
			readonly kind: "failed";
			readonly id: string | number | null;
			readonly line: number;
			readonly failure: FailureFacts;
	  }
	/** A record that the caller reads by itself. */
	| { readonly kind: "record"; readonly line: number; readonly record: JsonRecord }
	/** Something else than a post, such as a repost: counted by its reason. */
	| { readonly kind: "left-out"; readonly why: string }
	/** A sentence to show once. */
	| { readonly kind: "note"; readonly text: string };

/** Which columns of a table, or fields of records, are read. */
export interface Columns {
	readonly text?: string;
	readonly id?: string;
	readonly picture?: string;
}

export interface ReadOptions {
	/** A label of the Encoding Standard; absent: detected. */
	readonly encoding?: string;
	/** Absent: recognised by name and content. */
	readonly columns?: Columns;
	/** Records of no platform that the caller reads by itself. */
	readonly isOwn?: (record: JsonRecord) => boolean;
}

/** The beginning of a file, by which it is recognised. */
export interface Peek {
	readonly path: string;
	/** Lower case, without a dot; "" where the name has none. */
	readonly ending: string;
	readonly bytes: Uint8Array;
	/** The bytes as text, as far as they are. */
	readonly text: string;
}

/** The beginning of a table, by which a person chooses columns. */
export interface Preview {
	/** Names of the columns or fields. */
	readonly names: readonly string[];
	/** The first rows, cut short. */
	readonly rows: readonly (readonly string[])[];
	/** What is read unless a person chooses otherwise; null: nothing looks like a text. */
	readonly columns: Columns | null;
	/** Null where a format has no encodings. */
	readonly encoding: string | null;
}

/** Reads one kind of file. */
export interface Reader {
	readonly title: string;
	/** Its posts are parts of one text. */
	readonly isDocument?: true;
	recognises(peek: Peek): boolean;
	/** @throws Failure where the file as a whole cannot be read */
	read(file: InputFile, options: ReadOptions): AsyncIterable<Found>;
	/** Its columns and first rows, where a person may choose among columns. */
	preview?(file: InputFile, options: ReadOptions): Promise<Preview>;
}
