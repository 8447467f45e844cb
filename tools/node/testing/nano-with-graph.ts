/** Copies the committed bundle into a folder with one more graph, of random or known weights. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import { type Architecture, parseArchitecture } from "../../exporter/checkpoint/architecture.ts";
import { readJson } from "../../exporter/checkpoint/checkpoint.ts";
import { randomTensor } from "../../exporter/checkpoint/random-checkpoint.ts";
import { buildGraph } from "../../exporter/graphs/bundle-graphs.ts";
import { WeightStore } from "../../exporter/onnx/weights.ts";
import { copyNano, NANO } from "./nano.ts";

export interface AddedGraph {
	readonly role: GraphRole;
	/** What the architecture has besides. */
	readonly parts: Partial<Architecture>;
	readonly shapes: Readonly<Record<string, readonly number[]>>;
	/** Changes random weights in place; absent: they stay. */
	readonly fill?: (name: string, weights: Float32Array) => void;
	/** Settings of the manifest that go with it. */
	readonly config: object;
	readonly instructors: object;
}

/** That of the committed checkpoint. */
export const nanoArchitecture = (): Architecture =>
	parseArchitecture(readJson(join(NANO, "checkpoint", "config.json")));

/** @returns the folder */
export function nanoWithGraph(
	folder: string,
	{ role, parts, shapes, fill = () => {}, config, instructors }: AddedGraph,
): string {
	const floats = (name: string, begin = 0, end?: number) => {
		const made = randomTensor(name, shapes[name]!, 1);
		fill(name, made);
		return made.slice(begin, end);
	};
	const store = new WeightStore(folder);
	const architecture = { ...nanoArchitecture(), ...parts };
	const built = buildGraph(role, {
		architecture,
		weights: { floats },
		store,
		dtype: "fp32",
		target: "wasm",
		inspect: false,
	});
	const written = [...store.finish()];
	const file = `${role}.onnx`;
	writeFileSync(join(folder, file), built.model);
	const hashed = { bytes: built.model.length, sha256: createHash("sha256").update(built.model).digest("hex") };
	const ours = () => null;
	return copyNano(folder, {
		// The bundle's own does not take the place of the one just written.
		files: { [file]: ours, ...Object.fromEntries(built.weights.map((name) => [name, ours])) },
		manifest: (nano) => ({
			...nano,
			config: { ...(nano.config as object), ...config },
			instructors: { ...(nano.instructors as object), ...instructors },
			graphs: {
				...(nano.graphs as object),
				[role]: { file, inputs: [...built.inputs], outputs: [...built.outputs], weights: [...built.weights] },
			},
			files: { ...(nano.files as object), ...Object.fromEntries(written), [file]: hashed },
		}),
	});
}
