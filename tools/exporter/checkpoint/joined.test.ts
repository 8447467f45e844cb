/**
 * Joins random encoder folders with decoders: which folders are recognised, what is joined, and what is refused with
 * which sentence.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runCommand } from "../../cli/run-command.test-helper.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { encodeWithBert } from "../graphs/bert-reference.test-helper.ts";
import { B, flat, IDS, L, MASK } from "../graphs/parity.test-helper.ts";
import { numbersOf, openSessions, relativeError, tensorsOf } from "../graphs/sessions.test-helper.ts";
import { verifyBundle } from "../verify/verify.ts";
import { surveyCheckpoint } from "./checkpoint.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { openSource } from "./joined.ts";
import {
	encoderConfig,
	randomTensor,
	tinyConfig,
	writeRandomCheckpoint,
	writeRandomEncoder,
} from "./random-checkpoint.ts";
import type { BertEncoder } from "./text-encoders/bert.ts";

const root = mkdtempSync(join(tmpdir(), "umie-joined-"));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);

const ROBERTA = encoderConfig({ model_type: "xlm-roberta", pad_token_id: 1, type_vocab_size: 1, layer_norm_eps: 1e-5 });
const bert = at("bert");
const roberta = at("roberta");
writeRandomEncoder(bert);
writeRandomEncoder(roberta, ROBERTA, { prefix: "roberta." });

const failureOf = (work: () => unknown): string => {
	try {
		work();
	} catch (error) {
		return (error as Error).message;
	}
	return "no failure";
};

describe("a text encoder alone", () => {
	test.each([
		["bare names", "", "bert"],
		["bert.", "bert.", "bert"],
		["roberta.", "roberta.", "roberta"],
	])("with names that begin with %s is recognised, every tensor there and used", (_, prefix, type) => {
		const folder = at(`named-${prefix}`);
		writeRandomEncoder(folder, encoderConfig({ model_type: type }), { prefix });
		const survey = surveyCheckpoint(folder);
		survey.close();
		expect(survey.name).toBe("encoder");
		expect(survey.report).toEqual({ missing: [], misshapen: [], unused: [] });
	});

	test("inspect says what it is; positions of the RoBERTa kind begin behind the padding token", async () => {
		const plain = await runCommand("inspect", bert);
		expect([plain.code, plain.err]).toEqual([0, ""]);
		expect(plain.out).toContain(
			"layout: a text encoder alone (BERT, RoBERTa, XLM-RoBERTa)\ntext: BERT encoder 2 layers, 2 heads × 8, " +
				"feed-forward 24, 40 positions, width 16",
		);
		expect(plain.out).toContain("decoder: none\nvision: none\nevery tensor is there and used");
		expect((await runCommand("inspect", roberta)).out).toContain("40 positions from 2 on");
	});

	test("the transformer of a sentence-transformers folder is the one at its top", async () => {
		const folder = at("sentences");
		cpSync(bert, folder, { recursive: true });
		mkdirSync(join(folder, "1_Pooling"));
		writeFileSync(join(folder, "1_Pooling/config.json"), "{}");
		writeFileSync(
			join(folder, "modules.json"),
			JSON.stringify([{ idx: 0, name: "0", path: "", type: "sentence_transformers.models.Transformer" }]),
		);
		expect((await runCommand("inspect", folder)).code).toBe(0);
		expect(exportBundle(null, at("sentences-bundle"), { dtype: "int8", encoder: folder }).config.text_encoder).toBe(
			"bert",
		);
	});

	test("export refuses it with one sentence that says how to join it", async () => {
		const { code, err } = await runCommand("export", "--checkpoint", bert, "--output", at("refused"));
		expect(code).toBe(2);
		expect(err.split("\n")[0]).toBe(
			`${bert} holds a text encoder alone: join it with a decoder by --encoder ${bert} [--checkpoint DECODER].`,
		);
	});

	test.each<[string, object, RegExp]>([
		["another activation", { hidden_act: "relu" }, /"hidden_act" is "relu"/],
		["relative positions", { position_embedding_type: "relative_key" }, /"position_embedding_type" is "relative_key"/],
		[
			"heads that do not divide the width",
			{ num_attention_heads: 3 },
			/"d_model" 16 is not a multiple of the text encoder's 3 heads/,
		],
		["a million layers", { num_hidden_layers: 1_000_000 }, /"num_hidden_layers" is 1000000/],
		["a width of a billion", { hidden_size: 1e9 }, /"hidden_size" is 1000000000/],
		["more positions than memory", { max_position_embeddings: 1e12 }, /"max_position_embeddings" is 1000000000000/],
		[
			"no position for a token",
			{ model_type: "roberta", pad_token_id: 1, max_position_embeddings: 2 },
			/leaves no position/,
		],
		["a padding token past the vocabulary", { pad_token_id: 60 }, /token 60 is past the vocabulary of 60/],
		["an epsilon of zero", { layer_norm_eps: 0 }, /"layer_norm_eps" is 0/],
		["text for a number", { vocab_size: "many" }, /"vocab_size" is "many"/],
	])("with %s is refused", (_, changes, message) => {
		const folder = at("hostile");
		cpSync(bert, folder, { recursive: true });
		writeFileSync(join(folder, "config.json"), JSON.stringify({ ...encoderConfig(), ...changes }));
		expect(failureOf(() => surveyCheckpoint(folder))).toMatch(message);
	});
});

describe("joined with a random decoder", () => {
	test("a WordPiece tokenizer gets a separator behind its pieces; the rest of its ids are the tokenizer's own", () => {
		const manifest = exportBundle(null, at("bert-bundle"), { dtype: "fp32", encoder: bert });
		// 58 pieces in 60 rows: the separator takes a row that belonged to no token.
		expect(manifest.config).toMatchObject({
			vocab_size: 60,
			spot_token_id: 58,
			pad_token_id: 0,
			eos_token_id: 3,
			decoder_start_token_id: 0,
			object_token_ids: [],
		});
		expect(manifest.config).toMatchObject({
			num_layers: 2,
			num_decoder_layers: 2,
			d_model: 16,
			d_kv: 8,
			max_input: 39,
			text_encoder: "bert",
			visual: null,
		});
		expect(manifest.description).toBe(
			"The decoder is random (2 layers of 2 heads × 8): it was never trained, so its answers are meaningless.",
		);
		const { added_tokens } = JSON.parse(readFileSync(at("bert-bundle/tokenizer.json"), "utf8")) as {
			added_tokens: { id: number; content: string }[];
		};
		expect(added_tokens.at(-1)).toMatchObject({ id: 58, content: "<spot>", special: false });
	});

	test("a table without room grows by a row, the same for the same seed, whatever part of it is read", () => {
		const folder = at("full");
		writeRandomEncoder(folder, encoderConfig({ vocab_size: 40 }));
		const json = JSON.parse(readFileSync(join(folder, "tokenizer.json"), "utf8")) as {
			model: { vocab: Record<string, number> };
		};
		Object.assign(json.model.vocab, { w38: 38, w39: 39 });
		writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(json));
		const joined = openSource(null, { encoder: folder });
		expect(joined.architecture).toMatchObject({ vocab_size: 41, spot_token_id: 40 });
		const whole = joined.floats("shared.weight");
		expect(whole).toHaveLength(41 * 16);
		expect([...whole.subarray(0, 640)]).toEqual([...randomTensor("shared.weight", [40, 16], 1)]);
		expect([...joined.floats("shared.weight", 600, 650)]).toEqual([...whole.subarray(600, 650)]);
		expect([...joined.floats("shared.weight", 645, 656)]).toEqual([...whole.subarray(645)]);
		expect(whole.subarray(640).some((value) => value !== 0)).toBe(true);
		joined.close();
	});

	test.each([
		["BERT", bert, encoderConfig(), 2],
		["the RoBERTa kind", roberta, ROBERTA, 0],
	])("%s: its fp32 graph reads texts after the start token as plain loops do", async (name, encoder, config, start) => {
		const bundle = at(`parity-${name}`);
		exportBundle(null, bundle, { dtype: "fp32", encoder });
		const joined = openSource(null, { encoder });
		const { architecture: a } = joined;
		joined.close();
		expect(a.text_encoder).toMatchObject({ start_token_id: start, position_offset: config === ROBERTA ? 2 : 0 });
		const made = new Map([...expectedTensors(a)].map(([tensor, shape]) => [tensor, randomTensor(tensor, shape, 1)]));
		// The random table has the rows of the file.
		made.set("shared.weight", randomTensor("shared.weight", [60, 16], 1));
		const m = { a, weights: (tensor: string) => made.get(tensor)! };
		const sessions = await openSessions(bundle);
		const { ints } = tensorsOf(sessions);
		const { encoder_hidden_states } = await sessions.run("text_encoder", {
			input_ids: ints(IDS.flat(), [B, L]),
			attention_mask: ints(MASK.flat(), [B, L]),
		});
		await sessions.close();
		const expected = encodeWithBert(m, a.text_encoder as BertEncoder, IDS[0]!, MASK[0]!);
		expect(relativeError(numbersOf(encoder_hidden_states).subarray(0, L * 16), flat(expected))).toBeLessThan(1e-4);
	});

	test("verify compares the bundle with the same encoder and random decoder", async () => {
		exportBundle(null, at("verified"), { dtype: "int8", encoder: roberta });
		const checks = await verifyBundle(at("verified"), { encoder: roberta, device: "wasm" });
		expect(checks.filter(({ state }) => state !== "right")).toEqual([]);
		expect(checks.filter(({ check }) => check === "parity")).toHaveLength(4);
	});

	test("export --encoder prints that the decoder is random", async () => {
		const { code, out } = await runCommand("export", "--encoder", roberta, "--output", at("printed"), "--no-check");
		expect(code).toBe(0);
		expect(out).toContain("tokenizer: <spot> added as 58");
		expect(out).toContain("it was never trained, so its answers are meaningless.");
	});
});

describe("joined with a checkpoint's decoder", () => {
	const copying = { width: 6, buckets: 8, max_distance: 4 };

	test("decoder, pointer and what sees pictures are the checkpoint's; embeddings and encoder the folder's", () => {
		writeRandomCheckpoint(at("decoder"), tinyConfig({ umie: { copying } }), 5);
		const joined = openSource(at("decoder"), { encoder: bert });
		expect(joined.architecture).toMatchObject({ vocab_size: 60, copying, spot_token_id: 58, object_token_ids: [] });
		expect(joined.warning).toBeUndefined();
		const same = (name: string, shape: number[], seed: number) =>
			expect([...joined.floats(name)]).toEqual([...randomTensor(name, shape, seed)]);
		same("decoder.pointer.q.weight", [6, 16], 5);
		same("visual.fc1.weight", [16, 16], 5);
		same("encoder.layer.1.output.dense.weight", [16, 24], 1);
		joined.close();
		const { graphs, config } = exportBundle(at("decoder"), at("decoder-bundle"), { dtype: "int8", encoder: bert });
		expect(config.copying).toBe(true);
		expect(graphs.decoder?.inputs).toContain("places");
	});

	test("of another width it is refused", () => {
		writeRandomCheckpoint(at("wide"), tinyConfig({ t5: { d_model: 32, d_kv: 16 } }));
		expect(failureOf(() => openSource(at("wide"), { encoder: bert }))).toContain(
			"The encoder is 16 wide and the decoder 32: only equal widths can be joined.",
		);
	});

	test("what --encoder names must be an encoder alone, and one of the two must be named", () => {
		writeRandomCheckpoint(at("whole"));
		expect(failureOf(() => openSource(null, { encoder: at("whole") }))).toMatch(
			/holds ours .*: --encoder takes the folder of a text encoder alone/,
		);
		expect(failureOf(() => openSource(null))).toMatch(/name a checkpoint, or a text encoder's folder with --encoder/);
		expect(failureOf(() => openSource(bert, { encoder: roberta }))).toMatch(/holds a text encoder alone/);
	});
});

describe("a tokenizer that does not serve is refused", () => {
	test.each<[string, string, string, RegExp]>([
		["no JSON", "tokenizer.json", "{", /not valid JSON/],
		["no vocabulary", "tokenizer.json", '{"model":{}}', /expected a Unigram or WordPiece tokenizer/],
		[
			"ids past all limits",
			"tokenizer.json",
			'{"model":{"vocab":{"[SEP]":1e9,"[PAD]":0}}}',
			/expected a Unigram or WordPiece tokenizer/,
		],
		["no end", "tokenizer.json", '{"model":{"vocab":{"[PAD]":0}}}', /no piece for the end of a text/],
		["settings that are none", "tokenizer_config.json", '{"cls_token":7}', /tokenizer_config.json: "cls_token" is 7/],
	])("%s", (_, file, text, message) => {
		const folder = at("broken-tokenizer");
		cpSync(bert, folder, { recursive: true });
		writeFileSync(join(folder, file), text);
		expect(failureOf(() => openSource(null, { encoder: folder }))).toMatch(message);
	});
});
