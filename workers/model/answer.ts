/** Answers queries batch by batch: encodes, fuses and searches. */

import type { Manifest } from "../../src/bundle/manifest.ts";
import type { Progress } from "../../src/client/protocol.ts";
import type { Device } from "../../src/core/result.ts";
import type { SettledRequest } from "../../src/tasks/request.ts";
import type { Answer, Generation, Hypothesis, Search, TextStates } from "../../src/tasks/types.ts";
import { DEVICES } from "../devices/devices.ts";
import { search } from "../search/beam-search.ts";
import { freePlaces } from "../search/places.ts";
import type { SearchOptions, SearchQuery, StepModel } from "../search/types.ts";
import { type BatchLimits, planBatches } from "./batches.ts";
import {
	type DecoderContext,
	DecoderRun,
	type EncodedImage,
	type EncodedText,
	encodeText,
	type Fused,
	freeContext,
	fuse,
	readContext,
	readStates,
	readText,
	runPairClassifier,
} from "./model.ts";
import { free, type GraphSessions } from "./sessions.ts";

/** A query and the picture it is asked about, encoded; null: text only. */
export interface AskedQuery<Asked extends Generation = Generation> {
	readonly query: Asked;
	readonly image: EncodedImage | null;
	/** Whether its answer is to bring the states of its text. */
	readonly states?: boolean;
	/** What an answer on the same input brought: it need not be read again. */
	readonly read?: TextStates | null;
}

/**
 * Milliseconds between two messages of progress: a step takes less than one, and each message crosses threads and
 * draws.
 */
const PROGRESS_EVERY = 50;

export interface AnswerOptions {
	readonly request: SettledRequest;
	readonly device: Device["name"];
	/** Called before every step; throws to cancel. */
	readonly yieldPoint: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Milliseconds spent in the search itself, runtime excluded. */
	readonly spent?: (stage: string, milliseconds: number) => void;
}

/** Answers in the order of the queries. Queries about different pictures never share a batch. */
export async function answerQueries<Asked extends Generation>(
	sessions: GraphSessions,
	questions: ReadonlyArray<AskedQuery<Asked>>,
	options: AnswerOptions,
): Promise<Answer<Asked>[]> {
	const answers = new Array<Answer<Asked>>(questions.length);
	const limits = DEVICES[options.device].batchLimits(sessions.manifest.dtype);
	const batches = groupQueries(questions, options.device).flatMap((members) =>
		planReadings(members, questions, limits),
	);
	for (const [index, batch] of batches.entries()) {
		const members = batch.map((at) => questions[at]!);
		const detail = [...new Set(members.map(({ query }) => query.task))].join(", ");
		options.onProgress({ stage: "encode", detail, done: index, total: batches.length, unit: "steps" });
		const made = await answerBatch(sessions, members, {
			...options,
			onProgress: (progress) => options.onProgress({ ...progress, detail }),
		});
		for (const [position, at] of batch.entries()) answers[at] = made[position]!;
	}
	return answers;
}

/**
 * Indices of queries that may share a batch: those about one picture and, on devices where a row that has ended still
 * costs its share (`batchesByTask`), of one task.
 */
function groupQueries(questions: readonly AskedQuery[], device: Device["name"]): number[][] {
	const groups = new Map<EncodedImage | null, Map<string, number[]>>();
	for (const [index, { image, query }] of questions.entries()) {
		const byTask = groups.get(image) ?? new Map<string, number[]>();
		groups.set(image, byTask);
		const task = DEVICES[device].batchesByTask ? query.task : "any";
		byTask.set(task, [...(byTask.get(task) ?? []), index]);
	}
	return [...groups.values()].flatMap((byTask) => [...byTask.values()]);
}

/**
 * Batches of indices. Queries on one reading are a batch of their own; the others share batches as their lengths
 * allow.
 */
function planReadings(members: readonly number[], questions: readonly AskedQuery[], limits: BatchLimits): number[][] {
	const byInput = new Map<readonly number[], number[]>();
	for (const index of members) {
		const { inputIds } = questions[index]!.query;
		byInput.set(inputIds, [...(byInput.get(inputIds) ?? []), index]);
	}
	const readings = [...byInput.values()];
	const isAlone = (indices: readonly number[]) =>
		indices.length === 1 && !questions[indices[0]!]!.read && questions[indices[0]!]!.query.search === undefined;
	const alone = readings.flatMap((indices) => (isAlone(indices) ? indices : []));
	const lengths = alone.map((index) => questions[index]!.query.inputIds.length);
	return [
		...planBatches(lengths, limits).map((batch) => batch.map((at) => alone[at]!)),
		...readings.filter((indices) => !isAlone(indices)),
	];
}

/** Queries of a batch, or all on one reading. */
async function answerBatch<Asked extends Generation>(
	sessions: GraphSessions,
	members: ReadonlyArray<AskedQuery<Asked>>,
	options: AnswerOptions,
): Promise<Answer<Asked>[]> {
	const { request, yieldPoint } = options;
	const queries = members.map(({ query }) => query);
	const image = members[0]?.image ?? null;
	const sources = [...new Map(queries.map((query) => [query.inputIds, query])).values()];
	const inputs = sources.map(({ inputIds }) => inputIds);
	const rowOf = (query: Generation) => inputs.indexOf(query.inputIds);
	await yieldPoint();
	const known = members[0]?.read ?? null;
	const text =
		known === null
			? await encodeText(sessions, inputs, sessions.manifest.config.pad_token_id)
			: readText(sessions, known);
	let fused: Fused | null = null;
	let context: DecoderContext | null = null;
	let read: EncodedText = text;
	try {
		const states = members.some((member) => member.states) ? await readStates(text) : null;
		const related = await classifyPairs(sessions, text, queries, yieldPoint);
		const spoken = queries.filter(({ silent }) => !silent);
		if (image !== null && spoken.length > 0) {
			await yieldPoint();
			fused = await fuse(sessions, text, image, typeof request.gate === "number" ? request.gate : null);
			read = fused;
		}
		let found: ReadonlyMap<Generation, readonly Hypothesis[]> = new Map();
		if (spoken.length > 0) {
			await yieldPoint();
			context = await readContext(sessions, read, sources);
			await yieldPoint();
			found = await searchAll(
				sessions,
				context,
				spoken,
				options,
				inputs.length === queries.length ? queries.length : DEVICES[options.device].sideBySide,
			);
		}
		return queries.map((query, index) => ({
			query,
			hypotheses: found.get(query) ?? [],
			gate: fused?.gate[rowOf(query)] ?? null,
			attention: attentionAt(fused, rowOf(query)),
			...(states !== null && members[index]!.states && { states: states(rowOf(query), query.inputIds.length) }),
			...(related.has(query) && { relationLogProbs: related.get(query)! }),
		}));
	} finally {
		if (context) freeContext(context);
		free(text.states, read.states, text.mask);
	}
}

/** The hypotheses of each query, best first. @param atOnce how many are searched together */
async function searchAll(
	sessions: GraphSessions,
	context: DecoderContext,
	queries: readonly Generation[],
	options: AnswerOptions,
	atOnce: number,
): Promise<Map<Generation, readonly Hypothesis[]>> {
	const found = new Map<Generation, readonly Hypothesis[]>();
	for (let from = 0; from < queries.length; from += atOnce) {
		const searched = queries.slice(from, from + atOnce);
		const results = await searchOn(sessions, context, searched, options);
		for (const [at, query] of searched.entries()) found.set(query, results[at]!);
	}
	return found;
}

/** What the pair classifier says of the queries that ask it: all are about one text, and it runs once. */
async function classifyPairs(
	sessions: GraphSessions,
	text: EncodedText,
	queries: readonly Generation[],
	yieldPoint: AnswerOptions["yieldPoint"],
): Promise<Map<Generation, readonly Float32Array[]>> {
	const ends = queries.flatMap(({ ends = [] }) => ends);
	if (ends.length === 0) return new Map();
	await yieldPoint();
	const rows = (await runPairClassifier(sessions, text, ends)).values();
	return new Map(
		queries.flatMap((query) => (query.ends ? [[query, query.ends.map(() => rows.next().value!)] as const] : [])),
	);
}

/**
 * Queries on the texts of a context, one each, or side by side on its only one: then their beams are the rows of that
 * text.
 */
async function searchOn(
	sessions: GraphSessions,
	context: DecoderContext,
	queries: readonly Generation[],
	options: AnswerOptions,
) {
	const extractive = options.request.decoding === "extractive";
	const candidates = extractive ? queries.slice(0, context.rows).map(({ candidateIds }) => candidateIds) : null;
	const run = new DecoderRun(sessions, context, candidates, queries.length);
	try {
		return await searchTimed(sessions, run, queries, options);
	} finally {
		run.dispose();
	}
}

/** One query's rows of the attention map. */
function attentionAt(fused: Fused | null, index: number): { values: Float32Array; slots: number } | null {
	if (fused === null) return null;
	const size = fused.attention.length / fused.rows;
	return { values: fused.attention.slice(index * size, (index + 1) * size), slots: size / fused.mask.dims[1]! };
}

/** What the search is to know of a query: of one that is copied from, the text too. */
function searchQuery({ config }: Manifest, decoding: SettledRequest["decoding"], query: Generation): SearchQuery {
	const { grammar, candidateIds, bias, inputIds, text, spansFollow = [], constrained = false } = query;
	return {
		grammar: decoding === "full" && !constrained ? null : grammar,
		candidateIds: decoding === "extractive" ? candidateIds : null,
		...(config.copying && {
			copying: {
				begin: text.begin,
				free: freePlaces(inputIds.slice(text.begin, text.end), spansFollow, config.decoder_start_token_id),
			},
		}),
		...(bias && { logits_processors: [bias] }),
	};
}

async function searchTimed(
	sessions: GraphSessions,
	run: DecoderRun,
	queries: readonly Generation[],
	options: AnswerOptions,
) {
	const searched = queries.map((query) => searchQuery(sessions.manifest, options.request.decoding, query));
	const started = performance.now();
	let inRuntime = 0;
	const timed = {
		async step(...fed: Parameters<StepModel["step"]>) {
			const before = performance.now();
			const scores = await run.step(...fed);
			inRuntime += performance.now() - before;
			return scores;
		},
	};
	const results = await search(timed, searched, searchOptions(sessions, options, queries[0]?.search));
	options.spent?.("search", performance.now() - started - inRuntime);
	return results;
}

function searchOptions(
	sessions: GraphSessions,
	{ request, yieldPoint, onProgress }: AnswerOptions,
	own?: Search,
): Partial<SearchOptions> {
	const { config } = sessions.manifest;
	const beams = Math.max(request.beams, own?.beams ?? 0);
	let reported = Number.NEGATIVE_INFINITY;
	return {
		num_beams: beams,
		num_return_sequences: beams,
		length_penalty: own?.lengthPenalty ?? request.lengthPenalty,
		max_new_tokens: request.maxNewTokens,
		max_step_tokens: config.max_step_tokens ?? 1,
		beam_threshold: Math.max(request.beamThreshold, own?.beamThreshold ?? 0),
		eos_token_id: config.eos_token_id,
		pad_token_id: config.pad_token_id,
		decoder_start_token_id: config.decoder_start_token_id,
		onStep: async (done, total) => {
			if (performance.now() - reported >= PROGRESS_EVERY) {
				reported = performance.now();
				onProgress({ stage: "decode", detail: "", done, total, unit: "steps" });
			}
			await yieldPoint();
		},
	};
}
