/** Reads from onnxruntime's most verbose output which nodes it put on the CPU, by graph. */

export interface Placement {
	/** Types of the nodes on the CPU. */
	readonly cpu: readonly string[];
	/** How many nodes are on WebGPU. */
	readonly gpu: number;
}

/** Arithmetic on the shapes of tensors: a handful of int64 numbers, which WebGPU does not know. */
const SHAPE_ARITHMETIC: ReadonlySet<string> = new Set(["Squeeze", "Unsqueeze", "Cast", "Sub", "Div", "Concat"]);

/** @param lines of a console @param mark what stands before the role of the graph that is opened next */
export function readPlacements(lines: readonly string[], mark: string): ReadonlyMap<string, Placement> {
	const found = new Map<string, { cpu: string[]; gpu: number }>();
	let current: { cpu: string[]; gpu: number } | undefined;
	let provider = "";
	for (const line of lines) {
		if (line.startsWith(mark)) {
			current = { cpu: [], gpu: 0 };
			found.set(line.slice(mark.length), current);
		}
		if (current === undefined) continue;
		// A provider that has every node is named without them.
		const all = /VerifyEachNodeIsAssignedToAnEp\]\s+All nodes placed on \[(\w+)\]. Number of nodes: (\d+)/.exec(line);
		const some = /VerifyEachNodeIsAssignedToAnEp\]\s+Node\(s\) placed on \[(\w+)\]/.exec(line);
		const node = /VerifyEachNodeIsAssignedToAnEp\]\s+(\w+) \(.*\)\s*$/.exec(line);
		provider = some?.[1] ?? provider;
		if (all !== null && isGpu(all[1]!)) current.gpu = Number(all[2]);
		else if (all !== null) current.cpu.push("every node");
		else if (node !== null && isGpu(provider)) current.gpu++;
		else if (node !== null) current.cpu.push(node[1]!);
	}
	return found;
}

const isGpu = (provider: string) => provider.startsWith("WebGpu");

/** Nodes that should not be on the CPU: each costs two copies and a wait, at every run. */
export function misplaced({ cpu }: Placement): readonly string[] {
	return cpu.filter((type) => !SHAPE_ARITHMETIC.has(type));
}
