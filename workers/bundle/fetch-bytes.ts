/** Downloads one file, counting bytes as they arrive: never more than were promised, and never waiting for ever. */
import { Failure, type FailureCode } from "../../src/core/failure.ts";
import { cancelled, MANIFEST_FILE, MAX_MANIFEST_BYTES, throwIfCancelled, tooLong, truncated } from "./reader.ts";

/** A connection that sends nothing for this long has failed, whatever it says. */
const STALL_MS = 60_000;

export interface FetchOptions {
	/** Null: unknown, at most `maxBytes`. */
	readonly expectedBytes: number | null;
	readonly maxBytes?: number;
	/**
	 * "no-cache" when absent: the server is asked whether the browser's copy is still right, for a new umie.json must not
	 * meet old weights.
	 */
	readonly cache?: RequestCache;
	/** Hears how many bytes arrived since the last call, and how many the server announced (0: unknown). */
	readonly onBytes?: ((count: number, announced: number) => void) | undefined;
	readonly signal?: AbortSignal | undefined;
}

/**
 * Streams one file.
 * @param path the file's name in messages
 * @throws Failure see `BundleReader.read`
 */
export async function fetchBytes(
	url: URL,
	path: string,
	options: FetchOptions,
	stallMs = STALL_MS,
): Promise<Uint8Array<ArrayBuffer>> {
	throwIfCancelled(options.signal);
	const watchdog = startWatchdog(stallMs);
	const signal = options.signal ? AbortSignal.any([options.signal, watchdog.signal]) : watchdog.signal;
	let received = 0;
	try {
		const response = await fetch(url, { signal, cache: options.cache ?? "no-cache" });
		checkResponse(response, url, path);
		const announced = announcedBytes(response);
		return await collect(response, path, options, (count) => {
			received += count;
			watchdog.touch();
			options.onBytes?.(count, announced);
		});
	} catch (error) {
		throw explain(error, {
			url,
			path,
			received,
			expected: options.expectedBytes,
			stalled: watchdog.signal.aborted,
			signal: options.signal,
		});
	} finally {
		watchdog.stop();
	}
}

function checkResponse(response: Response, url: URL, path: string): void {
	if (response.url !== "" && !isSafeRedirect(url, new URL(response.url)))
		throw new Failure("fetch-failed", `${url.href} redirects to ${response.url}, which is not allowed.`);
	if (response.status === 404 || response.status === 410)
		throw new Failure("bundle-missing-file", `${path} is not at ${url.href} (HTTP ${response.status}).`);
	if (!response.ok) throw new Failure("fetch-failed", `${url.href} could not be fetched (HTTP ${response.status}).`);
	// A server of a single-page app answers every address with its page.
	if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) throw webPage(url, path);
}

function isSafeRedirect(from: URL, to: URL): boolean {
	return to.protocol === from.protocol || to.protocol === "https:";
}

function webPage(url: URL, path: string): Failure {
	if (path === MANIFEST_FILE)
		return new Failure(
			"bundle-format",
			`${url.href} is a web page, not a bundle's umie.json: give the address of the bundle's folder.`,
		);
	return new Failure("bundle-missing-file", `${path} is not at ${url.href}: the server answered with a web page.`);
}

/** A compressed answer announces its compressed length, which says nothing here. */
function announcedBytes({ headers }: Response): number {
	return headers.has("content-encoding") ? 0 : Number(headers.get("content-length") ?? 0);
}

/** @returns exactly `expectedBytes`; with null whatever comes, at most `maxBytes` */
async function collect(
	response: Response,
	path: string,
	{ expectedBytes: expected, maxBytes = MAX_MANIFEST_BYTES }: FetchOptions,
	onBytes: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
	const limit = expected ?? maxBytes;
	const target = new Uint8Array(limit);
	let length = 0;
	const stream = response.body?.getReader();
	for (let chunk = await stream?.read(); chunk && !chunk.done; chunk = await stream?.read()) {
		if (length + chunk.value.length > limit) {
			await stream?.cancel();
			throw tooLong(path, expected, limit);
		}
		target.set(chunk.value, length);
		length += chunk.value.length;
		onBytes(chunk.value.length);
	}
	if (expected !== null && length < expected) throw truncated(path, length, expected);
	return expected === null ? target.slice(0, length) : target;
}

interface Circumstances {
	readonly url: URL;
	readonly path: string;
	readonly received: number;
	readonly expected: number | null;
	readonly stalled: boolean;
	readonly signal: AbortSignal | undefined;
}

/** What a failed fetch means: `fetch` itself only says "Failed to fetch". */
function explain(error: unknown, { url, path, received, expected, stalled, signal }: Circumstances): Failure {
	if (error instanceof Failure) return error;
	if (signal?.aborted) return cancelled();
	if (stalled) return new Failure("timeout", `${url.href} stopped sending.`);
	if (received > 0 && expected !== null) return truncated(path, received, expected);
	const code: FailureCode = isOffline() ? "offline" : "fetch-failed";
	const what =
		code === "offline" ? `${url.href} could not be fetched: there is no network.` : `${url.href} could not be reached.`;
	return new Failure(code, what, { cause: error });
}

function isOffline(): boolean {
	return (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false;
}

function startWatchdog(stallMs: number): { readonly signal: AbortSignal; touch(): void; stop(): void } {
	const controller = new AbortController();
	let timer: ReturnType<typeof setTimeout>;
	const touch = () => {
		clearTimeout(timer);
		timer = setTimeout(() => controller.abort(), stallMs);
	};
	touch();
	return { signal: controller.signal, touch, stop: () => clearTimeout(timer) };
}
