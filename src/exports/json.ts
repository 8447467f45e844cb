/** Our own JSON and JSON lines, which keep everything: writes them and reads them back. */
import * as z from "zod/mini";
import { ResultSchema } from "../core/result.ts";
import { checkResult, wrong } from "./check-result.ts";
import {
	baseName,
	checkSizes,
	fitted,
	nameOfAll,
	type PostSource,
	parseJson,
	readPosts,
	shortName,
	textOf,
} from "./checks.ts";
import type { ExportItem, Format, InFile, OutFile, ReadOptions } from "./types.ts";

/** Several results in one file. */
const SEVERAL = "umie-results/1";
const SeveralSchema = z.object({ format: z.literal(SEVERAL), posts: z.array(z.unknown()) });
const PostSchema = z.object({ id: shortName, image: z.nullable(z.string()), result: ResultSchema });
const LineSchema = z.extend(ResultSchema, {
	id: z.union([shortName, z.number()]),
	image_name: z.optional(z.nullable(z.string())),
});

/**
 * One post: the result itself (`src/core/result.schema.json`). Several: `{"format": "umie-results/1", "posts": [{"id",
 * "image", "result"}]}`.
 */
function writeJson(items: readonly ExportItem[]): OutFile[] {
	const [only] = items;
	const value = items.length === 1 && only ? only.result : { format: SEVERAL, posts: items };
	return [{ path: "umie-result.json", text: `${JSON.stringify(value, null, "\t")}\n` }];
}

/**
 * A line for each post: `{"id": …, "image_name": …, and the fields of the result}`, as `umie extract --output` writes
 * it.
 */
function writeJsonLines(items: readonly ExportItem[]): OutFile[] {
	const lines = items.map(
		({ id, image, result }) => `${JSON.stringify({ id, ...(image !== null && { image_name: image }), ...result })}\n`,
	);
	return [{ path: "umie-results.jsonl", text: lines.join("") }];
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readJson(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	return readPosts(files.flatMap(sourcesOf), nameOfAll(files), options);
}

function sourcesOf(file: InFile): PostSource[] {
	const json = parseJson(textOf(file), file.name);
	const format = typeof json === "object" && json !== null && "format" in json ? json.format : undefined;
	if (format === SEVERAL)
		return fitted(SeveralSchema, json, file.name).posts.map((post, index) => ({
			file: file.name,
			read: () => fitted(PostSchema, post, `${file.name}, post ${index + 1}`),
		}));
	if (format === "umie-result/1")
		return [
			{
				file: file.name,
				read: () => ({
					id: baseName(file.name) || "post",
					image: null,
					result: fitted(ResultSchema, json, file.name),
				}),
			},
		];
	const found = JSON.stringify(format)?.slice(0, 50) ?? "none";
	throw wrong(`${file.name}: expected the format "umie-result/1" or "${SEVERAL}", found ${found}.`);
}

/**
 * A line as `umie extract --output` writes it; null for an empty one and for one that holds a failure.
 * @throws Failure as `readJson`
 */
export function readJsonLine(line: string, where: string): ExportItem | null {
	if (line.trim() === "") return null;
	const json = parseJson(line, where);
	if (typeof json === "object" && json !== null && "failure" in json) return null;
	const { id, image_name = null, ...result } = fitted(LineSchema, json, where);
	return { id: String(id), image: image_name, result: checkResult(result, where) };
}

/** @throws Failure as `readJson` */
function readJsonLines(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const sources = files.flatMap((file) =>
		textOf(file)
			.split("\n")
			.flatMap((text, index): PostSource[] => {
				const line = index + 1;
				const read = () => readJsonLine(text, `${file.name}, line ${line}`);
				return text.trim() === "" ? [] : [{ file: file.name, line, read }];
			}),
	);
	return readPosts(sources, nameOfAll(files), options);
}

export const json: Format = {
	title: "JSON",
	about: "Everything, with corrections; can be opened here again",
	leavesOut: "",
	extension: ".json",
	files: "one",
	mediaType: "application/json",
	offsets: "utf-16",
	keepsUnsure: true,
	write: writeJson,
	reader: {
		recognisesJson: (first, lines) => !lines && "format" in first,
		read: readJson,
		restores: { fragments: true, scores: true },
	},
};

export const jsonLines: Format = {
	title: "JSON lines",
	about: "Everything, one post per line, as written by the command line",
	leavesOut: "",
	extension: ".jsonl",
	files: "one",
	mediaType: "application/x-ndjson",
	offsets: "utf-16",
	keepsUnsure: true,
	write: writeJsonLines,
	reader: {
		recognisesJson: (first, lines) => lines && ("format" in first || "failure" in first),
		read: readJsonLines,
		restores: { fragments: true, scores: true },
	},
};
