/** Compares BERT's graph of tiny random checkpoints with plain loops, in every precision. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { expectedTensors } from "../checkpoint/expected-tensors.ts";
import {
	randomArchitecture,
	randomTensor,
	tinyConfig,
	writeRandomCheckpoint,
} from "../checkpoint/random-checkpoint.ts";
import type { BertEncoder } from "../checkpoint/text-encoders/bert.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { encodeWithBert, erf, gelu } from "./bert-reference.test-helper.ts";
import { B, flat, IDS, L, MASK } from "./parity.test-helper.ts";
import { EXPORT_DTYPES, type ExportDType } from "./precision.ts";
import type { Model } from "./reference.test-helper.ts";
import { numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-bert-"));
afterAll(() => rmSync(folder, { recursive: true }));

const BERT = {
	kind: "bert",
	num_layers: 2,
	num_heads: 4,
	d_ff: 48,
	max_position_embeddings: 20,
	type_vocab_size: 2,
	start_token_id: null,
} as const;

function configOf(encoder: Partial<BertEncoder>, t5 = {}) {
	return tinyConfig({ t5, umie: { text_encoder: { ...BERT, ...encoder } } });
}

function modelOf(config: Readonly<Record<string, unknown>>): Model & { readonly encoder: BertEncoder } {
	const a = randomArchitecture(config);
	const made = new Map([...expectedTensors(a)].map(([name, shape]) => [name, randomTensor(name, shape, 1)]));
	return { a, encoder: a.text_encoder as BertEncoder, weights: (name) => made.get(name)! };
}

let exported = 0;
function exportTiny(config: Readonly<Record<string, unknown>>, dtype: ExportDType, options = {}): string {
	const at = join(folder, `${exported++}`);
	writeRandomCheckpoint(join(at, "checkpoint"), config, 1);
	exportBundle(join(at, "checkpoint"), join(at, "bundle"), { dtype, ...options });
	return join(at, "bundle");
}

/** Of the tokens that are there. */
async function errorOf(
	config: Readonly<Record<string, unknown>>,
	bundle: string,
	target: "wasm" | "webgpu" = "wasm",
): Promise<number> {
	const m = modelOf(config);
	const sessions = await openSessions(bundle, { target });
	const { ints } = tensorsOf(sessions);
	const { encoder_hidden_states } = await sessions.run("text_encoder", {
		input_ids: ints(IDS.flat(), [B, L]),
		attention_mask: ints(MASK.flat(), [B, L]),
	});
	await sessions.close();
	expect(encoder_hidden_states!.dims).toEqual([B, L, m.a.d_model]);
	const expected = IDS.flatMap((ids, post) => encodeWithBert(m, m.encoder, ids, MASK[post]!));
	const keep = MASK.flat().flatMap((kept, at) => (kept === 1 ? [at] : []));
	const { d_model: d } = m.a;
	const got = keep.flatMap((at) => [...numbersOf(encoder_hidden_states).subarray(at * d, (at + 1) * d)]);
	return relativeError(got, flat(keep.map((at) => expected[at]!)));
}

test("the reference's error function and gelu are those of the tables", () => {
	expect([erf(0.5), erf(-1), erf(2)].map((value) => value.toFixed(6))).toEqual(["0.520500", "-0.842701", "0.995322"]);
	expect(gelu(1)).toBeCloseTo(0.841345, 6);
});

describe("float32 agrees with plain loops to 1e-4", () => {
	test.each<[string, Partial<BertEncoder>, object?]>([
		["BERT", {}],
		["a RoBERTa kind, whose positions begin at 2", { position_offset: 2, type_vocab_size: 1, layer_norm_eps: 1e-5 }],
		["a start token in front, whose state is dropped", { start_token_id: 48 }],
		["a RoBERTa kind with a start token", { start_token_id: 0, position_offset: 2, type_vocab_size: 1 }],
		["heads of another width than the decoder's", { num_heads: 1 }, { d_kv: 12 }],
		["another number of layers than the decoder's", { num_layers: 3 }, { num_layers: 3, num_decoder_layers: 1 }],
	])("%s", async (_, encoder, t5) => {
		const config = configOf(encoder, t5);
		expect(await errorOf(config, exportTiny(config, "fp32"))).toBeLessThan(1e-4);
	});
});

describe("every precision", () => {
	/** 32 inputs are a block of 4 bits. */
	const config = configOf({ start_token_id: 48, num_heads: 4, d_ff: 64 }, { d_model: 32, d_kv: 16 });
	/** Largest difference of a state over the largest state. Measured: 4e-7, 4e-4, 3e-3, 0.013, 0.1. */
	const BOUNDS = { fp32: 1e-5, fp16: 2e-3, bf16: 0.01, int8: 0.04, int4: 0.3 } as const satisfies Record<
		ExportDType,
		number
	>;

	test.each(
		EXPORT_DTYPES.flatMap((dtype) => (["wasm", "webgpu"] as const).map((target) => [dtype, target] as const)),
	)("%s graphs for %s", async (dtype, target) => {
		const error = await errorOf(config, exportTiny(config, dtype), target);
		console.log(`BERT, ${dtype}, ${target}: differs by ${error.toExponential(1)}`);
		expect(error).toBeLessThan(BOUNDS[dtype]);
	});

	test("products that are told to keep float activations do", async () => {
		const all = exportTiny(config, "int8", { floatActivations: /^encoder\./ });
		expect(await errorOf(config, all)).toBeLessThan(await errorOf(config, exportTiny(config, "int8")));
	});
});
