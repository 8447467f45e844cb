/** Writes the checkpoint of a bundle again, for exporter and trainer, and lists what could not come back. */
import {
	copyFileSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import type { Architecture } from "../checkpoint/architecture.ts";
import { describeReport, fits, surveyCheckpoint } from "../checkpoint/checkpoint.ts";
import { backboneConvolutions, expectedTensors } from "../checkpoint/expected-tensors.ts";
import { recogniseLayout } from "../checkpoint/layouts.ts";
import {
	openProposer,
	PROPOSER_FILE,
	PROPOSER_FORMAT,
	proposerConvolutions,
	proposerLayers,
	proposerTensors,
} from "../checkpoint/proposer.ts";
import { BACKBONE } from "../checkpoint/resnet.ts";
import { type Metadata, streamSafetensors, type TensorHead } from "../checkpoint/safetensors-writer.ts";
import { familyOf, textEncoderOf } from "../checkpoint/text-encoders.ts";
import { TOKENIZER_FILES } from "../export/export-bundle.ts";
import { toHalf } from "../graphs/precision-half.ts";
import { BundleFacts } from "./bundle-facts.ts";
import { deriveConfig } from "./derive-config.ts";
import { type DerivedProposer, deriveProposer } from "./derive-proposer.ts";
import { USUAL } from "./distances.ts";
import { knownShapes } from "./known-shapes.ts";
import type { Losses } from "./losses.ts";
import { cardOf, lossesOf, readme } from "./lost.ts";
import { openBundle } from "./open-bundle.ts";
import { findTensors, type ReadTensor, refuseUnused } from "./sources.ts";

/** Precision of the checkpoint. Only float32 keeps every number of every bundle. */
export const READ_BACK_DTYPES = ["fp32", "fp16"] as const;
type ReadBackDType = (typeof READ_BACK_DTYPES)[number];

/** Of a checkpoint of the authors' public code, which keeps its backbone apart. */
const BACKBONE_FILE = "backbone.safetensors";
/** Licences and notices travel with the weights. */
const NOTICES = /^(licen[cs]e|notice|copying)[\w.-]*$/i;

export interface ReadBackOptions {
	readonly dtype?: ReadBackDType;
	readonly onProgress?: (what: string, done: number, total: number) => void;
}

export interface ReadBackReport {
	/** Of the bundle. */
	readonly name: string;
	readonly from: Manifest["dtype"];
	readonly dtype: ReadBackDType;
	readonly tensors: number;
	readonly parameters: number;
	readonly files: readonly string[];
	/** What could not come back, in sentences for a person. */
	readonly lost: readonly string[];
}

/** A file of tensors to write. */
interface Weights {
	readonly file: string;
	readonly tensors: readonly ReadTensor[];
	readonly metadata: Metadata;
}

/** Everything that is known before a number is written. */
interface Plan {
	readonly manifest: Manifest;
	readonly config: unknown;
	readonly weights: readonly Weights[];
	readonly lost: readonly string[];
	/** Whether the export needs `--backbone`. */
	readonly backboneApart: boolean;
}

/**
 * @param output a new or an empty folder: a checkpoint that lies in it would be mixed with this one
 * @throws Failure `bundle-format` for a bundle our exporter does not write, `bundle-missing-file` and
 * `bundle-wrong-hash` naming files, `checkpoint-values` for numbers that are not finite, `usage` for a folder that
 * holds something
 */
export async function readBack(
	bundlePath: string,
	output: string,
	{ dtype = "fp32", onProgress = () => {} }: ReadBackOptions = {},
): Promise<ReadBackReport> {
	refuseFull(output);
	const bundle = await openBundle(bundlePath);
	let partial: string | null = null;
	try {
		const plan = planReadBack(new BundleFacts(bundle), dtype);
		mkdirSync(dirname(resolve(output)), { recursive: true });
		partial = mkdtempSync(`${resolve(output)}.partial-`);
		writeSmallFiles(plan, bundlePath, partial);
		writeWeights(plan, partial, dtype, onProgress);
		checkWritten(partial, plan);
		mkdirSync(output, { recursive: true });
		for (const name of readdirSync(partial)) renameSync(join(partial, name), join(output, name));
		const tensors = plan.weights.flatMap(({ tensors }) => tensors);
		return {
			name: bundle.manifest.name,
			from: bundle.manifest.dtype,
			dtype,
			tensors: tensors.length,
			parameters: tensors.reduce((sum, { shape }) => sum + elements(shape), 0),
			files: readdirSync(output).sort(),
			lost: plan.lost,
		};
	} finally {
		bundle.close();
		if (partial !== null) rmSync(partial, { recursive: true, force: true });
	}
}

function refuseFull(output: string): void {
	const stat = statSync(output, { throwIfNoEntry: false });
	if (stat === undefined || (stat.isDirectory() && readdirSync(output).length === 0)) return;
	throw new Failure(
		"usage",
		`${output} is not a new or empty folder. Choose one with --output, so that no files are mixed or lost.`,
	);
}

function planReadBack(facts: BundleFacts, dtype: ReadBackDType): Plan {
	const { manifest } = facts.bundle;
	const { config, unknown } = deriveConfig(facts);
	const { architecture } = recogniseLayout({ config, ...knownShapes(facts) });
	const proposer = deriveProposer(facts);
	const losses: Losses = new Map();
	const used = new Set<string>();
	const tensors = modelTensors(facts, architecture, losses, used);
	const apart = architecture.vision?.kind === "authors";
	const isBackbone = ({ name }: ReadTensor) => apart && name.startsWith(`${BACKBONE}.`);
	const backbone = tensors
		.filter(isBackbone)
		.map((tensor) => ({ ...tensor, name: tensor.name.slice(BACKBONE.length + 1) }));
	const metadata = { format: "pt", read_back_from: `${manifest.name} (${manifest.dtype})` };
	const weights = [
		{ file: "model.safetensors", tensors: tensors.filter((tensor) => !isBackbone(tensor)), metadata },
		...(apart ? [{ file: BACKBONE_FILE, tensors: backbone, metadata }] : []),
		...(proposer === null ? [] : [proposerWeights(facts, proposer, losses, used)]),
	];
	refuseUnused(facts, used);
	const lost = lossesOf({ manifest, dtype, losses, unknown, kindsKnown: proposer?.kindsKnown ?? true });
	const torch_dtype = dtype === "fp16" ? "float16" : "float32";
	return { manifest, config: { ...config, torch_dtype }, weights, lost, backboneApart: apart };
}

function modelTensors(
	facts: BundleFacts,
	architecture: Architecture,
	losses: Losses,
	used: Set<string>,
): readonly ReadTensor[] {
	const relative = {
		buckets: architecture.relative_attention_num_buckets,
		maxDistance: architecture.relative_attention_max_distance,
	};
	const convolutions = architecture.vision === null ? [] : backboneConvolutions(architecture.vision);
	const expected = expectedTensors(architecture);
	const encoder = textEncoderOf(architecture);
	const positions = familyOf(encoder).positions(encoder);
	return findTensors(
		{ facts, expected, convolutions, heads: architecture.num_heads, buckets: relative, positions, losses },
		used,
	);
}

function proposerWeights(facts: BundleFacts, { plan }: DerivedProposer, losses: Losses, used: Set<string>): Weights {
	const convolutions = proposerConvolutions(proposerLayers(plan));
	const tensors = findTensors(
		{ facts, expected: proposerTensors(plan), convolutions, heads: 1, buckets: USUAL, positions: null, losses },
		used,
	);
	return { file: PROPOSER_FILE, tensors, metadata: { format: PROPOSER_FORMAT, network: JSON.stringify(plan) } };
}

function writeSmallFiles({ manifest, config, lost, backboneApart }: Plan, bundle: string, folder: string): void {
	const notices = Object.keys(manifest.files).filter((path) => NOTICES.test(path));
	for (const name of [...TOKENIZER_FILES, ...notices]) {
		if (!Object.hasOwn(manifest.files, name)) throw new Failure("bundle-format", `umie.json does not list ${name}.`);
		copyFileSync(join(bundle, name), join(folder, name));
	}
	const json = (value: unknown) => `${JSON.stringify(value, null, "\t")}\n`;
	writeFileSync(join(folder, "config.json"), json(config));
	writeFileSync(join(folder, "card.json"), json(cardOf(manifest)));
	writeFileSync(join(folder, "README.md"), readme(manifest, lost, backboneApart));
}

function writeWeights(
	{ weights }: Plan,
	folder: string,
	dtype: ReadBackDType,
	onProgress: NonNullable<ReadBackOptions["onProgress"]>,
): void {
	const total = weights.reduce((sum, { tensors }) => sum + tensors.length, 0);
	let done = 0;
	for (const { file, tensors, metadata } of weights) {
		const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
		const heads = tensors.map(
			({ name, shape }): TensorHead => ({ name, shape, dtype: dtype === "fp16" ? "float16" : "float32" }),
		);
		const make = function* (name: string) {
			onProgress(name, done++, total);
			for (const piece of byName.get(name)!.make()) {
				refuseInfinite(piece, name);
				yield dtype === "fp16" ? toHalf(piece, name) : piece;
			}
		};
		streamSafetensors(join(folder, file), heads, make, metadata);
	}
}

/** A plain loop: x − x is 0, but NaN for NaN and for infinity. */
function refuseInfinite(data: Float32Array, name: string): void {
	for (let i = 0; i < data.length; i++)
		if (data[i]! - data[i]! !== 0) throw new Failure("checkpoint-values", `The bundle's "${name}" holds ${data[i]}.`);
}

/** What was written must be what the exporter reads. */
function checkWritten(folder: string, { weights, backboneApart }: Plan): void {
	const survey = surveyCheckpoint(folder, backboneApart ? { backbone: join(folder, BACKBONE_FILE) } : {});
	survey.close();
	if (!fits(survey.report))
		throw new Error(`what was read back does not fit its config.json: ${describeReport(survey.report)}`);
	if (weights.some(({ file }) => file === PROPOSER_FILE)) openProposer(join(folder, PROPOSER_FILE)).close();
}

function elements(shape: readonly number[]): number {
	return shape.reduce((product, dim) => product * dim, 1);
}
