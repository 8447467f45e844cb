/** Runs a model on the processor, through WebAssembly: what every browser, and Node, has. */
import type { DeviceCandidate, DeviceKind } from "./device-kind.ts";

/** More threads than this cost more in waiting than they save on models of this size. */
const MAX_AUTO_THREADS = 4;
const MAX_THREADS = 64;

/** What this thread may use. Plain data, so that tests can write every case down. */
export interface WasmFacts {
	readonly crossOriginIsolated: boolean;
	readonly sharedArrayBuffer: boolean;
	readonly hardwareConcurrency: number;
}

export const wasmDevice: DeviceKind = {
	probe: async () => wasmCandidate(findFacts()),
	open: async () => ({
		sessionOptions: () => ({ executionProviders: ["wasm"] }),
		lost: null,
		close: () => {},
	}),
	runtimeBuild: () => "wasm",
	graphs: "wasm",
	oneRunAtATime: false,
	/**
	 * Padding is computed like text, and the rows of a query that has ended as long as its batch lasts, so batches are
	 * even and small. int8 (4-bit weights are int8 here, too): one query at a time, because its activations share one
	 * scale per batch and company would change results (docs/decisions/2026-11-21-batches-on-wasm.md).
	 */
	batchLimits: (dtype) => (dtype === "int8" || dtype === "int4" ? { rows: 1, padding: 0 } : { rows: 4, padding: 0.15 }),
	/**
	 * Outputs of one task end at about the same step, and a row that has ended still costs its share: four tasks of a
	 * post take 147 ms instead of 159.
	 */
	batchesByTask: true,
	/**
	 * Each row costs, and answers of different lengths force different tokens at different times: one after the other,
	 * the pairs of a post took less than 16 at once, and in int8 no pair changes another's scale.
	 */
	sideBySide: 1,
};

export function wasmCandidate(facts: WasmFacts): DeviceCandidate {
	return {
		obstacle: () => null,
		drawback: null,
		describe(requested, why) {
			const { threads, limit } = chooseThreads(requested, facts);
			const reasons = [why, limit].filter((reason) => reason !== null && reason !== "");
			return { threads, reason: `WASM with ${threads} ${threads === 1 ? "thread" : "threads"}: ${reasons.join("; ")}` };
		},
	};
}

/** `limit` says why there are fewer threads than could be. */
function chooseThreads(requested: number | "auto", facts: WasmFacts): { threads: number; limit: string | null } {
	const cores = Math.max(1, Math.floor(facts.hardwareConcurrency) || 1);
	const threads =
		requested === "auto"
			? Math.min(cores, MAX_AUTO_THREADS)
			: Math.min(Math.max(1, Math.floor(requested) || 1), MAX_THREADS);
	if (requested === 1) return { threads: 1, limit: null };
	if (!facts.crossOriginIsolated) return { threads: 1, limit: "this page is not cross-origin isolated" };
	if (!facts.sharedArrayBuffer) return { threads: 1, limit: "this browser has no SharedArrayBuffer" };
	return { threads, limit: null };
}

function findFacts(): WasmFacts {
	const scope = globalThis as { navigator?: { hardwareConcurrency?: number }; crossOriginIsolated?: boolean };
	return {
		crossOriginIsolated: scope.crossOriginIsolated === true,
		sharedArrayBuffer: typeof SharedArrayBuffer !== "undefined",
		hardwareConcurrency: scope.navigator?.hardwareConcurrency ?? 1,
	};
}
