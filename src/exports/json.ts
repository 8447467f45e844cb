/** Goes in: posts with what was found. Comes out: our own JSON, which keeps everything; and the way back. */
import * as z from "zod/mini";
import { ResultSchema } from "../core/result.ts";
import {
	baseName,
	checkItems,
	checkResult,
	checkSizes,
	fitted,
	parseJson,
	shortName,
	textOf,
	wrong,
} from "./checks.ts";
import type { ExportItem, InFile, OutFile } from "./types.ts";

/** Several results in one file. */
const SEVERAL = "umie-results/1";
const SeveralSchema = z.object({
	format: z.literal(SEVERAL),
	posts: z.array(z.object({ id: shortName, image: z.nullable(z.string()), result: ResultSchema })),
});
const LineSchema = z.extend(ResultSchema, {
	id: z.union([shortName, z.number()]),
	image_name: z.optional(z.nullable(z.string())),
});

/** One post: the result itself (`src/core/result.schema.json`). Several: `{"format": "umie-results/1", "posts": [{"id", "image", "result"}]}`. */
export function writeJson(items: readonly ExportItem[]): OutFile[] {
	const [only] = items;
	const value = items.length === 1 && only ? only.result : { format: SEVERAL, posts: items };
	return [{ path: "umie-result.json", text: `${JSON.stringify(value, null, "\t")}\n` }];
}

/** A line for each post: `{"id": …, "image_name": …, and the fields of the result}`, as `umie extract --output` writes it. */
export function writeJsonLines(items: readonly ExportItem[]): OutFile[] {
	const lines = items.map(
		({ id, image, result }) => `${JSON.stringify({ id, ...(image !== null && { image_name: image }), ...result })}\n`,
	);
	return [{ path: "umie-results.jsonl", text: lines.join("") }];
}

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
export function readJson(files: readonly InFile[]): readonly ExportItem[] {
	checkSizes(files);
	return checkItems(files.flatMap(itemsOf), files.length === 1 ? (files[0]?.name ?? "") : "The selection");
}

function itemsOf(file: InFile): ExportItem[] {
	const json = parseJson(textOf(file), file.name);
	const format = typeof json === "object" && json !== null && "format" in json ? json.format : undefined;
	if (format === SEVERAL) return fitted(SeveralSchema, json, file.name).posts;
	if (format === "umie-result/1")
		return [{ id: baseName(file.name) || "post", image: null, result: fitted(ResultSchema, json, file.name) }];
	throw wrong(
		`${file.name}: expected the format "umie-result/1" or "${SEVERAL}", found ${JSON.stringify(format)?.slice(0, 50) ?? "none"}.`,
	);
}

/** A line as `umie extract --output` writes it; null for an empty one and for one that holds a failure. @throws Failure as {@link readJson} */
export function readJsonLine(line: string, where: string): ExportItem | null {
	if (line.trim() === "") return null;
	const json = parseJson(line, where);
	if (typeof json === "object" && json !== null && "failure" in json) return null;
	const { id, image_name = null, ...result } = fitted(LineSchema, json, where);
	return { id: String(id), image: image_name, result: checkResult(result, where) };
}

/** @throws Failure as {@link readJson} */
export function readJsonLines(files: readonly InFile[]): readonly ExportItem[] {
	checkSizes(files);
	const items = files.flatMap((file) =>
		textOf(file)
			.split("\n")
			.flatMap((line, index) => readJsonLine(line, `${file.name}, line ${index + 1}`) ?? []),
	);
	return checkItems(items, files.length === 1 ? (files[0]?.name ?? "") : "The selection");
}
