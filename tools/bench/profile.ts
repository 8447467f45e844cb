/**
 * Measures where one decoding step and one text encoding spend their time, node by node, in WASM in Node, and the least
 * a step could take.
 */
import fs, { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tensor } from "onnxruntime-web";
import { type GraphRole, parseManifest } from "../../src/bundle/manifest.ts";
import { unwrap } from "../../src/core/failure.ts";
import type { Engine } from "../../workers/engine.ts";
import type { ObservedRun, Ort } from "../../workers/model/sessions.ts";
import { POSTS } from "../exporter/export/sample-posts.ts";
import { loadNodeRuntime, openNodeEngine } from "../node/engine/node-engine.ts";
import { copyRates } from "./page/copy-rates.ts";
import { mean, median, table } from "./report.ts";

const WARM_UP = 100;
const RUNS = 200;
/** A step of a large model takes long: fewer runs are enough. */
const LONGEST = 4000;
const FEWEST = 12;
/** The step that is looked at: beams have parted and the cache is filled. */
const STEP = 6;

export type Feeds = ObservedRun["feeds"];

/** An event of ONNX Runtime's profiler; sizes are bytes, `dur` microseconds. */
interface ProfileEvent {
	readonly cat: string;
	readonly name: string;
	readonly dur: number;
	readonly args: {
		readonly op_name?: string;
		readonly parameter_size?: string;
		readonly output_size?: string;
		/** Of inputs that are not constants: [{ "float": [4, 256] }] */
		readonly input_type_shape?: ReadonlyArray<{ readonly float?: readonly number[] }>;
		readonly output_type_shape?: ReadonlyArray<{ readonly float?: readonly number[] }>;
	};
}

export async function profile(model: string): Promise<void> {
	for (const [role, decoding] of [
		["text_encoder", "extractive"],
		["decoder_extractive", "extractive"],
		["decoder", "full"],
	] as const) {
		const feeds = await feedsOf(model, role, async (engine) => {
			unwrap(await engine.extract(2, { text: POSTS[0]!, image: null }, { tasks: ["mner"], decoding }, () => {}));
		});
		const inputs = Object.entries(feeds).map(([name, { dims }]) => `${name} [${dims.join(", ")}]`);
		console.log(`\n## ${role}\n${inputs.join(" · ")}\n\n${describe(await profileRole(model, role, feeds))}`);
	}
}

/** What the role is really fed meanwhile. */
export async function feedsOf(
	model: string,
	role: GraphRole,
	work: (engine: Engine) => Promise<unknown>,
): Promise<Feeds> {
	const seen: Feeds[] = [];
	const observe = (run: ObservedRun) => {
		// The engine frees its tensors: what is kept must be a copy.
		if (run.role === role)
			seen.push(Object.fromEntries(Object.entries(run.feeds).map(([name, tensor]) => [name, copyOf(ort, tensor)])));
	};
	const ort = await loadNodeRuntime();
	const engine = await openNodeEngine(model, { observe });
	await work(engine);
	await engine.close();
	return seen[Math.min(STEP, seen.length - 1)]!;
}

function copyOf({ Tensor }: Ort, tensor: Tensor): Tensor {
	return tensor.type === "int32"
		? new Tensor("int32", Int32Array.from(tensor.data as Int32Array), tensor.dims)
		: new Tensor("float32", Float32Array.from(tensor.data as Float32Array), tensor.dims);
}

/** One graph, run alone. */
export interface Profile {
	/** Milliseconds of a run, the profiler off: the median. */
	readonly wall: number;
	readonly nodes: readonly NodeTime[];
	/** Bytes a second that WASM copies here. */
	readonly bandwidth: number;
	/** Bytes of weights a run reads. */
	readonly weights: number;
}

export async function profileRole(model: string, role: GraphRole, feeds: Feeds): Promise<Profile> {
	const printed = capturePrinting();
	const ort = await loadNodeRuntime();
	const entry = parseManifest(JSON.parse(readFileSync(join(model, "umie.json"), "utf8"))).graphs[role]!;
	const externalData = entry.weights.map((path) => ({ path, data: readFileSync(join(model, path)) }));
	const open = (enableProfiling: boolean) =>
		ort.InferenceSession.create(readFileSync(join(model, entry.file)), {
			externalData,
			enableProfiling,
			logSeverityLevel: 3,
			executionProviders: ["wasm"],
		});
	const run = async (enableProfiling: boolean, runs: number) => {
		const session = await open(enableProfiling);
		const times: number[] = [];
		const started = performance.now();
		while (times.length < FEWEST || (times.length < runs && performance.now() - started < LONGEST)) {
			const before = performance.now();
			await session.run(feeds);
			times.push(performance.now() - before);
		}
		if (enableProfiling) session.endProfiling();
		await session.release();
		return times;
	};
	try {
		const times = await run(false, WARM_UP + RUNS);
		const warmUp = Math.floor(times.length / 3);
		printed.lines.length = 0;
		await run(true, times.length);
		const nodes = nodesOf(parseProfile(printed.lines), warmUp);
		const weights = nodes.reduce((sum, node) => sum + node.weights, 0);
		return { wall: median(times.slice(warmUp)), nodes, bandwidth: median(copyRates()), weights };
	} finally {
		printed.end();
	}
}

/**
 * The profiler has no file in WASM: it prints each event, and in Node that goes by `fs.writeSync` to the standard
 * output.
 */
function capturePrinting(): { readonly lines: string[]; readonly end: () => void } {
	const lines: string[] = [];
	const { writeSync } = fs;
	const capture = (file: number, ...rest: unknown[]) =>
		file === 1 ? lines.push(String(rest[0])) : (writeSync as (...all: unknown[]) => number)(file, ...rest);
	fs.writeSync = capture as typeof writeSync;
	return {
		lines,
		end: () => {
			fs.writeSync = writeSync;
		},
	};
}

/** Printed is a JSON list, one event a line; only whole lines are read. */
function parseProfile(lines: readonly string[]): ProfileEvent[] {
	return lines
		.flatMap((line) => line.split("\n"))
		.filter((line) => line.startsWith("{"))
		.map((line) => JSON.parse(line.replace(/,\s*$/, "")) as ProfileEvent);
}

/** `Map.groupBy`, which Node 20 lacks. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
	const groups = new Map<string, T[]>();
	for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
	return groups;
}

export interface NodeTime {
	readonly op: string;
	readonly name: string;
	readonly milliseconds: number;
	/** Bytes of weights it reads. */
	readonly weights: number;
}

/** Bytes of weights a node reads. */
function weightsOf({ args }: ProfileEvent): number {
	const { op_name, parameter_size = "0", output_size = "0", input_type_shape = [], output_type_shape = [] } = args;
	// A lookup reads the rows it returns, not the table.
	if (op_name === "Gather" && parameter_size !== "0") return Number(output_size);
	// float32 weights that the runtime has packed for its kernel are no longer counted by it.
	if ((op_name === "Gemm" || op_name === "MatMul") && input_type_shape.length === 1)
		return 4 * (input_type_shape[0]?.float?.at(-1) ?? 0) * (output_type_shape[0]?.float?.at(-1) ?? 0);
	return Number(parameter_size);
}

function nodesOf(events: readonly ProfileEvent[], warmUp: number): NodeTime[] {
	const kernels = events.filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"));
	const byName = groupBy(kernels, ({ name }) => name);
	return [...byName].map(([name, runs]) => {
		const { op_name: op = "" } = runs[0]!.args;
		const measured = runs.slice(Math.min(warmUp, runs.length - 1)).map(({ dur }) => dur / 1000);
		return { op, name: name.replace(/_kernel_time$/, ""), milliseconds: mean(measured), weights: weightsOf(runs[0]!) };
	});
}

/** Milliseconds that reading a graph's weights takes at the speed of a copy. */
export const floorOf = ({ weights, bandwidth }: Pick<Profile, "weights" | "bandwidth">) => (weights / bandwidth) * 1000;

function describe({ wall, nodes, bandwidth, weights }: Profile): string {
	const total = nodes.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
	const floor = floorOf({ weights, bandwidth });
	const share = (milliseconds: number) => `${((100 * milliseconds) / total).toFixed(1)} %`;
	const ops = [...groupBy(nodes, ({ op }) => op)].map(([op, members]) => {
		const milliseconds = members.reduce((sum, node) => sum + node.milliseconds, 0);
		return { op, count: members.length, milliseconds, weights: members.reduce((sum, node) => sum + node.weights, 0) };
	});
	const slowest = <T extends { readonly milliseconds: number }>(list: readonly T[]) =>
		list.toSorted((a, b) => b.milliseconds - a.milliseconds);
	const byOp = slowest(ops).map(({ op, count, milliseconds, weights }) => [
		op,
		String(count),
		milliseconds.toFixed(3),
		share(milliseconds),
		String(weights),
	]);
	const byNode = slowest(nodes)
		.slice(0, 12)
		.map(({ op, name, milliseconds, weights }) => {
			return [name, op, milliseconds.toFixed(3), share(milliseconds), String(weights)];
		});
	return [
		`one run: ${wall.toFixed(3)} ms, of these in kernels ${total.toFixed(3)} ms (${nodes.length} nodes)`,
		`weights read: ${weights} bytes; at ${(bandwidth / 1e9).toFixed(1)} GB/s, which WASM copies here, no run is ` +
			`faster than ${floor.toFixed(3)} ms`,
		"",
		table([["operator", "nodes", "ms", "share", "weight bytes"], ...byOp]),
		"",
		table([["slowest nodes", "operator", "ms", "share", "weight bytes"], ...byNode]),
	].join("\n");
}
