/**
 * Opens a checkpoint folder or file: its architecture and its weights, read one at a time. Tensors that are missing,
 * misshapen or unused are reported together, by name.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import { withAdapter } from "./adapter.ts";
import type { Architecture } from "./architecture.ts";
import { describeArchitecture } from "./describe-architecture.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { refuseAdapterAlone, refuseFamily } from "./families.ts";
import { EMBEDDINGS, settleHead } from "./head.ts";
import { initialTensor } from "./initial-weights.ts";
import type { Layout, LayoutName } from "./layout.ts";
import { recogniseLayout } from "./layouts.ts";
import { locateTensorFile, openTensorFile } from "./open-tensor-file.ts";
import { BACKBONE } from "./resnet.ts";
import { parseBoundedJson } from "./strict-json.ts";
import type { TensorFile } from "./tensor-file.ts";

/** Settings and cards are small; a file that is not is a mistake, or worse. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** Names the same storage has in some files, and counters that are not used. */
const IGNORED = /^(encoder|decoder)\.embed_tokens\.weight$|\.num_batches_tracked$/;
/** A ResNet by itself still has its classifier; CLIP has its text side. */
const IGNORED_IN_BACKBONE = /^fc\.|\.num_batches_tracked$/;

export interface CheckpointOptions {
	/** File of a ResNet for a checkpoint that has none. */
	readonly backbone?: string | undefined;
	/** Folder of a LoRA adapter that is merged into the weights. */
	readonly adapter?: string | undefined;
	/** Of the weights that no file has. */
	readonly seed?: number;
}

export interface Checkpoint {
	readonly folder: string;
	readonly layout: LayoutName;
	readonly architecture: Architecture;
	/** The file that was named; of a joined checkpoint its encoder's. */
	readonly file: TensorFile;
	/** tokenizer.json where it is not the one in the folder, but one with further pieces. */
	readonly tokenizer?: Uint8Array;
	/** What users of a bundle must be told of it. */
	readonly warning?: string;
	/** What was recognised, in lines for a person. */
	readonly recognised: readonly string[];
	/**
	 * @returns elements `begin` to `end` of the tensor (all unless told otherwise) as float32
	 * @throws Failure `checkpoint-values` for NaN or infinity
	 */
	floats(name: string, begin?: number, end?: number): Float32Array;
	close(): void;
}

export interface TensorReport {
	readonly missing: readonly string[];
	/** "name: expected [a], found [b]" */
	readonly misshapen: readonly string[];
	readonly unused: readonly string[];
}

/** The file and the folder a person meant. */
export function locateCheckpoint(path: string): { readonly folder: string; readonly file: string } {
	const file = locateTensorFile(path);
	return { folder: file === path ? dirname(path) : path, file };
}

export function readJson(path: string, code: "checkpoint-format" | "input-unreadable" = "checkpoint-format"): unknown {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) throw new Failure(code, `There is no ${path}.`);
	if (!stat.isFile() || stat.size > MAX_JSON_BYTES)
		throw new Failure(code, `${path} is not a file, or is larger than ${MAX_JSON_BYTES / 2 ** 20} MiB.`);
	return parseBoundedJson(readFileSync(path), path, { code });
}

/** A checkpoint and its backbone, open, recognised and compared; `report` says whether they fit. */
export interface Survey {
	readonly folder: string;
	readonly file: TensorFile;
	readonly name: LayoutName;
	readonly layout: Layout;
	readonly architecture: Architecture;
	readonly expected: ReadonlyMap<string, readonly number[]>;
	readonly recognised: readonly string[];
	readonly report: TensorReport;
	/** Where config.json and the file say different things. */
	readonly warnings: readonly string[];
	/** Where a tensor of the graphs lies; null: in no file. */
	origin(name: string): Origin | null;
	/** Elements of a tensor that is in a file. @throws Failure `checkpoint-values` for NaN or infinity */
	floats(name: string, begin?: number, end?: number): Float32Array;
	close(): void;
}

interface Origin {
	readonly file: TensorFile;
	readonly name: string;
}

/** A backbone's tensors by the names a ResNet has by itself: CLIP's file calls them `visual.*` and holds much else. */
interface Backbone {
	readonly file: TensorFile;
	readonly prefix: string;
	readonly tensors: TensorFile["tensors"];
}

function openBackbone(path: string): Backbone {
	const file = openTensorFile(path);
	const prefix = file.tensors.has("visual.conv1.weight") ? "visual." : "";
	const own = [...file.tensors]
		.filter(([name]) => name.startsWith(prefix))
		.map(([name, entry]) => [name.slice(prefix.length), entry] as const);
	return { file, prefix, tensors: new Map(own) };
}

/**
 * Opens, recognises and compares. The caller must close it.
 * @throws Failure `checkpoint-format` for settings that mean nothing, `usage` for a backbone that cannot be used, and
 * as `openTensorFile`
 */
export function surveyCheckpoint(path: string, { backbone: backbonePath, adapter }: CheckpointOptions = {}): Survey {
	const { folder, file: location } = locateCheckpoint(path);
	refuseAdapterAlone(folder);
	const config = readJson(join(folder, "config.json"));
	const plain = openTensorFile(location);
	let file = plain;
	let backbone: Backbone | null = null;
	const close = () => {
		file.close();
		backbone?.file.close();
	};
	try {
		if (adapter !== undefined) file = withAdapter(plain, adapter);
		backbone = backbonePath === undefined ? null : openBackbone(backbonePath);
		refuseFamily(folder, config, file.tensors);
		const { name, layout, ...found } = recogniseLayout({
			config,
			tensors: file.tensors,
			backbone: backbone?.tensors ?? null,
		});
		const { architecture, warnings } = settleHead(found.architecture, config, file);
		if (backbone !== null && layout.backbone === null)
			throw new Failure("usage", `${file.name} has a backbone of its own (${layout.title}): leave --backbone out.`);
		const expected = expectedTensors(architecture);
		const origin = originIn(file, backbone, layout);
		const report = compareTensors(expected, { file, backbone, layout, architecture, origin });
		const waiting =
			backbone === null && layout.backbone !== null
				? [`backbone: not given; --backbone FILE with ${layout.backbone}`]
				: [];
		return {
			folder,
			file,
			name,
			layout,
			architecture,
			expected,
			recognised: [...describeArchitecture(layout, architecture), ...waiting, ...warnings.map(warned)],
			warnings,
			report,
			origin,
			floats: (tensor, begin, end) => finiteFloats(origin(tensor)!, tensor, begin, end),
			close,
		};
	} catch (error) {
		close();
		throw error;
	}
}

/** As a line of what was recognised. */
const warned = (warning: string): string => `warning: ${warning}`;

function originIn(
	file: TensorFile,
	backbone: Backbone | null,
	{ backbone: wanted, fileName }: Layout,
): Survey["origin"] {
	return (name) => {
		if (wanted !== null && name.startsWith(`${BACKBONE}.`)) {
			const inner = name.slice(BACKBONE.length + 1);
			return backbone?.tensors.has(inner) ? { file: backbone.file, name: `${backbone.prefix}${inner}` } : null;
		}
		const own = fileName?.(name, file.tensors) ?? name;
		const names = own === "shared.weight" ? EMBEDDINGS : [own];
		const found = names.find((candidate) => file.tensors.has(candidate));
		return found === undefined ? null : { file, name: found };
	};
}

function compareTensors(
	expected: Survey["expected"],
	{
		file,
		backbone,
		layout,
		architecture,
		origin,
	}: Pick<Survey, "file" | "layout" | "architecture" | "origin"> & { readonly backbone: Backbone | null },
): TensorReport {
	// A backbone that is yet to be given is not missing tensor by tensor.
	const absent = (name: string) =>
		!layout.initial.test(name) && !(layout.backbone !== null && backbone === null && name.startsWith(`${BACKBONE}.`));
	const missing = [...expected.keys()].filter((name) => origin(name) === null && absent(name));
	const ignored = (name: string) =>
		IGNORED.test(name) || layout.ignored.test(name) || (name === "lm_head.weight" && architecture.tie_word_embeddings);
	const used = new Set([...expected.keys()].map((name) => layout.fileName?.(name, file.tensors) ?? name));
	const unused = [...file.tensors.keys()].filter((name) => !used.has(name) && !ignored(name));
	const unusedOfBackbone = [...(backbone?.tensors.keys() ?? [])].filter(
		(name) => !expected.has(`${BACKBONE}.${name}`) && !IGNORED_IN_BACKBONE.test(name),
	);
	const misshapen = [...expected].flatMap(([name, shape]) => {
		const at = origin(name);
		const found = at?.file.tensors.get(at.name)?.shape;
		return found === undefined || found.join() === shape.join()
			? []
			: [`${name}: expected [${shape}], found [${found}]`];
	});
	return { missing, misshapen, unused: [...unused, ...unusedOfBackbone] };
}

/** Whether nothing is missing, misshapen or left over. */
export function fits({ missing, misshapen, unused }: TensorReport): boolean {
	return missing.length + misshapen.length + unused.length === 0;
}

/**
 * @throws Failure `checkpoint-tensors` that names every missing and misshapen tensor, and the unused ones beside them
 */
export function openCheckpoint(path: string, options: CheckpointOptions = {}): Checkpoint {
	const survey = surveyCheckpoint(path, options);
	const { folder, file, name: layout, architecture, recognised, expected, origin, close } = survey;
	try {
		if (!fits(survey.report))
			throw new Failure(
				"checkpoint-tensors",
				[`${file.name} does not fit config.json.`, ...survey.warnings, describeReport(survey.report)].join("\n"),
			);
		if (architecture.encoder_only === true)
			throw new Failure(
				"usage",
				`${folder} holds a text encoder alone: join it with a decoder by --encoder ${folder} [--checkpoint DECODER].`,
			);
		if (survey.layout.backbone !== null && options.backbone === undefined)
			throw new Failure(
				"usage",
				`${file.name} holds no backbone: name the file of ${survey.layout.backbone} with --backbone.`,
			);
	} catch (error) {
		close();
		throw error;
	}
	const floats = (name: string, begin = 0, end?: number): Float32Array => {
		if (origin(name) === null)
			return initialTensor(name, expected.get(name)!, architecture, options.seed ?? 0, begin, end);
		return survey.floats(name, begin, end);
	};
	return { folder, layout, architecture, file, recognised, floats, close };
}

function finiteFloats({ file, name: own }: Origin, name: string, begin = 0, end?: number): Float32Array {
	const data = file.readFloats(own, begin, end);
	const bad = firstNotFinite(data);
	if (bad !== -1)
		throw new Failure("checkpoint-values", `Tensor "${name}" holds ${data[bad]} at position ${begin + bad}.`);
	return data;
}

/** A plain loop: a callback per weight costs seconds per GB. @returns -1 if there is none */
function firstNotFinite(data: Float32Array): number {
	// x − x is 0, but NaN for NaN and for infinity.
	for (let i = 0; i < data.length; i++) if (data[i]! - data[i]! !== 0) return i;
	return -1;
}

export function describeReport({ missing, misshapen, unused }: TensorReport): string {
	const section = (title: string, names: readonly string[]) =>
		names.length === 0 ? [] : [`${title} (${names.length}):`, ...names.map((name) => `  ${name}`)];
	return [...section("missing", missing), ...section("wrong shape", misshapen), ...section("unused", unused)].join(
		"\n",
	);
}
