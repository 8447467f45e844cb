/**
 * Measures what reading in windows costs: posts are joined to long documents, and what is found there is scored post by
 * post beside what is found in each post alone.
 */
import type { ExtractionResult } from "../../src/core/result.ts";
import { extractPosts } from "../../workers/extract.ts";
import type { OpenModel } from "../../workers/open-model.ts";
import { createSegmentationProposer } from "../../workers/vision/regions/segmentation-proposer.ts";
import { nodeDecoder } from "../node/image/decode-node.ts";
import type { AnnotatedRecord, EvaluationRequest, Prediction } from "./predict/contract.ts";
import { predictionOf } from "./predict/extracted.ts";
import { readRecords } from "./records.ts";
import { score } from "./score.ts";
import { detectWordMode } from "./word-mode.ts";

/** Tasks whose answers are entities and relations of the text. */
export const JOINABLE = ["mner", "jmere", "gmner", "fmnerg"] as const;
export type JoinableTask = (typeof JOINABLE)[number];

/** What stands between two posts of a document, from what tells them apart best to what tells least. */
const SEPARATORS = { "a blank line": "\n\n", "a line break": "\n", "a space": " " } as const;
type Separator = keyof typeof SEPARATORS;

/** Posts of the documents whose reading is timed. */
const TIMED = [1, 5, 20, 80];

export interface JoinedOptions {
	readonly data: string;
	/** At most this many posts, spread evenly; 0: all. */
	readonly limit: number;
	/** Posts of a document. */
	readonly size: number;
	readonly request: EvaluationRequest;
	readonly signal: AbortSignal;
	readonly onProgress: (done: number, total: number) => void;
}

interface Measured {
	readonly precision: number;
	readonly recall: number;
	readonly f1: number;
	readonly seconds: number;
	/** Windows that the texts were read in. */
	readonly parts: number;
	/** Pieces of the texts where something may be missing. */
	readonly unfinished: number;
}

export interface JoinedReport {
	readonly task: JoinableTask;
	readonly model: string;
	readonly posts: number;
	readonly size: number;
	readonly alone: Measured;
	readonly joined: Readonly<Record<Separator, Measured>>;
	/** Documents joined by a blank line. */
	readonly lengths: readonly { readonly posts: number; readonly characters: number; readonly seconds: number }[];
}

interface Found {
	readonly results: readonly ExtractionResult[];
	readonly seconds: number;
	readonly parts: number;
	readonly unfinished: number;
}

/** @throws Failure `cancelled`, `input-unreadable` */
export async function measureJoined(
	model: OpenModel,
	task: JoinableTask,
	{ data, limit, size, request, signal, onProgress }: JoinedOptions,
): Promise<JoinedReport> {
	const records: readonly AnnotatedRecord[] = readRecords(data, task, limit);
	const words = request.words ?? detectWordMode(records);
	const read = createReader(model, { ...request, words, tasks: [task] }, signal);
	const separators = Object.keys(SEPARATORS) as Separator[];
	const total = (1 + separators.length) * records.length;
	const judge = ({ results, ...found }: Found): Measured => {
		const predictions = results.map((result, at): Prediction => ({ id: records[at]!.id, ...predictionOf(result) }));
		const { precision, recall, f1 } = score(task, records, predictions, "exact", words);
		return { precision, recall, f1, ...found };
	};
	const texts = records.map(({ text }) => text);
	const measure = (round: number, posts: number, separator: string) =>
		readJoined(read, texts, posts, separator, (done) => onProgress(round * records.length + done, total));
	const alone = judge(await measure(0, 1, ""));
	const joined = {} as Record<Separator, Measured>;
	for (const [at, name] of separators.entries()) joined[name] = judge(await measure(at + 1, size, SEPARATORS[name]));
	const lengths: JoinedReport["lengths"][number][] = [];
	for (const posts of TIMED.filter((count) => count <= texts.length)) {
		const document = texts.slice(0, posts).join(SEPARATORS["a blank line"]);
		const { seconds } = await read(document);
		lengths.push({ posts, characters: document.length, seconds });
	}
	return { task, model: model.sessions.manifest.name, posts: records.length, size, alone, joined, lengths };
}

type Reader = (text: string) => Promise<Omit<Found, "results"> & { readonly result: ExtractionResult }>;

function createReader(
	model: OpenModel,
	request: EvaluationRequest & { readonly tasks: readonly JoinableTask[] },
	signal: AbortSignal,
): Reader {
	const platform = {
		decode: nodeDecoder,
		proposer: createSegmentationProposer(),
		turn: () => new Promise<void>((resolve) => setImmediate(resolve)),
		signal,
		onPartial: () => {},
	};
	return async (text) => {
		let parts = 1;
		const started = performance.now();
		const [result] = await extractPosts(model, [{ text, image: null }], request, {
			...platform,
			onProgress: ({ stage, total }) => {
				if (stage === "parts") parts = total;
			},
		});
		const seconds = (performance.now() - started) / 1000;
		return { result: result!, seconds, parts, unfinished: result!.unfinished?.length ?? 0 };
	};
}

/** Reads documents of `size` posts each. @returns what was found in each post */
async function readJoined(
	read: Reader,
	texts: readonly string[],
	size: number,
	separator: string,
	onProgress: (done: number) => void,
): Promise<Found> {
	const results: ExtractionResult[] = [];
	const sums = { seconds: 0, parts: 0, unfinished: 0 };
	for (let at = 0; at < texts.length; at += size) {
		onProgress(at);
		const own = texts.slice(at, at + size);
		const { result, seconds, parts, unfinished } = await read(own.join(separator));
		sums.seconds += seconds;
		sums.parts += parts;
		sums.unfinished += unfinished;
		let start = 0;
		for (const text of own) {
			results.push(sliceResult(result, start, start + text.length));
			start += text.length + separator.length;
		}
	}
	return { results, ...sums };
}

/** What a result says of a piece of its text, as the result of that piece; what reaches beyond it stays as it is. */
function sliceResult(result: ExtractionResult, start: number, end: number): ExtractionResult {
	const entities = result.entities.filter((entity) => entity.start >= start && entity.start < end);
	const inside = new Set(entities.map(({ id }) => id));
	return {
		...result,
		text: result.text.slice(start, end),
		entities: entities.map((entity) => ({ ...entity, start: entity.start - start, end: entity.end - start })),
		relations: result.relations.filter(({ head, tail }) => inside.has(head) && inside.has(tail)),
		events: [],
	};
}

const COLUMNS = [18, 8, 8, 8, 8, 8, 10];

/** The report as two tables. */
export function describeJoined({ task, model, posts, size, alone, joined, lengths }: JoinedReport): string {
	const row = (cells: readonly string[]) =>
		cells
			.map((cell, at) => (at === 0 ? cell.padEnd(COLUMNS[0]!) : cell.padStart(COLUMNS[at]!)))
			.join("")
			.trimEnd();
	const measured = (name: string, { precision, recall, f1, seconds, parts, unfinished }: Measured) =>
		row([
			name,
			precision.toFixed(2),
			recall.toFixed(2),
			f1.toFixed(2),
			name === "each alone" ? "" : signed(f1 - alone.f1),
			String(parts),
			`${seconds.toFixed(1)} s`,
			unfinished > 0 ? `  ${unfinished} unfinished` : "",
		]);
	return [
		`${task} of ${model} on ${posts} posts, read alone and joined to documents of ${size}`,
		row(["joined by", "P", "R", "F1", "change", "windows", "time"]),
		measured("each alone", alone),
		...Object.entries(joined).map(([name, one]) => measured(name, one)),
		"",
		row(["posts", "characters", "time", "ms per 1,000 characters"].map((cell, at) => (at === 0 ? cell : `  ${cell}`))),
		...lengths.map(({ posts: count, characters, seconds }) =>
			row([String(count), String(characters), `${seconds.toFixed(1)} s`, ((1e6 * seconds) / characters).toFixed(0)]),
		),
	].join("\n");
}

const signed = (value: number) => (value >= 0 ? "+" : "−") + Math.abs(value).toFixed(2);
