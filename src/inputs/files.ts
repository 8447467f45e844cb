/** Files of readers: from bytes, from the browser's own, and their beginnings. */
import { Failure } from "../core/failure.ts";
import { MIB } from "../core/limits.ts";
import type { InputFile, Peek } from "./types.ts";

/** Bytes that are looked at to recognise a file. */
const HEAD_BYTES = 64 * 1024;
/** Bytes of a file that is read whole: documents, sheets, files inside archives that need their end first. */
const MAX_WHOLE_BYTES = 256 * MIB;

export const fileOfBytes = (path: string, bytes: Uint8Array): InputFile => ({
	path,
	size: bytes.length,
	async *stream() {
		for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
	},
	read: async (from, to) => bytes.subarray(from, to),
});

/** A file of the browser; a file of a dropped folder has its path in `webkitRelativePath`. */
export function fileOfBlob(blob: Blob & { readonly name?: string; readonly webkitRelativePath?: string }): InputFile {
	const path = blob.webkitRelativePath || blob.name || "pasted";
	const failed = (cause: unknown) =>
		new Failure("input-unreadable", `${path} cannot be read: it was changed or moved.`, { cause });
	return {
		path,
		size: blob.size,
		blob,
		async *stream() {
			// Read in slices: not every browser iterates over a stream, and a reader may stop early.
			for (let at = 0; at < blob.size; at += MIB) yield await this.read(at, at + MIB);
		},
		async read(from, to) {
			try {
				return new Uint8Array(await blob.slice(from, to).arrayBuffer());
			} catch (cause) {
				throw failed(cause);
			}
		},
	};
}

/** A file that is only known as a stream: where its end is needed first, it is held in memory, within limits. */
export function fileOfStream(path: string, size: number, stream: () => AsyncIterable<Uint8Array>): InputFile {
	let whole: Promise<Uint8Array> | null = null;
	return {
		path,
		size,
		stream,
		async read(from, to) {
			if (from === 0 && to <= HEAD_BYTES) return startOf(stream(), to);
			whole ??= collect(path, stream(), MAX_WHOLE_BYTES);
			return (await whole).subarray(from, to);
		},
	};
}

/** @throws Failure `import-too-large` */
export async function wholeFile(file: InputFile, limit = MAX_WHOLE_BYTES): Promise<Uint8Array> {
	return collect(file.path, file.stream(), limit);
}

async function collect(path: string, stream: AsyncIterable<Uint8Array>, limit: number): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of stream) {
		length += piece.length;
		if (length > limit)
			throw new Failure("import-too-large", `${path} holds more than ${Math.round(limit / MIB)} MiB.`);
		pieces.push(piece);
	}
	return join(pieces, length);
}

async function startOf(stream: AsyncIterable<Uint8Array>, bytes: number): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let length = 0;
	for await (const piece of stream) {
		pieces.push(piece);
		length += piece.length;
		if (length >= bytes) break;
	}
	return join(pieces, length).subarray(0, bytes);
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
	const [only] = pieces;
	if (pieces.length === 1 && only) return only;
	const all = new Uint8Array(length);
	let at = 0;
	for (const piece of pieces) {
		all.set(piece, at);
		at += piece.length;
	}
	return all;
}

export const headOf = (file: InputFile): Promise<Uint8Array> => file.read(0, HEAD_BYTES);

/** The last part of a path. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A path without the ending of its name. */
export const stemOf = (path: string): string => path.replace(/\.[^./]+$/, "");

export const endingOf = (path: string): string => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase() ?? "";

export const peekOf = (path: string, bytes: Uint8Array, text: string): Peek => ({
	path,
	ending: endingOf(path),
	bytes,
	text,
});
