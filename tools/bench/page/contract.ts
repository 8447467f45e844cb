/** Goes in: calls of the runner. Comes out: what one worker measured. The whole conversation between runner, page and worker. */
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import type { Device } from "../../../src/core/result.ts";
import type { OpenOptions } from "../../../src/engine/protocol.ts";
import type { ExtractRequest } from "../../../src/tasks/types.ts";

/** Posts one after the other, each a job of its own, as the app asks them. */
export interface BenchCase {
	readonly texts: readonly string[];
	/** Each post comes with a picture never seen before. */
	readonly pictures: boolean;
	readonly request: ExtractRequest;
}

/** What lies between two tokens: one graph run, the search, a turn of the event loop. */
export interface MeasuredStep {
	readonly milliseconds: number;
	/** Of these, inside ONNX Runtime's `run`. */
	readonly inside: number;
}

export interface MeasuredPost {
	readonly milliseconds: number;
	readonly steps: readonly MeasuredStep[];
	/** Runs and milliseconds by graph. */
	readonly graphs: Partial<Record<GraphRole, { readonly runs: number; readonly milliseconds: number }>>;
	/** The engine's own timings, by stage. */
	readonly timings: Readonly<Record<string, number>>;
}

export interface BenchWorker {
	open(model: string, options: OpenOptions): Promise<OpenedModel>;
	measure(asked: BenchCase): Promise<MeasuredPost[]>;
}

export interface OpenedModel {
	/** Name and dtype. */
	readonly bundle: string;
	readonly device: Device;
}

export interface Bench {
	open(name: string, options: OpenOptions): Promise<OpenedModel>;
	measure(name: string, asked: BenchCase): Promise<MeasuredPost[]>;
}
