/**
 * Joins a text encoder alone with the decoder of a checkpoint, or with a small random one: a checkpoint that can be
 * exported.
 */
import { readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import type { Architecture } from "./architecture.ts";
import { byteCount } from "./byte-count.ts";
import {
	type Checkpoint,
	type CheckpointOptions,
	describeReport,
	fits,
	openCheckpoint,
	readJson,
	type Survey,
	surveyCheckpoint,
} from "./checkpoint.ts";
import { describeArchitecture } from "./describe-architecture.ts";
import { checkRange } from "./element-types.ts";
import { type EncoderTokenizer, MAX_TOKENIZER_BYTES, readEncoderTokenizer } from "./encoder-tokenizer.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { initialTensor } from "./initial-weights.ts";
import { LAYOUTS } from "./layouts.ts";
import { seededNormals, seededRandom } from "./seeded-random.ts";
import { familyOf, textEncoderOf } from "./text-encoders.ts";

export interface SourceOptions extends CheckpointOptions {
	/** Folder of a text encoder alone, which replaces that of the checkpoint. */
	readonly encoder?: string | undefined;
}

/** Of the rows that a grown vocabulary has more: BERT's `initializer_range`. */
const ROW_DEVIATION = 0.02;

/**
 * What an export reads: a checkpoint, or an encoder joined with the checkpoint's decoder, or with a random one where
 * there is no checkpoint.
 * @throws Failure `usage` when there is neither, or the two do not fit; else as `openCheckpoint`
 */
export function openSource(checkpoint: string | null, { encoder, ...options }: SourceOptions = {}): Checkpoint {
	if (encoder !== undefined) return openJoined(encoder, checkpoint, options);
	if (checkpoint === null)
		throw new Failure(
			"usage",
			"There is nothing to export: name a checkpoint, or a text encoder's folder with --encoder.",
		);
	return openCheckpoint(checkpoint, options);
}

function openJoined(encoderPath: string, checkpoint: string | null, options: CheckpointOptions): Checkpoint {
	const encoder = surveyCheckpoint(encoderPath);
	let decoder: Checkpoint | null = null;
	try {
		checkEncoder(encoder, encoderPath);
		const tokenizer = readTokenizer(encoder.folder);
		decoder = checkpoint === null ? null : openCheckpoint(checkpoint, options);
		return joinParts(encoder, decoder, tokenizer, options.seed ?? 0);
	} catch (error) {
		encoder.close();
		decoder?.close();
		throw error;
	}
}

function checkEncoder({ architecture, layout, report, file }: Survey, path: string): void {
	if (architecture.encoder_only !== true)
		throw new Failure(
			"usage",
			`${path} holds ${layout.title}: --encoder takes the folder of ${LAYOUTS.encoder.title}.`,
		);
	if (!fits(report))
		throw new Failure("checkpoint-tensors", `${file.name} does not fit config.json.\n${describeReport(report)}`);
}

function readTokenizer(folder: string): EncoderTokenizer {
	const path = join(folder, "tokenizer.json");
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) throw new Failure("checkpoint-format", "There is no tokenizer.json beside the checkpoint.");
	if (!stat.isFile() || stat.size > MAX_TOKENIZER_BYTES)
		throw new Failure("checkpoint-format", `tokenizer.json is larger than ${byteCount(MAX_TOKENIZER_BYTES)}.`);
	return readEncoderTokenizer(readFileSync(path), readJson(join(folder, "tokenizer_config.json")));
}

function joinParts(encoder: Survey, decoder: Checkpoint | null, tokenizer: EncoderTokenizer, seed: number): Checkpoint {
	const architecture = joinedArchitecture(encoder.architecture, decoder?.architecture ?? null, tokenizer);
	const expected = expectedTensors(architecture);
	const { d_model: d } = architecture;
	const [own, random] = [encoder.architecture.vocab_size, describeRandom(architecture)];
	const embeddings = (begin: number, end: number): Float32Array => {
		const out = new Float32Array(end - begin);
		if (begin < own * d) out.set(encoder.floats("shared.weight", begin, Math.min(end, own * d)));
		// Rows of their own numbers, whatever part is read.
		for (let row = Math.max(own, Math.floor(begin / d)); row * d < end; row++) {
			const values = seededNormals(d + (d % 2), ROW_DEVIATION, seededRandom(seed, `shared.weight, row ${row}`));
			const [from, to] = [Math.max(begin, row * d), Math.min(end, (row + 1) * d)];
			out.set(values.subarray(from - row * d, to - row * d), from - begin);
		}
		return out;
	};
	const floats = (name: string, begin = 0, end?: number): Float32Array => {
		if (name === "shared.weight") return embeddings(...checkRange(name, expected.get(name)!, begin, end));
		if (name.startsWith("encoder.")) return encoder.floats(name, begin, end);
		return (
			decoder?.floats(name, begin, end) ?? initialTensor(name, expected.get(name)!, architecture, seed, begin, end)
		);
	};
	const from = decoder === null ? random : `decoder: that of ${basename(resolve(decoder.folder))}`;
	const added = tokenizer.changed === null ? [] : [`tokenizer: <spot> added as ${tokenizer.separator}`];
	return {
		folder: encoder.folder,
		layout: "encoder",
		architecture,
		file: encoder.file,
		recognised: [...describeArchitecture(encoder.layout, architecture), from, ...added],
		...(tokenizer.changed && { tokenizer: tokenizer.changed }),
		...(decoder === null && { warning: `${random}: it was never trained, so its answers are meaningless.` }),
		floats,
		close: () => {
			encoder.close();
			decoder?.close();
		},
	};
}

function describeRandom({ num_decoder_layers: layers, num_heads, d_kv }: Architecture): string {
	return `The decoder is random (${layers} layers of ${num_heads} heads × ${d_kv})`;
}

/**
 * The decoder's settings with the encoder's: what the decoder's checkpoint learned of its own encoder's states
 * (prefilter, pairs, prompts) stays behind.
 */
function joinedArchitecture(
	encoder: Architecture,
	decoder: Architecture | null,
	tokenizer: EncoderTokenizer,
): Architecture {
	if (decoder !== null && decoder.d_model !== encoder.d_model)
		throw new Failure(
			"usage",
			`The encoder is ${encoder.d_model} wide and the decoder ${decoder.d_model}: only equal widths can be joined.`,
		);
	const { encoder_only: _, ...alone } = encoder;
	const { prefilter, pairs, pair_vote, marker_token_ids, relations, grounding, instructors, ...settings } =
		decoder ?? alone;
	const read = textEncoderOf(encoder);
	const text_encoder = familyOf(read).withStartToken(read, tokenizer.start);
	const joined = {
		...settings,
		vocab_size: Math.max(encoder.vocab_size, tokenizer.size),
		num_layers: encoder.num_layers,
		n_positions: encoder.n_positions,
		tie_word_embeddings: true,
		pad_token_id: tokenizer.pad,
		eos_token_id: tokenizer.end,
		decoder_start_token_id: tokenizer.pad,
		spot_token_id: tokenizer.separator,
		object_token_ids: [],
		text_encoder,
	};
	familyOf(text_encoder).check(joined, text_encoder);
	return joined;
}
