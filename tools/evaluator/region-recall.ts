/**
 * Measures how many hand-annotated boxes each region proposer finds, how many of those it names correctly, and how
 * long it takes.
 */

import * as z from "zod/mini";
import { Failure } from "../../src/core/failure.ts";
import { type UnitBox, unitBox } from "../../src/core/geometry.ts";
import { MAX_OBJECTS } from "../../src/core/limits.ts";
import { overlap } from "../../workers/vision/regions/peaks.ts";
import type { ProposedRegion, RegionProposer, RgbImage } from "../../workers/vision/types.ts";
import { readLines } from "../cli/extract/lines.ts";

/** A box is found when a region shares this much of it (intersection over union). */
export const FOUND = 0.5;
const MAX_LINE_BYTES = 1 << 20;
/** Kinds of the data that are reported as another one: who has a head is a person. */
const REPORTED_AS: Readonly<Record<string, string>> = { head: "person" };
const ALL = "all";

const fraction = z.number().check(z.gte(0), z.lte(1));
const RecordSchema = z.object({
	image_id: z.string(),
	file: z.string(),
	split: z.string(),
	boxes: z.array(z.tuple([fraction, fraction, fraction, fraction])).check(z.maxLength(1000)),
	kinds: z.array(z.string().check(z.maxLength(40))),
});

/** One picture of regions.jsonl: `boxes` are fractions, `kinds` one name for each. */
export type RegionRecord = z.infer<typeof RecordSchema>;

/** @throws Failure `import-format` naming the line */
export async function readRegionRecords(path: string, split: string, limit: number): Promise<RegionRecord[]> {
	const records: RegionRecord[] = [];
	for await (const { number, text } of readLines(path, MAX_LINE_BYTES)) {
		if (text === "") continue;
		const record = parseRecord(text, `${path}, line ${number}`);
		if (record.split === split) records.push(record);
		if (records.length === limit) break;
	}
	return records;
}

function parseRecord(text: string | null, where: string): RegionRecord {
	if (text === null)
		throw new Failure("import-format", `${where}: the line is longer than ${MAX_LINE_BYTES >> 20} MiB.`);
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw new Failure("import-format", `${where}: not valid JSON.`, { cause });
	}
	const parsed = RecordSchema.safeParse(json);
	if (!parsed.success)
		throw new Failure(
			"import-format",
			`${where}: ${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}.`,
		);
	if (parsed.data.kinds.length !== parsed.data.boxes.length)
		throw new Failure("import-format", `${where}: as many kinds as boxes are expected.`);
	return parsed.data;
}

/** Of the boxes of one kind. */
export interface KindScore {
	readonly boxes: number;
	readonly found: number;
	/** Found boxes whose best-scored region has the right name. */
	readonly named: number;
}

export interface ProposerScore {
	readonly proposer: string;
	/** By kind, and "all". */
	readonly kinds: Readonly<Record<string, KindScore>>;
	/** Mean over the pictures. */
	readonly regions: number;
	/** Median over the pictures, decoding left out. */
	readonly milliseconds: number;
}

/** What each box of one picture met. */
interface BoxScore {
	readonly kind: string;
	readonly found: boolean;
	readonly named: boolean;
}

/** @param regions best first */
export function scorePicture(
	{ boxes, kinds }: Pick<RegionRecord, "boxes" | "kinds">,
	regions: readonly ProposedRegion[],
): BoxScore[] {
	return boxes.map((corners, index) => {
		const kind = kinds[index]!;
		const box: UnitBox = unitBox(...corners);
		const first = regions.slice(0, MAX_OBJECTS).find((region) => overlap(region.box, box) >= FOUND);
		return { kind, found: first !== undefined, named: first?.kind === (REPORTED_AS[kind] ?? kind) };
	});
}

/** Sums by kind, kinds in alphabetical order, "all" last. */
export function sumScores(scores: readonly BoxScore[]): Record<string, KindScore> {
	const kinds = [...new Set(scores.map(({ kind }) => kind))].sort();
	const of = (chosen: readonly BoxScore[]): KindScore => ({
		boxes: chosen.length,
		found: chosen.filter(({ found }) => found).length,
		named: chosen.filter(({ named }) => named).length,
	});
	return Object.fromEntries([
		...kinds.map((kind) => [kind, of(scores.filter((score) => score.kind === kind))]),
		[ALL, of(scores)],
	]);
}

export interface MeasureOptions {
	readonly records: readonly RegionRecord[];
	readonly proposers: readonly RegionProposer[];
	/** The picture of a record, decoded. */
	readonly open: (record: RegionRecord) => Promise<RgbImage>;
	readonly onProgress?: (done: number, total: number) => void;
}

/** Every proposer sees every picture. @throws what opening or proposing throws */
export async function measureProposers({
	records,
	proposers,
	open,
	onProgress = () => {},
}: MeasureOptions): Promise<ProposerScore[]> {
	const seen = proposers.map(() => ({ scores: [] as BoxScore[], regions: 0, times: [] as number[] }));
	for (const [index, record] of records.entries()) {
		onProgress(index, records.length);
		const image = await open(record);
		for (const [at, proposer] of proposers.entries()) {
			const started = performance.now();
			const regions = await proposer.propose(image, MAX_OBJECTS);
			seen[at]!.times.push(performance.now() - started);
			seen[at]!.regions += regions.length;
			seen[at]!.scores.push(...scorePicture(record, regions));
		}
	}
	return seen.map(({ scores, regions, times }, at) => ({
		proposer: proposers[at]!.name,
		kinds: sumScores(scores),
		regions: regions / Math.max(1, records.length),
		milliseconds: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0,
	}));
}

/** For a terminal: recall by kind, one column a proposer, and the share of found boxes that are named rightly. */
export function describeScores(scores: readonly ProposerScore[]): string {
	const percent = (part: number, whole: number) => (whole === 0 ? "–" : `${((100 * part) / whole).toFixed(1)} %`);
	const cell = ({ boxes, found, named }: KindScore) =>
		`${percent(found, boxes)}${named > 0 ? `, named ${percent(named, found)}` : ""}`;
	const rows = Object.entries(scores[0]?.kinds ?? {}).map(([kind, { boxes }]) => [
		kind,
		`${boxes}`,
		...scores.map(({ kinds }) => cell(kinds[kind]!)),
	]);
	const regions = ["regions a picture", "", ...scores.map((score) => score.regions.toFixed(1))];
	const times = ["ms a picture, median", "", ...scores.map(({ milliseconds }) => milliseconds.toFixed(1))];
	const lines = [
		["kind", "boxes", ...scores.map(({ proposer }) => proposer)],
		["---", ...new Array(scores.length + 1).fill("---")],
		...rows,
		regions,
		times,
	];
	return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}
