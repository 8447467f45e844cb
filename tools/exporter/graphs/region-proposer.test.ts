/**
 * Compares the graph of tiny random region proposers with plain loops in double precision, and shows what each
 * precision costs.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { openCheckpoint, readJson } from "../checkpoint/checkpoint.ts";
import { type ProposerPlan, proposerTensors } from "../checkpoint/proposer.ts";
import { randomTensor, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { TINY_PROPOSER, writeRandomProposer } from "../checkpoint/random-proposer.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { planExport } from "../export/plan.ts";
import { contractOf, differences } from "../verify/contract.ts";
import { verifyBundle } from "../verify/verify.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import { numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-proposer-graph-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** [channels][height][width] */
type Planes = number[][][];
type Weights = (name: string) => Float32Array;

const each = (x: Planes, change: (value: number, c: number, y: number, z: number) => number): Planes =>
	x.map((plane, c) => plane.map((line, y) => line.map((value, z) => change(value, c, y, z))));
const relu = (x: Planes) => each(x, (value) => Math.max(0, value));
const plus = (a: Planes, b: Planes) => each(a, (value, c, y, z) => value + b[c]![y]![z]!);
const twice = (x: Planes): Planes =>
	x.map((plane) => plane.flatMap((line) => [0, 1].map(() => line.flatMap((value) => [value, value]))));

function convolve(weights: Float32Array, x: Planes, kernel: number, stride: number): Planes {
	const pad = (kernel - 1) / 2;
	const [channels, side] = [x.length, x[0]!.length];
	const steps = Array.from(
		{ length: Math.floor((side + 2 * pad - kernel) / stride) + 1 },
		(_, step) => step * stride - pad,
	);
	const at = (o: number, top: number, left: number) => {
		let sum = 0;
		for (let c = 0; c < channels; c++)
			for (let i = 0; i < kernel; i++)
				for (let j = 0; j < kernel; j++)
					sum += (x[c]![top + i]?.[left + j] ?? 0) * weights[((o * channels + c) * kernel + i) * kernel + j]!;
		return sum;
	};
	return Array.from({ length: weights.length / (channels * kernel * kernel) }, (_, o) =>
		steps.map((top) => steps.map((left) => at(o, top, left))),
	);
}

function normed(weights: Weights, name: string, x: Planes, kernel: number, stride = 1): Planes {
	const part = (which: string, c: number) => weights(`${name}.norm.${which}`)[c]!;
	return each(
		convolve(weights(`${name}.conv.weight`), x, kernel, stride),
		(value, c) =>
			((value - part("running_mean", c)) / Math.sqrt(part("running_var", c) + 1e-5)) * part("weight", c) +
			part("bias", c),
	);
}

/** The network as tools/trainer/proposer/model.py has it. */
function propose(
	weights: Weights,
	{ depths }: ProposerPlan,
	pixels: Planes,
): { readonly scores: Planes; readonly boxes: Planes } {
	let x = relu(normed(weights, "stem", pixels, 3, 2));
	const levels = depths.map((depth, stage) => {
		x = relu(normed(weights, `stages.${stage}.0`, x, 3, 2));
		for (let at = 2; at < depth + 2; at++) {
			const inner = relu(normed(weights, `stages.${stage}.${at}.first`, x, 3));
			x = relu(plus(x, normed(weights, `stages.${stage}.${at}.second`, inner, 3)));
		}
		return x;
	});
	let up = relu(normed(weights, `lateral.${levels.length - 1}`, levels.at(-1)!, 1));
	for (let at = levels.length - 2; at >= 0; at--)
		up = relu(
			normed(weights, `smooth.${at}`, relu(plus(normed(weights, `lateral.${at}`, levels[at]!, 1), twice(up))), 3),
		);
	const hidden = relu(normed(weights, "head", up, 3));
	const output = (name: string) =>
		each(convolve(weights(`${name}.weight`), hidden, 1, 1), (value, c) => value + weights(`${name}.bias`)[c]!);
	return {
		scores: each(output("scores"), (value) => 1 / (1 + Math.exp(-value))),
		boxes: each(output("boxes"), (value) => 4 * Math.exp(Math.min(5, value))),
	};
}

const SIDE = TINY_PROPOSER.image_size;
const PIXELS: Planes = [0, 1, 2].map((c) =>
	Array.from({ length: SIDE }, (_, y) =>
		Array.from({ length: SIDE }, (_, z) => 2 * Math.sin(0.3 * y * (c + 1)) * Math.cos(0.2 * z + c)),
	),
);
const flat = (x: Planes) => Float64Array.from(x.flat(2));

function exportProposer(name: string, plan: ProposerPlan, dtype: ExportDType): string {
	writeRandomCheckpoint(join(folder, "tiny"));
	const bundle = join(folder, `${name}-${dtype}`);
	exportBundle(join(folder, "tiny"), bundle, {
		dtype,
		proposer: writeRandomProposer(join(folder, `${name}.safetensors`), { plan }),
	});
	return bundle;
}

async function run(bundle: string, target: "wasm" | "webgpu" = "wasm") {
	const sessions = await openSessions(bundle, { target });
	const outputs = await sessions.run("region_proposer", {
		pixel_values: tensorsOf(sessions).floats(flat(PIXELS), [1, 3, SIDE, SIDE]),
	});
	const wrong = differences(
		contractOf("region_proposer", sessions.manifest.config, []),
		await sessions.metadata("region_proposer"),
	);
	await sessions.close();
	return { scores: numbersOf(outputs.scores), boxes: numbersOf(outputs.boxes), wrong, manifest: sessions.manifest };
}

const VARIANTS = {
	"levels of stride 4 and 8": TINY_PROPOSER,
	"three levels, none of the first two with a block": { ...TINY_PROPOSER, widths: [2, 3, 4, 6], depths: [0, 0, 2] },
} as const satisfies Record<string, ProposerPlan>;

describe.each(Object.entries(VARIANTS))("a proposer with %s", (name, plan) => {
	const made = new Map([...proposerTensors(plan)].map(([tensor, shape]) => [tensor, randomTensor(tensor, shape, 1)]));
	const expected = propose((tensor) => made.get(tensor)!, plan, PIXELS);

	test("as float32 agrees with plain loops to 1e-4, and has the interface of its contract", async () => {
		const { scores, boxes, wrong } = await run(exportProposer(name.replaceAll(/\W/g, "-"), plan, "fp32"));
		expect(relativeError(scores, flat(expected.scores))).toBeLessThan(1e-4);
		expect(relativeError(boxes, flat(expected.boxes))).toBeLessThan(1e-4);
		expect(wrong).toEqual([]);
	});

	/**
	 * Largest difference over the largest value. Measured: 2e-7, 3e-4, 2e-3, 3e-3; convolutions have no 4-bit form and
	 * stay int8.
	 */
	const BOUNDS = { fp32: 1e-5, fp16: 2e-3, bf16: 0.01, int8: 0.015, int4: 0.015 } as const satisfies Record<
		ExportDType,
		number
	>;

	test.each(
		EXPORT_DTYPES.flatMap((dtype) => (["wasm", "webgpu"] as const).map((target) => [dtype, target] as const)),
	)("as %s for %s stays near", async (dtype, target) => {
		const { scores, boxes } = await run(exportProposer(name.replaceAll(/\W/g, "-"), plan, dtype), target);
		expect(relativeError(scores, flat(expected.scores))).toBeLessThan(BOUNDS[dtype]);
		expect(relativeError(boxes, flat(expected.boxes))).toBeLessThan(BOUNDS[dtype]);
	});
});

test("a bundle describes its proposer and keeps its weights apart, and one graph serves both backends", async () => {
	const { manifest } = await run(exportProposer("described", TINY_PROPOSER, "int8"));
	expect(manifest.config.proposer).toEqual({
		image_size: 32,
		image_mean: [0.5, 0.4, 0.3],
		image_std: [0.2, 0.25, 0.3],
		stride: 4,
		kinds: ["person", "person", "logo"],
		threshold: 0.25,
	});
	expect(manifest.graphs.region_proposer).toEqual({
		file: "region_proposer.onnx",
		inputs: ["pixel_values"],
		outputs: ["scores", "boxes"],
		weights: ["proposer.weights"],
	});
});

test("a plan tells its files to the byte, and a check compares it with float32", async () => {
	const bundle = exportProposer("planned", TINY_PROPOSER, "int8");
	const tiny = join(folder, "tiny");
	const { architecture, close } = openCheckpoint(tiny);
	close();
	const planned = planExport(architecture, "int8", { proposer: TINY_PROPOSER }).files.filter(({ path }) =>
		path.includes("proposer"),
	);
	const written = parseManifest(readJson(join(bundle, "umie.json"))).files;
	expect(planned).toEqual(
		["proposer.weights", "region_proposer.onnx"].map((path) => ({ path, bytes: written[path]!.bytes })),
	);
	writeRandomProposer(join(tiny, "proposer.safetensors"));
	const checks = await verifyBundle(bundle, { against: tiny, device: "wasm" });
	rmSync(join(tiny, "proposer.safetensors"));
	const own = checks.filter(({ subject }) => subject === "region_proposer, wasm");
	expect(own.map(({ check, state }) => [check, state])).toEqual([
		["interface", "right"],
		["parity", "right"],
	]);
});
