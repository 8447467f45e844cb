/**
 * Exports a checkpoint as a bundle folder (umie.json, tokenizer, graphs, weights), with one tensor in memory at a time.
 */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
	type GraphEntry,
	type GraphRole,
	type Manifest,
	type ModelConfig,
	type ProposerConfig,
	parseManifest,
} from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_BUNDLE_FILE_BYTES } from "../../../src/core/limits.ts";
import { instructorsWith } from "../../../src/tasks/defaults.ts";
import { cannotWrite, isSystemError } from "../../node/files/write-whole.ts";
import type { Architecture, Vision } from "../checkpoint/architecture.ts";
import { type Checkpoint, readJson } from "../checkpoint/checkpoint.ts";
import { configOf } from "../checkpoint/config-of.ts";
import { parseTokenizer } from "../checkpoint/encoder-tokenizer.ts";
import { openSource, type SourceOptions } from "../checkpoint/joined.ts";
import {
	findProposer,
	openProposer,
	PROPOSER_STRIDE,
	type ProposerCheckpoint,
	type ProposerPlan,
} from "../checkpoint/proposer.ts";
import { tokenizerFromSpiece } from "../checkpoint/spiece.ts";
import { DEFAULT_TEXT_ENCODER, familyOf, textEncoderOf } from "../checkpoint/text-encoders.ts";
import { type BuiltGraph, buildGraph, rolesWith } from "../graphs/bundle-graphs.ts";
import { Decisions } from "../graphs/decisions.ts";
import type { Target } from "../graphs/precision.ts";
import { MAX_POSITIONS, MAX_STEP_TOKENS } from "../graphs/relative-bias.ts";
import type { EmbeddingBlock, EmbeddingDType } from "../graphs/vocabulary.ts";
import { WeightStore } from "../onnx/weights.ts";
import { checkEmbeddings, settleDType, type WantedDType } from "./auto-dtype.ts";
import { type Card, parseCard } from "./card.ts";
import { findSeparator, tokenizerMisfit } from "./separator.ts";

export interface ExportOptions extends SourceOptions {
	readonly dtype: WantedDType;
	/** Of the vocabulary's table where `dtype` is int8 or int4 (default int8). */
	readonly embeddings?: EmbeddingDType | undefined;
	/** Numbers of a 4-bit row that share a scale; absent: what the checkpoint was trained with, or the default. */
	readonly embeddingBlock?: EmbeddingBlock | undefined;
	/** Products whose weights' names match keep float activations on WASM. */
	readonly floatActivations?: RegExp | undefined;
	readonly card?: unknown;
	/** File of a trained region proposer; without it the one beside the checkpoint, if there is one. */
	readonly proposer?: string | undefined;
	/** Also outputs the values between, for comparing with a reference. */
	readonly inspect?: boolean;
	/** Most bytes of a weight file; larger tensors are split. */
	readonly maxFileBytes?: number;
	readonly onProgress?: (step: string, done: number, total: number) => void;
	/** Hears what was recognised in the checkpoint, in lines for a person. */
	readonly onRecognised?: (lines: readonly string[]) => void;
	/** Hears which weights are not stored as `dtype` says, and why, in lines for a person. */
	readonly onNotes?: (lines: readonly string[]) => void;
}

export const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json"] as const;

/**
 * Writes the bundle beside `output` first and moves it there when it is whole: a failed export leaves what was there.
 * @param checkpointPath null: the encoder that the options name is joined with a random decoder
 * @returns the manifest
 */
export function exportBundle(checkpointPath: string | null, output: string, options: ExportOptions): Manifest {
	const target = statSync(output, { throwIfNoEntry: false });
	if (target !== undefined && !target.isDirectory())
		throw new Failure("usage", `${output} is a file: the bundle needs a folder.`);
	const checkpoint = openSource(checkpointPath, options);
	let proposer: ProposerCheckpoint | null = null;
	let partial: string | null = null;
	try {
		const proposerPath = findProposer(checkpoint.folder, options.proposer);
		proposer = proposerPath === null ? null : openProposer(proposerPath);
		const found =
			proposer === null
				? []
				: [`region proposer: ${describeKinds(proposer.plan)} in pictures of ${proposer.plan.image_size} pixels`];
		options.onRecognised?.([...checkpoint.recognised, ...found]);
		mkdirSync(dirname(resolve(output)), { recursive: true });
		partial = mkdtempSync(`${resolve(output)}.partial-`);
		const manifest = writeBundle(checkpoint, proposer, partial, options);
		publish(partial, output, manifest);
		return manifest;
	} catch (error) {
		throw isSystemError(error) ? cannotWrite(output, error) : error;
	} finally {
		checkpoint.close();
		proposer?.close();
		if (partial !== null) rmSync(partial, { recursive: true, force: true });
	}
}

const describeKinds = ({ kinds }: ProposerPlan): string => [...new Set(Object.values(kinds))].join(", ");

function writeBundle(
	checkpoint: Checkpoint,
	proposer: ProposerCheckpoint | null,
	folder: string,
	{
		dtype: wanted,
		embeddings = "int8",
		embeddingBlock,
		floatActivations,
		card: json = {},
		inspect = false,
		maxFileBytes = MAX_BUNDLE_FILE_BYTES,
		onProgress = () => {},
		onNotes = () => {},
	}: ExportOptions,
): Manifest {
	const card = parseCard(json);
	const dtype = settleDType(wanted, checkpoint.architecture);
	checkEmbeddings(dtype, embeddings);
	const store = new WeightStore(folder, { maxFileBytes });
	const files: Record<string, { bytes: number; sha256: string }> = {};
	const write = (path: string, bytes: Uint8Array) => {
		writeFileSync(join(folder, path), bytes);
		files[path] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
	};
	const graphs: Partial<Record<GraphRole, GraphEntry>> = {};
	const tokenizer = tokenizerFiles(checkpoint);
	const { spot_token_id: spot } = checkpoint.architecture;
	const pieces = parseTokenizer(tokenizer[0]![1]);
	const misfit = tokenizerMisfit(pieces, checkpoint.architecture.vocab_size);
	if (misfit !== null) throw new Failure("vocabulary-mismatch", misfit);
	const model = modelConfig(checkpoint.architecture, spot ?? findSeparator(pieces));
	const config = proposer === null ? model : { ...model, proposer: proposerConfig(proposer.plan) };
	const roles = rolesWith(checkpoint.architecture, proposer?.plan);
	const decisions = new Decisions();
	try {
		for (const [index, role] of roles.entries()) {
			onProgress(role, index, roles.length);
			const own =
				role === "region_proposer" ? { weights: proposer!, proposer: proposer!.plan } : { weights: checkpoint };
			const common = {
				architecture: checkpoint.architecture,
				store,
				dtype,
				embeddings,
				embeddingBlock,
				floatActivations,
				inspect,
				decisions,
			};
			const build = (target: Target) => buildGraph(role, { ...common, ...own, target });
			graphs[role] = writeGraph(role, build("wasm"), build("webgpu"), write);
		}
	} finally {
		for (const [path, file] of store.finish()) files[path] = file;
	}
	for (const [name, bytes] of tokenizer) write(name, bytes);
	const kept = {
		// What is read back must be cut the same when it is exported again.
		config: configOf({
			...checkpoint.architecture,
			...(embeddings === "int4" && embeddingBlock && { embedding_block: embeddingBlock }),
		}),
		...(proposer !== null && { proposer_kinds: proposer.plan.kinds }),
		...(floatActivations !== undefined && { float_activations: floatActivations.source }),
	};
	const bits = embeddings === "int4" ? { embeddings } : {};
	const manifest = parseManifest(
		makeManifest(checkpoint, card, { config, dtype, ...bits, graphs, files, checkpoint: kept }),
	);
	writeManifest(folder, manifest);
	onNotes([...(checkpoint.warning === undefined ? [] : [checkpoint.warning]), ...decisions.notes]);
	onProgress("done", roles.length, roles.length);
	return manifest;
}

export function writeManifest(folder: string, manifest: Manifest): void {
	writeFileSync(join(folder, "umie.json"), `${JSON.stringify(manifest, null, "\t")}\n`);
}

/** One file where both backends are served by the same graph. */
function writeGraph(
	role: GraphRole,
	wasm: BuiltGraph,
	webgpu: BuiltGraph,
	write: (path: string, bytes: Uint8Array) => void,
): GraphEntry {
	write(`${role}.onnx`, wasm.model);
	const entry = {
		file: `${role}.onnx`,
		inputs: [...wasm.inputs],
		outputs: [...wasm.outputs],
		weights: [...wasm.weights],
	};
	if (Buffer.compare(wasm.model, webgpu.model) === 0) return entry;
	write(`${role}.webgpu.onnx`, webgpu.model);
	return { ...entry, webgpu: `${role}.webgpu.onnx` };
}

/** The tokenizer's files, in the order of `TOKENIZER_FILES`; made from spiece.model where they are missing. */
function tokenizerFiles({ architecture, folder, tokenizer }: Checkpoint) {
	const made = tokenizerFromSpiece(folder, architecture.vocab_size);
	return TOKENIZER_FILES.map((name) => {
		if (name === "tokenizer.json") {
			const own = tokenizer ?? (made && Buffer.from(JSON.stringify(made.tokenizer)));
			return [name, own ?? readTokenizerFile(folder, name)] as const;
		}
		const settings = made !== null && !existsSync(join(folder, name));
		return [name, settings ? Buffer.from(JSON.stringify(made.settings)) : readTokenizerFile(folder, name)] as const;
	});
}

function readTokenizerFile(folder: string, name: string): Uint8Array {
	const path = join(folder, name);
	if (!existsSync(path)) throw new Failure("checkpoint-format", `There is no ${name} beside the checkpoint.`);
	return readFileSync(path);
}

function makeManifest(
	{ architecture: a, folder, warning }: Checkpoint,
	card: Card,
	made: Pick<Manifest, "config" | "dtype" | "embeddings" | "graphs" | "files" | "checkpoint">,
): Manifest {
	const description = [card.description, warning].filter((part) => part !== undefined).join(" ");
	return {
		format: "umie-bundle/1",
		name: card.name ?? basename(resolve(folder)),
		...(description !== "" && { description }),
		...made,
		files: Object.fromEntries(Object.entries(made.files).sort(([x], [y]) => (x < y ? -1 : 1))),
		languages: card.languages,
		license: card.license,
		trained_on: card.trained_on,
		metrics: card.metrics,
		// How it was trained; a card that knows better has the last word.
		instructors: {
			...(a.relations && { relations: a.relations }),
			...(a.grounding && { grounding: a.grounding }),
			...(card.instructors ?? instructorsWith(a.instructors)),
		},
		vision: a.vision === null ? "none" : a.vision.trained ? "trained" : "untrained",
		...(card.tasks === undefined ? {} : { tasks: card.tasks }),
	};
}

/**
 * Tokens that a text may have: what the model was made for, what the graphs' tables serve, and what the encoder has
 * positions for.
 */
function longestInput(a: Omit<Architecture, "vision">): number {
	const encoder = textEncoderOf(a);
	return Math.min(a.n_positions, MAX_POSITIONS, familyOf(encoder).maxTokens(encoder));
}

function modelConfig({ vision, prefilter, ...a }: Architecture, spot: number): ModelConfig {
	const encoder = textEncoderOf(a).kind;
	return {
		vocab_size: a.vocab_size,
		d_model: a.d_model,
		d_kv: a.d_kv,
		num_heads: a.num_heads,
		d_ff: a.d_ff,
		num_layers: a.num_layers,
		num_decoder_layers: a.num_decoder_layers,
		pad_token_id: a.pad_token_id,
		eos_token_id: a.eos_token_id,
		decoder_start_token_id: a.decoder_start_token_id,
		spot_token_id: spot,
		object_token_ids: [...a.object_token_ids],
		max_input: longestInput(a),
		max_step_tokens: MAX_STEP_TOKENS,
		visual: vision === null ? null : visualConfig(vision),
		gate: vision === null ? null : { negative_slope: vision.gate.negative_slope, projections: vision.gate.projections },
		// The former name, which the format keeps.
		...(prefilter && { screen: { related: prefilter.related, eventful: prefilter.eventful } }),
		...(encoder !== DEFAULT_TEXT_ENCODER && { text_encoder: encoder }),
		...(a.copying && { copying: true }),
		...(a.marker_token_ids && { marker_token_ids: a.marker_token_ids }),
		...(a.pairs && { pair_relations: [...a.pairs.relations] }),
		...(a.pairs && a.pair_vote !== undefined && { pair_vote: a.pair_vote }),
	};
}

function proposerConfig({ image_size, image_mean, image_std, kinds, threshold }: ProposerPlan): ProposerConfig {
	return {
		image_size,
		image_mean: [...image_mean],
		image_std: [...image_std],
		stride: PROPOSER_STRIDE,
		kinds: Object.values(kinds),
		threshold,
	};
}

function visualConfig({ backbone, ...vision }: Vision): ModelConfig["visual"] {
	return {
		image_size: vision.image_size,
		image_mean: [...vision.image_mean],
		image_std: [...vision.image_std],
		max_objects: vision.max_objects,
		d_v: vision.d_v,
		depths: [...backbone.depths],
		width: backbone.width,
	};
}

/** Moves the files over, umie.json last, and removes files that only the bundle before had. */
function publish(partial: string, output: string, manifest: Manifest): void {
	mkdirSync(output, { recursive: true });
	for (const path of filesBefore(output))
		if (!Object.hasOwn(manifest.files, path)) rmSync(join(output, path), { force: true });
	for (const path of [...Object.keys(manifest.files), "umie.json"]) renameSync(join(partial, path), join(output, path));
}

/**
 * What lies in the folder by its own manifest; nothing where that is absent or not understood: a file of someone else
 * is never removed.
 */
function filesBefore(folder: string): readonly string[] {
	const path = join(folder, "umie.json");
	try {
		return existsSync(path) ? Object.keys(parseManifest(readJson(path)).files) : [];
	} catch {
		return [];
	}
}
