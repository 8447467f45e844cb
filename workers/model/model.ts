/**
 * Runs each graph of the model: one function per graph, and a step model for the beam search. Letters in shapes are
 * those of the alphabet in CONTRIBUTING.
 */
import type { Tensor } from "onnxruntime-web";
import { Failure } from "../../src/core/failure.ts";
import type { PrefilterFeeds, PrefilterOutputs } from "../../src/tasks/query/prefilter.ts";
import type { Generation, MarkerPair, TextStates } from "../../src/tasks/types.ts";
import { joinPointers, type PointerTargets, pointerTargets } from "../search/pointers.ts";
import type { StepModel, StepScores } from "../search/types.ts";
import type { ProposerOutputs } from "../vision/regions/peaks.ts";
import { type Feeds, free, type GraphSessions, type Ort } from "./sessions.ts";

/**
 * The text of B queries, encoded: `encoder_hidden_states` or `cross_modal_states` [B, L, D] and `attention_mask` [B,
 * L].
 */
export interface EncodedText {
	readonly states: Tensor;
	readonly mask: Tensor;
	/** B */
	readonly rows: number;
}

/** One picture, encoded: `visual_hidden_states` [1, 37, D] and `visual_attention_mask` [1, 37]. */
export interface EncodedImage {
	readonly states: Tensor;
	readonly mask: Tensor;
}

/** @param queries [B][L] token ids, padded here to the longest */
export async function encodeText(
	sessions: GraphSessions,
	queries: ReadonlyArray<readonly number[]>,
	pad: number,
): Promise<EncodedText> {
	const length = Math.max(...queries.map((ids) => ids.length));
	const ids = new Int32Array(queries.length * length).fill(pad);
	const mask = new Int32Array(queries.length * length);
	for (const [row, query] of queries.entries()) {
		ids.set(query, row * length);
		mask.fill(1, row * length, row * length + query.length);
	}
	const shape = [queries.length, length];
	const attention_mask = int32(sessions.ort, mask, shape);
	const { encoder_hidden_states } = await sessions.run("text_encoder", {
		input_ids: int32(sessions.ort, ids, shape),
		attention_mask,
	});
	return { states: encoder_hidden_states!, mask: attention_mask, rows: queries.length };
}

/**
 * Brings states back from the device; the tensor can still be read by other graphs, and is freed as before.
 * @returns a copy of a row's first `length` tokens
 */
export async function readStates({ states }: EncodedText): Promise<(row: number, length: number) => TextStates> {
	const [, padded = 0, width = 0] = states.dims;
	const values = (await states.getData()) as Float32Array;
	return (row, length) => ({ values: values.slice(row * padded * width, (row * padded + length) * width), width });
}

/** One query's states, as an answer brought them: as if the text was encoded again. */
export function readText({ ort }: GraphSessions, { values, width }: TextStates): EncodedText {
	const length = values.length / width;
	return {
		states: new ort.Tensor("float32", values, [1, length, width]),
		mask: int32(ort, new Int32Array(length).fill(1), [1, length]),
		rows: 1,
	};
}

/** What a text's encoder says, and nothing more: for the prefilter without an mner query. */
export async function encodeStates(sessions: GraphSessions, ids: readonly number[]): Promise<TextStates> {
	const text = await encodeText(sessions, [ids], sessions.manifest.config.pad_token_id);
	try {
		return (await readStates(text))(0, ids.length);
	} finally {
		free(text.states, text.mask);
	}
}

/**
 * Which pairs are related, and whether the text tells of events.
 * @throws Failure `bundle-graph-mismatch` when the graph gives no float32
 */
export async function runPrefilter(
	sessions: GraphSessions,
	{ values, width }: TextStates,
	{ textMask, spans, pairs }: PrefilterFeeds,
): Promise<PrefilterOutputs> {
	const { Tensor } = sessions.ort;
	const length = textMask.length;
	const { related, eventful } = await sessions.run("screen", {
		encoder_hidden_states: new Tensor("float32", values, [1, length, width]),
		text_mask: new Tensor("float32", textMask, [1, length]),
		spans: new Tensor("float32", spans, [spans.length / length, length]),
		pairs: int32(sessions.ort, pairs, [pairs.length / 2, 2]),
	});
	const [ends, texts] = [related?.data, eventful?.data];
	if (
		!(ends instanceof Float32Array) ||
		!(texts instanceof Float32Array) ||
		ends.length !== pairs.length / 2 ||
		texts.length !== 1
	)
		throw new Failure(
			"bundle-graph-mismatch",
			"screen: expected related for each pair and eventful for the text, in float32.",
		);
	return { related: ends, eventful: texts[0]! };
}

/**
 * How the mentions of one text, marked in it, are related. The text's states stay.
 * @param ends [P] positions of the opening markers of head and tail
 * @returns [P][R] natural log-probabilities of the relations that the bundle names
 * @throws Failure `bundle-graph-mismatch` when the graph gives another shape or no float32
 */
export async function runPairClassifier(
	sessions: GraphSessions,
	{ states, rows }: EncodedText,
	ends: readonly MarkerPair[],
): Promise<Float32Array[]> {
	if (rows !== 1) throw new Failure("internal", `Pairs were asked about on ${rows} texts at once.`);
	const relations = sessions.manifest.config.pair_relations?.length ?? 0;
	const { relation_log_probs: found } = await sessions.run("pair_classifier", {
		encoder_hidden_states: states,
		ends: int32(sessions.ort, Int32Array.from(ends.flat()), [ends.length, 2]),
	});
	const values = found?.data;
	if (!(values instanceof Float32Array) || values.length !== ends.length * relations)
		throw new Failure(
			"bundle-graph-mismatch",
			`pair_classifier: expected relation_log_probs [${ends.length}, ${relations}] in float32, ` +
				`found [${found?.dims ?? "none"}].`,
		);
	return ends.map((_, row) => values.slice(row * relations, (row + 1) * relations));
}

/** @param pixelValues [R, 3, s, s], the whole image first @param boxes [R, 4] in fractions (paper, Eq. 4 and 5) */
export async function encodeImage(
	sessions: GraphSessions,
	pixelValues: Float32Array,
	boxes: Float32Array,
	size: number,
): Promise<EncodedImage> {
	const { Tensor } = sessions.ort;
	const rows = boxes.length / 4;
	const feeds = {
		pixel_values: new Tensor("float32", pixelValues, [rows, 3, size, size]),
		boxes: new Tensor("float32", boxes, [rows, 4]),
	};
	const { visual_hidden_states, visual_attention_mask } = await sessions.run("visual_encoder", feeds);
	return { states: visual_hidden_states!, mask: visual_attention_mask! };
}

/**
 * Where things may be in one picture.
 * @param pixelValues [1, 3, s, s]
 * @throws Failure `bundle-graph-mismatch` when the graph gives no float32
 */
export async function proposeRegions(
	sessions: GraphSessions,
	pixelValues: Float32Array,
	size: number,
): Promise<ProposerOutputs> {
	const { Tensor } = sessions.ort;
	const { scores, boxes } = await sessions.run("region_proposer", {
		pixel_values: new Tensor("float32", pixelValues, [1, 3, size, size]),
	});
	const [peaks, distances] = [scores?.data, boxes?.data];
	if (!(peaks instanceof Float32Array) || !(distances instanceof Float32Array))
		throw new Failure("bundle-graph-mismatch", "region_proposer: expected scores and boxes in float32.");
	return { scores: peaks, boxes: distances };
}

export interface Fused extends EncodedText {
	/** g of paper, Eq. 7. [B] */
	readonly gate: Float32Array;
	/** Soft-max over the regions. [B, L, 37] */
	readonly attention: Float32Array;
}

/**
 * Lets one picture into the text of B queries (paper, Eq. 6–8).
 * @param override g for all of them; null: the model's own. Frees the text's states.
 */
export async function fuse(
	sessions: GraphSessions,
	text: EncodedText,
	image: EncodedImage,
	override: number | null,
): Promise<Fused> {
	const outputs = await sessions.run("gated_attention", {
		encoder_hidden_states: text.states,
		attention_mask: text.mask,
		visual_hidden_states: image.states,
		visual_attention_mask: image.mask,
		gate_override: new sessions.ort.Tensor("float32", Float32Array.of(override ?? Number.NaN), [1]),
	});
	free(text.states);
	return {
		...text,
		states: outputs.cross_modal_states!,
		gate: outputs.gate!.data as Float32Array,
		attention: outputs.attention!.data as Float32Array,
	};
}

/** What a text is copied from: its ids and where it stands in them. */
export type Source = Pick<Generation, "inputIds" | "text">;

/** Cross-attention keys and values of B texts: what every step of the decoder reads of them. */
export interface DecoderContext {
	/**
	 * `cross_key.n`, `cross_value.n` [B, N, L, H] and `attention_mask` [B, L]; where the decoder copies, `pointer_key`
	 * [B, L, W] and `text_mask` [B, L].
	 */
	readonly feeds: Feeds;
	/** B */
	readonly rows: number;
	/** [B] what a decoder that copies copies from; none for one that does not. */
	readonly sources: readonly Source[];
}

/**
 * Frees the text's states.
 * @param sources [B] the inputs that `text` was made of; only a decoder that copies reads them
 */
export async function readContext(
	sessions: GraphSessions,
	text: EncodedText,
	sources: readonly Source[] = [],
): Promise<DecoderContext> {
	const { ort, manifest } = sessions;
	if (!manifest.config.copying) {
		const cross = await sessions.run("decoder_context", { cross_modal_states: text.states, attention_mask: text.mask });
		free(text.states);
		return { feeds: { ...cross, attention_mask: text.mask }, rows: text.rows, sources: [] };
	}
	if (sources.length !== text.rows)
		throw new Failure("internal", `A decoder that copies was given ${sources.length} of ${text.rows} texts.`);
	const shape = text.mask.dims;
	const [ids, mask] = sourceTensors(sources, shape[1]!, manifest.config.pad_token_id);
	const input_ids = int32(ort, ids, shape);
	const read = await sessions.run("decoder_context", {
		cross_modal_states: text.states,
		attention_mask: text.mask,
		input_ids,
	});
	free(text.states, input_ids);
	return {
		feeds: { ...read, attention_mask: text.mask, text_mask: int32(ort, mask, shape) },
		rows: text.rows,
		sources,
	};
}

/** `input_ids` and `text_mask` [B, L] of B inputs. */
function sourceTensors(sources: readonly Source[], length: number, pad: number): [ids: Int32Array, mask: Int32Array] {
	const ids = new Int32Array(sources.length * length).fill(pad);
	const mask = new Int32Array(ids.length);
	for (const [row, { inputIds, text }] of sources.entries()) {
		ids.set(inputIds, row * length);
		mask.fill(1, row * length + text.begin, row * length + text.end);
	}
	return [ids, mask];
}

export function freeContext({ feeds }: DecoderContext): void {
	free(...Object.values(feeds));
}

/**
 * The decoder over B posts with as many rows each as have beams alive. The cache stays where the session keeps it; only
 * scores come back.
 */
export class DecoderRun implements StepModel {
	readonly #sessions: GraphSessions;
	readonly #role: "decoder" | "decoder_extractive";
	readonly #context: DecoderContext;
	readonly #candidates: Feeds;
	readonly #columns: number;
	/** [B] where the pointer's scores go; none where the decoder does not copy. */
	readonly #targets: readonly PointerTargets[];
	#past: Record<string, Tensor>;

	/**
	 * @param context outlives the run: several may read one
	 * @param candidateIds [B][C] what each post may say, padded here; null: the whole vocabulary
	 * @param queries rows of the first step: B, or more where one text (B = 1) is searched several times side by side
	 */
	constructor(
		sessions: GraphSessions,
		context: DecoderContext,
		candidateIds: readonly Int32Array[] | null,
		queries = context.rows,
	) {
		const { ort, manifest } = sessions;
		const { config } = manifest;
		this.#sessions = sessions;
		this.#role = candidateIds === null ? "decoder" : "decoder_extractive";
		this.#context = context;
		this.#past = {};
		for (let layer = 0; layer < config.num_decoder_layers; layer++) {
			const shape = [queries, config.num_heads, 0, config.d_kv];
			for (const part of ["key", "value"])
				this.#past[`past_${part}.${layer}`] = new ort.Tensor("float32", new Float32Array(0), shape);
		}
		this.#columns = candidateIds === null ? config.vocab_size : Math.max(...candidateIds.map((ids) => ids.length));
		this.#candidates = {};
		this.#targets = context.sources.map(({ inputIds, text }, row) =>
			pointerTargets(inputIds, text, candidateIds?.[row] ?? null, this.#columns),
		);
		if (candidateIds === null) return;
		const padded = new Int32Array(context.rows * this.#columns).fill(config.pad_token_id);
		for (const [row, ids] of candidateIds.entries()) padded.set(ids, row * this.#columns);
		this.#candidates = { candidate_ids: int32(ort, padded, [context.rows, this.#columns]) };
	}

	/**
	 * @param tokens [rows, S]
	 * @param parents [rows]
	 * @param places [rows, S] what was copied last; only a decoder that copies reads it
	 * @returns logits [rows·S, columns], and their log-sum-exp where the graph gives it: decoders of older bundles do not
	 * @throws Failure `bundle-graph-mismatch` where a decoder that copies gives no scores of its pointer
	 */
	async step(tokens: Int32Array, parents: Int32Array, places: Int32Array | null = null): Promise<StepScores> {
		const { ort } = this.#sessions;
		const rows = parents.length;
		const shape = [rows, tokens.length / rows];
		const copies = this.#targets.length > 0;
		if (copies && places === null) throw new Failure("internal", "A decoder that copies was fed no places.");
		const outputs = await this.#sessions.run(this.#role, {
			...this.#context.feeds,
			...this.#candidates,
			...this.#past,
			decoder_input_ids: int32(ort, tokens, shape),
			beam_idx: int32(ort, parents, [rows]),
			...(copies && { places: int32(ort, places!, shape) }),
		});
		free(...Object.values(this.#past));
		this.#past = Object.fromEntries(
			Object.keys(this.#past).map((name) => [name, outputs[name.replace("past", "present")]!]),
		);
		const logSumExp = (outputs.log_sum_exp?.data as Float32Array | undefined) ?? null;
		const scores = { logits: outputs.logits!.data as Float32Array, logSumExp, columns: this.#columns };
		if (copies) this.#join(scores, outputs.pointer_scores, tokens.length);
		return scores;
	}

	#join(scores: StepScores, pointers: Tensor | undefined, rows: number): void {
		const length = this.#context.feeds.attention_mask!.dims[1]!;
		const found = pointers?.data;
		const { logits, logSumExp, columns } = scores;
		if (!(found instanceof Float32Array) || found.length !== rows * length)
			throw new Failure(
				"bundle-graph-mismatch",
				`${this.#role}: expected pointer_scores [${rows}, ${length}] in float32, found [${pointers?.dims ?? "none"}].`,
			);
		// A graph of another vocabulary: the search says so.
		if (logits.length < rows * columns || (logSumExp !== null && logSumExp.length < rows)) return;
		joinPointers(scores, found, length, this.#targets);
	}

	/** Frees the cache; the context stays. */
	dispose(): void {
		free(...Object.values(this.#past), ...Object.values(this.#candidates));
	}
}

function int32(ort: Ort, data: Int32Array, shape: readonly number[]): Tensor {
	return new ort.Tensor("int32", data, shape);
}
