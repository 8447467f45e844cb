/**
 * Compares the prefilter's graph with plain loops, shows what each precision costs, and that half a prefilter is
 * refused.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { parseArchitecture } from "../checkpoint/architecture.ts";
import { openCheckpoint, readJson, surveyCheckpoint } from "../checkpoint/checkpoint.ts";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import { randomTensor, type TinyChanges, tinyConfig, writeRandomCheckpoint } from "../checkpoint/random-checkpoint.ts";
import { streamSafetensors } from "../checkpoint/safetensors-writer.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { planExport } from "../export/plan.ts";
import { contractOf, differences } from "../verify/contract.ts";
import { verifyBundle } from "../verify/verify.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import { largestDifference, numbersOf, openSessions, tensorsOf } from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-prefilter-graph-"));
afterAll(() => rmSync(folder, { recursive: true }));

const PREFILTER = { related: 0.28, eventful: 0.05, related_width: 5, eventful_width: 3 };
// The former name, which the format keeps.
const RANDOM: TinyChanges = { umie: { screen: PREFILTER } };
type Weights = (name: string) => ArrayLike<number>;

/** Writes the tiny checkpoint; tensors of `hand` are what it says. */
function checkpointOf(
	name: string,
	changes: TinyChanges,
	hand: Readonly<Record<string, readonly number[]>> = {},
): string {
	const at = join(folder, name);
	const shapes = expectedTensors(writeRandomCheckpoint(at, tinyConfig(changes)));
	const heads = [...shapes].map(([tensor, shape]) => ({ name: tensor, dtype: "float32" as const, shape }));
	const make = (tensor: string) => Float32Array.from(hand[tensor] ?? randomTensor(tensor, shapes.get(tensor)!, 1));
	streamSafetensors(join(at, "model.safetensors"), heads, make, { format: "pt" });
	return at;
}

interface Feeds {
	/** [L][D] */
	readonly states: readonly (readonly number[])[];
	readonly mask: readonly number[];
	/** [M][L] */
	readonly spans: readonly (readonly number[])[];
	readonly pairs: readonly (readonly [head: number, tail: number])[];
}

async function run(bundle: string, { states, mask, spans, pairs }: Feeds, target: "wasm" | "webgpu" = "wasm") {
	const sessions = await openSessions(bundle, { target });
	const { floats, ints } = tensorsOf(sessions);
	const outputs = await sessions.run("screen", {
		encoder_hidden_states: floats(states.flat(), [1, states.length, states[0]!.length]),
		text_mask: floats(mask, [1, mask.length]),
		spans: floats(spans.flat(), [spans.length, mask.length]),
		pairs: ints(pairs.flat(), [pairs.length, 2]),
	});
	const wrong = differences(contractOf("screen", sessions.manifest.config, []), await sessions.metadata("screen"));
	await sessions.close();
	return {
		related: [...numbersOf(outputs.related)],
		eventful: [...numbersOf(outputs.eventful)],
		wrong,
		manifest: sessions.manifest,
	};
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function perceptron(weights: Weights, head: string, x: readonly number[]): number {
	const [wi, bi, wo, bo] = ["wi.weight", "wi.bias", "wo.weight", "wo.bias"].map((part) =>
		weights(`screen.${head}.${part}`),
	);
	let sum = bo![0]!;
	for (let unit = 0; unit < bi!.length; unit++) {
		let hidden = bi![unit]!;
		for (let at = 0; at < x.length; at++) hidden += wi![unit * x.length + at]! * x[at]!;
		sum += wo![unit]! * Math.max(0, hidden);
	}
	return sum;
}

/** The prefilter in plain loops. */
function prefiltered(
	weights: Weights,
	{ states, mask, spans, pairs }: Feeds,
): { readonly related: number[]; readonly eventful: number[] } {
	const mean = (row: number) =>
		states[0]!.map((_, d) => states.reduce((sum, state, token) => sum + spans[row]![token]! * state[d]!, 0));
	const related = pairs.map(([head, tail]) => {
		const [h, t] = [mean(head), mean(tail)];
		return sigmoid(
			perceptron(weights, "related", [
				...h,
				...t,
				...h.map((x, d) => x * t[d]!),
				...h.map((x, d) => Math.abs(x - t[d]!)),
			]),
		);
	});
	const scores = states.flatMap((state, token) =>
		mask[token] === 1 ? [Math.exp(perceptron(weights, "eventful", state))] : [],
	);
	return { related, eventful: [sigmoid(Math.log(scores.reduce((sum, one) => sum + one, 0)))] };
}

describe("by hand", () => {
	/**
	 * h₀ and how far head and tail are apart say whether they are related; the sum of a token's two numbers says whether
	 * it is an event.
	 */
	const hand = {
		"screen.related.wi.weight": [1, 0, 0, 0, 0, 0, 1, 1],
		"screen.related.wi.bias": [-1],
		"screen.related.wo.weight": [1],
		"screen.related.wo.bias": [-3],
		"screen.eventful.wi.weight": [1, 1],
		"screen.eventful.wi.bias": [0],
		"screen.eventful.wo.weight": [1],
		"screen.eventful.wo.bias": [-2],
	};
	const changes = { t5: { d_model: 2 }, umie: { screen: { ...PREFILTER, related_width: 1, eventful_width: 1 } } };
	const feeds: Feeds = {
		// A prompt, two tokens, the end.
		states: [
			[9, 9],
			[1, 0],
			[0, 2],
			[9, 9],
		],
		mask: [0, 1, 1, 0],
		spans: [
			[0, 1, 0, 0],
			[0, 0, 1, 0],
			[0, 0.5, 0.5, 0],
		],
		pairs: [
			[0, 1],
			[1, 0],
			[2, 0],
		],
	};

	test("pairs have an order, a mention is the mean of its tokens, only the text's tokens tell of events", async () => {
		const bundle = join(folder, "hand-bundle");
		exportBundle(checkpointOf("hand", changes, hand), bundle, { dtype: "fp32" });
		const { related, eventful, wrong } = await run(bundle, feeds);
		// relu(1 + 3 − 1) − 3 = 0; relu(0 + 3 − 1) − 3 = −1; [½, 1] and [1, 0]: relu(½ + 1½ − 1) − 3 = −2.
		expect(largestDifference(related, [0.5, sigmoid(-1), sigmoid(-2)])).toBeLessThan(1e-6);
		// Tokens say 1 − 2 and 2 − 2: e⁻¹ + 1 = 1.367879, over one more.
		expect(largestDifference(eventful, [1.367879 / 2.367879])).toBeLessThan(1e-6);
		expect(wrong).toEqual([]);
	});
});

describe("random", () => {
	const shapes = expectedTensors(parseArchitecture(tinyConfig(RANDOM)));
	const weights: Weights = (name) => randomTensor(name, shapes.get(name)!, 1);
	const feeds: Feeds = {
		states: Array.from({ length: 7 }, (_, token) =>
			Array.from({ length: 16 }, (_, d) => Math.sin(1.3 * token + 0.7 * d)),
		),
		mask: [0, 0, 1, 1, 1, 1, 0],
		spans: [
			[0, 0, 0.5, 0.5, 0, 0, 0],
			[0, 0, 0, 0, 0, 1, 0],
		],
		pairs: [
			[0, 1],
			[1, 0],
			[0, 0],
		],
	};
	const expected = prefiltered(weights, feeds);
	/** Of a probability. Measured: 7e-8, 9e-5, 2e-4 and 3e-4; the products have no 4-bit form and stay int8. */
	const BOUNDS = { fp32: 1e-5, fp16: 1e-3, bf16: 2e-3, int8: 3e-3, int4: 3e-3 } as const satisfies Record<
		ExportDType,
		number
	>;

	test.each(
		EXPORT_DTYPES.flatMap((dtype) => (["wasm", "webgpu"] as const).map((target) => [dtype, target] as const)),
	)("as %s for %s it stays near plain loops", async (dtype, target) => {
		const bundle = join(folder, `random-${dtype}-${target}`);
		exportBundle(checkpointOf("random", RANDOM), bundle, { dtype });
		const { related, eventful } = await run(bundle, feeds, target);
		expect(largestDifference(related, expected.related)).toBeLessThan(BOUNDS[dtype]);
		expect(largestDifference(eventful, expected.eventful)).toBeLessThan(BOUNDS[dtype]);
	});

	test("a bundle has its thresholds, keeps the weights in their own file, and one graph serves both backends", () => {
		const { config, graphs } = exportBundle(checkpointOf("described", RANDOM), join(folder, "described-bundle"), {
			dtype: "int8",
		});
		expect(config.screen).toEqual({ related: 0.28, eventful: 0.05 });
		expect(graphs.screen).toEqual({
			file: "screen.onnx",
			inputs: ["encoder_hidden_states", "text_mask", "spans", "pairs"],
			outputs: ["related", "eventful"],
			weights: ["screen.weights"],
		});
	});

	test("a plan tells its files to the byte, and a check compares it with float32", async () => {
		const [checkpoint, bundle] = [checkpointOf("planned", RANDOM), join(folder, "planned-bundle")];
		exportBundle(checkpoint, bundle, { dtype: "int8" });
		const { architecture, recognised, close } = openCheckpoint(checkpoint);
		close();
		expect(recognised).toContain("prefilter: pairs from 0.28 on (5 hidden units), events from 0.05 on (3)");
		const planned = planExport(architecture, "int8").files.filter(({ path }) => path.includes("screen"));
		const written = parseManifest(readJson(join(bundle, "umie.json"))).files;
		expect(planned).toEqual(["screen.onnx", "screen.weights"].map((path) => ({ path, bytes: written[path]!.bytes })));
		const checks = await verifyBundle(bundle, { against: checkpoint, device: "wasm" });
		expect(
			checks.filter(({ subject }) => subject === "screen, wasm").map(({ check, state }) => [check, state]),
		).toEqual([
			["interface", "right"],
			["parity", "right"],
		]);
	});
});

describe("half a prefilter", () => {
	test("in a checkpoint is reported tensor by tensor: those that are missing, and those that are not used", () => {
		const whole = checkpointOf("half", RANDOM);
		const reportAs = (changes: TinyChanges) => {
			writeFileSync(join(whole, "config.json"), JSON.stringify(tinyConfig(changes)));
			const { report, close } = surveyCheckpoint(whole);
			close();
			return report;
		};
		expect([...reportAs({}).unused].sort()).toEqual(
			["eventful", "related"].flatMap((head) =>
				["wi.bias", "wi.weight", "wo.bias", "wo.weight"].map((part) => `screen.${head}.${part}`),
			),
		);
		expect(reportAs({ umie: { screen: { ...PREFILTER, related_width: 6 } } }).misshapen).toContain(
			"screen.related.wi.bias: expected [6], found [5]",
		);
		const bare = writeRandomCheckpoint(join(folder, "bare"), tinyConfig());
		expect(bare.prefilter).toBeUndefined();
		writeFileSync(join(folder, "bare", "config.json"), JSON.stringify(tinyConfig(RANDOM)));
		const { report, close } = surveyCheckpoint(join(folder, "bare"));
		close();
		expect(report.missing).toHaveLength(8);
	});

	test("in a manifest is refused, whichever half it is", () => {
		const manifest = exportBundle(checkpointOf("whole", RANDOM), join(folder, "whole-bundle"), { dtype: "fp32" });
		const { screen, ...graphs } = manifest.graphs;
		const { screen: thresholds, ...config } = manifest.config;
		const refused = (what: string) => expect.objectContaining({ code: "bundle-format", what });
		expect(() => parseManifest({ ...manifest, graphs })).toThrow(
			refused("umie.json has config.screen but not graphs.screen: a bundle needs both or neither."),
		);
		expect(() => parseManifest({ ...manifest, config })).toThrow(
			refused("umie.json has graphs.screen but not config.screen: a bundle needs both or neither."),
		);
		expect(() =>
			parseManifest({ ...manifest, config: { ...config, screen: { ...thresholds, related: 1.5 } } }),
		).toThrow(/config\.screen\.related/);
	});
});
