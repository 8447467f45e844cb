/** Names checkpoints of model families that cannot be read, by config.json and tensors, and says why. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "../../../src/core/failure.ts";
import type { Shapes } from "./layout.ts";
import { parseBoundedJson } from "./strict-json.ts";

/** By `model_type` of config.json: what it is called, and what the graphs lack for it. */
const UNSUPPORTED: Readonly<Record<string, readonly [name: string, why: string]>> = {
	longt5: ["LongT5", "its attention is local, which the graphs have not"],
	switch_transformers: ["Switch Transformer", "its feed-forwards are mixtures of experts"],
	t5gemma: ["T5Gemma", "its layers are those of Gemma, not of T5"],
	t5gemma2: ["T5Gemma 2", "its layers are those of Gemma, not of T5"],
	byt5: ["ByT5", "it reads bytes, not pieces of words"],
	pix2struct: ["Pix2Struct", "it reads pictures of text"],
	udop: ["UDOP", "its encoder reads layouts"],
	"t5-encoder": ["T5 encoder", "it has no decoder"],
	bart: ["BART", "only T5s can be exported"],
	mbart: ["mBART", "only T5s can be exported"],
	pegasus: ["PEGASUS", "only T5s can be exported"],
	m2m_100: ["M2M-100 or NLLB", "only T5s can be exported"],
	marian: ["Marian", "only T5s can be exported"],
	gpt2: ["GPT-2", "it has no encoder"],
	llama: ["Llama", "it has no encoder"],
	gemma: ["Gemma", "it has no encoder"],
	qwen2: ["Qwen", "it has no encoder"],
	mistral: ["Mistral", "it has no encoder"],
};

/** T5's attention under another name, and what stands in place of a feed-forward. */
const SIGNS: readonly (readonly [pattern: RegExp, family: string])[] = [
	[/\.(Local|TransientGlobal)SelfAttention\./, "longt5"],
	[/\.mlp\.(router|experts)\./, "switch_transformers"],
];

/** Those that are read, and what no other family calls its tensors. */
const READ: ReadonlySet<string> = new Set(["t5", "mt5", "umt5", "bert", "roberta", "xlm-roberta"]);
const READABLE =
	/^(encoder|decoder)\.block\.0\.layer\.0\.SelfAttention\.q\.weight$|embeddings\.word_embeddings\.weight$/;
const MAX_CONFIG_BYTES = 16 * 1024 * 1024;

/** @throws Failure `checkpoint-unsupported` that names the family */
export function refuseFamily(folder: string, config: unknown, tensors: Shapes): void {
	const { model_type: type, tokenizer_class } = (config ?? {}) as Record<string, unknown>;
	refuseQuantised(folder, config);
	const names = [...tensors.keys()];
	const isByT5 = [tokenizer_class, tokenizerClass(folder)].includes("ByT5Tokenizer");
	const sign = SIGNS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
	const family = isByT5 ? "byt5" : typeof type === "string" && Object.hasOwn(UNSUPPORTED, type) ? type : sign;
	if (family !== undefined) {
		const [name, why] = UNSUPPORTED[family]!;
		throw new Failure("checkpoint-unsupported", `${folder} holds a model of the ${name} family: ${why}.`);
	}
	if (typeof type === "string" && !READ.has(type) && !names.some((name) => READABLE.test(name)))
		throw new Failure(
			"checkpoint-unsupported",
			`${folder} holds a model of type ${JSON.stringify(type.slice(0, 60))}, which is neither a T5 nor a BERT encoder.`,
		);
}

/** Integers whose scales lie elsewhere. */
function refuseQuantised(folder: string, config: unknown): void {
	const { quantization_config: settings } = (config ?? {}) as { readonly quantization_config?: unknown };
	if (typeof settings !== "object" || settings === null) return;
	const { quant_method: method } = settings as { readonly quant_method?: unknown };
	const by = typeof method === "string" ? ` by ${method.slice(0, 40).replace(/\p{Cc}/gu, "")}` : "";
	throw new Failure(
		"checkpoint-unsupported",
		`${folder} holds weights that were quantised${by}: use those from before; --dtype chooses the bundle's precision.`,
	);
}

/** ByT5's tokenizer is a class without a vocabulary: only its settings name it. */
function tokenizerClass(folder: string): unknown {
	const path = join(folder, "tokenizer_config.json");
	const stat = statSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size > MAX_CONFIG_BYTES) return undefined;
	const settings = parseBoundedJson(readFileSync(path), path) as { readonly tokenizer_class?: unknown } | null;
	return settings?.tokenizer_class;
}

/** A folder with an adapter and no model. @throws Failure `checkpoint-adapter` that names the model it belongs to */
export function refuseAdapterAlone(folder: string): void {
	if (!existsSync(join(folder, "adapter_config.json")) || existsSync(join(folder, "config.json"))) return;
	const settings = parseBoundedJson(readFileSync(join(folder, "adapter_config.json")), "adapter_config.json") as {
		readonly base_model_name_or_path?: unknown;
	} | null;
	const base = settings?.base_model_name_or_path;
	const of = typeof base === "string" && base !== "" ? ` of ${base.slice(0, 200).replace(/\p{Cc}/gu, "")}` : "";
	throw new Failure("checkpoint-adapter", `${folder} holds a LoRA adapter${of}, not a model.`);
}
