/**
 * Runs one export (`export CHECKPOINT BUNDLE DTYPE`) or one bundle (`run BUNDLE`) in a process of its own, so that its
 * peak memory is that of the work, and prints one line of JSON: what it took, or why it failed.
 */
import { unwrap } from "../../src/core/failure.ts";
import { exportBundle } from "../exporter/export/export-bundle.ts";
import { POSTS } from "../exporter/export/sample-posts.ts";
import type { ExportDType } from "../exporter/graphs/precision.ts";
import { openNodeEngine } from "../node/engine/node-engine.ts";
import type { Exported, Ran } from "./export-report.ts";
import { median } from "./report.ts";

/** Tokens that are decoded; random weights would go on to the end. */
const STEPS = 12;

const secondsSince = (start: number) => (performance.now() - start) / 1000;

function measureExport(checkpoint: string, bundle: string, dtype: ExportDType): Exported {
	const start = performance.now();
	// Starting Node and reading our code does not count as work.
	const before = process.cpuUsage();
	const { files } = exportBundle(checkpoint, bundle, { dtype });
	const seconds = secondsSince(start);
	const { user, system } = process.cpuUsage(before);
	const sizes = (suffix: string) =>
		Object.entries(files).flatMap(([path, { bytes }]) => (path.endsWith(suffix) ? [bytes] : []));
	const weights = sizes(".weights");
	return {
		seconds,
		cpuSeconds: (user + system) / 1e6,
		// Linux counts in KiB.
		peakBytes: process.resourceUsage().maxRSS * 1024,
		bundleBytes: Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0),
		weightFiles: weights.length,
		largestWeights: Math.max(...weights),
		largestGraph: Math.max(...sizes(".onnx")),
	};
}

/** Opens the model as the app does (hashes included) and reads one post with four beams. */
async function measureRun(bundle: string): Promise<Ran> {
	const steps: number[] = [];
	let encode = 0;
	const start = performance.now();
	const before = process.cpuUsage();
	const engine = await openNodeEngine(bundle, {
		observe: ({ role, milliseconds }) => {
			if (role === "text_encoder") encode = milliseconds;
			if (role === "decoder_extractive") steps.push(milliseconds);
		},
	});
	const load = secondsSince(start);
	const { user, system } = process.cpuUsage(before);
	unwrap(
		await engine.extract(
			2,
			{ text: POSTS[0]!, image: null },
			{ tasks: ["mner"], beams: 4, decoding: "extractive", maxNewTokens: STEPS },
			() => {},
		),
	);
	await engine.close();
	// The first step warms up.
	const counted = steps.slice(1);
	return {
		loadSeconds: load,
		loadCpuSeconds: (user + system) / 1e6,
		encodeMs: encode,
		stepMs: median(counted),
		minStepMs: Math.min(...counted),
		steps: counted.length,
	};
}

const [mode, ...rest] = process.argv.slice(2);
const [first = "", second = "", dtype = "fp32"] = rest;
/** Why a model did not open is a result too. */
const explain = (error: unknown) => (error instanceof Error ? error.message : String(error));
const result =
	mode === "export" ? measureExport(first, second, dtype as ExportDType) : await measureRun(first).catch(explain);
console.log(JSON.stringify(result));
