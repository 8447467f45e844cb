/** Opens the engine's own sessions over a bundle folder, on WASM in Node. For tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-web";
import {
	type GraphRole,
	type GraphTarget,
	graphFile,
	type Manifest,
	parseManifest,
} from "../../../src/bundle/manifest.ts";
import { DEVICES } from "../../../workers/devices/devices.ts";
import { type Feeds, GraphSessions, type ObservedRun } from "../../../workers/model/sessions.ts";
import { loadNodeRuntime } from "../../node/engine/node-engine.ts";
import { readJson } from "../checkpoint/checkpoint.ts";

const DEVICE = { name: "wasm", reason: "test", threads: 1, adapter: null } as const;

export interface SessionsOptions {
	/** "webgpu" opens the graphs shaped for WebGPU; they run on WASM as well. */
	readonly target?: GraphTarget;
	readonly observe?: (run: ObservedRun) => void;
}

export async function openSessions(
	folder: string,
	{ target = "wasm", observe }: SessionsOptions = {},
): Promise<GraphSessions> {
	const manifest = parseManifest(readJson(join(folder, "umie.json")));
	const ort = await loadNodeRuntime();
	return new GraphSessions({
		ort,
		manifest: { ...manifest, graphs: graphsFor(manifest, target) },
		device: DEVICE,
		hardware: await DEVICES.wasm.open(),
		...(observe === undefined ? {} : { observe }),
		load: async (roles) =>
			new Map(
				roles.flatMap((role) =>
					filesOf(manifest, role).map((path) => [path, new Uint8Array(readFileSync(join(folder, path)))] as const),
				),
			),
	});
}

function graphsFor({ graphs }: Manifest, target: GraphTarget): Manifest["graphs"] {
	return Object.fromEntries(
		Object.entries(graphs).map(([role, entry]) => [role, { ...entry, file: graphFile(entry, target) }]),
	);
}

function filesOf({ graphs }: Manifest, role: GraphRole): string[] {
	const { file, webgpu, weights } = graphs[role]!;
	return [file, ...(webgpu === undefined ? [] : [webgpu]), ...weights];
}

/** Tensors out of numbers: `ints([1, 2], [1, 2])`. */
export function tensorsOf({ ort }: GraphSessions) {
	return {
		ints: (values: readonly number[], shape: readonly number[]) =>
			new ort.Tensor("int32", Int32Array.from(values), shape),
		floats: (values: ArrayLike<number>, shape: readonly number[]) =>
			new ort.Tensor("float32", Float32Array.from(values), shape),
	};
}

export const numbersOf = (tensor: Tensor | undefined) => tensor!.data as Float32Array;

/**
 * Runs the decoder over steps: each step's tokens [rows, S] and the parents [rows] its rows continue.
 * @returns outputs of each step; logits are [rows · S, columns]
 */
export async function decodeSteps(
	sessions: GraphSessions,
	role: "decoder" | "decoder_extractive",
	fixed: Feeds,
	steps: ReadonlyArray<{ readonly tokens: readonly number[]; readonly parents: readonly number[] }>,
) {
	const { num_decoder_layers: layers, num_heads: heads, d_kv: width } = sessions.manifest.config;
	const { ints, floats } = tensorsOf(sessions);
	const rows = steps[0]!.parents.length;
	const names = Array.from({ length: layers }, (_, layer) => [`key.${layer}`, `value.${layer}`]).flat();
	let past: Feeds = Object.fromEntries(names.map((name) => [`past_${name}`, floats([], [rows, heads, 0, width])]));
	const outputs: Feeds[] = [];
	for (const { tokens, parents } of steps) {
		const step = await sessions.run(role, {
			...fixed,
			...past,
			decoder_input_ids: ints(tokens, [rows, tokens.length / rows]),
			beam_idx: ints(parents, [rows]),
		});
		past = Object.fromEntries(names.map((name) => [`past_${name}`, step[`present_${name}`]!]));
		outputs.push(step);
	}
	return outputs;
}

/** Largest difference, over the largest value expected. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
	if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
	const difference = largestDifference(got, expected);
	// All zeros expected: only zeros are right.
	return difference === 0 ? 0 : difference / largestDifference(expected, new Float32Array(expected.length));
}

/** NaN anywhere makes it NaN, so that no bound holds. */
export function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
	let largest = 0;
	for (let i = 0; i < expected.length; i++) {
		const difference = Math.abs(got[i]! - expected[i]!);
		if (!(difference <= largest)) largest = difference;
	}
	return largest;
}
