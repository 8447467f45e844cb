/** Goes in: an empty folder and what a screen says. Comes out: the committed bundle there, with a screen of random weights or one whose answer is known. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { readJson } from "../checkpoint/checkpoint.ts";
import { randomTensor } from "../checkpoint/random-checkpoint.ts";
import { buildGraph } from "../graphs/bundle-graphs.ts";
import { WeightStore } from "../onnx/weights.ts";
import { copyNano, NANO } from "./nano.ts";

const WIDTHS = { related_width: 3, eventful_width: 2 };

export interface ScreenAnswer {
	/** Thresholds of the bundle. */
	readonly related: number;
	readonly eventful: number;
	/** What the heads say before the sigmoid, of every pair and of every token; absent: random weights decide. */
	readonly says?: { readonly related: number; readonly eventful: number };
}

/** @returns the folder */
export function nanoWithScreen(folder: string, { related, eventful, says }: ScreenAnswer): string {
	const own = parseArchitecture(readJson(join(NANO, "checkpoint", "config.json")));
	const screen = { related, eventful, ...WIDTHS };
	const shapes: Readonly<Record<string, readonly number[]>> = {
		"screen.related.wi.weight": [WIDTHS.related_width, 4 * own.d_model],
		"screen.related.wi.bias": [WIDTHS.related_width],
		"screen.related.wo.weight": [1, WIDTHS.related_width],
		"screen.related.wo.bias": [1],
		"screen.eventful.wi.weight": [WIDTHS.eventful_width, own.d_model],
		"screen.eventful.wi.bias": [WIDTHS.eventful_width],
		"screen.eventful.wo.weight": [1, WIDTHS.eventful_width],
		"screen.eventful.wo.bias": [1],
	};
	const floats = (name: string, begin = 0, end?: number) => {
		const made = randomTensor(name, shapes[name]!, 1);
		const [, head] = name.split(".") as [string, "related" | "eventful"];
		if (says !== undefined && name.includes(".wo.")) made.fill(name.endsWith("bias") ? says[head] : 0);
		return made.slice(begin, end);
	};
	const store = new WeightStore(folder);
	const built = buildGraph("screen", { architecture: { ...own, screen }, weights: { floats }, store, dtype: "fp32", target: "wasm", inspect: false });
	const written = [...store.finish()];
	writeFileSync(join(folder, "screen.onnx"), built.model);
	const hashed = { bytes: built.model.length, sha256: createHash("sha256").update(built.model).digest("hex") };
	const ours = () => null;
	return copyNano(folder, {
		// The bundle's own does not take the place of the one just written.
		files: { "screen.onnx": ours, "screen.weights": ours },
		manifest: (nano) => ({
			...nano,
			config: { ...(nano.config as object), screen: { related, eventful } },
			// Pairs that are asked about on the reading for entities are never screened.
			instructors: { ...(nano.instructors as object), relations: "fitting" },
			graphs: {
				...(nano.graphs as object),
				screen: { file: "screen.onnx", inputs: [...built.inputs], outputs: [...built.outputs], weights: [...built.weights] },
			},
			files: { ...(nano.files as object), ...Object.fromEntries(written), "screen.onnx": hashed },
		}),
	});
}
