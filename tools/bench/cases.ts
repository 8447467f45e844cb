/** The cases that are measured on each device, and the targets: data only. */
import type { OpenOptions } from "../../src/client/protocol.ts";
import type { ExtractRequest } from "../../src/tasks/request.ts";
import type { RequestableTask } from "../../src/tasks/types.ts";
import { POSTS } from "../exporter/export/sample-posts.ts";
import type { BenchCase } from "./page/contract.ts";
import { PROPOSER_GRAPH } from "./parts/names.ts";
import type { Target } from "./report.ts";

export interface BenchDevice {
	/** As rows name it. */
	readonly device: string;
	readonly open: OpenOptions & { readonly threads: number };
	readonly cases: readonly NamedCase[];
	/** After one round that is not counted. */
	readonly repetitions: number;
}

export interface NamedCase extends BenchCase {
	readonly name: string;
	/** Its stages become rows, too. */
	readonly stages?: boolean;
}

const ONE: readonly RequestableTask[] = ["mner"];
const FOUR: readonly RequestableTask[] = ["mner", "mre", "med", "mee"];

const nameOf = (beams: number, decoding: string) => `mner, ${beams === 1 ? "1 beam" : `${beams} beams`}, ${decoding}`;

function decodingCases(texts: readonly string[], rest: Partial<ExtractRequest> = {}): NamedCase[] {
	return [1, 4].flatMap((beams) =>
		(["full", "extractive"] as const).map((decoding) => ({
			name: nameOf(beams, decoding),
			texts,
			pictures: false,
			request: { tasks: ONE, beams, decoding, ...rest },
		})),
	);
}

/** Looking at a picture costs far more than reading: fewer posts. */
const SOME = POSTS.filter((_, index) => index % 4 === 0);
const LOOKING = { gate: "model" } as const;

/** A picture as posts have them: what it costs does not depend on what a proposer finds. */
export const TEN_REGIONS = "mner, new picture, ten regions";

const TASK_CASES: readonly NamedCase[] = [
	{ name: "four tasks", texts: POSTS, pictures: false, request: { tasks: FOUR } },
	{ name: "mner, new picture", texts: SOME, pictures: true, request: { tasks: ONE, ...LOOKING } },
	{ name: TEN_REGIONS, texts: SOME, pictures: true, regions: 10, request: { tasks: ONE, ...LOOKING }, stages: true },
	{ name: "four tasks, new picture", texts: SOME, pictures: true, request: { tasks: FOUR, ...LOOKING } },
	{ name: "mner, new picture, regions only", texts: SOME, pictures: true, request: { tasks: ONE, gate: 0 } },
];

const WASM_CASES = [...decodingCases(POSTS), ...TASK_CASES];

export const DEVICES: readonly BenchDevice[] = [
	{ device: "wasm", open: { device: "wasm", threads: 1 }, cases: WASM_CASES, repetitions: 5 },
	{ device: "wasm", open: { device: "wasm", threads: 2 }, cases: WASM_CASES, repetitions: 5 },
	// Some hundred times slower than a graphics card: one post, few tokens. Says that it works and where time goes, not
	// how fast it is.
	{
		device: "webgpu (software)",
		open: { device: "webgpu", threads: 1 },
		cases: decodingCases(POSTS.slice(0, 1), { maxNewTokens: 6 }),
		repetitions: 2,
	},
];

/**
 * A step brings each beam one token; a run of the decoder makes one step, and those that the grammar forces with it.
 */
export const METRICS = {
	post: "ms per post",
	steps: "steps per post",
	runs: "decoder runs per post",
	step: "ms per step",
	inside: "share of a step inside ORT",
} as const;
export const metric = (name: string, of: keyof typeof METRICS) => `${name}: ${METRICS[of]}`;
/** @param stage as the engine's timings call it */
export const stageMetric = (name: string, stage: string) => `${name}: stage ${stage}`;

const atMost = (name: string, of: string, to: string, target: number): Target => ({
	name,
	of,
	to,
	bound: "at most",
	target,
});

/** What the README holds the measurements against. */
export const TARGETS: readonly Target[] = [
	...(["extractive", "full"] as const).map((decoding) =>
		atMost(
			`4 beams / 1 beam, per post, ${decoding}`,
			metric(nameOf(4, decoding), "post"),
			metric(nameOf(1, decoding), "post"),
			1.4,
		),
	),
	...[1, 4].map((beams) =>
		atMost(
			`extractive / full, per step, ${beams === 1 ? "1 beam" : "4 beams"}`,
			metric(nameOf(beams, "extractive"), "step"),
			metric(nameOf(beams, "full"), "step"),
			0.6,
		),
	),
	{ name: metric(TEN_REGIONS, "post"), of: metric(TEN_REGIONS, "post"), to: null, bound: "at most", target: 400 },
	{ name: PROPOSER_GRAPH, of: PROPOSER_GRAPH, to: null, bound: "at most", target: 60 },
	atMost("four tasks / mner, per post", metric("four tasks", "post"), metric(nameOf(4, "extractive"), "post"), 2.5),
	atMost(
		"four tasks / mner, per post, new picture",
		metric("four tasks, new picture", "post"),
		metric("mner, new picture", "post"),
		2.5,
	),
	...[1, 4].flatMap((beams) =>
		(["full", "extractive"] as const).map((decoding): Target => {
			const of = metric(nameOf(beams, decoding), "inside");
			return { name: of, of, to: null, bound: "at least", target: 0.7 };
		}),
	),
];
