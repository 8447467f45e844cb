/**
 * Compares exported graphs with the numbers that PyTorch computed for the reference checkpoint. Skipped where they are
 * not available.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	DecoderRun,
	type EncodedText,
	encodeImage,
	encodeText,
	fuse,
	readContext,
} from "../../../workers/model/model.ts";
import { referencePixels } from "../../../workers/model/reference.ts";
import type { Feeds, GraphSessions } from "../../../workers/model/sessions.ts";
import { search } from "../../../workers/search/beam-search.ts";
import { readReference } from "../../node/testing/parity-bundle.ts";
import { sharedFolder } from "../../node/testing/shared-folder.ts";
import { openSafetensors, type SafetensorsFile } from "../checkpoint/safetensors.ts";
import { EXPORT_DTYPES } from "../graphs/precision.ts";
import {
	decodeSteps,
	largestDifference,
	numbersOf,
	openSessions,
	relativeError,
} from "../graphs/sessions.test-helper.ts";
import { exportBundle } from "./export-bundle.ts";

const shared = sharedFolder();
if (shared === null) console.log("skipped: the reference checkpoint is not at hand (set UMIE_SHARED)");

describe.skipIf(shared === null)("umie-nano against its reference", () => {
	const checkpoint = join(shared ?? "", "checkpoints/umie-nano");
	const cases = shared === null ? [] : readReference(join(checkpoint, "reference.safetensors"));
	const numbered = cases.map((reference, n) => [n, reference] as const);
	let folder = "";
	let file: SafetensorsFile;
	let sessions: GraphSessions;
	let seen: Feeds = {};
	const expected = (name: string) => file.readFloats(name);

	beforeAll(async () => {
		folder = mkdtempSync(join(tmpdir(), "umie-parity-"));
		file = openSafetensors(join(checkpoint, "reference.safetensors"));
		exportBundle(checkpoint, join(folder, "fp32"), { dtype: "fp32", inspect: true });
		// The helpers of the engine hand on what the next graph needs; the values between are overheard.
		sessions = await openSessions(join(folder, "fp32"), { observe: ({ outputs }) => Object.assign(seen, outputs) });
	});
	afterAll(async () => {
		file.close();
		await sessions.close();
		rmSync(folder, { recursive: true });
	});

	/** Text and picture of one case through the engine's own calls. */
	async function encode(over: GraphSessions, n: number): Promise<EncodedText> {
		const { input_ids, objects, boxes } = cases[n]!;
		const text = await encodeText(over, [input_ids], 0);
		if (objects === 0) return text;
		return fuse(
			over,
			text,
			await encodeImage(over, referencePixels(objects + 1, n), Float32Array.from(boxes.flat()), 224),
			null,
		);
	}

	/** The forced prefix, token by token. @returns the outputs of all steps, one after the other: [T, …] each */
	async function force(
		over: GraphSessions,
		n: number,
		text: EncodedText,
	): Promise<{ logits: number[]; decoder_hidden: number[] }> {
		const cross = await over.run("decoder_context", { cross_modal_states: text.states, attention_mask: text.mask });
		const tokens = [...expected(`${n}.decoder_input_ids`)];
		const steps = await decodeSteps(
			over,
			"decoder",
			{ ...cross, attention_mask: text.mask },
			tokens.map((token) => ({ tokens: [token], parents: [0] })),
		);
		const all = (name: string) =>
			steps.flatMap((outputs) => (outputs[name] === undefined ? [] : [...numbersOf(outputs[name])]));
		return { logits: all("logits"), decoder_hidden: all("decoder_hidden") };
	}

	test.each([0, 1])("the pixels of picture %d are those the reference was given", (n) => {
		const pixels = referencePixels(2, n);
		const corner = (crop: number) =>
			Array.from({ length: 3 }, (_, c) =>
				Array.from({ length: 8 }, (_, y) => [
					...pixels.subarray(((crop * 3 + c) * 224 + y) * 224, ((crop * 3 + c) * 224 + y) * 224 + 8),
				]),
			).flat(2);
		for (const crop of [0, 1])
			expect(largestDifference(corner(crop), expected(`${n}.pixels_crop${crop}_corner`))).toBeLessThan(1e-6);
	});

	test.each(
		numbered,
	)("case %d: tensors within 1e-4 of their largest value, logits within 1e-3, gate_delta within 2 ulp", async (n, {
		objects,
	}) => {
		seen = {};
		const text = await encodeText(sessions, [cases[n]!.input_ids], 0);
		const h = Float32Array.from(numbersOf(text.states));
		const fused = await encode(sessions, n);
		const c = Float32Array.from(numbersOf(fused.states));
		const forced = await force(sessions, n, fused);
		const close = (name: string, got: ArrayLike<number>) =>
			expect([name, relativeError(got, expected(`${n}.${name}`)) < 1e-4]).toEqual([name, true]);
		close("encoder_output", h);
		close("c", c);
		close("decoder_hidden", forced.decoder_hidden);
		expect(largestDifference(forced.logits, expected(`${n}.logits`))).toBeLessThan(1e-3);
		if (objects > 0) {
			for (const name of ["backbone_features", "visual_embeddings", "M", "gate_dot"])
				close(name, numbersOf(seen[name]));
			close("h_v", numbersOf(seen.visual_hidden_states));
			close("g", numbersOf(seen.gate));
			expect([...seen.visual_attention_mask!.data]).toEqual([...expected(`${n}.object_mask`)]);
		}
		// c − h_e loses what both have in common: its error is that of numbers as large as c, whatever its own size.
		const ulp = 2 ** (Math.floor(Math.log2(c.reduce((most, value) => Math.max(most, Math.abs(value)), 0))) - 23);
		expect(
			largestDifference(
				c.map((value, i) => value - h[i]!),
				expected(`${n}.gate_delta`),
			),
		).toBeLessThanOrEqual(2 * ulp);
	});

	async function beams(n: number, num_beams: number) {
		const run = new DecoderRun(sessions, await readContext(sessions, await encode(sessions, n)), null);
		const [found] = await search(run, [{ grammar: null, candidateIds: null }], {
			num_beams,
			num_return_sequences: num_beams,
			max_new_tokens: 64,
		});
		run.dispose();
		return found!;
	}

	test.each(
		numbered,
	)("case %d: ids of 4 beams and of greedy search are the reference's, scores within 1e-3", async (n, reference) => {
		const four = await beams(n, 4);
		// Beams of the reference are padded with 0 after </s>, which is 1.
		expect(four.map(({ ids }) => ids)).toEqual(reference.beams.map((ids) => ids.slice(0, ids.indexOf(1) + 1)));
		expect(
			largestDifference(
				four.map(({ score }) => score),
				reference.scores,
			),
		).toBeLessThan(1e-3);
		expect((await beams(n, 1)).map(({ ids }) => ids)).toEqual([reference.greedy]);
	});

	test("smaller precisions stay near the reference's logits", async () => {
		const bounds = { fp32: 1e-3, fp16: 0.02, bf16: 0.2, int8: 1, int4: 4 } as const;
		const rows: Record<string, string>[] = [];
		for (const dtype of EXPORT_DTYPES)
			for (const target of ["wasm", "webgpu"] as const) {
				const bundle = join(folder, `table-${dtype}`);
				exportBundle(checkpoint, bundle, { dtype });
				const over = await openSessions(bundle, { target });
				const { logits } = await force(over, 0, await encode(over, 0));
				const difference = largestDifference(logits, expected("0.logits"));
				rows.push({ dtype, graphs: target, "largest logit difference": difference.toExponential(2) });
				expect(difference).toBeLessThan(bounds[dtype]);
				await over.close();
			}
		console.table(rows);
	});
});
