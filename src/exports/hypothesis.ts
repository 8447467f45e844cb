/** Reads annotations of hypothes.is, as its `api/search` and its exports give them. They are not trusted. */
import * as z from "zod/mini";
import { wrong } from "./check-result.ts";
import { checkSizes, nameOfAll, type PostSource, parseJson, readPosts, textOf } from "./checks.ts";
import { type ExportItem, IMPORT_LIMITS, type InFile, type ReadFormat, type ReadOptions } from "./types.ts";
import { type Annotation, itemOf } from "./web-annotation.ts";

const Selector = z.object({
	type: z.string(),
	exact: z.optional(z.string()),
	prefix: z.optional(z.string()),
	suffix: z.optional(z.string()),
	start: z.optional(z.int()),
	end: z.optional(z.int()),
});
const Row = z.object({
	id: z.string(),
	uri: z.optional(z.string()),
	text: z.optional(z.nullable(z.string())),
	tags: z.optional(z.array(z.string())),
	references: z.optional(z.array(z.string())),
	target: z.optional(z.array(z.object({ selector: z.optional(z.array(Selector)) }))),
});
type RowOf = z.infer<typeof Row>;

const rowsIn = (json: unknown): readonly unknown[] => {
	if (Array.isArray(json)) return json;
	const { rows, annotations } = (json ?? {}) as { readonly rows?: unknown; readonly annotations?: unknown };
	return [rows, annotations].find((list): list is unknown[] => Array.isArray(list)) ?? [json];
};

/** @throws Failure `import-format` | `import-too-large` | `text-too-long` */
function readHypothesis(files: readonly InFile[], options: ReadOptions): readonly ExportItem[] {
	checkSizes(files);
	const { text, report } = options;
	if (text === undefined)
		throw wrong(
			`${nameOfAll(files)} refers to a text that it does not contain: put that text into the text field first, ` +
				"or name its file with --text-file.",
		);
	const sources = files.map((file): PostSource => {
		const read = () => {
			const rows = rowsIn(parseJson(textOf(file), file.name));
			if (rows.length > 100_000) throw wrong(`${file.name} has more than 100,000 annotations.`);
			const annotations = rows.flatMap((row, index) => {
				const what = (reason: string) => report?.({ file: file.name, what: `Annotation ${index + 1} ${reason}.` });
				const parsed = Row.safeParse(row);
				if (!parsed.success) what(`is not valid ("${parsed.error.issues[0]?.path.join(".")}") and was left out`);
				else if (parsed.data.references?.length) what("is a reply and was left out");
				else if (!isMarked(parsed.data)) what("is about the whole page and was left out");
				else return [annotationOf(parsed.data)];
				return [];
			});
			const post = { id: "", "umie:name": "post", "umie:image": null, "umie:text": text, "umie:size": null };
			return itemOf(post, annotations, file.name, options);
		};
		return { file: file.name, read };
	});
	return readPosts(sources, nameOfAll(files), options);
}

const isMarked = ({ target = [] }: RowOf): boolean =>
	target.some(({ selector = [] }) => selector.some(({ type }) => /^Text(Quote|Position)Selector$/.test(type)));

/** As a Web Annotation: its tags are types, its text a comment. */
function annotationOf({ id, text, tags = [], target = [] }: RowOf): Annotation {
	const types = tags.length > 0 ? tags : ["highlight"];
	const bodies = types.map((value) => ({ value: value.slice(0, IMPORT_LIMITS.name), purpose: "tagging" }));
	return {
		id,
		body: [...bodies, ...(text ? [{ value: text, purpose: "commenting" }] : [])],
		target: target.map(({ selector = [] }) => ({ selector })),
	};
}

const isRow = (row: unknown): boolean =>
	typeof row === "object" && row !== null && "uri" in row && "target" in row && !("@context" in row);

export const hypothesis: ReadFormat = {
	title: "hypothes.is",
	about: "annotations of hypothes.is; they need the text that they are about",
	reader: {
		read: readHypothesis,
		recognisesJson: (first) => isRow(first) || ("rows" in first && "total" in first),
		restores: { fragments: false, scores: false },
	},
};
