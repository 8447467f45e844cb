/**
 * The float32 export of the reference checkpoint in a real browser, on both backends, against the reference's beams.
 * Skipped where the checkpoint is not at hand.
 */
import { describe, expect, inject, test } from "vitest";
import { OPEN_DEFAULTS } from "../src/client/protocol.ts";
import { unwrap } from "../src/core/failure.ts";
import type { ReferenceCase } from "../tools/node/testing/parity-bundle.ts";
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import {
	DecoderRun,
	type EncodedText,
	encodeImage,
	encodeText,
	freeContext,
	fuse,
	readContext,
} from "./model/model.ts";
import { referencePixels } from "./model/reference.ts";
import type { GraphSessions } from "./model/sessions.ts";
import { search } from "./search/beam-search.ts";

const atHand = inject("parity");
if (!atHand) console.log("skipped: the reference checkpoint is not at hand (set UMIE_SHARED)");

async function open(device: "wasm" | "webgpu") {
	const engine = createEngineApi(browserPlatform);
	unwrap(
		await engine.open(
			1,
			{ kind: "url", url: new URL("/.cache/parity/umie-nano-fp32/", location.href).href },
			{ ...OPEN_DEFAULTS, device, threads: 1 },
			() => {},
		),
	);
	return engine;
}

async function encoded(
	sessions: GraphSessions,
	{ input_ids, objects, boxes }: ReferenceCase,
	seed: number,
): Promise<EncodedText> {
	const text = await encodeText(sessions, [input_ids], 0);
	if (objects === 0) return text;
	const image = await encodeImage(sessions, referencePixels(objects + 1, seed), Float32Array.from(boxes.flat()), 224);
	return fuse(sessions, text, image, null);
}

async function beams(sessions: GraphSessions, text: EncodedText, num_beams: number) {
	const context = await readContext(sessions, text);
	const run = new DecoderRun(sessions, context, null);
	try {
		const [found] = await search(run, [{ grammar: null, candidateIds: null }], {
			num_beams,
			num_return_sequences: num_beams,
			max_new_tokens: 64,
		});
		return found!;
	} finally {
		run.dispose();
		freeContext(context);
	}
}

describe.each(["wasm", "webgpu"] as const)("on %s", (device) => {
	test.skipIf(!atHand)("beam-4 and greedy ids are those of the reference, scores within 1e-3", async () => {
		const cases = (await (await fetch("/.cache/parity/reference.json")).json()) as ReferenceCase[];
		const engine = await open(device);
		const { sessions } = engine.model();
		for (const [seed, reference] of cases.entries()) {
			const four = await beams(sessions, await encoded(sessions, reference, seed), 4);
			// Beams of the reference are padded with 0 after the end of the sequence.
			expect(four.map(({ ids }) => ids)).toEqual(reference.beams.map((ids) => ids.slice(0, ids.indexOf(1) + 1)));
			for (const [index, { score }] of four.entries())
				expect(Math.abs(score - reference.scores[index]!)).toBeLessThan(1e-3);
			const [greedy] = await beams(sessions, await encoded(sessions, reference, seed), 1);
			expect(greedy!.ids).toEqual(reference.greedy);
		}
		await engine.close();
	});
});
