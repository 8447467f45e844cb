/** The type of an export format: its name, what it keeps, and how it is written, recognised and read. */
import type { ExtractionResult } from "../core/result.ts";

/** One post with what was found in it. */
export interface ExportItem {
	/** Unique among the items that are written together. */
	readonly id: string;
	/** File name or address of the picture, where one is known. */
	readonly image: string | null;
	readonly result: ExtractionResult;
}

/** A file to be written, UTF-8. */
export interface OutFile {
	readonly path: string;
	readonly text: string;
}

/** A file from outside: nothing in it is trusted. */
export interface InFile {
	readonly name: string;
	readonly bytes: Uint8Array;
}

/** What a reader left out of a file, or did otherwise than a person may expect. */
export interface Problem {
	readonly file: string;
	/** The first is 1; absent where a file has no lines to speak of. */
	readonly line?: number;
	readonly what: string;
}

export type Report = (problem: Problem) => void;

export interface ReadOptions {
	/** Hears of everything that was left out. */
	readonly report?: Report;
	/** The post the annotations belong to, for formats that only point at a text. */
	readonly text?: string;
}

export interface Format {
	readonly title: string;
	/** One line for the menu: who reads it. */
	readonly about: string;
	/** What is lost in it; empty when it keeps everything. */
	readonly leavesOut: string;
	readonly extension: string;
	/** Several are saved as one .zip, which cannot be copied as text. */
	readonly files: "one" | "several";
	readonly mediaType: string;
	/** Unit of text offsets; "none" where the format has no offsets. */
	readonly offsets: "utf-16" | "code points" | "words" | "none";
	/** Records that are not sure are written, too, marked as such; absent: they are left out unless requested. */
	readonly keepsUnsure?: true;
	write(items: readonly ExportItem[]): readonly OutFile[];
	/** Absent where a format is only written. */
	readonly reader?: FormatReader;
}

/** The way back: a format is recognised by file names, or by the first object in a JSON file. */
interface FormatReader {
	/** @param names of all files that were given together, at least one */
	recognisesNames?(names: readonly string[]): boolean;
	/** @param first the JSON document, the first item of a list, or the first of several lines */
	recognisesJson?(first: object, lines: boolean): boolean;
	/** @param head the beginning of a file that is not JSON */
	recognisesText?(head: string): boolean;
	/**
	 * What is wrong with a record or a post is reported, and that one left out.
	 * @throws Failure `import-format` | `import-too-large` | `text-too-long` where nothing is left
	 */
	read(files: readonly InFile[], options: ReadOptions): readonly ExportItem[];
	/** Which details come back unchanged; texts, types, spans, relations and events always do. */
	readonly restores: { readonly fragments: boolean; readonly scores: boolean };
}

/** A format of other tools that is read and not written. */
export interface ReadFormat {
	readonly title: string;
	/** One line: who writes it. */
	readonly about: string;
	readonly reader: FormatReader;
}

/** The limits of an import, checked before anything is built from it. */
export const IMPORT_LIMITS = {
	/** All files together. */
	bytes: 32 << 20,
	posts: 10_000,
	/** Entities, relations, events and regions of one post, together. */
	records: 5_000,
	/** Characters of a type, a role, an id. */
	name: 200,
} as const;
