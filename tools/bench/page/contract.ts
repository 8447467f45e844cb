/** The whole conversation between runner, page and workers: the runner's calls and what one worker measured. */
import type { GraphRole } from "../../../src/bundle/manifest.ts";
import type { OpenOptions } from "../../../src/client/protocol.ts";
import type { Device } from "../../../src/core/result.ts";
import type { ExtractRequest } from "../../../src/tasks/request.ts";

/** Posts one after the other, each a job of its own, as the app asks them. */
export interface BenchCase {
	readonly texts: readonly string[];
	/** Each post comes with a picture never seen before. */
	readonly pictures: boolean;
	/** Regions that are given with each picture; absent: the proposer finds them. */
	readonly regions?: number;
	readonly request: ExtractRequest;
}

/** One run of the decoder and what belongs to it: the search, a turn of the event loop. */
export interface MeasuredRun {
	readonly milliseconds: number;
	/** Of these, inside ONNX Runtime's `run`. */
	readonly inside: number;
	/** Tokens it brought each beam: the next one, and those that the grammar forced before it. */
	readonly tokens: number;
}

/** Runs and milliseconds by graph. */
export type MeasuredGraphs = Partial<Record<GraphRole, { readonly runs: number; readonly milliseconds: number }>>;

export interface MeasuredPost {
	readonly milliseconds: number;
	/** All but the first of each batch. */
	readonly runs: readonly MeasuredRun[];
	/** Steps of all searches, that is tokens that each beam was brought; the first ones included. */
	readonly tokens: number;
	readonly graphs: MeasuredGraphs;
	/** The engine's own timings, by stage. */
	readonly timings: Readonly<Record<string, number>>;
}

/**
 * Generation from token ids: no prompt, no tokenizer, no grammar except the one requested. All inputs run in one
 * call, which batches them as the engine does.
 */
export interface AskCase {
	/** [posts][L] token ids. */
	readonly inputs: ReadonlyArray<readonly number[]>;
	readonly beams: number;
	/**
	 * Ids that every step chooses from, so that no output ends before `maxNewTokens`; null: the whole vocabulary, and
	 * outputs as long as the model makes them.
	 */
	readonly candidates: readonly number[] | null;
	readonly maxNewTokens: number;
	/** Regions of a picture beside the whole of it, never seen before; null: no picture. */
	readonly regions: number | null;
}

export interface MeasuredAsk {
	/** [posts][T] ids of the best beam. */
	readonly ids: ReadonlyArray<readonly number[]>;
	readonly milliseconds: number;
	readonly runs: readonly MeasuredRun[];
	readonly graphs: MeasuredGraphs;
}

export interface BenchWorker {
	open(model: string, options: OpenOptions): Promise<OpenedModel>;
	measure(request: BenchCase): Promise<MeasuredPost[]>;
	ask(request: AskCase): Promise<MeasuredAsk>;
	/** How fast WebAssembly copies memory, in bytes a second. */
	copyRates(): number[];
}

interface OpenedModel {
	/** Name and dtype. */
	readonly bundle: string;
	readonly device: Device;
	/** From the call until a post can be read. */
	readonly milliseconds: number;
}

export interface PeerOptions {
	readonly device: "wasm" | "webgpu";
	readonly threads: number;
	/** Weight files of the folder. */
	readonly weights: readonly string[];
}

/** The greedy output of transformers.js for one input. */
interface MeasuredGeneration {
	readonly ids: readonly number[];
	readonly milliseconds: number;
	/** Milliseconds between two tokens. */
	readonly steps: readonly number[];
}

export interface PeerWorker {
	/** @returns milliseconds, weights fetched before */
	open(model: string, options: PeerOptions): Promise<number>;
	generate(input: readonly number[], maxNewTokens: number): Promise<MeasuredGeneration>;
}

/** Calls of the page; `name` names a worker, `model` a folder under the page's address. */
export interface Bench {
	open(name: string, model: string, options: OpenOptions): Promise<OpenedModel>;
	measure(name: string, request: BenchCase): Promise<MeasuredPost[]>;
	ask(name: string, request: AskCase): Promise<MeasuredAsk>;
	copyRates(name: string): Promise<number[]>;
	openPeer(name: string, model: string, options: PeerOptions): Promise<number>;
	generate(name: string, input: readonly number[], maxNewTokens: number): Promise<MeasuredGeneration>;
	/** Ends the worker and all it held. */
	end(name: string): Promise<void>;
}
