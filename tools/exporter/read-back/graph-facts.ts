/** What the nodes of a graph tell about a weight: the factor of 16-bit numbers, and the operations that read it. */
import type { ReadGraph } from "../onnx/read-model.ts";

type Node = ReadGraph["nodes"][number];

/** Operations that hand a weight on as it is, or some rows of it. */
const HANDED_ON = new Set(["Cast", "Gather", "Concat", "Reshape"]);
/** More than a weight ever passes. */
const MAX_STEPS = 8;

/** Which nodes read a value. */
export type Readers = ReadonlyMap<string, readonly Node[]>;

export function readersOf({ nodes }: Pick<ReadGraph, "nodes">): Readers {
	const out = new Map<string, Node[]>();
	for (const node of nodes)
		for (const input of new Set(node.inputs)) {
			const known = out.get(input);
			if (known === undefined) out.set(input, [node]);
			else known.push(node);
		}
	return out;
}

/**
 * The first nodes behind a weight that compute with it.
 * @param name of its initializer, or of the first of its parts
 */
export function usesOf(readers: Readers, name: string): Node[] {
	let values = new Set([name, `${name}.part0`]);
	const uses: Node[] = [];
	for (let step = 0; step < MAX_STEPS && values.size > 0; step++) {
		const next = new Set<string>();
		for (const value of values)
			for (const node of readers.get(value) ?? []) {
				// A table may be looked up by what another weight gave: only its own rows are handed on.
				const handed = HANDED_ON.has(node.type) && (node.type === "Concat" || node.inputs[0] === value);
				if (handed) next.add(node.outputs[0] ?? "");
				else uses.push(node);
			}
		values = next;
	}
	return uses;
}

/**
 * What 16-bit weights must be multiplied by: the exporter divides those past 65,504 by a power of two. 1 where it
 * did not.
 */
export function factorOf({ initializers }: Pick<ReadGraph, "initializers">, readers: Readers, name: string): number {
	for (const { type, inputs } of usesOf(readers, name)) {
		if (type !== "Mul") continue;
		const constant = initializers.find(
			(initializer) => inputs.includes(initializer.name) && initializer.shape.length === 0,
		);
		if (constant === undefined || !("data" in constant) || constant.dtype !== "float32") continue;
		const factor = new DataView(constant.data.buffer, constant.data.byteOffset).getFloat32(0, true);
		if (factor > 1 && Number.isInteger(Math.log2(factor))) return factor;
	}
	return 1;
}
