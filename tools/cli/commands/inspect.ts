/** `umie inspect`: lists the tensors and shapes of a checkpoint or a bundle, what is missing or unused, and hashes. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseManifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import {
	describeReport,
	fits,
	locateCheckpoint,
	readJson,
	surveyCheckpoint,
} from "../../exporter/checkpoint/checkpoint.ts";
import { MAX_TOKENIZER_BYTES, parseTokenizer } from "../../exporter/checkpoint/encoder-tokenizer.ts";
import { refuseAdapterAlone } from "../../exporter/checkpoint/families.ts";
import { openTensorFile } from "../../exporter/checkpoint/open-tensor-file.ts";
import type { TensorFile } from "../../exporter/checkpoint/tensor-file.ts";
import { tokenizerMisfit } from "../../exporter/export/separator.ts";
import { checkFiles, problemWith } from "../../node/bundle/check-files.ts";
import { type Command, options, ReportedFailure } from "../command.ts";
import { localCheckpoint } from "../local-checkpoint.ts";

export const inspectCommand: Command = {
	summary: "shows a checkpoint or a bundle: tensors, shapes, what is missing or unused, hashes",
	help: `Usage: umie inspect DIR|FILE|URL|hf:OWNER/NAME[@REVISION][/FILE] [--backbone FILE] [--json]

  Reads checkpoints in safetensors or PyTorch format (.bin, .pt, .pth), also sharded with an index. Code inside a file
  is never run. Prints the layout: ours, a stock T5 (T5 1.1, FLAN-T5, mT5, umT5), or the authors' public code.

  --backbone  file of a ResNet, as for export
  --json      print the report as JSON

  Remote checkpoints are downloaded to the cache (UMIE_CACHE). HF_TOKEN gives access to private models, HF_ENDPOINT
  selects a mirror.
  Exits with 1 if tensors are missing or unused, or if a file of a bundle is missing or was changed.`,
	async run(argv) {
		const { values, positionals } = options(argv, { backbone: { type: "string" } }, true);
		const [path] = positionals;
		if (path === undefined || positionals.length > 1) throw new Failure("usage", "inspect takes one folder or file.");
		const report = existsSync(join(path, "umie.json"))
			? await inspectBundle(path)
			: inspectCheckpoint(await localCheckpoint(path), values.backbone);
		if (values.json && report.problem !== null) throw new ReportedFailure(report.problem, report.data);
		console.log(values.json ? JSON.stringify(report.data, null, "\t") : report.text);
		if (report.problem !== null) throw report.problem;
	},
};

interface Report {
	readonly data: object;
	readonly text: string;
	readonly problem: Failure | null;
}

function inspectCheckpoint(path: string, backbone?: string): Report {
	const { folder, file: location } = locateCheckpoint(path);
	refuseAdapterAlone(folder);
	if (!existsSync(join(folder, "config.json"))) return inspectWeights(location);
	const {
		file,
		name: layout,
		architecture,
		recognised,
		report,
		warnings,
		close,
	} = surveyCheckpoint(path, { backbone });
	try {
		const { data, lines } = listTensors(file);
		const misfit = architecture.encoder_only === true ? null : misfitBeside(folder, architecture.vocab_size);
		return {
			data: { ...data, layout, recognised, ...report },
			text: [
				...lines,
				...recognised,
				describeReport(report) || "every tensor is there and used",
				...(misfit === null ? [] : [misfit]),
			].join("\n"),
			problem: fits(report)
				? misfit === null
					? null
					: new Failure("vocabulary-mismatch", misfit)
				: new Failure("checkpoint-tensors", [`${file.name} does not fit config.json.`, ...warnings].join(" ")),
		};
	} finally {
		close();
	}
}

/** Whether the tokenizer in the folder, if there is one, has more ids than rows. */
function misfitBeside(folder: string, rows: number): string | null {
	const path = join(folder, "tokenizer.json");
	const stat = statSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size > MAX_TOKENIZER_BYTES) return null;
	return tokenizerMisfit(parseTokenizer(readFileSync(path)), rows);
}

/** Lists weights without a config.json, so there is no model to compare them with. */
function inspectWeights(location: string): Report {
	const file = openTensorFile(location);
	try {
		const { data, lines } = listTensors(file);
		return { data, text: [...lines, "no config.json beside it: nothing to compare it with"].join("\n"), problem: null };
	} finally {
		file.close();
	}
}

function listTensors({ name: file, tensors: found, metadata, notes }: TensorFile): {
	readonly data: object;
	readonly lines: readonly string[];
} {
	const tensors = [...found].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
	const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
	const listed = tensors.map(({ name, dtype, shape }) => `${dtype.padEnd(5)} ${`[${shape}]`.padEnd(16)} ${name}`);
	return {
		data: { kind: "checkpoint", file, parameters, metadata, notes, tensors },
		lines: [
			...listed,
			"",
			`${file}: ${tensors.length} tensors, ${(parameters / 1e6).toFixed(2)} M parameters`,
			...notes,
		],
	};
}

async function inspectBundle(path: string): Promise<Report> {
	const manifest = parseManifest(readJson(join(path, "umie.json"), "input-unreadable"));
	const files = await checkFiles(path, manifest);
	const lines = files.map(
		({ name, bytes, sha256, state }) =>
			`${state.padEnd(8)} ${String(bytes).padStart(10)}  ${sha256.slice(0, 16)}…  ${name}`,
	);
	const graphs = Object.entries(manifest.graphs).map(
		([role, { inputs, outputs, weights }]) =>
			`${role}\n  in   ${inputs.join(", ")}\n  out  ${outputs.join(", ")}\n  from ${weights.join(", ")}`,
	);
	const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	return {
		data: { kind: "bundle", manifest, files },
		text: [
			...lines,
			"",
			...graphs,
			"",
			`${manifest.name}: ${manifest.dtype}, vision ${manifest.vision}, ${(total / 1e6).toFixed(2)} MB, ` +
				`licence ${manifest.license}`,
		].join("\n"),
		problem: problemWith(files),
	};
}
