/** Goes in: posts. Comes out: their results, from the engine's host over a port that is made when needed and made again when it broke. */
import { Failure } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { api, type Port } from "../common/api.ts";
import { type FromHost, JOBS_PORT, type Origin, type ToHost } from "../common/messages.ts";

export interface JobRequest {
	readonly text: string;
	/** Base64. */
	readonly image: string | null;
	readonly origin: Origin;
	readonly asked: boolean;
}

export interface Jobs {
	/** @throws Failure the engine's, or `cancelled`, `closed` */
	extract(request: JobRequest, signal: AbortSignal, onProgress: (what: string) => void): Promise<ExtractionResult>;
	close(): void;
}

interface Waiting {
	readonly resolve: (result: ExtractionResult) => void;
	readonly reject: (failure: Failure) => void;
	readonly onProgress: (what: string) => void;
}

export function createJobs(): Jobs {
	const waiting = new Map<number, Waiting>();
	let connecting: Promise<Port> | null = null;
	let made = 0;

	function hear(message: FromHost): void {
		const job = waiting.get(message.job);
		if (!job) return;
		if (message.kind === "progress") {
			job.onProgress(message.what);
			return;
		}
		waiting.delete(message.job);
		if (message.kind === "result") job.resolve(message.result);
		else job.reject(new Failure(message.failure.code, message.failure.what));
	}

	function lose(): void {
		connecting = null;
		for (const { reject } of waiting.values()) reject(new Failure("closed", "The extension's engine was stopped."));
		waiting.clear();
	}

	async function connect(): Promise<Port> {
		const awake = (await api.runtime.sendMessage({ kind: "wake" })) as { ok: boolean } | null;
		if (!awake?.ok) throw new Failure("closed", "The extension's engine could not be started.");
		const port = api.runtime.connect({ name: JOBS_PORT });
		port.onMessage.addListener((message) => hear(message as FromHost));
		port.onDisconnect.addListener(lose);
		return port;
	}

	async function connected(): Promise<Port> {
		connecting ??= connect();
		try {
			return await connecting;
		} catch (error) {
			connecting = null;
			// The browser throws an error of its own when the extension was updated or switched off under an open page.
			throw error instanceof Failure
				? error
				: new Failure("closed", "The extension was updated or switched off: reload the page.");
		}
	}

	return {
		async extract(request, signal, onProgress) {
			const port = await connected();
			if (signal.aborted) throw new Failure("cancelled", "It was cancelled.");
			const job = ++made;
			return new Promise((resolve, reject) => {
				waiting.set(job, { resolve, reject, onProgress });
				const cancel = () => {
					if (!waiting.delete(job)) return;
					port.postMessage({ kind: "cancel", job } satisfies ToHost);
					reject(new Failure("cancelled", "It was cancelled."));
				};
				signal.addEventListener("abort", cancel, { once: true });
				port.postMessage({ kind: "extract", job, ...request } satisfies ToHost);
			});
		},
		close() {
			void connecting?.then((port) => port.disconnect()).catch(() => undefined);
			lose();
		},
	};
}
