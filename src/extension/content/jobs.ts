/** Sends posts to the host of the engine and gives back its results. The port is opened when it is first needed. */
import { Failure } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { api, type Port } from "../common/api.ts";
import { type FromHost, JOBS_PORT, type Origin, type Stage, type ToHost, type WakeAnswer } from "../common/messages.ts";

export interface JobRequest {
	readonly text: string;
	/** A JPEG as base64. */
	readonly image: string | null;
	readonly origin: Origin;
	/** The person clicked and waits. */
	readonly requested: boolean;
}

export interface Jobs {
	/** @throws Failure the engine's, or `cancelled`, `closed` */
	extract(request: JobRequest, signal: AbortSignal, onProgress: (stage: Stage) => void): Promise<ExtractionResult>;
	close(): void;
}

interface PendingJob {
	readonly resolve: (result: ExtractionResult) => void;
	readonly reject: (failure: Failure) => void;
	readonly onProgress: (stage: Stage) => void;
}

export function createJobs(): Jobs {
	const pending = new Map<number, PendingJob>();
	let lastJob = 0;

	function onMessage(message: FromHost): void {
		const job = pending.get(message.job);
		if (!job) return;
		if (message.kind === "progress") {
			job.onProgress(message.stage);
			return;
		}
		pending.delete(message.job);
		if (message.kind === "result") job.resolve(message.result);
		else job.reject(new Failure(message.failure.code, message.failure.what));
	}

	function onLost(): void {
		for (const { reject } of pending.values()) reject(new Failure("closed", "The extension's engine was stopped."));
		pending.clear();
	}

	const connection = createConnection(onMessage, onLost);
	return {
		async extract(request, signal, onProgress) {
			const port = await connection.open();
			if (signal.aborted) throw cancelled();
			const job = ++lastJob;
			return new Promise((resolve, reject) => {
				pending.set(job, { resolve, reject, onProgress });
				const cancel = () => {
					if (!pending.delete(job)) return;
					port.postMessage({ kind: "cancel", job } satisfies ToHost);
					reject(cancelled());
				};
				signal.addEventListener("abort", cancel, { once: true });
				port.postMessage({ kind: "extract", job, ...request } satisfies ToHost);
			});
		},
		close() {
			connection.close();
			onLost();
		},
	};
}

const cancelled = (): Failure => new Failure("cancelled", "The extraction was cancelled.");

interface Connection {
	/** The open port; a new one where the last one broke. @throws Failure `closed` */
	open(): Promise<Port>;
	close(): void;
}

function createConnection(onMessage: (message: FromHost) => void, onLost: () => void): Connection {
	let opening: Promise<Port> | null = null;

	async function connect(): Promise<Port> {
		const answer = (await api.runtime.sendMessage({ kind: "wake" })) as WakeAnswer | null;
		if (!answer?.ok) throw new Failure("closed", "The extension's engine could not be started.");
		const port = api.runtime.connect({ name: JOBS_PORT });
		port.onMessage.addListener((message) => onMessage(message as FromHost));
		port.onDisconnect.addListener(() => {
			opening = null;
			onLost();
		});
		return port;
	}

	return {
		async open() {
			opening ??= connect();
			try {
				return await opening;
			} catch (error) {
				opening = null;
				if (error instanceof Failure) throw error;
				// The browser throws an error of its own when the extension was updated or switched off under an open page.
				throw new Failure("closed", "The extension was updated or switched off. Reload the page.", { cause: error });
			}
		},
		close() {
			void opening?.then((port) => port.disconnect()).catch(() => undefined);
			opening = null;
		},
	};
}
