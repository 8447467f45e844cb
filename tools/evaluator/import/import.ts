/**
 * Imports a public data set: writes our JSONL and reports what was wrong with the data, by line. `FORMATS` lists the
 * readers.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { refuseInputs, writeWhole } from "../../node/files/write-whole.ts";
import { conll } from "./conll.ts";
import type { Format, ReadOptions, ReadRecord } from "./format.ts";
import { funsd } from "./funsd.ts";
import { fmnerg, gmner } from "./gmner.ts";
import { jmere } from "./jmere.ts";
import { m2e2 } from "./m2e2.ts";
import { mnre, more } from "./mnre.ts";
import type { Problem, Report } from "./problems.ts";

export const FORMATS = { conll, gmner, fmnerg, mnre, more, jmere, m2e2, funsd } as const satisfies Record<
	string,
	Format
>;
export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

export interface ImportOptions extends Omit<ReadOptions, "report"> {
	readonly format: FormatName;
	readonly input: string;
	readonly output: string;
	/** Folder of the pictures, to report missing ones; null: it is not checked. */
	readonly images: string | null;
	/** An output that is there is replaced. */
	readonly force: boolean;
}

export interface Imported {
	readonly records: number;
	/** Records that name a picture. */
	readonly pictures: number;
	readonly problems: readonly Problem[];
}

const ENDINGS = [".jpg", ".jpeg", ".png", ".webp", ""] as const;

/** @throws Failure `input-unreadable` | `usage` */
export function importData({ format, input, output, images, force, ...options }: ImportOptions): Imported {
	if (existsSync(output) && !force) throw new Failure("usage", `${output} already exists; use --force to replace it.`);
	refuseInputs([output], [input]);
	const problems: Problem[] = [];
	const report: Report = (kind, line, what, file = input) => problems.push({ kind, line, what, file });
	const records = distinct(FORMATS[format].read(input, { ...options, report }), report);
	if (images !== null) reportMissing(records, images, report);
	writeWhole(output, records.map(({ record }) => `${JSON.stringify(record)}\n`).join(""));
	return {
		records: records.length,
		pictures: records.filter(({ record }) => record.image_id !== undefined).length,
		problems: problems.sort(inOrder),
	};
}

/** File by file, line by line. */
const inOrder = (a: Problem, b: Problem) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1);

/**
 * Drops a record that occurred before and renames an id that occurred before. A post of several pairs repeats its
 * picture, so pictures that occur again are reported for posts of mner only.
 */
function distinct(read: readonly ReadRecord[], report: Report): ReadRecord[] {
	const contents = new Map<string, number>();
	const ids = new Map<string, number>();
	const pictures = new Map<string, number>();
	return read.flatMap(({ line, record }): ReadRecord[] => {
		const { id, ...content } = record;
		const key = JSON.stringify(content);
		const before = contents.get(key);
		if (before !== undefined) {
			report("duplicate-record", line, `${record.image_id ?? id}, first on line ${before}`);
			return [];
		}
		contents.set(key, line);
		const image = "entities" in record && !("events" in record) ? record.image_id : undefined;
		if (image !== undefined && pictures.has(image))
			report("duplicate-id", line, `IMGID ${image}, first on line ${pictures.get(image)}`);
		if (image !== undefined) pictures.set(image, pictures.get(image) ?? line);
		const times = ids.get(id) ?? 0;
		ids.set(id, times + 1);
		if (times === 0) return [{ line, record }];
		report("duplicate-id", line, id);
		return [{ line, record: { ...record, id: `${id}-again${times}` } }];
	});
}

function reportMissing(records: readonly ReadRecord[], folder: string, report: Report): void {
	if (!existsSync(folder)) throw unreadable(folder);
	const checked = new Set<string>();
	for (const { line, record } of records) {
		const id = record.image_id;
		if (id === undefined || checked.has(id)) continue;
		checked.add(id);
		// A name that leads out of the folder is not in it.
		const inside = !/[\\/\0]/.test(id) && id !== "..";
		if (!inside || !ENDINGS.some((ending) => existsSync(join(folder, `${id}${ending}`))))
			report("missing-picture", line, id);
	}
}
