/**
 * Checks a bundle folder, against the checkpoint it came from if that is available, and lists what is right, what is
 * wrong and what could not be checked.
 */

import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GraphRole, GraphTarget, Manifest } from "../../../src/bundle/manifest.ts";
import { toFacts } from "../../../src/core/failure.ts";
import { MAX_BUNDLE_FILE_BYTES, MIB } from "../../../src/core/limits.ts";
import type { Feeds, GraphSessions, Ort } from "../../../workers/model/sessions.ts";
import { byteCount } from "../checkpoint/byte-count.ts";
import { exportBundle } from "../export/export-bundle.ts";
import { runOnWebGpu } from "./browser.ts";
import { contractOf, differences } from "./contract.ts";
import { type RoleRun, relativeDifference, runAll } from "./feeds.ts";
import { manifestOf, openFolder } from "./open-folder.ts";
import type { PlainTensor, PlainTensors } from "./page-script.ts";
import { misplaced } from "./placement.ts";

export interface Check {
	readonly check: "file" | "interface" | "run" | "placement" | "parity";
	/** A file or a graph. */
	readonly subject: string;
	readonly state: "right" | "wrong" | "skipped";
	readonly detail: string;
}

export interface VerifyOptions {
	/** Checkpoint whose float32 graphs the bundle is compared with. */
	readonly against?: string | undefined;
	readonly backbone?: string | undefined;
	/** Folder of the text encoder that the checkpoint's decoder, or without one a random decoder, was joined with. */
	readonly encoder?: string | undefined;
	/** null: both. */
	readonly device?: GraphTarget | null;
	readonly onProgress?: (what: string) => void;
}

/** Graphs are structure only: more than this has weights inside. */
const MAX_GRAPH_BYTES = 2 * MIB;
/**
 * Largest difference of an output over its largest value, of one graph fed the same as its float32 one. Measured on
 * umie-nano: 0, 5e-4, 7e-3, 0.03 and 0.24; on random weights, whose soft-max is sharper, 4 bits reach 0.64. Another
 * model of the same shape differs by more (verify.test.ts).
 */
const TOLERANCES = { fp32: 1e-4, fp16: 3e-3, bf16: 0.03, int8: 0.12, int4: 0.9 } as const satisfies Record<
	Manifest["dtype"],
	number
>;
/**
 * Of a bundle whose vocabulary's table has 4 bits; measured on random tables, which lose more than trained ones: 0.17.
 */
const TOLERANCE_OF_TABLES = 0.3;
/** Chromium's WebGPU and Node's WASM compute the same graph to this; measured: 1e-6. */
const DEVICE_TOLERANCE = 1e-3;

/**
 * Never throws for what is wrong with the bundle.
 * @throws Failure when there is no readable umie.json, or the checkpoint cannot be exported
 */
export async function verifyBundle(folder: string, options: VerifyOptions = {}): Promise<Check[]> {
	const { against, backbone, encoder, device = null, onProgress = () => {} } = options;
	const manifest = manifestOf(folder, "wasm");
	onProgress("files");
	const checks = await checkFiles(folder, manifest);
	// Graphs of broken files say nothing more.
	if (checks.some(({ state }) => state === "wrong")) return checks;
	const reference = against === undefined && encoder === undefined ? null : mkdtempSync(join(tmpdir(), "umie-verify-"));
	try {
		if (reference !== null) {
			onProgress("exporting float32 graphs");
			exportBundle(against ?? null, reference, { dtype: "fp32", backbone, encoder });
		}
		onProgress("running graphs");
		const expected = reference === null ? null : await runFolder(reference, "wasm");
		if (device !== "webgpu") checks.push(...(await checkDevice(folder, "wasm", expected)));
		if (device !== "wasm") checks.push(...(await checkWebGpu(folder, expected, onProgress)));
	} finally {
		if (reference !== null) rmSync(reference, { recursive: true, force: true });
	}
	return checks;
}

async function checkFiles(folder: string, { files, graphs }: Manifest): Promise<Check[]> {
	const structure = new Set(
		Object.values(graphs).flatMap(({ file, webgpu }) => (webgpu === undefined ? [file] : [file, webgpu])),
	);
	const checks: Check[] = [];
	for (const [path, { bytes, sha256 }] of Object.entries(files)) {
		const wrong = await fileProblem(join(folder, path), {
			bytes,
			sha256,
			limit: structure.has(path) ? MAX_GRAPH_BYTES : MAX_BUNDLE_FILE_BYTES,
		});
		checks.push({
			check: "file",
			subject: path,
			state: wrong === null ? "right" : "wrong",
			detail: wrong ?? `${bytes} bytes`,
		});
	}
	const listed = [
		...structure,
		...Object.values(graphs).flatMap(({ weights }) => weights),
		"tokenizer.json",
		"tokenizer_config.json",
	];
	const unlisted = [...new Set(listed)].filter((path) => !Object.hasOwn(files, path));
	return [
		...checks,
		...unlisted.map(
			(subject): Check => ({ check: "file", subject, state: "wrong", detail: "is used, but not listed under files" }),
		),
	];
}

async function fileProblem(
	path: string,
	{ bytes, sha256, limit }: { bytes: number; sha256: string; limit: number },
): Promise<string | null> {
	const stat = statSync(path, { throwIfNoEntry: false });
	if (stat === undefined) return "is missing";
	if (stat.size !== bytes) return `has ${stat.size} bytes, not ${bytes}`;
	if (stat.size > limit) return `is larger than ${byteCount(limit)}`;
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
	return hash.digest("hex") === sha256 ? null : "does not have the SHA-256 in umie.json";
}

interface FolderRun {
	readonly ort: Ort;
	readonly runs: readonly RoleRun[];
}

async function runFolder(folder: string, target: GraphTarget): Promise<FolderRun> {
	const { sessions } = await openFolder(folder, target);
	try {
		return {
			ort: sessions.ort,
			runs: await runAll(sessions.ort, sessions.manifest, (role, feeds) => sessions.run(role, feeds)),
		};
	} finally {
		await sessions.close();
	}
}

/** Every graph of one kind, in Node: its interface, a run, and parity with float32 where that is known. */
async function checkDevice(folder: string, target: GraphTarget, expected: FolderRun | null): Promise<Check[]> {
	const checks: Check[] = [];
	const { sessions } = await openFolder(folder, target);
	const { manifest } = sessions;
	const seen = new Set<GraphRole>();
	const run = async (role: GraphRole, feeds: Feeds) => {
		const outputs = await sessions.run(role, feeds);
		// The decoder runs twice.
		if (!seen.has(role)) checks.push(await checkInterface(sessions, role, target));
		seen.add(role);
		return outputs;
	};
	try {
		const runs = await runAll(sessions.ort, manifest, run);
		checks.push({
			check: "run",
			subject: `all graphs, ${target}`,
			state: "right",
			detail: `${runs.length} graphs, one after the other, in Node`,
		});
		for (const { role, feeds, outputs } of expected?.runs ?? [])
			checks.push(parity(manifest, role, target, outputs, await sessions.run(role, feeds)));
		if (expected === null)
			checks.push({
				check: "parity",
				subject: target,
				state: "skipped",
				detail: "not compared: name the checkpoint with --against",
			});
	} catch (error) {
		checks.push({ check: "run", subject: `all graphs, ${target}`, state: "wrong", detail: toFacts(error).what });
	} finally {
		await sessions.close();
	}
	return checks;
}

async function checkInterface(sessions: GraphSessions, role: GraphRole, target: string): Promise<Check> {
	const { config, graphs } = sessions.manifest;
	const found = differences(contractOf(role, config, graphs[role]?.outputs ?? []), await sessions.metadata(role));
	const detail = found.length === 0 ? "inputs and outputs have the right names, types and shapes" : found.join("; ");
	return { check: "interface", subject: `${role}, ${target}`, state: found.length === 0 ? "right" : "wrong", detail };
}

function toleranceOf({ dtype, embeddings }: Manifest): number {
	return Math.max(TOLERANCES[dtype], embeddings === "int4" ? TOLERANCE_OF_TABLES : 0);
}

function parity(manifest: Manifest, role: GraphRole, target: string, reference: Feeds, found: Feeds): Check {
	const { dtype, config, graphs } = manifest;
	const { outputs } = contractOf(role, config, graphs[role]?.outputs ?? []);
	const expected = Object.fromEntries(Object.entries(reference).filter(([name]) => Object.hasOwn(outputs, name)));
	const [difference, tolerance] = [relativeDifference(expected, found), toleranceOf(manifest)];
	const detail = `differs from float32 by ${difference.toExponential(1)}; ${dtype} may by ${tolerance}`;
	return { check: "parity", subject: `${role}, ${target}`, state: difference <= tolerance ? "right" : "wrong", detail };
}

/** The graphs shaped for WebGPU: first in Node, then in a Chromium, where they must compute what they did in Node. */
async function checkWebGpu(
	folder: string,
	expected: FolderRun | null,
	onProgress: (what: string) => void,
): Promise<Check[]> {
	const checks = await checkDevice(folder, "webgpu", expected);
	if (checks.some(({ check, state }) => check === "run" && state === "wrong")) return checks;
	onProgress("starting a Chromium with software WebGPU");
	const { ort, runs } = await runFolder(folder, "webgpu");
	const manifest = manifestOf(folder, "webgpu");
	const graphs = runs.map(({ role, feeds }) => {
		const { file, weights, inputs } = manifest.graphs[role]!;
		return { role, file, weights, feeds: Object.fromEntries(inputs.map((name) => [name, toPlain(feeds[name]!)])) };
	});
	const found = await runOnWebGpu(folder, new Set(Object.keys(manifest.files)), graphs);
	if (typeof found === "string")
		return [...checks, { check: "placement", subject: "WebGPU", state: "skipped", detail: found }];
	for (const [index, { role, failure, outputs }] of found.results.entries()) {
		const subject = `${role}, WebGPU in Chromium`;
		if (failure !== null) {
			checks.push({ check: "run", subject, state: "wrong", detail: failure });
			continue;
		}
		const difference = relativeDifference(runs[index]!.outputs, fromPlain(ort, outputs));
		const state = difference <= DEVICE_TOLERANCE ? "right" : "wrong";
		checks.push({
			check: "run",
			subject,
			state,
			detail: `differs from the same graph in Node by ${difference.toExponential(1)}`,
		});
		const placement = found.placements.get(role) ?? { cpu: [], gpu: 0 };
		const [astray, some] = [misplaced(placement), placement.gpu > 0];
		const where = `${placement.gpu} nodes on WebGPU, ${placement.cpu.length} of shape arithmetic on the CPU`;
		const detail = astray.length > 0 ? `on the CPU: ${astray.join(", ")}` : some ? where : "no node runs on WebGPU";
		checks.push({ check: "placement", subject, state: astray.length === 0 && some ? "right" : "wrong", detail });
	}
	return checks;
}

function toPlain({ type, dims, data }: Feeds[string]): PlainTensor {
	const { buffer, byteOffset, byteLength } = data as Float32Array;
	return {
		type: type as PlainTensor["type"],
		dims,
		base64: Buffer.from(buffer, byteOffset, byteLength).toString("base64"),
	};
}

function fromPlain(ort: Ort, tensors: PlainTensors): Feeds {
	const make = ({ type, dims, base64 }: PlainTensor) => {
		const { buffer } = Uint8Array.from(Buffer.from(base64, "base64"));
		return type === "int32"
			? new ort.Tensor("int32", new Int32Array(buffer), dims)
			: new ort.Tensor("float32", new Float32Array(buffer), dims);
	};
	return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, make(tensor)]));
}
