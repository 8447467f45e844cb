/** Runs every graph of a bundle on random inputs, each fed with the outputs of the graphs before it. */
import type { Tensor } from "onnxruntime-web";
import type { GraphRole, Manifest } from "../../../src/bundle/manifest.ts";
import type { Feeds, Ort } from "../../../workers/model/sessions.ts";
import { seededRandom } from "../checkpoint/seeded-random.ts";

/** Two posts of 12 tokens, the second one padded; two beams each; two pictures. */
const [B, L, K, R, C] = [2, 12, 2, 2, 5];
const PADDED = 4;

export interface RoleRun {
	readonly role: GraphRole;
	readonly feeds: Feeds;
	readonly outputs: Feeds;
}

/** What is fed by several graphs: random numbers, the text, and a way to run a graph that records it. */
interface Runner {
	readonly manifest: Manifest;
	random(): number;
	ids(shape: readonly number[]): Tensor;
	ints(shape: readonly number[], value: (at: number) => number): Tensor;
	floats(shape: readonly number[], value: (at: number) => number): Tensor;
	/** Runs a graph without recording it. */
	run(role: GraphRole, feeds: Feeds): Promise<Feeds>;
	recorded(role: GraphRole, feeds: Feeds): Promise<Feeds>;
}

interface Text {
	readonly input_ids: Tensor;
	readonly attention_mask: Tensor;
}

/**
 * Runs every graph of the manifest once, the decoder twice so that its cache is not empty, with two tokens at once
 * where it takes them. The same numbers for the same settings.
 */
export async function runAll(
	ort: Ort,
	manifest: Manifest,
	run: (role: GraphRole, feeds: Feeds) => Promise<Feeds>,
): Promise<RoleRun[]> {
	const made: RoleRun[] = [];
	const random = seededRandom(1, "verify");
	const runner: Runner = {
		manifest,
		random,
		ids: (shape) => ints(ort, shape, () => 1 + Math.floor(random() * (manifest.config.vocab_size - 1))),
		ints: (shape, value) => ints(ort, shape, value),
		floats: (shape, value) => floats(ort, shape, value),
		run,
		async recorded(role, feeds) {
			const outputs = await run(role, feeds);
			made.push({ role, feeds, outputs });
			return outputs;
		},
	};
	const attention_mask = runner.ints([B, L], (at) => (at < B * L - PADDED ? 1 : 0));
	const text = { input_ids: runner.ids([B, L]), attention_mask };
	const { encoder_hidden_states } = await runner.recorded("text_encoder", text);
	const states = await runPictures(runner, encoder_hidden_states!, attention_mask);
	await runDecoders(runner, text, states);
	await runOptional(runner);
	return made;
}

/** What sees pictures, where the bundle has it. @returns the states that the decoder reads */
async function runPictures(
	{ manifest: { config, graphs }, random, floats, recorded }: Runner,
	encoder_hidden_states: Tensor,
	attention_mask: Tensor,
): Promise<Tensor> {
	if (config.visual === null || graphs.visual_encoder === undefined || graphs.gated_attention === undefined)
		return encoder_hidden_states;
	const size = config.visual.image_size;
	const boxes = floats([R, 4], (at) => [0, 0, 1, 1, 0.1, 0.2, 0.6, 0.9][at]!);
	const pixel_values = floats([R, 3, size, size], () => 4 * random() - 2);
	const picture = await recorded("visual_encoder", { pixel_values, boxes });
	// Not the model's own gate: a sum of products that may cancel out, which says nothing about precision.
	const gate_override = floats([1], () => 0.5);
	const fused = await recorded("gated_attention", {
		encoder_hidden_states,
		attention_mask,
		...picture,
		gate_override,
	});
	return fused.cross_modal_states!;
}

async function runDecoders(
	{ manifest: { config }, ids, ints, floats, run, recorded }: Runner,
	{ input_ids, attention_mask }: Text,
	cross_modal_states: Tensor,
): Promise<void> {
	const copying = config.copying === true;
	const context = await recorded("decoder_context", {
		cross_modal_states,
		attention_mask,
		...(copying && { input_ids }),
	});
	const { pointer_key, ...cross } = context;
	// Token 0 is the prompt, the last one of each post the end; places lie before, at the beginning of and inside the
	// texts.
	const text_mask = ints([B, L], (at) => (at % L > 0 && at !== L - 1 && at < B * L - PADDED - 1 ? 1 : 0));
	const pointing = (tokens: number) =>
		copying
			? { pointer_key: pointer_key!, text_mask, places: ints([B * K, tokens], (at) => [0, 3, 1, 5][at % 4]!) }
			: {};
	const rows = { attention_mask, beam_idx: ints([B * K], (at) => at), ...pointing(1) };
	const empty = (name: string) => [
		name.replace("cross", "past"),
		floats([B * K, config.num_heads, 0, config.d_kv], () => 0),
	];
	const start = {
		decoder_input_ids: ints([B * K, 1], () => config.decoder_start_token_id),
		...Object.fromEntries(Object.keys(cross).map(empty)),
	};
	const first = await run("decoder", { ...cross, ...rows, ...start });
	const past = Object.entries(first).flatMap(([name, value]) =>
		name.startsWith("present") ? [[name.replace("present", "past"), value]] : [],
	);
	// Beams change places: post 1 keeps its second beam twice.
	const beam_idx = ints([B * K], (at) => [1, 0, 3, 3][at]!);
	const tokens = Math.min(2, config.max_step_tokens ?? 1);
	const decoder_input_ids = ids([B * K, tokens]);
	const kept = Object.fromEntries(past);
	const step = { ...cross, attention_mask, beam_idx, decoder_input_ids, ...pointing(tokens), ...kept };
	await recorded("decoder", step);
	await recorded("decoder_extractive", { ...step, candidate_ids: ids([B, C]) });
}

/** Graphs that only some bundles have, each on inputs of its own. */
async function runOptional({ manifest: { config, graphs }, random, ints, floats, recorded }: Runner): Promise<void> {
	if (config.proposer !== undefined && graphs.region_proposer !== undefined) {
		const size = config.proposer.image_size;
		await recorded("region_proposer", { pixel_values: floats([1, 3, size, size], () => 4 * random() - 2) });
	}
	// The former name of the prefilter, which the format keeps.
	if (config.screen !== undefined && graphs.screen !== undefined) {
		// Two mentions of two tokens each; the first token is the prompt, the last one the end.
		const spans = floats([2, L], (at) => ([1, 2, L + 5, L + 6].includes(at) ? 0.5 : 0));
		await recorded("screen", {
			encoder_hidden_states: floats([1, L, config.d_model], () => random() - 0.5),
			text_mask: floats([1, L], (at) => (at > 0 && at < L - 1 ? 1 : 0)),
			spans,
			pairs: ints([2, 2], (at) => [0, 1, 1, 0][at]!),
		});
	}
	if (config.pair_relations !== undefined && graphs.pair_classifier !== undefined) {
		const encoder_hidden_states = floats([1, L, config.d_model], () => random() - 0.5);
		await recorded("pair_classifier", {
			encoder_hidden_states,
			ends: ints([3, 2], (at) => [1, 5, 5, 1, 8, 3][at]!),
		});
	}
}

function ints(ort: Ort, shape: readonly number[], value: (at: number) => number): Tensor {
	return new ort.Tensor(
		"int32",
		Int32Array.from({ length: product(shape) }, (_, at) => value(at)),
		shape,
	);
}

function floats(ort: Ort, shape: readonly number[], value: (at: number) => number): Tensor {
	return new ort.Tensor(
		"float32",
		Float32Array.from({ length: product(shape) }, (_, at) => value(at)),
		shape,
	);
}

const product = (shape: readonly number[]) => shape.reduce((all, dim) => all * dim, 1);

/** What is a sum over the values of another output may itself be about zero, and is as wrong as they are. */
const MEASURED_BY: Readonly<Record<string, string>> = { log_sum_exp: "logits" };

/**
 * The largest difference of any output, over the largest value of that output; infinite where shapes, whole numbers or
 * NaN say that it is another graph.
 */
export function relativeDifference(expected: Feeds, found: Feeds): number {
	const measure = (name: string, tensor: Tensor) => expected[MEASURED_BY[name] ?? name] ?? tensor;
	return Math.max(
		0,
		...Object.entries(expected).map(([name, tensor]) => outputDifference(tensor, found[name], measure(name, tensor))),
	);
}

/** @param measure whose largest value the difference is compared with */
function outputDifference(expected: Tensor, found: Tensor | undefined, measure: Tensor): number {
	if (found === undefined || found.type !== expected.type || found.dims.join() !== expected.dims.join())
		return Number.POSITIVE_INFINITY;
	const [wanted, got] = [expected.data as Float32Array, found.data as Float32Array];
	let off = 0;
	for (let i = 0; i < wanted.length; i++) {
		const difference = Math.abs(got[i]! - wanted[i]!);
		// NaN is larger than any bound.
		if (!(difference <= off)) off = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
	}
	if (off === 0) return 0;
	const largest = (measure.data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
	return expected.type === "int32" || largest === 0 ? Number.POSITIVE_INFINITY : off / largest;
}
