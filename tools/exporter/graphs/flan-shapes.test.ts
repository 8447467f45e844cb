/**
 * Compares every graph of random checkpoints with the true shapes of FLAN-T5 small and base, in bfloat16, with plain
 * loops in double precision, over the whole vocabulary.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GraphSessions } from "../../../workers/model/sessions.ts";
import { type Checkpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { type FlanSize, flanConfig, writeRandomT5 } from "../checkpoint/random-flan.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { crossPart, decode, encodeText, type Model, type Rows } from "./reference.test-helper.ts";
import { decodeSteps, numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

/**
 * One post of three tokens and a place that is padding: few, as a plain loop over base's weights takes a quarter of a
 * second per token.
 */
const IDS = [9, 31_000, 1, 0];
const MASK = [1, 1, 1, 0];
const [L, KEPT] = [4, 3];
/** Two beams, which change places. */
const STEPS = [
	{ tokens: [0, 0], parents: [0, 1] },
	{ tokens: [32_127, 5], parents: [1, 0] },
];
const HISTORIES = [
	[[0], [0]],
	[
		[0, 32_127],
		[0, 5],
	],
] as const;
const CANDIDATES = [1, 5, 16_000, 32_099, 32_127];

const root = mkdtempSync(join(tmpdir(), "umie-flan-shapes-"));
afterAll(() => rmSync(root, { recursive: true }));

const flat = (rows: Rows | Rows[]) => Float64Array.from(rows.flat(2) as number[]);

describe.each<FlanSize>(["small", "base"])("FLAN-T5-%s within 1e-4 of plain loops", (size) => {
	const [folder, bundle] = [join(root, size), join(root, `${size}-bundle`)];
	let checkpoint: Checkpoint;
	let m: Model;
	let text: Rows;
	let logits: Rows[];

	beforeAll(() => {
		writeRandomT5(folder, flanConfig(size), { dtype: "bf16", seed: 3 });
		exportBundle(folder, bundle, { dtype: "fp32" });
		checkpoint = openCheckpoint(folder);
		const tables = new Map<string, Float32Array>();
		// A table is asked for row by row, a matrix once per product.
		const weights = (name: string) => {
			if (!/^shared|relative_attention_bias/.test(name)) return checkpoint.floats(name);
			if (!tables.has(name)) tables.set(name, checkpoint.floats(name));
			return tables.get(name)!;
		};
		m = { a: checkpoint.architecture, weights };
		text = encodeText(m, IDS, MASK);
		logits = HISTORIES.map((rows) => rows.map((ids) => decode(m, ids, text, MASK).at(-1)!));
	});
	afterAll(() => {
		checkpoint.close();
		for (const path of [folder, bundle]) rmSync(path, { recursive: true });
	});

	/** A whole base model in every test's sessions would add up to gigabytes. */
	async function withSessions(
		use: (sessions: GraphSessions, tensors: ReturnType<typeof tensorsOf>) => Promise<void>,
	): Promise<void> {
		const sessions = await openSessions(bundle);
		try {
			await use(sessions, tensorsOf(sessions));
		} finally {
			await sessions.close();
		}
	}

	test("text_encoder", () =>
		withSessions(async (sessions, { ints }) => {
			const feeds = { input_ids: ints(IDS, [1, L]), attention_mask: ints(MASK, [1, L]) };
			const { encoder_hidden_states } = await sessions.run("text_encoder", feeds);
			const kept = KEPT * m.a.d_model;
			expect(
				relativeError(numbersOf(encoder_hidden_states).subarray(0, kept), flat(text).subarray(0, kept)),
			).toBeLessThan(1e-4);
		}));

	test("decoder_context, decoder over the whole vocabulary, and decoder_extractive over the candidates", async () => {
		const { d_model: d, num_heads: n, d_kv: h, vocab_size: v, num_decoder_layers: layers } = m.a;
		await withSessions(async (sessions, { ints, floats }) => {
			const mask = ints(MASK, [1, L]);
			const cross = await sessions.run("decoder_context", {
				cross_modal_states: floats(flat(text), [1, L, d]),
				attention_mask: mask,
			});
			for (const layer of [0, layers - 1])
				for (const [part, short] of [["key", "k"] as const, ["value", "v"] as const]) {
					const tensor = cross[`cross_${part}.${layer}`]!;
					expect(tensor.dims).toEqual([1, n, L, h]);
					expect(relativeError(numbersOf(tensor), flat(crossPart(m, layer, short, text)))).toBeLessThan(1e-4);
				}
			const whole = await decodeSteps(sessions, "decoder", { ...cross, attention_mask: mask }, STEPS);
			for (const [step, outputs] of whole.entries()) {
				expect(outputs.logits!.dims).toEqual([2, v]);
				expect(relativeError(numbersOf(outputs.logits), flat(logits[step]!))).toBeLessThan(1e-4);
				const sums = logits[step]!.map((row) => Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)));
				expect(relativeError(numbersOf(outputs.log_sum_exp), sums)).toBeLessThan(1e-5);
			}
			const fixed = { ...cross, attention_mask: mask, candidate_ids: ints(CANDIDATES, [1, CANDIDATES.length]) };
			const chosen = await decodeSteps(sessions, "decoder_extractive", fixed, STEPS);
			for (const [step, outputs] of chosen.entries()) {
				const columns = logits[step]!.map((row) => CANDIDATES.map((id) => row[id]!));
				expect(relativeError(numbersOf(outputs.logits), flat(columns))).toBeLessThan(1e-4);
			}
		});
	});
});
