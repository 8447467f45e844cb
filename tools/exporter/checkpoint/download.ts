/** Downloads a file whole and checked. A download that was cut off continues where it stopped. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../../../src/core/failure.ts";
import { cannotWrite } from "../../node/files/write-whole.ts";
import { type Answer, refusal, request } from "./request.ts";

export interface DownloadOptions {
	readonly endpoint: string;
	readonly token: string | null;
	/** Bytes a file may have. */
	readonly limit: number;
	/** Milliseconds without a byte before a connection counts as cut. */
	readonly patience: number;
	/** Tries in a row that bring nothing. */
	readonly attempts: number;
	/** Milliseconds before the second try; doubled each time. */
	readonly pause: number;
	readonly signal?: AbortSignal | undefined;
	/** Bytes; `total` is null where the server does not say. */
	readonly onProgress?: ((file: string, received: number, total: number | null) => void) | undefined;
}

/** A connection that broke: worth another try. */
class Cut extends Error {}

/**
 * @returns false when the server has no such file (404, 410)
 * @throws Failure `fetch-failed`, `download-wrong-hash`, `cancelled`
 */
export async function download(address: string, target: string, options: DownloadOptions): Promise<boolean> {
	for (let failures = 0; ; ) {
		const before = sizeOf(partialOf(target));
		try {
			return await tryDownload(address, target, options);
		} catch (error) {
			if (options.signal?.aborted)
				throw new Failure(
					"cancelled",
					`The download of ${basename(target)} was stopped; the next one continues where it stopped.`,
				);
			if (!(error instanceof Cut)) throw error;
			failures = sizeOf(partialOf(target)) > before ? 1 : failures + 1;
			if (failures >= options.attempts)
				throw new Failure(
					"fetch-failed",
					`${address} cannot be downloaded: ${error.message} The part that arrived is kept.`,
					{
						cause: error.cause,
					},
				);
			await sleep(options.pause * 2 ** (failures - 1), undefined, { signal: options.signal }).catch(() => {});
		}
	}
}

async function tryDownload(address: string, target: string, options: DownloadOptions): Promise<boolean> {
	const partial = partialOf(target);
	const stopped = new AbortController();
	const watch = setTimeout(() => stopped.abort(new Error("nothing arrived for too long")), options.patience);
	const signal = options.signal === undefined ? stopped.signal : AbortSignal.any([stopped.signal, options.signal]);
	const ask = (from: number) => tolerant(() => request(address, from, { ...options, signal }));
	try {
		const have = readNote(partial) === null ? 0 : sizeOf(partial);
		let answer = await ask(have);
		// What we have belongs to another version, or is already everything: ask again from the start.
		if (have > 0 && (answer.response.ok || answer.response.status === 416) && !continues(answer, partial, have)) {
			if (isWhole(answer, partial, have)) return await finish(answer, target);
			await answer.response.body?.cancel();
			forget(partial);
			answer = await ask(0);
		}
		if (!answer.response.ok) return await refuse(answer, address, options);
		if (isThere(answer, target)) {
			await answer.response.body?.cancel();
			return true;
		}
		await receive(answer, target, options, () => watch.refresh());
		return await finish(answer, target);
	} finally {
		clearTimeout(watch);
		stopped.abort();
	}
}

/** What the network throws is a cut; what we throw is an answer. */
async function tolerant<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof Failure || error instanceof Cut) throw error;
		const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
		throw new Cut(`the connection failed (${cause?.code ?? cause?.message ?? message}).`, { cause: error });
	}
}

async function refuse({ response }: Answer, address: string, options: DownloadOptions): Promise<false> {
	await response.body?.cancel();
	if (response.status === 404 || response.status === 410) return false;
	const failure = refusal(response.status, address, options);
	throw failure ?? new Cut(`${new URL(address).host} answered with status ${response.status}.`);
}

/** Appends what arrives to the partial file. */
async function receive(
	answer: Answer,
	target: string,
	{ limit, onProgress }: DownloadOptions,
	alive: () => void,
): Promise<void> {
	const { response, identity, size } = answer;
	const [name, partial] = [basename(target), partialOf(target)];
	if ((response.headers.get("content-encoding") ?? "identity") !== "identity")
		throw new Failure(
			"fetch-failed",
			`The server sends ${name} compressed, so that its size and hash cannot be checked.`,
		);
	if (size !== null && size > limit)
		throw new Failure("fetch-failed", `${name} has ${size} bytes; at most ${limit} are allowed.`);
	const resumed = response.status === 206;
	let received = resumed ? sizeOf(partial) : 0;
	writeNote(partial, { identity });
	const file = await open(partial, resumed ? "a" : "w");
	try {
		await tolerant(async () => {
			for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
				alive();
				received += chunk.length;
				if (received > (size ?? limit))
					throw new Failure(
						"fetch-failed",
						`The server sends more than the ${size ?? limit} bytes that ${name} may have.`,
					);
				await keep(file, chunk, partial);
				onProgress?.(name, received, size);
			}
		});
	} finally {
		await file.close();
	}
	if (size !== null && received < size) throw new Cut(`${received} of ${size} bytes arrived.`);
}

/** A full disk is not a network error; don't retry. */
async function keep(file: FileHandle, chunk: Uint8Array, path: string): Promise<void> {
	try {
		await file.appendFile(chunk);
	} catch (cause) {
		throw cannotWrite(path, cause);
	}
}

/** Checks size and hash of the partial file, and gives it its name. */
async function finish({ sha256, size, identity }: Answer, target: string): Promise<true> {
	const partial = partialOf(target);
	const [found, name] = [sizeOf(partial), basename(target)];
	if (size !== null && found !== size) {
		forget(partial);
		throw new Failure("download-wrong-hash", `${name} has ${found} bytes; the server announced ${size}.`);
	}
	const hash = sha256 === null ? null : await hashFile(partial);
	if (hash !== sha256) {
		forget(partial);
		throw new Failure("download-wrong-hash", `${name} has the SHA-256 ${hash}; the server announced ${sha256}.`);
	}
	renameSync(partial, target);
	writeNote(target, { identity, size: found });
	forget(partial);
	return true;
}

async function hashFile(path: string): Promise<string> {
	const hash = createHash("sha256");
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
	return hash.digest("hex");
}

/** What lies beside a file of the cache: which version it is. */
interface Note {
	readonly identity: string | null;
	readonly size?: number;
}

/** The answer brings the rest of the version we have the beginning of. */
function continues({ response, identity }: Answer, partial: string, have: number): boolean {
	const from = /^bytes (\d+)-/.exec(response.headers.get("content-range") ?? "");
	return (
		response.status === 206 &&
		identity !== null &&
		identity === readNote(partial)?.identity &&
		Number(from?.[1]) === have
	);
}

function isWhole({ response, identity, size }: Answer, partial: string, have: number): boolean {
	return response.status === 416 && size === have && identity !== null && identity === readNote(partial)?.identity;
}

/** The cache holds this version already. */
function isThere({ identity }: Answer, target: string): boolean {
	const note = readNote(target);
	return (
		note !== null &&
		identity !== null &&
		note.identity === identity &&
		existsSync(target) &&
		sizeOf(target) === note.size
	);
}

function readNote(path: string): Note | null {
	try {
		return JSON.parse(readFileSync(`${path}.json`, "utf8")) as Note;
	} catch {
		return null;
	}
}

function writeNote(path: string, note: Note): void {
	writeFileSync(`${path}.json`, JSON.stringify(note));
}

function forget(path: string): void {
	for (const name of [path, `${path}.json`]) rmSync(name, { force: true });
}

function partialOf(target: string): string {
	return `${target}.partial`;
}

function sizeOf(path: string): number {
	return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
