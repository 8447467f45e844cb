/** Checks for every import: sizes, JSON, and results whose parts agree. A failure says where the problem is. */
import * as z from "zod/mini";
import { Failure } from "../core/failure.ts";
import { JsonError, parseJson as parse } from "../core/json.ts";
import type { Entity, ExtractedEvent, ExtractionResult, Region, Relation } from "../core/result.ts";
import { checkResult, wrong } from "./check-result.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadOptions, type Report } from "./types.ts";

/** A type, role or id: short, and not empty. */
export const shortName = z.string().check(z.minLength(1), z.maxLength(IMPORT_LIMITS.name));

/** @throws Failure `import-too-large` */
export function checkSizes(files: readonly InFile[]): void {
	const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
	if (bytes > IMPORT_LIMITS.bytes)
		throw new Failure(
			"import-too-large",
			`The files total ${Math.ceil(bytes / 2 ** 20)} MiB; the limit is ${IMPORT_LIMITS.bytes >> 20} MiB.`,
		);
	if (files.length > 2 * IMPORT_LIMITS.posts)
		throw new Failure("import-too-large", `${files.length} files; the limit is ${2 * IMPORT_LIMITS.posts}.`);
}

/** Decodes UTF-8: invalid bytes become U+FFFD, and a byte order mark is dropped. */
export const textOf = ({ bytes }: InFile): string => new TextDecoder().decode(bytes);

/** @param where a file or a line, named as a person would look for it */
export function parseJson(text: string, where: string): unknown {
	try {
		return parse(text);
	} catch (cause) {
		if (!(cause instanceof JsonError)) throw cause;
		throw wrong(`${where} ${cause.message}.`, cause);
	}
}

/** @throws Failure that names the first invalid place */
export function fitted<T>(schema: z.ZodMiniType<T>, value: unknown, where: string): T {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	throw wrong(`${where}: "${issue?.path.join(".") || "the whole file"}" is not valid (${issue?.message}).`);
}

/** Everything that an importer found in one post. */
export interface Parts {
	readonly text: string;
	readonly image: ExtractionResult["image"];
	readonly entities: readonly Entity[];
	readonly relations?: readonly Relation[];
	readonly events?: readonly ExtractedEvent[];
	readonly regions?: readonly Region[];
	readonly things?: ExtractionResult["things"];
	readonly notes?: readonly string[];
}

/** A result around imported records. No model ran, so it has no raw output, gates or timings. */
export function importedResult({
	text,
	image,
	entities,
	relations = [],
	events = [],
	regions = [],
	things = [],
	notes = [],
}: Parts): ExtractionResult {
	return {
		format: "umie-result/1",
		text,
		image,
		offsets: "utf-16",
		regions: [...regions],
		entities: [...entities],
		relations: [...relations],
		events: [...events],
		...(things.length > 0 && { things: [...things] }),
		gate: {},
		scores: "vocabulary",
		raw: [],
		unread: [],
		notes: [...notes],
		model: "imported",
		device: { name: "wasm", threads: 1, reason: "Imported: no model ran." },
		timings: {},
	};
}

/** One post of an import: where it stands, and how it is read. */
export interface PostSource {
	readonly file: string;
	readonly line?: number;
	/** Null: there is none. @throws Failure what is wrong with this post */
	read(): ExportItem | null;
}

const ignore: Report = () => {};

/** Failures of one post: the others are read. */
const OF_ONE_POST: ReadonlySet<string> = new Set(["import-format", "import-too-large", "text-too-long"]);

/**
 * Reads posts one by one. What is wrong with one is reported, and that one left out.
 * @throws Failure `import-too-large` for too many, that of the first post when none can be read, `import-format` when
 * there are none
 */
export function readPosts(
	sources: readonly PostSource[],
	what: string,
	{ report = ignore }: ReadOptions,
): readonly ExportItem[] {
	if (sources.length > IMPORT_LIMITS.posts)
		throw new Failure(
			"import-too-large",
			`${what} contains ${sources.length} posts; the limit is ${IMPORT_LIMITS.posts}.`,
		);
	let first: Failure | null = null;
	const items = sources.flatMap(({ file, line, read }): ExportItem[] => {
		try {
			const item = read();
			if (item === null) return [];
			const where = sources.length === 1 ? what : `${what}, post ${item.id}`;
			return [{ ...item, result: checkResult(item.result, where) }];
		} catch (error) {
			if (!(error instanceof Failure) || !OF_ONE_POST.has(error.code)) throw error;
			first ??= error;
			report({ file, ...(line !== undefined && { line }), what: `${error.what} The post was left out.` });
			return [];
		}
	});
	if (items.length > 0) return items;
	throw first ?? wrong(`${what} contains no annotated posts.`);
}

/** The name of what was given: a file, or several. */
export const nameOfAll = (files: readonly InFile[]): string =>
	files.length === 1 ? (files[0]?.name ?? "") : "The selection";

/** Notes of a post that are kept one by one; more are counted. */
const MAX_NOTES = 50;

/**
 * Collects what is left out of one post: reported with file and line, and kept as notes of the result. A fault is a
 * record that is wrong, a leaving one that a result has no place for.
 */
export class LeftOut {
	readonly #notes: string[] = [];
	readonly #file: string;
	readonly #report: Report;
	readonly #place: string | null;
	/** The first fault, as a sentence. */
	#fault: string | null = null;

	/** @param place of the post in the file, where that has several: "task 3" */
	constructor(file: string, report: Report = ignore, place: string | null = null) {
		this.#file = file;
		this.#report = report;
		this.#place = place;
	}

	add(what: string, line?: number): void {
		const sentence = this.#place === null ? what : `${this.#place}: ${what}`;
		this.#report({ file: this.#file, ...(line !== undefined && { line }), what: sentence });
		this.#notes.push(line === undefined ? what : `${this.#file}, line ${line}: ${what}`);
	}

	/** @param what a sentence about a record that is wrong, which is left out */
	addFault(what: string, line?: number): void {
		const place = line === undefined ? this.#place : `line ${line}`;
		this.#fault ??= `${this.#file}${place === null ? "" : `, ${place}`}: ${what}`;
		this.add(`${what} It was left out.`, line);
	}

	/** @throws Failure the first fault, when faults are all there was */
	refuseIfAllFailed(records: number): void {
		if (records === 0 && this.#fault !== null) throw wrong(this.#fault);
	}

	get notes(): readonly string[] {
		const more = this.#notes.length - MAX_NOTES;
		return more > 0 ? [...this.#notes.slice(0, MAX_NOTES), `${more} more notes are not listed.`] : this.#notes;
	}
}

/** The name of a file without folders and extension. */
export const baseName = (name: string): string => name.replace(/^.*[/\\]/, "").replace(/\.[^.]*$/, "");
