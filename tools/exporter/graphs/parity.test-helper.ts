/** Makes tests that compare every graph of a bundle with plain loops in double precision. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { GraphSessions } from "../../../workers/model/sessions.ts";
import type { Vision } from "../checkpoint/architecture.ts";
import { crossPart, decode, encodeText, type Model, type Rows } from "./reference.test-helper.ts";
import { encodePicture, fuse } from "./reference-pictures.test-helper.ts";
import { MAX_STEP_TOKENS } from "./relative-bias.ts";
import { decodeSteps, numbersOf, openSessions, relativeError, tensorsOf } from "./sessions.test-helper.ts";

/** Two posts of different length, padded with 0. */
export const IDS = [
	[9, 12, 3, 40, 7, 1],
	[22, 8, 1, 0, 0, 0],
];
export const MASK = [
	[1, 1, 1, 1, 1, 1],
	[1, 1, 1, 0, 0, 0],
];
export const [B, L] = [2, 6];
export const BOXES = [
	[0, 0, 1, 1],
	[0.1, 0.2, 0.6, 0.5],
	[0.5, 0, 0.9, 1],
];

/** [3, s, s] of numbers between −1 and 1. */
export const crop = (n: number, size: number) =>
	Float32Array.from({ length: 3 * size * size }, (_, i) => Math.sin(0.37 * (n + 1) * (i % size) + 0.011 * i));

export const flat = (rows: Rows | Rows[]) => Float64Array.from(rows.flat(2) as number[]);
/** [rows, tokens] of a batch of states where the mask is 1: what padding computes is nobody's. */
const kept = (data: ArrayLike<number>, width: number) =>
	MASK.flat().flatMap((keep, at) => (keep === 1 ? Array.from({ length: width }, (_, i) => data[at * width + i]!) : []));

/**
 * Adds the tests of every graph to the `describe` around.
 * @param makeBundle writes a float32 bundle and tells its folder
 */
export function describeParity(m: Model, makeBundle: () => string): void {
	const { d_model: d, vocab_size: v, num_heads: n, d_kv: h } = m.a;
	const text = IDS.map((ids, post) => encodeText(m, ids, MASK[post]!));
	let sessions: GraphSessions;
	let tensors: ReturnType<typeof tensorsOf>;
	let mask: ReturnType<typeof tensors.ints>;
	const feedText = () => tensors.floats(flat(text), [B, L, d]);

	beforeAll(async () => {
		sessions = await openSessions(makeBundle());
		tensors = tensorsOf(sessions);
		mask = tensors.ints(MASK.flat(), [B, L]);
	});
	afterAll(() => sessions.close());

	test("text_encoder", async () => {
		const { encoder_hidden_states } = await sessions.run("text_encoder", {
			input_ids: tensors.ints(IDS.flat(), [B, L]),
			attention_mask: mask,
		});
		expect(encoder_hidden_states!.dims).toEqual([B, L, d]);
		expect(relativeError(kept(numbersOf(encoder_hidden_states), d), kept(flat(text), d))).toBeLessThan(1e-4);
	});

	if (m.a.vision !== null) describePictures(m, m.a.vision, text, () => sessions);

	async function cross() {
		return sessions.run("decoder_context", { cross_modal_states: feedText(), attention_mask: mask });
	}

	test("decoder_context", async () => {
		const outputs = await cross();
		const layers = Array.from({ length: m.a.num_decoder_layers }, (_, layer) => layer);
		expect(Object.keys(outputs).sort()).toEqual(
			["key", "value"].flatMap((part) => layers.map((layer) => `cross_${part}.${layer}`)),
		);
		for (const [output, tensor] of Object.entries(outputs)) {
			expect(tensor.dims).toEqual([B, n, L, h]);
			const [, part, layer] = /^cross_(k|v)\w+\.(\d)$/.exec(output)!;
			const expected = text.map((states) => crossPart(m, Number(layer), part as "k" | "v", states).flat());
			expect(relativeError(numbersOf(tensor), flat(expected))).toBeLessThan(1e-4);
		}
	});

	/** Two posts × two beams. Step 2 swaps post 0's beams, step 3 lets both of post 1's continue its second. */
	const STEPS = [
		{ tokens: [0, 0, 0, 0], parents: [0, 1, 2, 3] },
		{ tokens: [5, 9, 14, 3], parents: [0, 1, 2, 3] },
		{ tokens: [11, 30, 2, 49], parents: [1, 0, 2, 3] },
		{ tokens: [8, 8, 17, 21], parents: [0, 1, 3, 3] },
	];
	/** Tokens of every row at every step, followed back through the parents. */
	function histories(): number[][][] {
		const out: number[][][] = [];
		for (const { tokens, parents } of STEPS)
			out.push(tokens.map((token, at) => [...(out.at(-1)?.[parents[at]!] ?? []), token]));
		return out;
	}
	const logitsOf = (step: number) =>
		histories()[step]!.map((ids, at) => decode(m, ids, text[at >> 1]!, MASK[at >> 1]!).at(-1)!);

	test("decoder over four steps whose beams change places", async () => {
		expect(histories()[3]).toEqual([
			[0, 9, 11, 8],
			[0, 5, 30, 8],
			[0, 3, 49, 17],
			[0, 3, 49, 21],
		]);
		const outputs = await decodeSteps(sessions, "decoder", { ...(await cross()), attention_mask: mask }, STEPS);
		for (const [step, { logits }] of outputs.entries()) {
			expect(logits!.dims).toEqual([4, v]);
			expect(relativeError(numbersOf(logits), flat(logitsOf(step)))).toBeLessThan(1e-4);
		}
	});

	test("log_sum_exp of the decoder is that of its logits to 1e-5, every position's", async () => {
		const fixed = { ...(await cross()), attention_mask: mask };
		for (const { logits, log_sum_exp } of await decodeSteps(sessions, "decoder", fixed, STRETCHES)) {
			const rows = logits!.dims[0]!;
			const sum = (row: number) =>
				Math.log(
					numbersOf(logits)
						.subarray(row * v, (row + 1) * v)
						.reduce((all, logit) => all + Math.exp(logit), 0),
				);
			const expected = Array.from({ length: rows }, (_, row) => sum(row));
			expect(log_sum_exp!.dims).toEqual([rows]);
			expect(relativeError(numbersOf(log_sum_exp), expected)).toBeLessThan(1e-5);
		}
	});

	/** The first three tokens of four rows at once, then eight more, whose rows continue other ones. */
	const STRETCHES = [
		{ length: 3, parents: [0, 1, 2, 3] },
		{ length: MAX_STEP_TOKENS, parents: [1, 0, 3, 3] },
	].map(({ length, parents }, at) => ({
		length,
		parents,
		tokens: Array.from({ length: 4 * length }, (_, i) => (7 + 11 * i + 5 * at) % v),
	}));
	const ONE_BY_ONE = STRETCHES.flatMap(({ length, parents, tokens }) =>
		Array.from({ length }, (_, position) => ({
			tokens: parents.map((_, row) => tokens[row * length + position]!),
			parents: position === 0 ? parents : [0, 1, 2, 3],
		})),
	);

	test.each([
		"decoder",
		"decoder_extractive",
	] as const)("%s gives the same for several tokens at once as one by one, with and without a past", async (role) => {
		const candidate_ids = tensors.ints([1, 3, 9, 1, 3, 8], [B, 3]);
		const fixed = { ...(await cross()), attention_mask: mask, ...(role === "decoder" ? {} : { candidate_ids }) };
		const at = await decodeSteps(sessions, role, fixed, STRETCHES);
		const single = await decodeSteps(sessions, role, fixed, ONE_BY_ONE);
		const columns = role === "decoder" ? v : 3;
		let first = 0;
		for (const [index, { length }] of STRETCHES.entries()) {
			const { logits, log_sum_exp: _sums, ...present } = at[index]!;
			const { logits: _last, log_sum_exp: _sum, ...expected } = single[first + length - 1]!;
			expect(logits!.dims).toEqual([4 * length, columns]);
			const rows = [0, 1, 2, 3].flatMap((row) =>
				Array.from({ length }, (_, position) => [row, first + position] as const),
			);
			const wanted = rows.flatMap(([row, step]) => [
				...numbersOf(single[step]!.logits).subarray(row * columns, (row + 1) * columns),
			]);
			expect(relativeError(numbersOf(logits), wanted)).toBeLessThan(1e-4);
			for (const [name, tensor] of Object.entries(expected)) {
				expect(present[name]!.dims).toEqual([4, n, first + length, h]);
				expect(relativeError(numbersOf(present[name]), numbersOf(tensor))).toBeLessThan(1e-4);
			}
			first += length;
		}
	});

	test("decoder_extractive gives the candidates' columns of decoder", async () => {
		const candidates = [
			[1, 3, 9, 12, 40],
			[1, 3, 8, 22, 0],
		];
		const fixed = { ...(await cross()), attention_mask: mask };
		const whole = await decodeSteps(sessions, "decoder", fixed, STEPS);
		const chosen = await decodeSteps(
			sessions,
			"decoder_extractive",
			{ ...fixed, candidate_ids: tensors.ints(candidates.flat(), [B, 5]) },
			STEPS,
		);
		for (const [step, { logits }] of chosen.entries()) {
			expect(logits!.dims).toEqual([4, 5]);
			const all = numbersOf(whole[step]!.logits);
			const columns = [0, 1, 2, 3].flatMap((at) => candidates[at >> 1]!.map((id) => all[at * v + id]!));
			expect(relativeError(numbersOf(logits), columns)).toBeLessThan(1e-5);
		}
	});
}

/** Tests of the graphs that see. */
function describePictures(
	m: Model,
	{ image_size: size, max_objects: objects }: Vision,
	text: readonly Rows[],
	sessions: () => GraphSessions,
): void {
	const { d_model: d } = m.a;
	const slots = objects + 1;
	const crops = BOXES.map((_, i) => crop(i, size));
	const seen = encodePicture(m, crops, BOXES);
	const tensors = () => tensorsOf(sessions());
	const feedText = () => tensors().floats(flat([...text]), [B, L, d]);
	/** Empty slots may hold anything. */
	const padded = Float64Array.from(
		{ length: slots * d },
		(_, i) => seen.states[Math.floor(i / d)]?.[i % d] ?? 9 * Math.sin(i),
	);
	const feedPicture = () => ({
		visual_hidden_states: tensors().floats(padded, [1, slots, d]),
		visual_attention_mask: tensors().ints(seen.mask, [1, slots]),
	});

	test.each([1, 3])("visual_encoder on %d images", async (count) => {
		const expected = encodePicture(m, crops.slice(0, count), BOXES.slice(0, count));
		const pixel_values = tensors().floats(
			crops.slice(0, count).flatMap((pixels) => [...pixels]),
			[count, 3, size, size],
		);
		const outputs = await sessions().run("visual_encoder", {
			pixel_values,
			boxes: tensors().floats(BOXES.slice(0, count).flat(), [count, 4]),
		});
		expect([...outputs.visual_attention_mask!.data]).toEqual(expected.mask);
		expect(outputs.visual_hidden_states!.dims).toEqual([1, slots, d]);
		// The authors' reference computes no slots that are empty.
		const states = flat(expected.states);
		expect(relativeError(numbersOf(outputs.visual_hidden_states).subarray(0, states.length), states)).toBeLessThan(
			1e-4,
		);
	});

	test.each([null, 0, 0.5])("gated_attention with the gate at %s (null: its own)", async (override) => {
		const feeds = {
			encoder_hidden_states: feedText(),
			attention_mask: tensors().ints(MASK.flat(), [B, L]),
			...feedPicture(),
			gate_override: tensors().floats([override ?? Number.NaN], [1]),
		};
		const outputs = await sessions().run("gated_attention", feeds);
		const expected = text.map((states, post) => fuse(m, states, MASK[post]!, seen, override ?? undefined));
		expect(
			relativeError(numbersOf(outputs.cross_modal_states), flat(expected.map(({ states }) => states))),
		).toBeLessThan(1e-4);
		expect(relativeError(numbersOf(outputs.attention), flat(expected.map(({ attention }) => attention)))).toBeLessThan(
			1e-4,
		);
		expect(outputs.gate!.dims).toEqual([B]);
		expect(
			relativeError(
				numbersOf(outputs.gate),
				expected.map(({ gate }) => gate),
			),
		).toBeLessThan(1e-4);
		if (override === 0) expect(numbersOf(outputs.cross_modal_states)).toEqual(feedText().data);
	});
}
