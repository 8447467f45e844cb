/** Shows that what a checkpoint's file holds decides, and that config.json saying something else is told. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Failure } from "../../../src/core/failure.ts";
import { type Survey, surveyCheckpoint } from "./checkpoint.ts";
import { expectedTensors } from "./expected-tensors.ts";
import { openTensorFile } from "./open-tensor-file.ts";
import { randomTensor } from "./random-checkpoint.ts";
import { type NamedTensor, writeSafetensors } from "./safetensors-writer.ts";
import { parseT5 } from "./t5-settings.ts";

const root = mkdtempSync(join(tmpdir(), "umie-held-"));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

const CONFIG = {
	model_type: "t5",
	...{ vocab_size: 20, d_model: 8, d_kv: 4, num_heads: 2, d_ff: 8, num_layers: 1, num_decoder_layers: 1 },
	feed_forward_proj: "gated-gelu",
};
const of = (name: string, shape: readonly number[], seed = 1): NamedTensor => ({
	name,
	dtype: "float32",
	shape: [...shape],
	data: randomTensor(name, shape, seed),
});
/** A T5 with a head of its own. */
const tensors = (): NamedTensor[] =>
	[
		...expectedTensors({
			...parseT5({ ...CONFIG, tie_word_embeddings: false }),
			...{ vision: null, spot_token_id: null, object_token_ids: [] },
		}),
	].map(([name, shape]) => of(name, shape));
const without = (name: string) => tensors().filter((tensor) => tensor.name !== name);
const withHead = (head: NamedTensor["data"]) => [
	...without("lm_head.weight"),
	{ ...of("lm_head.weight", [20, 8]), data: head },
];
const embedding = () => tensors().find(({ name }) => name === "shared.weight")!.data;

function folderOf(all: readonly NamedTensor[], config: object): string {
	const folder = join(root, String(count++));
	mkdirSync(folder);
	writeSafetensors(join(folder, "model.safetensors"), all);
	writeFileSync(join(folder, "config.json"), JSON.stringify(config));
	return folder;
}

function survey<T>(all: readonly NamedTensor[], config: object, use: (found: Survey) => T): T {
	const found = surveyCheckpoint(folderOf(all, config));
	try {
		return use(found);
	} finally {
		found.close();
	}
}

const headOf = (all: readonly NamedTensor[], config: object) =>
	survey(all, { ...CONFIG, ...config }, ({ architecture: a, warnings, report }) => ({
		own: !a.tie_word_embeddings,
		scaled: a.scale_decoder_outputs ?? a.tie_word_embeddings,
		warnings: warnings.length,
		missing: report.missing,
		unused: report.unused,
	}));
const RIGHT = { warnings: 0, missing: [], unused: [] };

describe("the output head", () => {
	test("of transformers 5, which ties in config.json and holds a head, is the file's own, not scaled", () => {
		expect(headOf(tensors(), { tie_word_embeddings: true, scale_decoder_outputs: false })).toEqual({
			...RIGHT,
			own: true,
			scaled: false,
		});
	});

	test("that differs from the embedding is used though config.json ties it, or says nothing, with a warning", () => {
		for (const config of [{ tie_word_embeddings: true }, {}])
			expect(headOf(tensors(), config)).toEqual({ ...RIGHT, own: true, scaled: false, warnings: 1 });
	});

	test("that is the embedding again is tied and scaled", () => {
		expect(headOf(withHead(embedding()), { tie_word_embeddings: true })).toEqual({
			...RIGHT,
			own: false,
			scaled: true,
		});
	});

	test("that is not there is the embedding, scaled or not as config.json says", () => {
		const all = without("lm_head.weight");
		expect(headOf(all, {})).toEqual({ ...RIGHT, own: false, scaled: true });
		expect(headOf(all, { scale_decoder_outputs: false })).toEqual({ ...RIGHT, own: false, scaled: false });
	});

	test("that config.json unties and the file lacks is missing, and the sentence names both", () => {
		expect(headOf(without("lm_head.weight"), { tie_word_embeddings: false }).missing).toEqual(["lm_head.weight"]);
		survey(without("lm_head.weight"), { ...CONFIG, tie_word_embeddings: false }, ({ warnings }) =>
			expect(warnings).toEqual([
				"config.json says tie_word_embeddings false, but model.safetensors holds no lm_head.weight: " +
					"the output head was not saved",
			]),
		);
	});
});

test("a second embedding that differs from the first is told", () => {
	const other = of("decoder.embed_tokens.weight", [20, 8], 2);
	survey([...tensors(), other], { ...CONFIG, tie_word_embeddings: false }, ({ warnings }) =>
		expect(warnings).toEqual([
			"decoder.embed_tokens.weight of model.safetensors differs from shared.weight, which is used for both",
		]),
	);
});

describe("prefixes", () => {
	test.each([
		"module.",
		"model.",
		"_orig_mod.",
		"module._orig_mod.",
		"model.module.",
	])("%s before all is taken off", (prefix) => {
		const all = tensors().map((tensor) => ({ ...tensor, name: `${prefix}${tensor.name}` }));
		survey(all, { ...CONFIG, tie_word_embeddings: false }, ({ report, floats, file }) => {
			expect(report).toEqual({ missing: [], misshapen: [], unused: [] });
			expect(floats("lm_head.weight")).toEqual(of("lm_head.weight", [20, 8]).data);
			expect(file.notes.join()).toContain("which was taken off");
		});
	});

	test("one that only some names have stays", () => {
		const path = join(root, "some.safetensors");
		writeSafetensors(path, [of("model.a", [1]), of("b", [1])]);
		const file = openTensorFile(path);
		expect([...file.tensors.keys()]).toEqual(["model.a", "b"]);
		file.close();
	});
});

describe("what is not a T5", () => {
	const refusal = (all: readonly NamedTensor[], config: object): Failure => {
		try {
			surveyCheckpoint(folderOf(all, config)).close();
		} catch (error) {
			if (error instanceof Failure) return error;
			throw error;
		}
		throw new Error("it was read");
	};

	test.each([
		["longt5", "LongT5"],
		["switch_transformers", "Switch Transformer"],
		["t5gemma", "T5Gemma"],
		["bart", "BART"],
	])("%s is named", (model_type, name) => {
		const { code, what } = refusal(tensors(), { ...CONFIG, model_type });
		expect([code, what]).toEqual(["checkpoint-unsupported", expect.stringContaining(`a model of the ${name} family`)]);
	});

	test("LongT5 and Switch are known by their tensors, ByT5 by its tokenizer", () => {
		const local = tensors().map((tensor) => ({
			...tensor,
			name: tensor.name.replace(/^(encoder.*)\.SelfAttention/, "$1.LocalSelfAttention"),
		}));
		expect(refusal(local, CONFIG).what).toContain("LongT5");
		const router = of("encoder.block.0.layer.1.mlp.router.classifier.weight", [2, 8]);
		expect(refusal([...tensors(), router], CONFIG).what).toContain("Switch Transformer");
		expect(refusal(tensors(), { ...CONFIG, tokenizer_class: "ByT5Tokenizer" }).what).toContain("ByT5");
	});

	test("a type that nobody has heard of, without T5's tensors, is named; weights in integers are, too", () => {
		expect(refusal([of("a", [1])], { model_type: "mystery" }).what).toContain('"mystery"');
		const quantization_config = { quant_method: "bitsandbytes" };
		expect(refusal(tensors(), { ...CONFIG, quantization_config }).what).toContain("quantised by bitsandbytes");
	});

	test("an adapter alone names the model it belongs to", () => {
		const folder = join(root, "adapter");
		mkdirSync(folder);
		writeSafetensors(join(folder, "adapter_model.safetensors"), [of("a", [1])]);
		writeFileSync(join(folder, "adapter_config.json"), '{"base_model_name_or_path": "google/flan-t5-base"}');
		expect(() => surveyCheckpoint(folder)).toThrow(/holds a LoRA adapter of google\/flan-t5-base, not a model/);
	});
});
