/** Reads a bundle: its manifest, then the files that some graphs need, each checked against its hash. */

import {
	type GraphRole,
	type GraphTarget,
	graphFile,
	type Manifest,
	parseManifest,
} from "../../src/bundle/manifest.ts";
import type { Progress } from "../../src/client/protocol.ts";
import { Failure } from "../../src/core/failure.ts";
import { MAX_BUNDLE_BYTES, MAX_BUNDLE_FILE_BYTES, MIB } from "../../src/core/limits.ts";
import { type BundleReader, cancelled, MANIFEST_FILE, throwIfCancelled } from "./reader.ts";
import { sha256 } from "./sha256.ts";
import { fileKey, manifestKey } from "./store.ts";

/** Files of every bundle besides graphs and weights. */
const TOKENIZER_FILES = ["tokenizer.json", "tokenizer_config.json"] as const;
/** More at once does not fill a line any better, and a cancel has more to undo. */
const CONCURRENT_FILES = 3;

export interface LoadOptions {
	readonly roles: readonly GraphRole[];
	readonly target: GraphTarget;
	readonly onProgress?: (progress: Progress) => void;
	readonly signal?: AbortSignal | undefined;
}

/** One file as `umie.json` lists it. */
interface FileEntry {
	readonly path: string;
	readonly bytes: number;
	readonly sha256: string;
}

/** Content of the files that were asked for, by path. */
export type BundleFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

/**
 * Reads and checks `umie.json`. From the network first; what was kept from the last visit serves when there is no
 * network.
 * @throws Failure `bundle-format`, or whatever the reader throws
 */
export async function readManifest(reader: BundleReader, signal?: AbortSignal): Promise<Manifest> {
	try {
		const bytes = await reader.read(MANIFEST_FILE, { expectedBytes: null, signal });
		const manifest = decodeManifest(bytes);
		await reader.store?.put(manifestKey(reader.name), bytes);
		return manifest;
	} catch (error) {
		const kept = isNetworkFailure(error) ? await reader.store?.get(manifestKey(reader.name)) : null;
		throwIfCancelled(signal);
		if (!kept) throw error;
		return decodeManifest(kept);
	}
}

function isNetworkFailure(error: unknown): boolean {
	return (
		error instanceof Failure && (error.code === "offline" || error.code === "fetch-failed" || error.code === "timeout")
	);
}

function decodeManifest(bytes: Uint8Array): Manifest {
	let json: unknown;
	try {
		json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch (error) {
		const what =
			bytes[0] === "<".charCodeAt(0) ? "it is a web page" : error instanceof Error ? error.message : String(error);
		throw new Failure("bundle-format", `umie.json is not valid JSON: ${what}.`, { cause: error });
	}
	const manifest = parseManifest(json);
	checkSizes(manifest);
	return manifest;
}

/** Limits before anything is fetched or allocated. @throws Failure `bundle-format` */
function checkSizes(manifest: Manifest): void {
	let total = 0;
	for (const [path, { bytes }] of Object.entries(manifest.files)) {
		if (bytes > MAX_BUNDLE_FILE_BYTES)
			throw new Failure(
				"bundle-format",
				`umie.json: ${path} has ${bytes.toLocaleString("en")} bytes; ` +
					`files have at most ${MAX_BUNDLE_FILE_BYTES / MIB} MiB.`,
			);
		total += bytes;
	}
	if (total > MAX_BUNDLE_BYTES)
		throw new Failure(
			"bundle-format",
			`umie.json lists ${total.toLocaleString("en")} bytes; ` +
				`a bundle has at most ${MAX_BUNDLE_BYTES / (1024 * MIB)} GiB.`,
		);
}

/**
 * Lists what must be read, each file once.
 * @throws Failure `bundle-format` when there is no graph of a role, or a graph names a file that `files` does not list
 */
export function filesNeeded(manifest: Manifest, roles: readonly GraphRole[], target: GraphTarget): FileEntry[] {
	const graphs = roles.flatMap((role) => {
		const graph = manifest.graphs[role];
		if (!graph) throw new Failure("bundle-format", `umie.json lists no graph for the role ${role}.`);
		return [graphFile(graph, target), ...graph.weights];
	});
	return [...new Set([...TOKENIZER_FILES, ...graphs])].map((path) => {
		const entry = Object.hasOwn(manifest.files, path) ? manifest.files[path] : undefined;
		if (!entry) throw new Failure("bundle-format", `umie.json needs ${path}, but does not list it under files.`);
		return { path, ...entry };
	});
}

/**
 * Reads the files that `roles` need: from the store where they were kept, else from the reader, and checks every hash.
 * @throws Failure `bundle-wrong-hash` naming the file, `cancelled`, `bundle-format`, or whatever the reader throws
 */
export async function loadBundle(reader: BundleReader, manifest: Manifest, options: LoadOptions): Promise<BundleFiles> {
	const entries = filesNeeded(manifest, options.roles, options.target);
	const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
	let done = 0;
	const readOne = async (entry: FileEntry, signal: AbortSignal) => {
		const report = (count: number) => {
			done += count;
			options.onProgress?.({ stage: "download", detail: entry.path, done, total, unit: "bytes" });
		};
		const kept = await reader.store?.get(fileKey(entry.sha256));
		if (kept && kept.length === entry.bytes && (await sha256(kept)) === entry.sha256) {
			report(entry.bytes);
			return { ...entry, content: kept, checked: true };
		}
		const content = await reader.read(entry.path, { expectedBytes: entry.bytes, onBytes: report, signal });
		return { ...entry, content, checked: false };
	};
	const files = await eachLimited(entries, CONCURRENT_FILES, readOne, options.signal);
	return verify(reader, files, options);
}

type ReadFile = FileEntry & { readonly content: Uint8Array<ArrayBuffer>; readonly checked: boolean };

/** Checks what came fresh from the reader, and keeps it for the next visit. */
async function verify(
	reader: BundleReader,
	files: readonly ReadFile[],
	{ onProgress, signal }: LoadOptions,
): Promise<BundleFiles> {
	for (const [index, file] of files.entries()) {
		throwIfCancelled(signal);
		onProgress?.({ stage: "verify", detail: file.path, done: index, total: files.length, unit: "steps" });
		if (file.checked) continue;
		const found = await sha256(file.content);
		if (found !== file.sha256)
			throw new Failure(
				"bundle-wrong-hash",
				`${file.path}: expected SHA-256 ${file.sha256.slice(0, 12)}…, found ${found.slice(0, 12)}….`,
			);
		await reader.store?.put(fileKey(file.sha256), file.content);
	}
	onProgress?.({ stage: "verify", detail: "", done: files.length, total: files.length, unit: "steps" });
	return new Map(files.map(({ path, content }) => [path, content]));
}

/**
 * Runs `work` over all items, `limit` at a time; the first failure, or the signal, ends the others. Results in the
 * order of the items.
 */
async function eachLimited<Item, Result>(
	items: readonly Item[],
	limit: number,
	work: (item: Item, signal: AbortSignal) => Promise<Result>,
	signal: AbortSignal | undefined,
): Promise<Result[]> {
	const stop = new AbortController();
	const either = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
	const results: Result[] = [];
	const queue = items.entries();
	const lane = async () => {
		for (const [index, item] of queue) {
			if (either.aborted) throw cancelled();
			results[index] = await work(item, either);
		}
	};
	try {
		await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
		return results;
	} finally {
		stop.abort();
	}
}
