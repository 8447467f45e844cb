/** Goes in: a checkpoint folder or file. Comes out: its architecture and its weights, read one at a time; what is missing, misshapen or unused is reported together, by name. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "../../src/core/failure.ts";
import { type Architecture, expectedTensors, parseArchitecture } from "./architecture.ts";
import { locateTensorFile, openTensorFile, type TensorFile } from "./tensor-file.ts";

/** Settings and cards are small; a file that is not is a mistake, or worse. */
const JSON_LIMIT = 16 * 1024 * 1024;
/** Names the same storage has in some files, and counters nobody reads. */
const IGNORED = /^(encoder|decoder)\.embed_tokens\.weight$|\.num_batches_tracked$/;

export interface Checkpoint {
	readonly folder: string;
	readonly architecture: Architecture;
	readonly file: TensorFile;
	/** @returns the tensor as float32 @throws Failure `checkpoint-values` for NaN or infinity */
	floats(name: string): Float32Array;
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
	if (!stat.isFile() || stat.size > JSON_LIMIT) throw new Failure(code, `${path} is no file of at most ${JSON_LIMIT} bytes.`);
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (cause) {
		throw new Failure(code, `${path} is no JSON.`, { cause });
	}
}

export function compareTensors(architecture: Architecture, file: Pick<TensorFile, "tensors">): TensorReport {
	const expected = expectedTensors(architecture);
	const missing = [...expected.keys()].filter((name) => !file.tensors.has(name));
	const unused = [...file.tensors.keys()].filter(
		(name) => !expected.has(name) && !IGNORED.test(name) && !(name === "lm_head.weight" && architecture.tie_word_embeddings),
	);
	const misshapen = [...expected].flatMap(([name, shape]) => {
		const found = file.tensors.get(name)?.shape;
		return found === undefined || found.join() === shape.join() ? [] : [`${name}: expected [${shape}], found [${found}]`];
	});
	return { missing, misshapen, unused };
}

/** @throws Failure `checkpoint-tensors` that names every missing and misshapen tensor, and the unused ones beside them */
export function openCheckpoint(path: string): Checkpoint {
	const { folder, file: location } = locateCheckpoint(path);
	const architecture = parseArchitecture(readJson(join(folder, "config.json")));
	const file = openTensorFile(location);
	const report = compareTensors(architecture, file);
	if (report.missing.length + report.misshapen.length + report.unused.length > 0) {
		file.close();
		throw new Failure("checkpoint-tensors", `${file.name} does not fit config.json.\n${describeReport(report)}`);
	}
	const floats = (name: string): Float32Array => {
		const data = file.readFloats(name);
		const bad = firstNotFinite(data);
		if (bad !== -1) throw new Failure("checkpoint-values", `Tensor "${name}" holds ${data[bad]} at position ${bad}.`);
		return data;
	};
	return { folder, architecture, file, floats, close: () => file.close() };
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
	return [...section("missing", missing), ...section("wrong shape", misshapen), ...section("unused", unused)].join("\n");
}
