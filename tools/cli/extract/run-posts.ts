/** Extracts from every post of the input and writes results.jsonl, one line for each post, in the same order. */

import type { FileHandle } from "node:fs/promises";
import type { Post } from "../../../src/client/protocol.ts";
import {
	Failure,
	type FailureCode,
	type FailureData,
	type FailureFacts,
	type Outcome,
	shownOn,
} from "../../../src/core/failure.ts";
import type { ExtractionResult } from "../../../src/core/result.ts";
import { type Inputs, openInputs, sentencesOf, unreadSentences } from "../../../src/inputs/inputs.ts";
import type { PostSource, ReadOptions } from "../../../src/inputs/types.ts";
import type { ExtractRequest } from "../../../src/tasks/request.ts";
import type { Engine } from "../../../workers/engine.ts";
import { openInputPath } from "../../node/files/input-files.ts";
import { cannotWrite, refuseInputs } from "../../node/files/write-whole.ts";
import { type InputNotes, type PendingEntry, pendingEntries } from "./entries.ts";
import { type ImageFolder, openImageFolder } from "./images.ts";
import { type Output, openOutput } from "./output.ts";
import type { Entry, PostId } from "./record.ts";

export interface RunOptions {
	readonly input: string;
	readonly output: string;
	/** Folder of the pictures; null: they are left out. */
	readonly images: string | null;
	/** What happens to an existing output. */
	readonly existing: "resume" | "replace" | "refuse";
	/** Which columns and encoding are read. */
	readonly read: ReadOptions;
	/** Every `count`th post, beginning with number `index` (1 … count). */
	readonly shard: { readonly index: number; readonly count: number };
	/** Posts per batch. */
	readonly batch: number;
	readonly request: ExtractRequest;
	/** Checked between batches: the running batch is finished and written. */
	readonly signal: AbortSignal;
	readonly onProgress: (summary: RunSummary) => void;
}

export interface RunSummary {
	/** Lines written by this run, failures included. */
	posts: number;
	failed: number;
	/** How many failed why: by code, with what the first of them said. */
	readonly reasons: Partial<Record<FailureCode, { posts: number; readonly first: string }>>;
	/** Lines an earlier run had written. */
	skipped: number;
	/** The signal ended it before the last post. */
	stopped: boolean;
	/** What was left out of the input, and what else should be known of it. */
	notes: string[];
}

/** A line of results.jsonl. */
type ResultLine = { readonly id: PostId; readonly source?: PostSource } & (
	| ExtractionResult
	| { readonly failure: FailureData }
);

/** Failures of a post, not of the run: they become its line, and the rest goes on. */
const OF_ONE_POST: ReadonlySet<FailureCode> = new Set([
	"text-empty",
	"text-too-long",
	"image-unreadable",
	"image-unsupported",
	"image-too-large",
	"input-unreadable",
	"not-found",
	"checkpoint-values",
	"out-of-memory",
	"internal",
]);

/**
 * @param openEngine called when the files are known to be right
 * @throws Failure what ends the run; lines written before stay
 */
export async function runPosts(openEngine: () => Promise<Engine>, options: RunOptions): Promise<RunSummary> {
	const images = options.images === null ? null : await openImageFolder(options.images);
	const input = await openInputPath(options.input);
	try {
		refuseInputs([options.output], input.paths);
		return await runInputs(await openInputs(input.files), images, openEngine, options);
	} finally {
		input.close();
	}
}

async function runInputs(
	inputs: Inputs,
	images: ImageFolder | null,
	openEngine: () => Promise<Engine>,
	options: RunOptions,
): Promise<RunSummary> {
	const notes: InputNotes = new Map();
	const pending = pendingEntries(inputs, images, options.read, notes);
	// A file that cannot be read at all is reported before its output is made.
	const first = await pending.next();
	const output = await openOutput(options.output, options.existing);
	try {
		const summary: RunSummary = { posts: 0, failed: 0, reasons: {}, skipped: 0, stopped: false, notes: [] };
		let engine: Engine | null = null;
		const flush = async (entries: readonly Entry[]) => {
			engine ??= await openEngine();
			const lines = await answerEntries(engine, entries, options.request);
			await writeLines(output.file, options.output, lines);
			summary.posts += lines.length;
			countFailures(summary, lines);
			options.onProgress(summary);
		};
		let entries: Entry[] = [];
		for await (const entry of unfinished(beginningWith(first, pending), options, output, summary)) {
			if (options.signal.aborted) return { ...summary, stopped: true };
			entries.push(await entry.read());
			if (entries.length < options.batch) continue;
			await flush(entries);
			entries = [];
		}
		if (entries.length > 0) await flush(entries);
		return { ...summary, notes: [...sentencesOf(notes), ...unreadSentences(inputs)] };
	} finally {
		await output.file.close();
	}
}

async function* beginningWith(
	first: IteratorResult<PendingEntry, void>,
	rest: AsyncGenerator<PendingEntry, void>,
): AsyncGenerator<PendingEntry, void> {
	if (first.done) return;
	yield first.value;
	yield* rest;
}

function countFailures(summary: RunSummary, lines: readonly ResultLine[]): void {
	for (const line of lines) {
		if (!("failure" in line)) continue;
		summary.failed++;
		const { code, what } = line.failure;
		const before = summary.reasons[code];
		if (before) before.posts++;
		else summary.reasons[code] = { posts: 1, first: what };
	}
}

/**
 * Posts of this shard that have no result yet. Ids may repeat, so results are counted; the last one's id shows whether
 * they belong to this input.
 */
async function* unfinished(
	entries: AsyncIterable<PendingEntry>,
	{ input, output, shard }: RunOptions,
	{ done, lastId }: Output,
	summary: RunSummary,
) {
	for await (const entry of entries) {
		if ((entry.number - 1) % shard.count !== shard.index - 1) continue;
		if (summary.skipped === done) {
			yield entry;
			continue;
		}
		summary.skipped++;
		if (summary.skipped === done && entry.id !== lastId)
			throw new Failure(
				"usage",
				`${output} belongs to other posts: the id of its last line is ${JSON.stringify(lastId)}, ` +
					`that of post ${entry.number} of ${input} is not.`,
			);
	}
	if (summary.skipped < done)
		throw new Failure("usage", `${output} has ${done} lines, more than the posts of ${input}.`);
}

/** Extracts from all as one batch; if one post makes it fail, one by one. */
async function answerEntries(
	engine: Engine,
	entries: readonly Entry[],
	request: ExtractRequest,
): Promise<ResultLine[]> {
	const input = entries.flatMap((entry) => ("posts" in entry.input ? entry.input.posts : []));
	const outcomes = (await askMany(engine, input, request)) ?? (await askEach(engine, input, request));
	const answers = outcomes.values();
	return entries.map(({ id, input: part, notes, source }): ResultLine => {
		const head = { id, ...(source && { source }) };
		if (!("posts" in part)) return { ...head, failure: part };
		const own = part.posts.map(() => answers.next().value!);
		const failed = own.find(({ ok }) => !ok);
		if (failed && !failed.ok) return { ...head, failure: shownOn(failed.failure, "cli") };
		const result = part.merge(own.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
		return { ...head, ...result, notes: [...notes, ...result.notes] };
	});
}

const JOB = 1;

async function askMany(
	engine: Engine,
	posts: readonly Post[],
	request: ExtractRequest,
): Promise<Outcome<ExtractionResult>[] | null> {
	const outcome = await engine.extractMany(JOB, posts, request, () => {});
	if (outcome.ok) return outcome.value.map((value) => ({ ok: true, value }));
	throwOfRun(outcome.failure);
	return null;
}

async function askEach(
	engine: Engine,
	posts: readonly Post[],
	request: ExtractRequest,
): Promise<Outcome<ExtractionResult>[]> {
	const outcomes: Outcome<ExtractionResult>[] = [];
	for (const post of posts) {
		const outcome = await engine.extract(JOB, post, request, () => {});
		if (!outcome.ok) throwOfRun(outcome.failure);
		outcomes.push(outcome);
	}
	return outcomes;
}

function throwOfRun({ code, what }: FailureFacts): void {
	if (!OF_ONE_POST.has(code)) throw new Failure(code, what);
}

/** Writes all lines at once, so that a killed run leaves at most one incomplete line. */
async function writeLines(file: FileHandle, path: string, lines: readonly ResultLine[]): Promise<void> {
	try {
		await file.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
	} catch (error) {
		throw cannotWrite(path, error);
	}
}
