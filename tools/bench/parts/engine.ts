/** Measures milliseconds per post and step of the whole engine on each device, and where they go. */
import { loadavg } from "node:os";
import { withPage } from "../browser.ts";
import { type BenchDevice, DEVICES, type METRICS, metric, type NamedCase, stageMetric } from "../cases.ts";
import type { Bench, MeasuredPost, MeasuredRun } from "../page/contract.ts";
import { mean, median, type Row, table } from "../report.ts";
import type { Part } from "./part.ts";

/** @param device of the cases: "wasm" | "webgpu" */
export function enginePart(device: BenchDevice["open"]["device"]): Part {
	return async ({ model, repetitions, note }) => {
		const devices = DEVICES.filter(({ open }) => open.device === device).map((of) => ({
			...of,
			repetitions: repetitions ?? of.repetitions,
		}));
		return withPage({ nano: model }, device === "webgpu", async ({ bench, version }) => {
			const measured = await measureDevices(bench, devices, note);
			const rows = devices.flatMap((of, index) =>
				of.cases.flatMap((one, at) => caseRows(of, one, measured[index]![at]!)),
			);
			return { rows, where: version, text: stageTable(devices, measured) };
		});
	};
}

/** [device][case][repetition][post] */
type Measurements = MeasuredPost[][][][];

/** All devices, all cases, in turn: A B C, A B C …, so that what else the machine does meets all of them alike. */
async function measureDevices(
	bench: Bench,
	devices: readonly BenchDevice[],
	note: (line: string) => void,
): Promise<Measurements> {
	const names = devices.map(({ device, open }) => `${device} × ${open.threads}`);
	for (const [index, { open }] of devices.entries())
		note((await bench.open(names[index]!, "nano", open)).device.reason);
	const measured: Measurements = devices.map(({ cases }) => cases.map(() => []));
	const rounds = 1 + Math.max(...devices.map(({ repetitions }) => repetitions));
	for (let round = 0; round < rounds; round++) {
		note(`round ${round === 0 ? "0 (warm-up)" : round} of ${rounds - 1}, load ${loadavg()[0]!.toFixed(1)}`);
		for (const [index, { cases, repetitions }] of devices.entries()) {
			if (round > repetitions) continue;
			for (const [at, { name: _, stages: __, ...one }] of cases.entries()) {
				const posts = await bench.measure(names[index]!, one);
				if (round > 0) measured[index]![at]!.push(posts);
			}
		}
	}
	return measured;
}

/** @param repetitions [repetition][post] */
export function caseRows(
	{ device, open: { threads } }: Pick<BenchDevice, "device" | "open">,
	{ name, stages = false }: Pick<NamedCase, "name" | "stages">,
	repetitions: readonly MeasuredPost[][],
): Row[] {
	// The median over the repetitions of each post, so that a pause of the machine counts once at most; then the mean
	// over the posts.
	const perPost = (of: (post: MeasuredPost) => number) =>
		mean(repetitions[0]!.map((_, post) => median(repetitions.map((repetition) => of(repetition[post]!)))));
	const runs = repetitions.flat().flatMap((post) => post.runs);
	const sumOf = (post: MeasuredPost, of: keyof MeasuredRun) => post.runs.reduce((sum, run) => sum + run[of], 0);
	const total = (of: "milliseconds" | "inside") => runs.reduce((sum, run) => sum + run[of], 0);
	const row = (of: keyof typeof METRICS, value: number, unit: string, n: number): Row => ({
		device,
		threads,
		case: metric(name, of),
		value,
		unit,
		n,
	});
	return [
		row(
			"post",
			perPost(({ milliseconds }) => milliseconds),
			"ms",
			repetitions.flat().length,
		),
		row("steps", mean(repetitions.flat().map(({ tokens }) => tokens)), "", repetitions.flat().length),
		row("runs", mean(repetitions.flat().map(decoderRuns)), "", repetitions.flat().length),
		row(
			"step",
			perPost((post) => sumOf(post, "milliseconds") / Math.max(1, sumOf(post, "tokens"))),
			"ms",
			runs.length,
		),
		row("inside", total("inside") / total("milliseconds"), "", runs.length),
		...(stages ? stagesOf(repetitions.flat()) : []).map((stage) => ({
			...{ device, threads, case: stageMetric(name, stage), unit: "ms", n: repetitions.flat().length },
			value: perPost(({ timings }) => timings[stage] ?? 0),
		})),
	];
}

/** In the order of their first appearance. */
const stagesOf = (posts: readonly MeasuredPost[]) =>
	[...new Set(posts.flatMap(({ timings }) => Object.keys(timings)))].filter((stage) => stage !== "total");

function decoderRuns({ graphs }: MeasuredPost): number {
	return (graphs.decoder?.runs ?? 0) + (graphs.decoder_extractive?.runs ?? 0);
}

/** Where a post's time goes, by the engine's own clock: the mean over posts and repetitions, in milliseconds. */
function stageTable(devices: readonly BenchDevice[], measured: Measurements): string {
	const lines = devices.flatMap(({ device, open, cases }, index) =>
		cases.map(({ name }, at) => ({
			name: `${name} (${device} × ${open.threads})`,
			posts: measured[index]![at]!.flat(),
		})),
	);
	const stages = stagesOf(lines.flatMap(({ posts }) => posts));
	const cells = (posts: readonly MeasuredPost[]) =>
		[...stages, "total"].map((stage) => mean(posts.map(({ timings }) => timings[stage] ?? 0)).toFixed(2));
	return table([
		["ms per post, by stage", ...stages, "total"],
		...lines.map(({ name, posts }) => [name, ...cells(posts)]),
	]);
}
