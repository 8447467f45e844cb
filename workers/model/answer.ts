/** Goes in: queries. Comes out: their answers: encode, fuse, search, batch by batch. */
import type { Device } from "../../src/core/result.ts";
import type { Progress } from "../../src/engine/protocol.ts";
import type { Answer, ExtractRequest, Query, REQUEST_DEFAULTS } from "../../src/tasks/types.ts";
import { search } from "../search/beam-search.ts";
import type { SearchOptions, SearchQuery } from "../search/types.ts";
import { batchLimits, planBatches } from "./batches.ts";
import { DecoderRun, type EncodedImage, type EncodedText, encodeText, type Fused, fuse, readStates } from "./model.ts";
import { free, type GraphSessions } from "./sessions.ts";

/** A query and the picture it is asked about, encoded; null: text only. */
export interface AskedQuery<Asked extends Query = Query> {
	readonly query: Asked;
	readonly image: EncodedImage | null;
	/** Whether its answer is to bring the states of its text. */
	readonly states?: boolean;
}

export type SettledRequest = ExtractRequest & Required<Pick<ExtractRequest, keyof typeof REQUEST_DEFAULTS>>;

/** Milliseconds between two messages of progress: a step takes less than one, and each message crosses threads and draws. */
const PROGRESS_EVERY = 50;

export interface AnswerOptions {
	readonly request: SettledRequest;
	readonly device: Device["name"];
	/** Called before every step; throws to cancel. */
	readonly checkpoint: () => Promise<void>;
	readonly onProgress: (progress: Progress) => void;
	/** Milliseconds spent in the search itself, runtime excluded. */
	readonly spent?: (stage: string, milliseconds: number) => void;
}

/** Answers in the order of the queries. Queries about different pictures never share a batch. */
export async function answerQueries<Asked extends Query>(
	sessions: GraphSessions,
	asked: ReadonlyArray<AskedQuery<Asked>>,
	options: AnswerOptions,
): Promise<Answer<Asked>[]> {
	const answers = new Array<Answer<Asked>>(asked.length);
	const batches = groupsOf(asked, options.device).flatMap((members) => {
		const lengths = members.map((index) => asked[index]!.query.inputIds.length);
		return planBatches(lengths, batchLimits(options.device, sessions.manifest.dtype)).map((batch) => batch.map((at) => members[at]!));
	});
	for (const [index, batch] of batches.entries()) {
		const members = batch.map((at) => asked[at]!);
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
 * Indices of queries that may share a batch: those about one picture and, on WASM, of one task. Outputs of a task end at about the same step; a row that has
 * ended still costs its share on WASM (mner and med of a post apart: four tasks take 147 ms instead of 159), and next to nothing on WebGPU.
 */
function groupsOf(asked: readonly AskedQuery[], device: Device["name"]): number[][] {
	const groups = new Map<EncodedImage | null, Map<string, number[]>>();
	for (const [index, { image, query }] of asked.entries()) {
		const byTask = groups.get(image) ?? new Map<string, number[]>();
		groups.set(image, byTask);
		const task = device === "wasm" ? query.task : "any";
		byTask.set(task, [...(byTask.get(task) ?? []), index]);
	}
	return [...groups.values()].flatMap((byTask) => [...byTask.values()]);
}

async function answerBatch<Asked extends Query>(
	sessions: GraphSessions,
	members: ReadonlyArray<AskedQuery<Asked>>,
	options: AnswerOptions,
): Promise<Answer<Asked>[]> {
	const { request, checkpoint } = options;
	const queries = members.map(({ query }) => query);
	const image = members[0]?.image ?? null;
	await checkpoint();
	const text = await encodeText(
		sessions,
		queries.map(({ inputIds }) => inputIds),
		sessions.manifest.config.pad_token_id,
	);
	let fused: Fused | null = null;
	let run: DecoderRun | null = null;
	let read: EncodedText = text;
	try {
		const states = members.some((member) => member.states) ? await readStates(text) : null;
		if (image !== null) {
			await checkpoint();
			fused = await fuse(sessions, text, image, typeof request.gate === "number" ? request.gate : null);
			read = fused;
		}
		await checkpoint();
		const candidates = request.decoding === "extractive" ? queries.map(({ candidateIds }) => candidateIds) : null;
		run = await DecoderRun.start(sessions, read, candidates);
		await checkpoint();
		const results = await searchTimed(run, queries, options, searchOptions(sessions, options));
		return queries.map((query, index) => ({
			query,
			hypotheses: results[index]!,
			gate: fused?.gate[index] ?? null,
			attention: attentionAt(fused, index),
			...(states !== null && members[index]!.states && { states: states(index, query.inputIds.length) }),
		}));
	} finally {
		run?.dispose();
		free(text.states, read.states, text.mask);
	}
}

/** One query's rows of the attention map. */
function attentionAt(fused: Fused | null, index: number): { values: Float32Array; slots: number } | null {
	if (fused === null) return null;
	const size = fused.attention.length / fused.rows;
	return { values: fused.attention.slice(index * size, (index + 1) * size), slots: size / fused.mask.dims[1]! };
}

async function searchTimed(run: DecoderRun, queries: readonly Query[], { request, spent }: AnswerOptions, options: Partial<SearchOptions>) {
	const extractive = request.decoding === "extractive";
	const constrained = request.decoding !== "full";
	const searched = queries.map(
		({ grammar, candidateIds, bias }): SearchQuery => ({
			grammar: constrained ? grammar : null,
			candidateIds: extractive ? candidateIds : null,
			...(bias && { logits_processors: [bias] }),
		}),
	);
	const started = performance.now();
	let inRuntime = 0;
	const timed = {
		async step(tokens: Int32Array, parents: Int32Array) {
			const before = performance.now();
			const scores = await run.step(tokens, parents);
			inRuntime += performance.now() - before;
			return scores;
		},
	};
	const results = await search(timed, searched, options);
	spent?.("search", performance.now() - started - inRuntime);
	return results;
}

function searchOptions(sessions: GraphSessions, { request, checkpoint, onProgress }: AnswerOptions): Partial<SearchOptions> {
	const { config } = sessions.manifest;
	let told = Number.NEGATIVE_INFINITY;
	return {
		num_beams: request.beams,
		num_return_sequences: request.beams,
		length_penalty: request.lengthPenalty,
		max_new_tokens: request.maxNewTokens,
		max_step_tokens: config.max_step_tokens ?? 1,
		beam_threshold: request.beamThreshold,
		eos_token_id: config.eos_token_id,
		pad_token_id: config.pad_token_id,
		decoder_start_token_id: config.decoder_start_token_id,
		onStep: async (done, total) => {
			if (performance.now() - told >= PROGRESS_EVERY) {
				told = performance.now();
				onProgress({ stage: "decode", detail: "", done, total, unit: "steps" });
			}
			await checkpoint();
		},
	};
}
