/**
 * Lists the inputs and outputs that each graph must have, with types and shapes (CONTRIBUTING, "The graphs"), and
 * compares a session with them.
 */
import type { InferenceSession } from "onnxruntime-web";
import type { GraphRole, ModelConfig } from "../../../src/bundle/manifest.ts";

/** A dimension: a number, or a letter of the alphabet for what is known at run time only. */
type Dim = number | string;
/** "f32" or "i32", then the shape. */
type Port = readonly [type: "float32" | "int32", ...shape: Dim[]];
type Ports = Readonly<Record<string, Port>>;

export interface GraphContract {
	readonly inputs: Ports;
	readonly outputs: Ports;
}

/** Outputs that graphs of older bundles do not have: the engine does without. */
const ADDED_LATER: readonly string[] = ["log_sum_exp"];

/** @param listed the outputs that umie.json lists */
export function contractOf(role: GraphRole, config: ModelConfig, listed: readonly string[]): GraphContract {
	const { inputs, outputs } = CONTRACTS[role](config);
	return {
		inputs,
		outputs: Object.fromEntries(
			Object.entries(outputs).filter(([name]) => listed.includes(name) || !ADDED_LATER.includes(name)),
		),
	};
}

const CONTRACTS = {
	text_encoder: ({ d_model: d }) => ({
		inputs: { input_ids: ["int32", "B", "L"], attention_mask: ["int32", "B", "L"] },
		outputs: { encoder_hidden_states: ["float32", "B", "L", d] },
	}),
	visual_encoder: ({ d_model: d, visual }) => ({
		inputs: {
			pixel_values: ["float32", "R", 3, visual?.image_size ?? 0, visual?.image_size ?? 0],
			boxes: ["float32", "R", 4],
		},
		outputs: {
			visual_hidden_states: ["float32", 1, slotsOf({ visual }), d],
			visual_attention_mask: ["int32", 1, slotsOf({ visual })],
		},
	}),
	gated_attention: ({ d_model: d, visual }) => ({
		inputs: {
			encoder_hidden_states: ["float32", "B", "L", d],
			attention_mask: ["int32", "B", "L"],
			visual_hidden_states: ["float32", 1, slotsOf({ visual }), d],
			visual_attention_mask: ["int32", 1, slotsOf({ visual })],
			gate_override: ["float32", 1],
		},
		outputs: {
			cross_modal_states: ["float32", "B", "L", d],
			gate: ["float32", "B"],
			attention: ["float32", "B", "L", slotsOf({ visual })],
		},
	}),
	decoder_context: (config) => ({
		inputs: {
			cross_modal_states: ["float32", "B", "L", config.d_model],
			attention_mask: ["int32", "B", "L"],
			...(config.copying && { input_ids: ["int32", "B", "L"] as const }),
		},
		outputs: {
			...caches(config, "cross", "B", "L"),
			...(config.copying && { pointer_key: ["float32", "B", "L", "W"] as const }),
		},
	}),
	decoder: (config) => {
		const { inputs, outputs } = decoderOf(config, config.vocab_size);
		return { inputs, outputs: { ...outputs, log_sum_exp: ["float32", outputs.logits![1]!] } };
	},
	decoder_extractive: (config) => decoderOf(config, "C", { candidate_ids: ["int32", "B", "C"] }),
	region_proposer: ({ proposer }) => ({
		inputs: { pixel_values: ["float32", 1, 3, proposer?.image_size ?? 0, proposer?.image_size ?? 0] },
		outputs: {
			scores: ["float32", 1, proposer?.kinds.length ?? 0, ...gridOf(proposer)],
			boxes: ["float32", 1, 4, ...gridOf(proposer)],
		},
	}),
	// The former name of the prefilter, which the format keeps.
	screen: ({ d_model: d }) => ({
		inputs: {
			encoder_hidden_states: ["float32", 1, "L", d],
			text_mask: ["float32", 1, "L"],
			spans: ["float32", "M", "L"],
			pairs: ["int32", "P", 2],
		},
		outputs: { related: ["float32", "P"], eventful: ["float32", 1] },
	}),
	pair_classifier: ({ d_model: d, pair_relations }) => ({
		inputs: { encoder_hidden_states: ["float32", 1, "L", d], ends: ["int32", "P", 2] },
		outputs: { relation_log_probs: ["float32", "P", pair_relations?.length ?? 0] },
	}),
} as const satisfies Record<GraphRole, (config: ModelConfig) => GraphContract>;

/** The whole image and every object. */
function slotsOf({ visual }: Pick<ModelConfig, "visual">): number {
	return (visual?.max_objects ?? 0) + 1;
}

/** Rows and columns of the proposer's outputs. */
function gridOf(proposer: ModelConfig["proposer"]): [rows: number, columns: number] {
	const cells = proposer === undefined ? 0 : proposer.image_size / proposer.stride;
	return [cells, cells];
}

/**
 * What a step of a copying decoder reads beside: where each fed token's row copied last, the pointer's keys, which
 * positions are the text's.
 */
const POINTER_INPUTS = {
	places: ["int32", "B·K", "S"],
	pointer_key: ["float32", "B", "L", "W"],
	text_mask: ["int32", "B", "L"],
} as const;

/** Bundles that do not say how many tokens a step may have were made when it was one. */
function decoderOf(config: ModelConfig, columns: Dim, more: Ports = {}): GraphContract {
	const [tokens, scored, length] = config.max_step_tokens === undefined ? [1, "B·K", "T + 1"] : ["S", "B·K·S", "T + S"];
	return {
		inputs: {
			decoder_input_ids: ["int32", "B·K", tokens],
			beam_idx: ["int32", "B·K"],
			attention_mask: ["int32", "B", "L"],
			...(config.copying && POINTER_INPUTS),
			...more,
			...caches(config, "past", "P", "T"),
			...caches(config, "cross", "B", "L"),
		},
		outputs: {
			logits: ["float32", scored, columns],
			...(config.copying && { pointer_scores: ["float32", scored, "L"] as const }),
			...caches(config, "present", "B·K", length),
		},
	};
}

/** Keys and values of every layer: [rows, N, length, H] */
function caches(
	{ num_decoder_layers: layers, num_heads: n, d_kv: h }: ModelConfig,
	kind: "past" | "present" | "cross",
	rows: Dim,
	length: Dim,
): Ports {
	const names = Array.from({ length: layers }, (_, layer) => [`${kind}_key.${layer}`, `${kind}_value.${layer}`]).flat();
	return Object.fromEntries(names.map((name) => [name, ["float32", rows, n, length, h]]));
}

/** What differs from the contract, in words; the values between that a debug export adds are allowed. */
export function differences(
	{ inputs, outputs }: GraphContract,
	session: Pick<InferenceSession, "inputMetadata" | "outputMetadata">,
): string[] {
	const found = (metadata: readonly InferenceSession.ValueMetadata[]) =>
		new Map(metadata.map((value) => [value.name, describe(value)]));
	const [got, gave] = [found(session.inputMetadata), found(session.outputMetadata)];
	const extra = [...got.keys()]
		.filter((name) => !Object.hasOwn(inputs, name))
		.map((name) => `unexpected input ${name}`);
	return [...compare("input", inputs, got), ...compare("output", outputs, gave), ...extra];
}

function compare(kind: string, ports: Ports, found: ReadonlyMap<string, string>): string[] {
	return Object.entries(ports).flatMap(([name, [type, ...shape]]) => {
		const has = found.get(name) ?? "missing";
		// W is a width that only the graphs know.
		const known = shape.at(-1) === "W" ? [...shape.slice(0, -1), /(\d+)\]$/.exec(has)?.[1] ?? "W"] : shape;
		const wanted = `${type} [${known.join(", ")}]`;
		return has === wanted ? [] : [`${kind} ${name}: expected ${wanted}, found ${has}`];
	});
}

function describe(value: InferenceSession.ValueMetadata): string {
	return value.isTensor ? `${value.type} [${value.shape.join(", ")}]` : "no tensor";
}
