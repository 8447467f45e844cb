/** Exposes the engine's calls behind a port. Callbacks arrive before the answer and are released after it. */
import * as Comlink from "comlink";
import type { EngineApi } from "../src/client/protocol.ts";

/** Answers `client.ts` on `endpoint`: this worker's own port when absent. */
export function exposeEngine(api: EngineApi, endpoint?: Comlink.Endpoint): void {
	const exposed: EngineApi = {
		open: (job, source, options, onProgress) =>
			withCallback(onProgress, (listen) => api.open(job, source, options, listen)),
		extract: (job, post, request, onUpdate) =>
			withCallback(onUpdate, (listen) => api.extract(job, post, request, listen)),
		cancel: (job) => api.cancel(job),
		close: () => api.close(),
	};
	Comlink.expose(exposed, endpoint);
}

/**
 * A callback of the page has its own port, so its last message could arrive after the answer: the answer waits until
 * it was received. A port that is not released lives, with all it holds on to, as long as the worker.
 */
async function withCallback<Message, Result>(
	callback: (message: Message) => void,
	work: (listen: (message: Message) => void) => Promise<Result>,
): Promise<Result> {
	const remote = callback as unknown as Comlink.Remote<(message: Message) => void>;
	let received: Promise<unknown> = Promise.resolve();
	const listen = (message: Message) => {
		// What the page does with a message is not the engine's business, its errors included.
		received = Promise.resolve(callback(message)).catch(() => undefined);
	};
	try {
		const result = await work(listen);
		await received;
		return result;
	} finally {
		remote[Comlink.releaseProxy]();
	}
}
