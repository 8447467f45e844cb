/**
 * The host of the engine: it answers content scripts and the side panel over their ports. It runs where a worker can:
 * in an offscreen document in Chrome, in the background page in Firefox.
 */

import type { Progress } from "../../client/protocol.ts";
import { toFacts } from "../../core/failure.ts";
import { api, type Port } from "../common/api.ts";
import { type FromHost, JOBS_PORT, RESULTS_PORT, type ToHost, type ToPanel } from "../common/messages.ts";
import type { Settings } from "../common/settings.ts";
import { bytesOf, checkToHost } from "./check.ts";
import { type Collection, createCollection } from "./collection.ts";
import type { Extractor } from "./extractor.ts";
import { createJobQueue } from "./queue.ts";

interface HostOptions {
	readonly extractor: Extractor;
	readonly settings: () => Promise<Settings>;
	readonly collection?: Collection;
	/** Milliseconds without work after which the model's memory is freed. */
	readonly restAfter?: number;
}

const REST_AFTER_MS = 5 * 60_000;
/** Posts of one tab that may wait; a feed shows some ten at a time. */
const MAX_JOBS = 64;

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

	async function run(message: Job, send: (answer: FromHost) => void, signal: AbortSignal): Promise<void> {
		clearTimeout(resting);
		const { job, text, origin } = message;
		try {
			const image = message.image === null ? null : bytesOf(message.image);
			const onProgress = ({ stage }: Progress) => send({ kind: "progress", job, stage });
			const result = await extractor.extract({ text, image }, await settings(), onProgress, signal);
			if (signal.aborted) return;
			collection.add(origin, result);
			send({ kind: "result", job, result });
		} catch (error) {
			if (!signal.aborted) send({ kind: "failed", job, failure: toFacts(error) });
		}
	}

	/** A tab that is closed, reloaded or left takes its jobs with it. */
	function serveTab(port: Port): void {
		const jobs = new Map<number, AbortController>();
		port.onMessage.addListener((raw) => {
			const message = checkToHost(raw);
			if (message?.kind === "cancel") jobs.get(message.job)?.abort();
			if (message?.kind !== "extract" || jobs.has(message.job) || jobs.size >= MAX_JOBS) return;
			const stop = new AbortController();
			jobs.set(message.job, stop);
			stop.signal.addEventListener("abort", () => jobs.delete(message.job));
			const send = (answer: FromHost) => {
				if (!stop.signal.aborted) port.postMessage(answer);
			};
			queue.add(
				() => run(message, send, stop.signal).finally(() => jobs.delete(message.job)),
				message.requested,
				stop.signal,
			);
		});
		port.onDisconnect.addListener(() => {
			for (const stop of [...jobs.values()]) stop.abort();
		});
	}

	const SERVERS: Readonly<Record<string, (port: Port) => void>> = {
		[JOBS_PORT]: serveTab,
		[RESULTS_PORT]: (port) => servePanel(port, collection),
	};
	api.runtime.onConnect.addListener((port) => SERVERS[port.name]?.(port));
}

/** Only the extension's own pages may see what was read in other tabs. */
function servePanel(port: Port, collection: Collection): void {
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
