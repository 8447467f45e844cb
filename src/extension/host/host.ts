/** Goes in: ports of content scripts and of the side panel. Comes out: results on them. Lives where a worker can: an offscreen document in Chrome, the background page in Firefox. */

import type { Progress } from "../../client/protocol.ts";
import { toFailureData } from "../../core/failure.ts";
import { api, type Port } from "../common/api.ts";
import { type FromHost, JOBS_PORT, RESULTS_PORT, type ToHost, type ToPanel } from "../common/messages.ts";
import type { Settings } from "../common/settings.ts";
import { bytesOf, checkToHost } from "./check.ts";
import { type Collection, createCollection } from "./collection.ts";
import type { Extractor } from "./extractor.ts";
import { createJobQueue } from "./queue.ts";

export interface HostOptions {
	readonly extractor: Extractor;
	readonly settings: () => Promise<Settings>;
	readonly collection?: Collection;
	/** Milliseconds without work after which the model's memory is given back. */
	readonly restAfter?: number;
}

const REST_AFTER_MS = 5 * 60_000;
/** Posts of one tab that may wait: a feed shows some ten at a time. */
const MOST_JOBS = 64;

type Job = Extract<ToHost, { readonly kind: "extract" }>;

export function startHost({
	extractor,
	settings,
	collection = createCollection(),
	restAfter = REST_AFTER_MS,
}: HostOptions): void {
	let resting: ReturnType<typeof setTimeout> | undefined;
	const queue = createJobQueue(() => {
		clearTimeout(resting);
		resting = setTimeout(() => void extractor.rest(), restAfter);
	});

	async function run(message: Job, tell: (answer: FromHost) => void, signal: AbortSignal): Promise<void> {
		clearTimeout(resting);
		const { job, text, origin } = message;
		try {
			const image = message.image === null ? null : bytesOf(message.image);
			const onProgress = ({ stage, detail }: Progress) => tell({ kind: "progress", job, what: `${stage}: ${detail}` });
			const result = await extractor.extract({ text, image }, await settings(), onProgress, signal);
			if (signal.aborted) return;
			collection.add(origin, result);
			tell({ kind: "result", job, result });
		} catch (error) {
			if (!signal.aborted) tell({ kind: "failed", job, failure: toFailureData(error) });
		}
	}

	/** A tab that is closed, reloaded or left takes its jobs with it. */
	function serveTab(port: Port): void {
		const jobs = new Map<number, AbortController>();
		port.onMessage.addListener((raw) => {
			const message = checkToHost(raw);
			if (message?.kind === "cancel") jobs.get(message.job)?.abort();
			if (message?.kind !== "extract" || jobs.has(message.job) || jobs.size >= MOST_JOBS) return;
			const stop = new AbortController();
			jobs.set(message.job, stop);
			stop.signal.addEventListener("abort", () => jobs.delete(message.job));
			const tell = (answer: FromHost) => {
				if (!stop.signal.aborted) port.postMessage(answer);
			};
			queue.add(
				() => run(message, tell, stop.signal).finally(() => jobs.delete(message.job)),
				message.asked,
				stop.signal,
			);
		});
		port.onDisconnect.addListener(() => {
			for (const stop of [...jobs.values()]) stop.abort();
		});
	}

	/** Only pages of the extension see what was read in other tabs. */
	function servePanel(port: Port): void {
		if (!port.sender?.url?.startsWith(api.runtime.getURL(""))) {
			port.disconnect();
			return;
		}
		const show = () => port.postMessage({ kind: "entries", entries: collection.entries } satisfies ToPanel);
		port.onMessage.addListener((message) => {
			if ((message as { kind?: unknown } | null)?.kind === "clear") collection.clear();
		});
		port.onDisconnect.addListener(collection.listen(show));
		show();
	}

	const SERVED: Readonly<Record<string, (port: Port) => void>> = { [JOBS_PORT]: serveTab, [RESULTS_PORT]: servePanel };
	api.runtime.onConnect.addListener((port) => SERVED[port.name]?.(port));
}
