/** `umie read-back`: writes the checkpoint of a bundle again, to be trained on or exported in another precision. */
import { READ_BACK_DTYPES, readBack } from "../../exporter/read-back/read-back.ts";
import { type Command, needed, oneOf, options, progressLine } from "../command.ts";

export const readBackCommand: Command = {
	summary: "writes a checkpoint from a bundle, to train it further or export it again",
	help: `Usage: umie read-back --model BUNDLE --output DIR [options]

  --model   folder of a bundle in any precision; its files are checked against umie.json
  --output  folder of the checkpoint, new or empty. It gets weights (model.safetensors, proposer.safetensors),
            config.json, the tokenizer, card.json for "umie export --card", and a README.md that lists what could not
            be restored
  --dtype   ${READ_BACK_DTYPES.join(" | ")} (default fp32). fp16 halves the folder and rounds every number once more
  --json    print what was written and what was lost as JSON

  The checkpoint has the bundle's rounded weights: exported in the same precision, it gives the same answers. The
  trainer reads the folder as run.init.`,
	async run(argv) {
		const { values } = options(argv, {
			model: { type: "string" },
			output: { type: "string" },
			dtype: { type: "string", default: "fp32" },
		});
		const line = progressLine();
		const dtype = oneOf(values.dtype, READ_BACK_DTYPES, "dtype");
		const output = needed(values.output, "output");
		const report = await readBack(needed(values.model, "model"), output, {
			dtype,
			onProgress: (what, done, total) => line.show(`${done}/${total} ${what}`),
		});
		line.clear();
		if (values.json) return console.log(JSON.stringify({ ok: true, ...report }, null, "\t"));
		const { name, from, tensors, parameters, files, lost } = report;
		console.log(
			`${output}: ${name} (${from}) as ${dtype}: ${tensors} tensors, ${(parameters / 1e6).toFixed(2)} M weights`,
		);
		console.log(files.map((file) => `  ${file}`).join("\n"));
		console.log(["What could not be restored:", ...lost.map((what) => `  - ${what}`)].join("\n"));
	},
};
