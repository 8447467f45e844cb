/** Reads a text in windows, one after the other, and a window again in smaller ones where its answer was cut. */
import type { ExtractionResult } from "../src/core/result.ts";
import { checkLength } from "../src/core/text.ts";
import { plainIds } from "../src/tasks/context.ts";
import { sliceLayout } from "../src/tasks/layout/layout.ts";
import type { SettledRequest } from "../src/tasks/request.ts";
import { type CutOptions, cutAgain, cutWindows, type TextWindow, wholeText } from "../src/tasks/windows/cut.ts";
import type { WindowReading } from "../src/tasks/windows/merge.ts";
import type { OpenModel } from "./open-model.ts";
import type { CheckedPost } from "./posts.ts";
import { type ReadOptions, readBatch } from "./read-batch.ts";

/** A text of at most so many tokens is read at once. */
const AT_ONCE = 72;
/**
 * A longer text is read by paragraphs that are as short as a post, else by sentences, as the model finds fewest in what
 * is longer than the posts it learned from (docs/decisions/2026-11-29-windows.md): tokens that sentences are put
 * together up to, that a window shares with the one before, that a paragraph or a sentence may have without being
 * split, and of the pieces of one that is.
 */
const WINDOW = 16;
const OVERLAP = 8;
const MOST = 56;
const PIECE = 16;
/** How often a window is halved at most. */
const MAX_CUTS = 3;
/** Windows that are planned between two yield points. */
const PLANNED_AT_ONCE = 64;
/** Milliseconds between two partial results, or a share of the time so far: each costs more than the one before. */
const PARTIAL_EVERY = 500;
const PARTIAL_SHARE = 0.05;

/** What all windows of a post are read with. */
export interface WindowReader {
	readonly model: OpenModel;
	readonly post: CheckedPost;
	readonly request: SettledRequest;
	readonly options: ReadOptions;
}

/**
 * The windows of a post: one where it is short enough to be read at once, none where it has no words.
 * @throws Failure `text-too-long`, `cancelled`
 */
export async function planWindows({ model, post, request, options }: WindowReader): Promise<TextWindow[]> {
	checkLength(post.text);
	const { clock, yieldPoint } = options;
	let planned = clock.start("tokenize");
	const cutting = cuttingFor(model, request);
	const whole = wholeText(post.text, { ...cutting, tokens: limitOf(model, AT_ONCE) });
	const windows: TextWindow[] = whole ? [whole] : [];
	if (whole === null)
		for (const window of cutWindows(post.text, cutting)) {
			if (windows.push(window) % PLANNED_AT_ONCE !== 0) continue;
			planned();
			await yieldPoint();
			planned = clock.start("tokenize");
		}
	planned();
	return windows;
}

function cuttingFor(model: OpenModel, { words }: SettledRequest): CutOptions {
	const count = (word: string) => plainIds(word, model.codec).length;
	const limit = (tokens: number) => limitOf(model, tokens);
	return { words, count, tokens: limit(WINDOW), most: limit(MOST), overlap: limit(OVERLAP), piece: limit(PIECE) };
}

/** Half of what the model reads is left to the prompt. */
const limitOf = ({ sessions }: OpenModel, tokens: number) => Math.min(tokens, sessions.manifest.config.max_input >> 1);

/** Reads windows and merges what they say. Nothing is kept of a window but its records. */
export async function readWindows(
	reader: WindowReader,
	windows: readonly TextWindow[],
	cuts = 0,
): Promise<ExtractionResult> {
	const { post, options } = reader;
	// Loaded with the first long text: posts are short.
	const { WindowMerger } = await import("../src/tasks/windows/merge.ts");
	const merger = new WindowMerger(post.text);
	const isDue = partialClock();
	for (const [at, window] of windows.entries()) {
		options.onProgress({ stage: "parts", detail: "", done: at, total: windows.length, unit: "steps" });
		for await (const [part, reading] of readWhole(reader, window, cuts)) merger.add(part, reading);
		const read = at + 1;
		if (read < windows.length && isDue()) options.onPartial([merger.result({ read, of: windows.length })]);
	}
	return merger.result();
}

/** Says whether the next partial result is due: the first one is, later ones as their cost allows. */
function partialClock(): () => boolean {
	const started = performance.now();
	let next = started;
	return () => {
		const now = performance.now();
		if (now < next) return false;
		next = now + Math.max(PARTIAL_EVERY, PARTIAL_SHARE * (now - started));
		return true;
	};
}

/**
 * A post that was read at once and whose answers were cut: in windows that are small enough.
 * @param first what it said
 */
export async function readInParts(
	reader: WindowReader,
	whole: TextWindow,
	first: WindowReading,
): Promise<ExtractionResult> {
	const smaller = smallerThan(reader, whole);
	if (smaller.length > 0) return readWindows(reader, smaller, 1);
	return first.isComplete ? first.result : (await readOne(reader, whole, false)).result;
}

/** What a window says, or what the smaller ones do that it must be cut into. */
async function* readWhole(
	reader: WindowReader,
	window: TextWindow,
	cuts: number,
): AsyncGenerator<readonly [TextWindow, WindowReading], void> {
	const mayCut = cuts < MAX_CUTS;
	const reading = await readOne(reader, window, mayCut);
	const smaller = mayCut && reading.isWorthCutting ? smallerThan(reader, window) : [];
	if (smaller.length > 0) for (const one of smaller) yield* readWhole(reader, one, cuts + 1);
	else yield [window, reading.isComplete ? reading : await readOne(reader, window, false)];
}

const smallerThan = ({ model, post, request }: WindowReader, window: TextWindow): TextWindow[] =>
	cutAgain(post.text, window, cuttingFor(model, request));

/** @param stopsAtLimits ends as soon as an answer is cut */
async function readOne(
	{ model, post, request, options }: WindowReader,
	window: TextWindow,
	stopsAtLimits: boolean,
): Promise<WindowReading> {
	const quiet = { ...options, onPartial: () => {}, onProgress: () => {}, stopsAtLimits };
	const [reading] = await readBatch(model, [pieceOf(post, window)], request, quiet);
	return reading!;
}

/** A window as a post of its own, with the whole picture. */
function pieceOf(post: CheckedPost, { start, end }: TextWindow): CheckedPost {
	return { ...post, text: post.text.slice(start, end), layout: post.layout && sliceLayout(post.layout, start, end) };
}
