/** Tells a person what of a checkpoint a bundle cannot give back, and how to go on with what it gave. */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import { LOSSES, type Losses } from "./losses.ts";

export interface LostOptions {
	readonly manifest: Manifest;
	/** Of the checkpoint that is written. */
	readonly dtype: "fp32" | "fp16";
	/** What was noticed while tensors were looked for. */
	readonly losses: Losses;
	/** What nothing in the bundle tells. */
	readonly unknown: readonly string[];
	/** Whether the region proposer's kinds have the names of training. */
	readonly kindsKnown: boolean;
}

const ALWAYS = [
	"Heads that only training uses (tagger, relations, names of masked words: aux.safetensors) are not in a " +
		"bundle. Training starts them afresh.",
	"The optimizer's state, the averaged weights and the place in the schedule are not in a bundle. Training " +
		"starts them afresh.",
] as const;

const ROUNDED: Readonly<Record<Manifest["dtype"], string | null>> = {
	fp32: null,
	fp16: "Weights are those of the bundle, rounded to 16 bits.",
	bf16: "Weights are those of the bundle, rounded to bfloat16.",
	int8:
		"Weights are those of the bundle, rounded to int8 with a scale a row. Exported as int8 again, they are " +
		"the same bytes.",
	int4:
		"Weights are those of the bundle, rounded to 4 bits in blocks. Exported as int4 again, about one or two " +
		"of a thousand blocks with a zero point are rounded once more.",
};

/** In sentences. */
export function lossesOf({ manifest, dtype, losses, unknown, kindsKnown }: LostOptions): string[] {
	const rounded = ROUNDED[manifest.dtype];
	const noticed = [...losses].map(
		([loss, names]) =>
			`${LOSSES[loss]} (${names.length}: ${names.slice(0, 3).join(", ")}${names.length > 3 ? ", …" : ""})`,
	);
	return [
		...ALWAYS,
		...(rounded === null ? [] : [rounded]),
		...(manifest.embeddings === "int4" && manifest.dtype !== "int4"
			? ["The vocabulary's table is rounded to 4 bits in blocks; so exported again, it is the same bytes."]
			: []),
		...(dtype === "fp16"
			? ["The checkpoint is written as float16, which rounds every number to 11 bits once more."]
			: []),
		...(manifest.calibration === undefined
			? []
			: ["The maps from scores to probabilities belong to the bundle: “umie calibrate” fits those of the next one."]),
		...noticed,
		...(kindsKnown
			? []
			: [
					"The names that the region proposer's kinds have in training: kinds that are reported alike got names " +
						"of their own.",
				]),
		...unknown.map((what) => `The bundle does not record ${what}.`),
	];
}

/** The model card of the bundle, as `umie export --card` takes it. */
export function cardOf(manifest: Manifest): object {
	const { name, description, languages, license, trained_on, metrics, instructors, tasks } = manifest;
	return {
		name,
		...(description !== undefined && { description }),
		languages,
		license,
		trained_on,
		metrics,
		instructors,
		...(tasks && { tasks }),
	};
}

/** Options of `umie export` that make the bundle again. */
function exportOptions({ dtype, embeddings, checkpoint }: Manifest, backboneApart: boolean): string {
	const float = checkpoint?.float_activations;
	return [
		"--checkpoint .",
		...(backboneApart ? ["--backbone backbone.safetensors"] : []),
		`--card card.json --dtype ${dtype}`,
		...(embeddings === undefined ? [] : [`--embeddings ${embeddings}`]),
		...(float === undefined ? [] : [`--float-activations ${JSON.stringify(float)}`]),
		"--output BUNDLE",
	].join(" ");
}

/** README.md of the folder. */
export function readme(manifest: Manifest, lost: readonly string[], backboneApart: boolean): string {
	const { name, dtype, license } = manifest;
	return [
		`# ${name}, read back`,
		"",
		`The checkpoint of the bundle \`${name}\` (${dtype}), made by \`umie read-back\`. Licence: ${license}.`,
		"",
		"## What did not come back",
		"",
		...lost.map((what) => `- ${what}`),
		"",
		"## Next steps",
		"",
		"- Training: name this folder as `run.init` of a trainer's configuration.",
		`- Export: \`umie export ${exportOptions(manifest, backboneApart)}\` makes the bundle again.`,
		"- `card.json` holds the model's description from umie.json. Its metrics are those of the bundle: measure " +
			"again after training.",
		"",
	].join("\n");
}
