/** Goes in: a checkpoint's path. Comes out: a bundle folder. */
import { readJson } from "../../checkpoint/checkpoint.ts";
import { exportBundle } from "../../export/export-bundle.ts";
import { EXPORT_DTYPES } from "../../graphs/precision.ts";
import { type Command, needed, oneOf, options, progressLine, wholeNumber } from "../command.ts";
import { localCheckpoint } from "../local-checkpoint.ts";

export const exportCommand: Command = {
	summary: "writes a bundle (ONNX graphs, weights, umie.json) from a checkpoint",
	help: `Usage: umie export --checkpoint DIR|FILE|URL|hf:OWNER/NAME[@REVISION][/FILE] --output DIR [options]

  --checkpoint  folder with weights, config.json and tokenizer.json, or the file of weights: safetensors, PyTorch (.bin, .pt, .pth),
                sharded with an index. Addresses are loaded into the cache (UMIE_CACHE); HF_TOKEN opens private models
  --backbone    file of a ResNet for a checkpoint without one: torchvision's ResNet-18 to 152 for a stock T5 (visual head and gate start
                untrained), CLIP's RN101 for a checkpoint of the authors' public code
  --seed        of what starts untrained (default 0)
  --output      folder of the bundle; made if absent, replaced file by file if there
  --dtype       ${EXPORT_DTYPES.join(" | ")} (default int8)
  --card        JSON file with name, description, languages, license, trained_on, metrics, instructors
  --debug       graphs also output values between, for comparing with a reference
  --json        prints the manifest`,
	async run(argv) {
		const { values } = options(argv, {
			checkpoint: { type: "string" },
			output: { type: "string" },
			backbone: { type: "string" },
			seed: { type: "string", default: "0" },
			dtype: { type: "string", default: "int8" },
			card: { type: "string" },
			debug: { type: "boolean", default: false },
		});
		const line = progressLine();
		const started = performance.now();
		const recognised: string[] = [];
		const output = needed(values.output, "output");
		const checkpoint = await localCheckpoint(needed(values.checkpoint, "checkpoint"));
		const manifest = exportBundle(checkpoint, output, {
			dtype: oneOf(values.dtype, EXPORT_DTYPES, "dtype"),
			inspect: values.debug,
			backbone: values.backbone,
			seed: wholeNumber(values.seed, "seed", 0, 2 ** 31 - 1),
			onRecognised: (lines) => recognised.push(...lines),
			...(values.card === undefined ? {} : { card: readJson(values.card, "input-unreadable") }),
			onProgress: (step, done, total) => line.show(`${done}/${total} ${step}`),
		});
		line.clear();
		if (values.json) return console.log(JSON.stringify(manifest, null, "\t"));
		const files = Object.values(manifest.files);
		for (const text of recognised) console.log(text);
		const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
		const { maxRSS } = process.resourceUsage();
		console.log(`${output}: ${manifest.name}, ${manifest.dtype}, ${files.length} files, ${(bytes / 1e6).toFixed(2)} MB`);
		console.log(`${((performance.now() - started) / 1000).toFixed(1)} s, at most ${Math.round(maxRSS / 1024)} MB of memory`);
	},
};
