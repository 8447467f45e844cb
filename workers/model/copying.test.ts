/**
 * Proves on graphs written in TypeScript what the engine feeds a decoder that copies, what it makes of its scores, and
 * that other bundles are fed as before.
 */
import { Tensor } from "onnxruntime-web";
import { describe, expect, test } from "vitest";
import type { GraphRole } from "../../src/bundle/manifest.ts";
import { prepareText } from "../../src/core/text.ts";
import { createContext } from "../../src/tasks/context.ts";
import type { SpanQuery } from "../../src/tasks/query/question.ts";
import { entityQuery } from "../../src/tasks/query/span.ts";
import { type ExtractRequest, settleRequest } from "../../src/tasks/request.ts";
import { tinyCodec, tinyManifest } from "../../src/tasks/tiny-codec.ts";
import { answerQueries } from "./answer.ts";
import type { Feeds, GraphSessions, Ort } from "./sessions.ts";

const codec = tinyCodec();
const EOS = codec.special.eos;

interface Run {
	readonly role: GraphRole;
	/** Numbers of every int32 input, by name, with its shape. */
	readonly fed: Readonly<Record<string, { readonly data: readonly number[]; readonly shape: readonly number[] }>>;
	readonly names: readonly string[];
}

interface FakeOptions {
	readonly copying: boolean;
	/** Tokens that the vocabulary wants to say, one a step, then the end. */
	readonly script?: readonly number[];
	/** What the pointer gives for the token behind the one that was copied last. */
	readonly next?: number;
	readonly damaged?: boolean;
}

/**
 * A decoder whose pointer wants the token behind the place that it is fed, and whose vocabulary wants a label, then the
 * end.
 */
function fakeSessions({ copying, script = codec.encode("person,"), next = 8, damaged = false }: FakeOptions) {
	const manifest = { ...tinyManifest(), config: { ...tinyManifest().config, copying } };
	const runs: Run[] = [];
	const alive = new Set<Tensor>();
	const made = (data: Float32Array, shape: readonly number[]) => {
		const tensor = new Tensor("float32", data, shape);
		const dispose = tensor.dispose.bind(tensor);
		tensor.dispose = () => {
			alive.delete(tensor);
			dispose();
		};
		alive.add(tensor);
		return tensor;
	};
	const zeros = (...shape: number[]) => made(new Float32Array(shape.reduce((all, one) => all * one, 1)), shape);
	const graphs: Record<string, (feeds: Feeds) => Feeds> = {
		text_encoder: ({ input_ids }) => ({ encoder_hidden_states: zeros(...input_ids!.dims, 8) }),
		decoder_context: ({ attention_mask }) => {
			const [b, l] = attention_mask!.dims;
			const cross = { "cross_key.0": zeros(b!, 2, l!, 4), "cross_value.0": zeros(b!, 2, l!, 4) };
			return copying ? { ...cross, pointer_key: zeros(b!, l!, 2) } : cross;
		},
		decoder: (feeds) => decode(feeds, null),
		decoder_extractive: (feeds) => decode(feeds, feeds.candidate_ids!),
	};
	function decode(feeds: Feeds, candidates: Tensor | null): Feeds {
		const [rows, steps] = feeds.decoder_input_ids!.dims as [number, number];
		const [b, l] = feeds.attention_mask!.dims as [number, number];
		const columns = candidates?.dims[1] ?? manifest.config.vocab_size;
		const before = feeds["past_key.0"]!.dims[2]!;
		const tokenOf = (row: number, column: number) =>
			candidates === null ? column : Number(candidates.data[Math.floor((row * b) / rows) * columns + column]);
		const logits = zeros(rows * steps, columns);
		for (let at = 0; at < rows * steps; at++)
			for (let column = 0; column < columns; column++) {
				const token = tokenOf(Math.floor(at / steps), column);
				if (token === (script[before + (at % steps)] ?? EOS)) (logits.data as Float32Array)[at * columns + column] = 6;
			}
		const present = {
			"present_key.0": zeros(rows, 2, before + steps, 4),
			"present_value.0": zeros(rows, 2, before + steps, 4),
		};
		if (!copying) return { logits, ...present };
		const pointer_scores = damaged ? zeros(rows * steps, l - 1) : zeros(rows * steps, l);
		for (let at = 0; at < rows * steps && !damaged; at++) {
			const text = Math.floor((Math.floor(at / steps) * b) / rows);
			for (let place = 0; place < l; place++) {
				const score = place === Number(feeds.places!.data[at]) + 1 ? next : 0;
				(pointer_scores.data as Float32Array)[at * l + place] =
					feeds.text_mask!.data[text * l + place] === 1 ? score : -1e9;
			}
		}
		return { logits, pointer_scores, ...present };
	}
	const sessions = {
		ort: { Tensor } as unknown as Ort,
		manifest,
		async run(role: GraphRole, feeds: Feeds) {
			const ints = Object.entries(feeds).filter(([, { type }]) => type === "int32");
			runs.push({
				role,
				names: Object.keys(feeds).sort(),
				fed: Object.fromEntries(
					ints.map(([name, { data, dims }]) => [name, { data: Array.from(data as Int32Array), shape: dims }]),
				),
			});
			return graphs[role]!(feeds);
		},
	};
	return { sessions: sessions as unknown as GraphSessions, runs, alive };
}

const TYPES = ["person"];
const queryOf = (text: string): SpanQuery => {
	const request: ExtractRequest = { tasks: ["mner"], labels: { entityTypes: TYPES }, gate: 0 };
	return entityQuery(
		createContext({
			request: settleRequest(request),
			prepared: prepareText(text, "post"),
			codec,
			manifest: tinyManifest(),
			regionCount: 0,
		}),
	);
};

async function ask(
	options: FakeOptions,
	queries: readonly SpanQuery[],
	request: Partial<ExtractRequest> = {},
	device: "wasm" | "webgpu" = "webgpu",
) {
	const { sessions, runs, alive } = fakeSessions(options);
	const settled = settleRequest({ tasks: ["mner"], beams: 2, ...request });
	const questions = queries.map((query) => ({ query, image: null }));
	const answers = await answerQueries(sessions, questions, {
		request: settled,
		device,
		yieldPoint: async () => {},
		onProgress: () => {},
	});
	const of = (role: GraphRole) => runs.filter((run) => run.role === role);
	return { texts: answers.map(({ hypotheses }) => codec.decode(hypotheses[0]!.ids)), answers, of, alive };
}

// Pieces are of four characters at most: "Kyrie" has two, "wins" one. They follow the prompt.
const LONG = queryOf("Kyrie wins");
const SHORT = queryOf("Ohio");
const begin = LONG.text.begin;

describe("a decoder that copies", () => {
	test("reads ids and where the text stands: the texts of a batch, padded", async () => {
		const { of } = await ask({ copying: true }, [LONG, SHORT]);
		const [context] = of("decoder_context");
		const length = LONG.inputIds.length;
		expect(context!.fed.input_ids).toEqual({ data: [...LONG.inputIds, ...SHORT.inputIds, 0, 0], shape: [2, length] });
		const mask = (words: number) => Array.from({ length }, (_, at) => (at >= begin && at < begin + words ? 1 : 0));
		expect(of("decoder_extractive")[0]!.fed.text_mask).toEqual({ data: [...mask(3), ...mask(1)], shape: [2, length] });
		expect(of("decoder_extractive")[0]!.names).toContain("pointer_key");
	});

	test("is told the place of every row, and says what its pointer wants to copy", async () => {
		const { of, texts } = await ask({ copying: true }, [LONG, SHORT], { beams: 1 });
		expect(texts).toEqual(["person, Kyrie wins </s>", "person, Ohio </s>"]);
		const [first] = of("decoder_extractive");
		expect(first!.fed.places).toEqual({ data: [begin - 1, begin - 1], shape: [2, 1] });
		// The start and the three pieces of the label; then "Ohio" is over, and its row a dummy.
		const hinted = of("decoder_extractive").map(({ fed }) => fed.places!.data.map((place) => place - begin));
		expect(hinted).toEqual([...Array(4).fill([-1, -1]), [0, 0], [1, -1], [2, -1]]);
	});

	test("the joined scores are probabilities: vocabulary and pointer over the candidates", async () => {
		const { answers } = await ask({ copying: true }, [SHORT]);
		const { ids, logProbs } = answers[0]!.hypotheses[0]!;
		// Pieces of "person, none Ohio", separator and end: ▁pers on , ▁none ▁Ohio <spot> </s>.
		const candidates = SHORT.candidateIds.length;
		expect(codec.decode(ids)).toBe("person, Ohio </s>");
		// What the vocabulary wants has e⁶, all else 1; the text's only token has e⁸ more from the pointer where it is
		// next, else 1.
		const total = (pointer: number) => Math.log(candidates - 1 + Math.exp(6) + Math.exp(pointer));
		expect(logProbs[0]).toBeCloseTo(6 - total(8), 5);
		expect(logProbs[3]).toBeCloseTo(Math.log(1 + Math.exp(8)) - total(8), 5);
		expect(logProbs[4]).toBeCloseTo(6 - total(0), 5);
	});

	test("with the whole vocabulary says the same, held to the grammar", async () => {
		const { texts } = await ask({ copying: true }, [LONG, SHORT], { decoding: "constrained" });
		expect(texts).toEqual(["person, Kyrie wins </s>", "person, Ohio </s>"]);
	});

	test("without a grammar is told what a free output has copied", async () => {
		const script = [...codec.encode("person, Kyrie"), codec.special.spot, EOS];
		const { of, texts } = await ask({ copying: true, script, next: 0 }, [LONG], { decoding: "full", beams: 1 });
		expect(texts).toEqual(["person, Kyrie <spot> </s>"]);
		expect(of("decoder").map(({ fed }) => fed.places!.data[0]! - begin)).toEqual([-1, -1, -1, -1, 0, 1, 1]);
	});

	test.each([
		"wasm",
		"webgpu",
	] as const)("several questions on one reading read it once, and each has its own places (%s)", async (device) => {
		const other: SpanQuery = { ...LONG, instructor: "again" };
		const { of, texts } = await ask({ copying: true }, [LONG, other], {}, device);
		expect(texts).toEqual(["person, Kyrie wins </s>", "person, Kyrie wins </s>"]);
		expect(of("decoder_context")).toHaveLength(1);
		expect(of("decoder_context")[0]!.fed.input_ids!.shape[0]).toBe(1);
		expect(of("decoder_extractive")[0]!.fed.places!.data).toEqual(
			device === "webgpu" ? [begin - 1, begin - 1] : [begin - 1],
		);
	});

	test("leaves no tensor behind but the scores of its steps", async () => {
		const { alive } = await ask({ copying: true }, [LONG, SHORT]);
		expect([...alive].filter(({ dims }) => dims.length !== 2)).toEqual([]);
	});

	test("whose scores have another shape is refused", async () => {
		await expect(ask({ copying: true, damaged: true }, [LONG])).rejects.toMatchObject({
			code: "bundle-graph-mismatch",
			message: expect.stringContaining("pointer_scores"),
		});
	});
});

describe("a decoder that does not copy", () => {
	test("is fed what it always was", async () => {
		const { of } = await ask({ copying: false }, [LONG, SHORT]);
		expect(of("decoder_context")[0]!.names).toEqual(["attention_mask", "cross_modal_states"]);
		const past = ["past_key.0", "past_value.0"];
		const cross = ["cross_key.0", "cross_value.0"];
		expect(of("decoder_extractive")[0]!.names).toEqual([
			"attention_mask",
			"beam_idx",
			"candidate_ids",
			...cross,
			"decoder_input_ids",
			...past,
		]);
	});
});
