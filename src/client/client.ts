/** Opens bundles and extracts from posts in a worker: the page's side of the engine. */
import * as Comlink from "comlink";
import { Failure } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import type { ExtractRequest } from "../tasks/request.ts";
import { checkCallGiven, checkPostGiven, checkRequestGiven } from "./check-call.ts";
import { type Connection, type ConnectionOptions, connect } from "./connection.ts";
import {
	type BundleSource,
	type EngineInfo,
	OPEN_DEFAULTS,
	type OpenOptions,
	type Post,
	type Progress,
	type Update,
} from "./protocol.ts";

interface OpenCallbacks {
	readonly onProgress?: (progress: Progress) => void;
	readonly signal?: AbortSignal;
}

interface ExtractCallbacks {
	/** Hears progress and, when a wave of tasks is done, the result so far. */
	readonly onUpdate?: (update: Update) => void;
	readonly signal?: AbortSignal;
}

export interface Engine {
	/** Opens a bundle in place of the one that is open. @throws Failure */
	open(source: BundleSource, options?: Partial<OpenOptions>, callbacks?: OpenCallbacks): Promise<EngineInfo>;
	/** Extracts from one post. After the worker died the bundle is opened again first. @throws Failure */
	extract(post: Post, request: ExtractRequest, callbacks?: ExtractCallbacks): Promise<ExtractionResult>;
	/** Ends the worker and every running call. The engine may be opened again. */
	close(): Promise<void>;
}

const CLIENT_DEFAULTS: ConnectionOptions = { loadTimeout: 60_000, grace: 3_000, silence: 120_000 };

/** @param makeWorker called on first use, and again after a worker died or was closed */
export function createEngine(
	makeWorker: () => Worker = startEngineWorker,
	options: Partial<ConnectionOptions> = {},
): Engine {
	const settings = { ...CLIENT_DEFAULTS, ...options };
	const worker = keepConnection(makeWorker, settings);
	/** What the page opened last, to be opened again in a new worker. */
	let opened: { readonly source: BundleSource; readonly options: OpenOptions } | null = null;
	/** The worker that it is open in, or being opened in. */
	let openIn: Connection | null = null;

	async function openOn(
		to: Connection,
		source: BundleSource,
		chosen: OpenOptions,
		{ onProgress, signal }: OpenCallbacks,
	): Promise<EngineInfo> {
		const before = openIn;
		openIn = to;
		try {
			const info = await to.call((api, job) => api.open(job, source, chosen, listener(onProgress)), signal);
			opened = { source, options: chosen };
			return info;
		} catch (error) {
			openIn = before;
			throw error;
		}
	}

	return {
		async open(source, partial = {}, callbacks = {}) {
			checkCallGiven(callbacks, "open");
			return openOn(worker.connect(), source, { ...OPEN_DEFAULTS, ...partial }, callbacks);
		},

		async extract(post, request, callbacks = {}) {
			checkPostGiven(post);
			checkRequestGiven(request);
			checkCallGiven(callbacks, "extract");
			const { onUpdate, signal } = callbacks;
			if (!worker.isConnected() && !opened) throw new Failure("not-open", "No model is open.");
			const to = worker.connect();
			if (openIn !== to && opened) {
				const reopening: OpenCallbacks = {
					onProgress: (progress) => onUpdate?.({ kind: "progress", progress }),
					...(signal && { signal }),
				};
				await openOn(to, opened.source, opened.options, reopening);
			}
			return to.call((api, job) => api.extract(job, ownBytes(post), request, listener(onUpdate)), signal);
		},

		async close() {
			opened = null;
			openIn = null;
			await worker.close();
		},
	};
}

/** The connection to the one worker in use, which may die at any time. */
function keepConnection(makeWorker: () => Worker, settings: ConnectionOptions) {
	let connection: Connection | null = null;
	return {
		isConnected: () => connection !== null,
		/** Starts a worker if none is running. */
		connect(): Connection {
			if (connection) return connection;
			const onDeath = () => {
				if (connection === made) connection = null;
			};
			const made = connect(makeWorker, onDeath, settings);
			connection = made;
			return made;
		},
		async close(): Promise<void> {
			const closing = connection;
			connection = null;
			await closing?.close();
		},
	};
}

function startEngineWorker(): Worker {
	return new Worker(new URL("../../workers/engine.worker.ts", import.meta.url), {
		type: "module",
		name: "umie-engine",
	});
}

/** A bare function cannot cross threads: this one can. What it throws is the page's error and stays there. */
function listener<Message>(listen: ((message: Message) => void) | undefined): (message: Message) => void {
	return Comlink.proxy((message: Message) => {
		try {
			listen?.(message);
		} catch (error) {
			console.error(error);
		}
	});
}

/** Bytes are copied to the worker, so that the page can try again; a view would drag its whole buffer along. */
function ownBytes(post: Post): Post {
	const { image } = post;
	return image && image.byteLength < image.buffer.byteLength ? { ...post, image: image.slice() } : post;
}
