/** Plans an export without reading a weight: the files it would write and the memory it would take. */

import { MAX_BUNDLE_BYTES, MAX_BUNDLE_FILE_BYTES } from "../../../src/core/limits.ts";
import type { Architecture } from "../checkpoint/architecture.ts";
import { parametersOf } from "../checkpoint/expected-tensors.ts";
import type { ProposerPlan } from "../checkpoint/proposer.ts";
import { seededNormals, seededRandom } from "../checkpoint/seeded-random.ts";
import { buildGraph, rolesWith } from "../graphs/bundle-graphs.ts";
import { Decisions, Remembered } from "../graphs/decisions.ts";
import type { Target } from "../graphs/precision.ts";
import type { Blocks } from "../graphs/precision-int4.ts";
import type { EmbeddingBlock, EmbeddingDType } from "../graphs/vocabulary.ts";
import { WeightStore } from "../onnx/weights.ts";
import { checkEmbeddings, settleDType, type WantedDType } from "./auto-dtype.ts";

export interface Plan {
	readonly dtype: string;
	readonly parameters: number;
	/** Graphs and weights; tokenizer and umie.json come on top. */
	readonly files: ReadonlyArray<{ readonly path: string; readonly bytes: number }>;
	readonly bytes: number;
	/** Of the exporter, about: measured for FLAN-T5 small to XL, where it does not grow. */
	readonly peakBytes: number;
	/** What stands against using it, in sentences for a person. */
	readonly notes: readonly string[];
}

/** tools/bench/results/export.csv. */
const PEAK_BYTES = 380e6;
const WASM_BYTES = 4 * 1024 ** 3;

/**
 * What the first weight needs is taken for all: weights of a model are of a kind, and measuring each would take the
 * time of an export.
 */
class FirstForAll<T> extends Remembered<T> {
	override of(_: string, decide: () => T): T {
		return super.of("", decide);
	}
}

class PlannedDecisions extends Decisions {
	override readonly blocks = new FirstForAll<Blocks | null>();
	override readonly tables = new FirstForAll<Blocks | null>();
	override readonly exponents = new FirstForAll<number>();
}

/** Normal numbers: 4-bit blocks are chosen as for most weights. */
const NORMALS = { floats: (name: string, begin = 0, end = 0) => seededNormals(end - begin, 1, seededRandom(0, name)) };

export interface PlanOptions {
	/** Most bytes of a weight file. */
	readonly maxFileBytes?: number;
	readonly proposer?: ProposerPlan | undefined;
	readonly embeddings?: EmbeddingDType | undefined;
	readonly embeddingBlock?: EmbeddingBlock | undefined;
}

/** Sizes are exact, but for int4: there real weights choose their blocks one by one. */
export function planExport(
	architecture: Architecture,
	wanted: WantedDType,
	{ maxFileBytes = MAX_BUNDLE_FILE_BYTES, proposer, embeddings = "int8", embeddingBlock }: PlanOptions = {},
): Plan {
	const dtype = settleDType(wanted, architecture);
	checkEmbeddings(dtype, embeddings);
	const store = new WeightStore("", { maxFileBytes, planned: true });
	const decisions = new PlannedDecisions();
	const own = proposer === undefined ? {} : { proposer };
	const graphs = rolesWith(architecture, proposer).flatMap((role) => {
		const options = {
			architecture,
			weights: NORMALS,
			store,
			dtype,
			embeddings,
			embeddingBlock,
			inspect: false,
			decisions,
			...own,
		};
		const build = (target: Target) => buildGraph(role, { ...options, target }).model;
		const [wasm, webgpu] = [build("wasm"), build("webgpu")];
		const other = Buffer.compare(wasm, webgpu) === 0 ? [] : [{ path: `${role}.webgpu.onnx`, bytes: webgpu.length }];
		return [{ path: `${role}.onnx`, bytes: wasm.length }, ...other];
	});
	const files = [...graphs, ...[...store.finish()].map(([path, { bytes }]) => ({ path, bytes }))].sort((a, b) =>
		a.path < b.path ? -1 : 1,
	);
	const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
	return { dtype, parameters: parametersOf(architecture), files, bytes, peakBytes: PEAK_BYTES, notes: notesOn(bytes) };
}

function notesOn(bytes: number): string[] {
	if (bytes > MAX_BUNDLE_BYTES)
		return [`a bundle has at most ${MAX_BUNDLE_BYTES / 1024 ** 3} GiB: choose a smaller precision`];
	return bytes > WASM_BYTES ? ["WASM addresses 4 GiB: it will not open there"] : [];
}

/** For a terminal. */
export function describePlan({ dtype, parameters, files, bytes, peakBytes, notes }: Plan): string {
	const megabytes = (count: number) => `${(count / 1e6).toFixed(count < 1e7 ? 2 : 0)} MB`;
	return [
		...files.map((file) => `${file.path}  ${megabytes(file.bytes)}`),
		`${(parameters / 1e6).toFixed(0)} M weights as ${dtype}: ${files.length} files, ${megabytes(bytes)}; about ` +
			`${megabytes(peakBytes)} of memory`,
		...notes,
	].join("\n");
}
