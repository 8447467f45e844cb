/** `umie export`: turns a checkpoint into a bundle folder. */
import { Failure } from "../../../src/core/failure.ts";
import { readJson, surveyCheckpoint } from "../../exporter/checkpoint/checkpoint.ts";
import { openSource } from "../../exporter/checkpoint/joined.ts";
import { findProposer, readProposerPlan } from "../../exporter/checkpoint/proposer.ts";
import { checkQuality } from "../../exporter/export/check-quality.ts";
import { type ExportOptions, exportBundle } from "../../exporter/export/export-bundle.ts";
import { describePlan, planExport } from "../../exporter/export/plan.ts";
import { EXPORT_DTYPES } from "../../exporter/graphs/precision.ts";
import { DEFAULT_EMBEDDING_BLOCK, EMBEDDING_BLOCKS, EMBEDDING_DTYPES } from "../../exporter/graphs/vocabulary.ts";
import { type Command, needed, oneOf, options, progressLine, wholeNumber } from "../command.ts";
import { localCheckpoint } from "../local-checkpoint.ts";

const DTYPES = [...EXPORT_DTYPES, "auto"] as const;

export const exportCommand: Command = {
	summary: "writes a bundle (ONNX graphs, weights, umie.json) from a checkpoint",
	help: `Usage: umie export --checkpoint DIR|FILE|URL|hf:OWNER/NAME[@REVISION][/FILE] --output DIR [options]
       umie export --encoder DIR [--checkpoint DECODER] --output DIR [options]

Input:
  --checkpoint         folder with weights, config.json and tokenizer.json, or the weight file itself: safetensors or
                       PyTorch (.bin, .pt, .pth), also sharded with an index. Remote checkpoints are downloaded to the
                       cache (UMIE_CACHE); HF_TOKEN gives access to private models
  --backbone           file of a ResNet for a checkpoint without one: torchvision's ResNet-18 to 152 for a stock T5 (the
                       visual head and the gate start untrained), CLIP's RN101 for a checkpoint of the authors' code
  --encoder            folder of a text encoder only (BERT, RoBERTa, XLM-RoBERTa as Hugging Face or
                       sentence-transformers save them), with its tokenizer.json. It is joined with the checkpoint's
                       decoder, or without --checkpoint with a small random one
  --adapter            folder of a LoRA adapter (peft) of the checkpoint: it is merged into the weights
  --proposer           file of a trained region proposer (default: proposer.safetensors beside the checkpoint, if any)
  --seed               random seed of the parts that start untrained (default 0)
  --card               JSON file with name, description, languages, license, trained_on, metrics, instructors and tasks
                       (the tasks it was trained for; default: those of the paper)

Output:
  --output             folder of the bundle; created if needed, existing files are replaced one by one
  --dtype              ${DTYPES.join(" | ")} (default auto: int8 up to 400 M weights, int4 above).
                       fp16 and bf16 halve the download and keep float32 arithmetic. int4 stores 4 bits in blocks;
                       weights that lose too much that way stay int8
  --embeddings         ${EMBEDDING_DTYPES.join(" | ")} (default int8): precision of the vocabulary table
                       of an int8 or int4 bundle; int4 halves its download
  --embedding-block    ${EMBEDDING_BLOCKS.join(" | ")}: how many numbers of a 4-bit row share a scale
                       (default: as the checkpoint was trained, else ${DEFAULT_EMBEDDING_BLOCK}). A table that was not
                       trained in 4 bits loses least with 32
  --float-activations  regular expression: products with weights of these names keep float activations on WASM, where
                       int8 activations lose too much (e.g. "layer\\.(0|11)\\.output"). Only int8 and int4 bundles
                       quantise activations
  --no-check           skip the comparison with the outputs of float32 graphs
  --plan               only list the files that would be written, their sizes and the memory needed; no --output
  --debug              add intermediate values to the outputs of graphs, to compare them with a reference
  --json               print the manifest`,
	async run(argv) {
		const { values } = options(argv, {
			checkpoint: { type: "string" },
			output: { type: "string" },
			backbone: { type: "string" },
			encoder: { type: "string" },
			adapter: { type: "string" },
			proposer: { type: "string" },
			seed: { type: "string", default: "0" },
			dtype: { type: "string", default: "auto" },
			embeddings: { type: "string", default: "int8" },
			"embedding-block": { type: "string" },
			"float-activations": { type: "string" },
			"no-check": { type: "boolean", default: false },
			card: { type: "string" },
			plan: { type: "boolean", default: false },
			debug: { type: "boolean", default: false },
		});
		const line = progressLine();
		const started = performance.now();
		const recognised: string[] = [];
		const output = values.plan ? "" : needed(values.output, "output");
		const { encoder } = values;
		const alone = encoder !== undefined && values.checkpoint === undefined;
		const checkpoint = alone ? null : await localCheckpoint(needed(values.checkpoint, "checkpoint"));
		const dtype = oneOf(values.dtype, DTYPES, "dtype");
		const embeddings = oneOf(values.embeddings, EMBEDDING_DTYPES, "embeddings");
		const block = values["embedding-block"];
		const sizes = EMBEDDING_BLOCKS.map(String);
		const embeddingBlock =
			block === undefined ? undefined : EMBEDDING_BLOCKS[sizes.indexOf(oneOf(block, sizes, "embedding-block"))];
		if (values.plan) {
			const survey =
				encoder === undefined
					? surveyCheckpoint(checkpoint!, { backbone: values.backbone, adapter: values.adapter })
					: openSource(checkpoint, { encoder });
			survey.close();
			const proposerPath = findProposer(survey.folder, values.proposer);
			const proposer = proposerPath === null ? undefined : readProposerPlan(proposerPath);
			const plan = planExport(survey.architecture, dtype, { proposer, embeddings, embeddingBlock });
			return console.log(
				values.json ? JSON.stringify(plan, null, "\t") : [...survey.recognised, describePlan(plan)].join("\n"),
			);
		}
		const exported: ExportOptions = {
			dtype,
			embeddings,
			embeddingBlock,
			floatActivations: parsePattern(values["float-activations"]),
			inspect: values.debug,
			backbone: values.backbone,
			encoder,
			adapter: values.adapter,
			proposer: values.proposer,
			seed: wholeNumber(values.seed, "seed", 0, 2 ** 31 - 1),
			onRecognised: (lines) => recognised.push(...lines),
			onNotes: (lines) => recognised.push(...lines),
			...(values.card === undefined ? {} : { card: readJson(values.card, "input-unreadable") }),
			onProgress: (step, done, total) => line.show(`${done}/${total} ${step}`),
		};
		const made = exportBundle(checkpoint, output, exported);
		const [seconds, { maxRSS }] = [(performance.now() - started) / 1000, process.resourceUsage()];
		const { manifest, line: quality } = values["no-check"]
			? { manifest: made, line: "not compared with float32 (--no-check)" }
			: await checkQuality(checkpoint, output, made, exported);
		line.clear();
		if (values.json) return console.log(JSON.stringify(manifest, null, "\t"));
		const files = Object.values(manifest.files);
		for (const text of recognised) console.log(text);
		const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
		console.log(
			`${output}: ${manifest.name}, ${manifest.dtype}, ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB`,
		);
		console.log(quality);
		console.log(`${seconds.toFixed(1)} s, at most ${Math.round(maxRSS / 1024)} MB of memory`);
	},
};

/** @throws Failure `usage` */
function parsePattern(text: string | undefined): RegExp | undefined {
	if (text === undefined) return undefined;
	try {
		return new RegExp(text);
	} catch (cause) {
		throw new Failure("usage", `--float-activations "${text}" is not a regular expression.`, { cause });
	}
}
