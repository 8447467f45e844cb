/** Runs the graphs of a bundle. Sessions open when they are first used; every run is timed and can be observed. */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { type GraphEntry, type GraphRole, graphFile, type Manifest } from "../../src/bundle/manifest.ts";
import type { Progress } from "../../src/client/protocol.ts";
import { Failure } from "../../src/core/failure.ts";
import type { Device } from "../../src/core/result.ts";
import type { BundleFiles } from "../bundle/load.ts";
import type { OpenDevice } from "../devices/device-kind.ts";
import { DEVICES } from "../devices/devices.ts";
import { createQueue, type Queue } from "../queue.ts";

export type Ort = typeof import("onnxruntime-web");
export type Feeds = Readonly<Record<string, Tensor>>;

export interface SessionOptions {
	readonly ort: Ort;
	readonly manifest: Manifest;
	readonly device: Device;
	/** Ours: it is closed with the sessions. */
	readonly hardware: OpenDevice;
	/** Content of a graph's files, read and checked. Called once per role; `attention` is that of the running job. */
	readonly load: (roles: readonly GraphRole[], attention: Attention) => Promise<BundleFiles>;
	/** Hears every run: what went in, what came out. For dumps, benchmarks and timings. */
	readonly observe?: (run: ObservedRun) => void;
}

/** Gets what happens on the way, and may end it. */
export interface Attention {
	readonly onProgress: (progress: Progress) => void;
	readonly signal: AbortSignal;
}

export const NO_ATTENTION: Attention = { onProgress: () => {}, signal: new AbortController().signal };

export interface ObservedRun {
	readonly role: GraphRole;
	readonly milliseconds: number;
	readonly feeds: Feeds;
	readonly outputs: Feeds;
}

/** Outputs that other graphs read: they stay on the device. Everything else comes back to JavaScript. */
const KEPT_ON_DEVICE = new RegExp(
	`^(${[
		"encoder_hidden_states",
		"visual_hidden_states",
		"visual_attention_mask",
		"cross_modal_states",
		"pointer_key",
		"(cross|present)_(key|value)\\.\\d+",
	].join("|")})$`,
);

export class GraphSessions {
	readonly ort: Ort;
	readonly manifest: Manifest;
	/** Hears the milliseconds of every run, by role; set by who runs a job. */
	spent: (role: GraphRole, milliseconds: number) => void = () => {};
	/** The signal of the running job: an aborted one ends it before its next run. */
	attention: Attention = NO_ATTENTION;
	readonly #options: SessionOptions;
	readonly #opening = new Map<GraphRole, Promise<InferenceSession>>();
	readonly #queue: Queue | null;
	#lost: string | null = null;
	#closed = false;

	constructor(options: SessionOptions) {
		this.ort = options.ort;
		this.manifest = options.manifest;
		this.#options = options;
		this.#queue = DEVICES[options.device.name].oneRunAtATime ? createQueue() : null;
		void options.hardware.lost?.then((reason) => {
			if (!this.#closed) this.#lost = reason;
		});
	}

	/** Opens the sessions of `roles` now, so that the first post does not wait for them. */
	async open(
		roles: readonly GraphRole[],
		onOpened: (role: GraphRole) => Promise<void> | void = () => {},
	): Promise<void> {
		const missing = roles.filter((role) => !this.#opening.has(role));
		const files = missing.length === 0 ? new Map() : await this.#load(missing);
		for (const role of missing) {
			await this.#session(role, files);
			await onOpened(role);
		}
	}

	/** @throws Failure `bundle-graph-mismatch` | `device-lost` | `out-of-memory` | `cancelled` | `closed` */
	async run(role: GraphRole, feeds: Feeds): Promise<Feeds> {
		this.#checkWanted();
		const entry = this.#entry(role);
		const session = await (this.#opening.get(role) ?? this.#session(role, null));
		const wanted = Object.fromEntries(entry.inputs.map((name) => [name, feeds[name]!]));
		return this.#inTurn(async () => {
			const started = performance.now();
			const outputs = await this.#guard(`${role} failed`, () => session.run(wanted));
			const milliseconds = performance.now() - started;
			this.spent(role, milliseconds);
			this.#options.observe?.({ role, milliseconds, feeds: wanted, outputs });
			return outputs;
		});
	}

	/** Names, types and shapes of a graph's inputs and outputs, as the graph itself has them. */
	async metadata(role: GraphRole): Promise<Pick<InferenceSession, "inputMetadata" | "outputMetadata">> {
		return this.#opening.get(role) ?? this.#session(role, null);
	}

	/** Frees everything; running work fails, so the caller should end it first. */
	async close(): Promise<void> {
		this.#closed = true;
		const sessions = await Promise.allSettled(this.#opening.values());
		this.#opening.clear();
		for (const session of sessions)
			if (session.status === "fulfilled") await this.#inTurn(() => session.value.release().catch(() => {}));
		this.#options.hardware.close();
	}

	/** A session made after the close would never be freed; a run after a cancel is wasted time. */
	#checkWanted(): void {
		if (this.#closed) throw new Failure("closed", "The model was closed.");
		if (this.attention.signal.aborted) throw new Failure("cancelled", "It was cancelled.");
	}

	#load(roles: readonly GraphRole[]): Promise<BundleFiles> {
		this.#checkWanted();
		return this.#options.load(roles, this.attention);
	}

	#entry(role: GraphRole): GraphEntry {
		const entry = this.manifest.graphs[role];
		if (entry === undefined)
			throw new Failure("bundle-format", `The bundle "${this.manifest.name}" has no graph "${role}".`);
		return entry;
	}

	#session(role: GraphRole, files: BundleFiles | null): Promise<InferenceSession> {
		const opening = this.#create(role, files);
		this.#opening.set(role, opening);
		// A failed opening may be tried again.
		opening.catch(() => this.#opening.delete(role));
		return opening;
	}

	async #create(role: GraphRole, given: BundleFiles | null): Promise<InferenceSession> {
		const { device, hardware } = this.#options;
		const entry = this.#entry(role);
		const files = given ?? (await this.#load([role]));
		const content = (path: string) => {
			const bytes = files.get(path);
			if (bytes === undefined) throw new Failure("bundle-missing-file", `${path} was not loaded.`);
			return bytes;
		};
		const options: InferenceSession.SessionOptions = {
			...hardware.sessionOptions(entry.outputs.filter((name) => KEPT_ON_DEVICE.test(name))),
			externalData: entry.weights.map((path) => ({ path, data: content(path) })),
			logSeverityLevel: 3,
		};
		const graph = content(graphFile(entry, DEVICES[device.name].graphs));
		const session = await this.#inTurn(() =>
			this.#guard(`${entry.file} cannot be opened`, () => this.ort.InferenceSession.create(graph, options)),
		);
		checkNames(role, "input", entry.inputs, session.inputNames);
		checkNames(role, "output", entry.outputs, session.outputNames);
		return session;
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		return this.#queue === null ? work() : this.#queue.run(work);
	}

	/** Turns what the runtime throws (strings, numbers, errors) into failures. */
	async #guard<T>(what: string, work: () => Promise<T>): Promise<T> {
		try {
			return await work();
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			// `lost` resolves in a later turn than the failed run.
			await new Promise((resolve) => setTimeout(resolve, 0));
			if (this.#closed) throw new Failure("closed", "The model was closed while it ran.", { cause: error });
			if (this.#lost !== null || /device (is )?lost|device was destroyed/i.test(message))
				throw new Failure("device-lost", `The graphics device was lost (${this.#lost ?? message}).`, { cause: error });
			if (/out of memory|bad_alloc|allocation failed|failed to allocate|memory access out of bounds/i.test(message))
				throw new Failure("out-of-memory", `${what}: ${message}.`, { cause: error });
			throw new Failure("bundle-graph-mismatch", `${what}: ${message}.`, { cause: error });
		}
	}
}

/** Frees tensors: what belonged to a lost device or a closed session is gone already, and the runtime may say so. */
export function free(...tensors: readonly Tensor[]): void {
	for (const tensor of tensors) {
		try {
			tensor.dispose();
		} catch {
			// Nothing is left to free.
		}
	}
}

function checkNames(role: GraphRole, kind: string, listed: readonly string[], found: readonly string[]): void {
	const absent = listed.filter((name) => !found.includes(name));
	if (absent.length > 0)
		throw new Failure(
			"bundle-graph-mismatch",
			`umie.json lists the ${kind} ${absent.join(", ")} of ${role}, which the graph does not have.`,
		);
}
