/**
 * Writes the float32 bundle of the reference checkpoint and its numbers to .cache/parity, where browser tests fetch
 * them.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { openSafetensors } from "../../exporter/checkpoint/safetensors.ts";
import { exportBundle } from "../../exporter/export/export-bundle.ts";
import { sharedFolder } from "./shared-folder.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** Whether .cache/parity holds the float32 bundle and reference.json. */
		parity: boolean;
	}
}

/** What browser tests compare with: the three reference inputs and their 4-beam outputs. */
export interface ReferenceCase {
	readonly input_ids: number[];
	/** [4][T], padded with 0 */
	readonly beams: number[][];
	readonly scores: number[];
	readonly greedy: number[];
	/** Number of objects of the picture; 0: no picture. */
	readonly objects: number;
	/** [objects + 1][4] */
	readonly boxes: number[][];
}

export default function setup(project: TestProject): void {
	const shared = sharedFolder();
	project.provide("parity", shared !== null);
	const folder = join(import.meta.dirname, "../../../.cache/parity");
	rmSync(folder, { recursive: true, force: true });
	if (shared === null) return;
	mkdirSync(folder, { recursive: true });
	const checkpoint = join(shared, "checkpoints/umie-nano");
	exportBundle(checkpoint, join(folder, "umie-nano-fp32"), { dtype: "fp32" });
	writeFileSync(
		join(folder, "reference.json"),
		JSON.stringify(readReference(join(checkpoint, "reference.safetensors"))),
	);
}

export function readReference(path: string): ReferenceCase[] {
	const file = openSafetensors(path);
	const numbers = (name: string) => [...file.readFloats(name)];
	const rows = (name: string) => {
		const width = file.tensors.get(name)!.shape.at(-1)!;
		const flat = numbers(name);
		return Array.from({ length: flat.length / width }, (_, row) => flat.slice(row * width, (row + 1) * width));
	};
	const objects = JSON.parse(file.metadata.objects!) as number[];
	const cases = objects.map((count, n) => ({
		input_ids: numbers(`${n}.input_ids`),
		beams: rows(`${n}.beam4_ids`),
		scores: numbers(`${n}.beam4_scores`),
		greedy: numbers(`${n}.greedy_ids`),
		objects: count,
		boxes: count === 0 ? [] : rows(`${n}.boxes`).slice(0, count + 1),
	}));
	file.close();
	return cases;
}
