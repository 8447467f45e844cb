/** Extracts from every post of posts.jsonl and writes results.jsonl, one line for each post, in the same order. */

import { existsSync } from "node:fs";
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
import type { ExtractRequest } from "../../../src/tasks/request.ts";
import type { Engine } from "../../../workers/engine.ts";
import { unreadable } from "../../node/files/unreadable.ts";
import { cannotWrite, refuseInputs } from "../../node/files/write-whole.ts";
import { openImageFolder } from "./images.ts";
import { readLines } from "./lines.ts";
import { type Output, openOutput } from "./output.ts";
import { type Entry, MAX_RECORD_BYTES, type PostId, readEntry, readIdOfLine } from "./record.ts";

export interface RunOptions {
	readonly input: string;
	readonly output: string;
	/** Folder of the pictures; null: they are left out. */
	readonly images: string | null;
	/** What happens to an existing output. */
	readonly existing: "resume" | "replace" | "refuse";
	/** Every `count`th line, beginning with line `index` (1 … count). */
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
	/** Lines an earlier run had written. */
	skipped: number;
	/** The signal ended it before the last post. */
	stopped: boolean;
}

/** A line of results.jsonl. */
type ResultLine = ({ readonly id: PostId } & ExtractionResult) | { readonly id: PostId; readonly failure: FailureData };

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
	checkFiles(options);
	const output = await openOutput(options.output, options.existing);
	try {
		const summary: RunSummary = { posts: 0, failed: 0, skipped: 0, stopped: false };
		let engine: Engine | null = null;
		const flush = async (entries: readonly Entry[]) => {
			engine ??= await openEngine();
			const lines = await answerEntries(engine, entries, options.request);
			await writeLines(output.file, options.output, lines);
			summary.posts += lines.length;
			summary.failed += lines.filter((line) => "failure" in line).length;
			options.onProgress(summary);
		};
		let entries: Entry[] = [];
		for await (const line of unfinishedLines(options, output, summary)) {
			if (options.signal.aborted) return { ...summary, stopped: true };
			entries.push(await readEntry(line, images));
			if (entries.length < options.batch) continue;
			await flush(entries);
			entries = [];
		}
		if (entries.length > 0) await flush(entries);
		return summary;
	} finally {
		await output.file.close();
	}
}

/** @throws Failure `input-unreadable` | `usage` */
function checkFiles({ input, output }: RunOptions): void {
	if (!existsSync(input)) throw unreadable(input);
	refuseInputs([output], [input]);
}

/**
 * Lines of this shard that have no result yet. Ids may repeat, so results are counted; the last one's id shows whether
 * they belong to this input.
 */
async function* unfinishedLines({ input, output, shard }: RunOptions, { done, lastId }: Output, summary: RunSummary) {
	for await (const line of readLines(input, MAX_RECORD_BYTES)) {
		if (line.text?.trim() === "" || (line.number - 1) % shard.count !== shard.index - 1) continue;
		if (summary.skipped === done) {
			yield line;
			continue;
		}
		summary.skipped++;
		if (summary.skipped === done && readIdOfLine(line.text) !== lastId)
			throw new Failure(
				"usage",
				`${output} belongs to other posts: the id of its last line is ${JSON.stringify(lastId)}, ` +
					`that of line ${line.number} of ${input} is not.`,
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
	return entries.map(({ id, input: part, notes }): ResultLine => {
		if (!("posts" in part)) return { id, failure: part };
		const own = part.posts.map(() => answers.next().value!);
		const failed = own.find(({ ok }) => !ok);
		if (failed && !failed.ok) return { id, failure: shownOn(failed.failure, "cli") };
		const result = part.merge(own.flatMap((outcome) => (outcome.ok ? [outcome.value] : [])));
		return { id, ...result, notes: [...notes, ...result.notes] };
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
