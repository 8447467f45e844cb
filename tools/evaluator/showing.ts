/** Chooses the picture and the regions that the model sees with each record. */
import { readFileSync } from "node:fs";
import * as z from "zod/mini";
import { Failure } from "../../src/core/failure.ts";
import { goldItems } from "./items.ts";
import type { AnnotatedRecord, Box, EvaluatedTask } from "./predict/contract.ts";
import { EVALUATED_TASKS } from "./tasks/tasks.ts";
import { unrelatedTo } from "./unrelated.ts";

/**
 * The record's own picture; the picture of a record that decides otherwise; any other of the folder, also for records
 * without one; none.
 */
export const PICTURES = ["right", "wrong", "unrelated", "none"] as const;
export type Pictures = (typeof PICTURES)[number];

/**
 * Found by the built-in proposer; those of the annotation; the largest one that is proposed, for every entity, without
 * looking.
 */
export const REGIONS = ["proposer", "gold", "largest"] as const;

export interface ShowingOptions {
	readonly pictures: Pictures;
	/** One of {@link REGIONS}, or a file of every picture's regions. */
	readonly regions: string;
}

export const SHOWING_DEFAULTS: ShowingOptions = { pictures: "right", regions: "proposer" };

/** What the model sees with a record. */
export interface Showing {
	/** null: no picture. */
	readonly imageId: string | null;
	/** Fractions, O1 first; null: the proposer's. */
	readonly regions: readonly Box[] | null;
}

/**
 * @param records with the regions of a file, where one is given ({@link withRegions})
 * @param names of the folder's pictures, for unrelated ones
 * @returns of each record what is shown with it; the same for the same records and names
 * @throws Failure `usage` where no annotated box is to be had, or no unrelated picture
 */
export function chooseShowings(
	task: EvaluatedTask,
	records: readonly AnnotatedRecord[],
	{ pictures, regions }: ShowingOptions,
	names: readonly string[] = [],
): Showing[] {
	// Unrelated pictures have no annotation.
	if (pictures === "unrelated")
		return records.map((record) => ({ imageId: unrelatedTo(record, names), regions: null }));
	const regionsOf = regionReader(task, regions);
	if (regions === "gold" && !records.some((record) => (regionsOf(record) ?? []).length > 0))
		throw new Failure("usage", `--regions gold: no record of ${task} here has a box that lies in its picture.`);
	const shown: readonly (AnnotatedRecord | null)[] =
		pictures === "none" ? records.map(() => null) : pictures === "wrong" ? pickWrong(task, records) : records;
	return shown.map((record) =>
		record?.image_id === undefined
			? { imageId: null, regions: null }
			: { imageId: record.image_id, regions: regionsOf(record) },
	);
}

/**
 * For each record one whose picture decides otherwise: its grounded entities share no type with this one's. The next
 * one in the file, so that it is the same every time; null where there is none, or where the record has no picture
 * itself.
 */
function pickWrong(task: EvaluatedTask, records: readonly AnnotatedRecord[]): (AnnotatedRecord | null)[] {
	const kinds = records.map((record) => decidedKinds(task, record));
	return records.map((record, index) => {
		if (record.image_id === undefined) return null;
		const own = kinds[index]!.size > 0 ? kinds[index]! : labelsOf(task, record, false);
		for (let step = 1; step < records.length; step++) {
			const at = (index + step) % records.length;
			const other = records[at]!;
			const decides = kinds[at]!.size > 0 && (other.picture ?? "deciding") === "deciding";
			if (decides && other.image_id !== record.image_id && ![...kinds[at]!].some((kind) => own.has(kind))) return other;
		}
		return null;
	});
}

/** Types of what is to be seen. */
const decidedKinds = (task: EvaluatedTask, record: AnnotatedRecord) => labelsOf(task, record, true);

function labelsOf(task: EvaluatedTask, record: AnnotatedRecord, seen: boolean): Set<string> {
	const items = Object.values(goldItems(task, record)).flat();
	return new Set(items.flatMap(({ label, boxes }) => (seen && boxes.length === 0 ? [] : [label])));
}

/**
 * Records that say what is to be seen in their pictures: those of a file of regions, where one is given.
 * @throws Failure `input-unreadable`
 */
export function withRegions(
	records: readonly AnnotatedRecord[],
	{ regions }: ShowingOptions,
): readonly AnnotatedRecord[] {
	if (isListed(REGIONS, regions)) return records;
	const known = readRegions(regions);
	return records.map((record) => ({ ...record, regions: known.get(record.image_id ?? "") ?? [] }));
}

const isListed = (list: readonly string[], one: string) => list.includes(one);

type RegionReader = (record: AnnotatedRecord) => readonly Box[] | null;

function regionReader(task: EvaluatedTask, regions: string): RegionReader {
	if (regions === "proposer" || regions === "largest") return () => null;
	const definition = EVALUATED_TASKS[task];
	return (record) => inside(record.regions ?? unique(definition.boxes?.(record) ?? []));
}

const unique = (boxes: readonly Box[]): Box[] => [...new Map(boxes.map((box) => [box.join(" "), box])).values()];

/** Cuts boxes to the picture and drops those outside it. */
function inside(boxes: readonly Box[]): Box[] {
	const cut = (value: number) => Math.min(1, Math.max(0, value));
	return boxes
		.map(([x1, y1, x2, y2]): Box => [cut(x1), cut(y1), cut(x2), cut(y2)])
		.filter(([x1, y1, x2, y2]) => x1 < x2 && y1 < y2);
}

const four = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const RegionLine = z.object({ image_id: z.string(), boxes: z.array(four) });
const MAX_LINES = 1_000_000;

/** A line for each picture: `{"image_id", "boxes": [[x1, y1, x2, y2]]}`, fractions, O1 first. */
function readRegions(path: string): Map<string, [number, number, number, number][]> {
	let content: string;
	try {
		content = readFileSync(path, "utf8");
	} catch (cause) {
		throw new Failure("input-unreadable", `${path} cannot be read; --regions is ${REGIONS.join(", ")} or a file.`, {
			cause,
		});
	}
	const lines = content.split("\n", MAX_LINES).map((line, index) => ({ line, number: index + 1 }));
	return new Map(
		lines
			.filter(({ line }) => line.trim() !== "")
			.map(({ line, number }) => regionsIn(line, `${path}, line ${number}`)),
	);
}

function regionsIn(line: string, where: string): [string, [number, number, number, number][]] {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch (cause) {
		throw new Failure("input-unreadable", `${where} is not valid JSON.`, { cause });
	}
	const parsed = RegionLine.safeParse(json);
	if (parsed.success) return [parsed.data.image_id, parsed.data.boxes];
	const issue = parsed.error.issues[0];
	throw new Failure("input-unreadable", `${where}: "${issue?.path.join(".")}": ${issue?.message}.`);
}
