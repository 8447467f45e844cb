/** Goes in: a checkpoint or a bundle. Comes out: its tensors, shapes, what is missing or unused, hashes. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, parseManifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { parseArchitecture } from "../../checkpoint/architecture.ts";
import { compareTensors, describeReport, locateCheckpoint, readJson } from "../../checkpoint/checkpoint.ts";
import { openTensorFile } from "../../checkpoint/tensor-file.ts";
import { type Command, options, ReportedFailure } from "../command.ts";
import { localCheckpoint } from "../local-checkpoint.ts";

export const inspectCommand: Command = {
	summary: "shows a checkpoint or a bundle: tensors, shapes, what is missing or unused, hashes",
	help: `Usage: umie inspect DIR|FILE|URL|hf:OWNER/NAME[@REVISION][/FILE] [--json]

  Checkpoints: safetensors, PyTorch (.bin, .pt, .pth), sharded with an index. Code in a file is never run.
  Addresses are loaded into the cache (UMIE_CACHE); HF_TOKEN opens private models, HF_ENDPOINT names a mirror.

  Exits with 1 if tensors are missing or unused, or if a file of a bundle is missing or changed.`,
	async run(argv) {
		const { values, positionals } = options(argv, {}, true);
		const [path] = positionals;
		if (path === undefined || positionals.length > 1) throw new Failure("usage", "inspect takes one folder or file.");
		const report = existsSync(join(path, "umie.json")) ? await inspectBundle(path) : inspectCheckpoint(await localCheckpoint(path));
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

export function inspectCheckpoint(path: string): Report {
	const { folder, file: location } = locateCheckpoint(path);
	const file = openTensorFile(location);
	try {
		const tensors = [...file.tensors].map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
		const parameters = tensors.reduce((sum, { shape }) => sum + shape.reduce((product, dim) => product * dim, 1), 0);
		const fits = existsSync(join(folder, "config.json")) ? compareTensors(parseArchitecture(readJson(join(folder, "config.json"))), file) : null;
		const lines = tensors.map(({ name, dtype, shape }) => `${dtype.padEnd(5)} ${`[${shape}]`.padEnd(16)} ${name}`);
		const verdict = fits === null ? "no config.json beside it: nothing to compare with" : describeReport(fits) || "every tensor is there and used";
		const broken = fits !== null && fits.missing.length + fits.misshapen.length + fits.unused.length > 0;
		return {
			data: { kind: "checkpoint", file: file.name, parameters, metadata: file.metadata, notes: file.notes, tensors, ...fits },
			text: [...lines, "", `${file.name}: ${tensors.length} tensors, ${(parameters / 1e6).toFixed(2)} M parameters`, ...file.notes, verdict].join(
				"\n",
			),
			problem: broken ? new Failure("checkpoint-tensors", `${file.name} does not fit config.json.`) : null,
		};
	} finally {
		file.close();
	}
}

export async function inspectBundle(path: string): Promise<Report> {
	const manifest = parseManifest(readJson(join(path, "umie.json"), "input-unreadable"));
	const files = await Promise.all(Object.entries(manifest.files).map(([name, expected]) => checkFile(path, name, expected)));
	const wrong = files.filter(({ state }) => state !== "right");
	const lines = files.map(({ name, bytes, sha256, state }) => `${state.padEnd(8)} ${String(bytes).padStart(10)}  ${sha256.slice(0, 16)}…  ${name}`);
	const graphs = Object.entries(manifest.graphs).map(
		([role, { inputs, outputs, weights }]) => `${role}\n  in   ${inputs.join(", ")}\n  out  ${outputs.join(", ")}\n  from ${weights.join(", ")}`,
	);
	const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
	return {
		data: { kind: "bundle", manifest, files },
		text: [
			...lines,
			"",
			...graphs,
			"",
			`${manifest.name}: ${manifest.dtype}, vision ${manifest.vision}, ${(total / 1e6).toFixed(2)} MB, licence ${manifest.license}`,
		].join("\n"),
		problem:
			wrong.length === 0
				? null
				: new Failure(
						wrong.some(({ state }) => state === "missing") ? "bundle-missing-file" : "bundle-wrong-hash",
						`${wrong.map(({ name, state }) => `${name} is ${state}`).join(", ")}.`,
					),
	};
}

async function checkFile(folder: string, name: string, expected: Manifest["files"][string]) {
	const path = join(folder, name);
	if (!existsSync(path)) return { name, ...expected, state: "missing" as const };
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
	const found = { name, bytes: statSync(path).size, sha256: hash.digest("hex") };
	return { ...found, state: found.sha256 === expected.sha256 && found.bytes === expected.bytes ? ("right" as const) : ("changed" as const) };
}
