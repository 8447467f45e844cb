/** Lists the files of a .zip by its directory; each is inflated as a stream when it is read, and within limits. */
import type { Entry, FileEntry, Reader as ZipSource } from "@zip.js/zip.js";
import { Failure } from "../../core/failure.ts";
import { MIB } from "../../core/limits.ts";
import { fileOfStream, nameOf } from "../files.ts";
import type { InputFile } from "../types.ts";

/** Files that an archive may hold: a large photo archive of a platform has some 100,000. */
const MAX_ENTRIES = 1_000_000;
/** How many times its size a file inside may inflate; texts of posts reach 20. Small ones may be all of one letter. */
const MAX_RATIO = 250;
const MAX_SMALL = 16 * MIB;

/** What archivers of macOS and Windows add. */
const CLUTTER = /(^|\/)(__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/;

export const isZip = (bytes: Uint8Array): boolean =>
	bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5);

/** @throws Failure `input-format` | `import-too-large` */
export async function filesInZip(file: InputFile): Promise<InputFile[]> {
	const { Reader, ZipReader } = await import("@zip.js/zip.js");
	class PiecesOfFile extends (Reader as unknown as new (value: unknown) => ZipSource<unknown>) {
		override size = file.size;
		override readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
			return file.read(index, index + length) as Promise<Uint8Array<ArrayBuffer>>;
		}
	}
	const reader = new ZipReader(new PiecesOfFile(file), { useWebWorkers: false });
	const files: InputFile[] = [];
	try {
		let count = 0;
		for await (const entry of reader.getEntriesGenerator()) {
			if (++count > MAX_ENTRIES)
				throw new Failure(
					"import-too-large",
					`${nameOf(file.path)} holds more than ${MAX_ENTRIES.toLocaleString("en")} files.`,
				);
			if (!entry.directory && !CLUTTER.test(entry.filename)) files.push(fileOfEntry(file.path, entry));
		}
	} catch (error) {
		throw failureOf(error, file.path);
	}
	return files;
}

function fileOfEntry(archive: string, entry: Entry): InputFile {
	const path = `${archive}/${entry.filename.replaceAll("\\", "/")}`;
	const limit = Math.max(MAX_SMALL, entry.compressedSize * MAX_RATIO);
	return fileOfStream(path, entry.uncompressedSize, () => inflate(entry as FileEntry, path, limit));
}

async function* inflate(entry: FileEntry, path: string, limit: number): AsyncGenerator<Uint8Array, void> {
	if (entry.encrypted)
		throw new Failure("input-format", `${path} is encrypted: unpack the archive with its password first.`);
	const pieces = new Pieces();
	const stop = new AbortController();
	// What getData writes to is never aborted by it when it fails: its own end counts.
	const done = entry.getData(pieces.writable, { useWebWorkers: false, signal: stop.signal, checkSignature: true }).then(
		() => pieces.end(null),
		(error: unknown) => pieces.end(failureOf(error, path)),
	);
	let length = 0;
	try {
		for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
			length += piece.length;
			if (length > limit)
				throw new Failure("import-too-large", `${path} inflates to more than ${MAX_RATIO} times its size.`);
			yield piece;
		}
		await done;
	} finally {
		stop.abort();
		pieces.end(null);
	}
}

/** Hands over what is written to it, one piece at a time: the writer waits for the reader. */
class Pieces {
	#waiting: Uint8Array | null = null;
	#ended = false;
	#failure: Failure | null = null;
	#onTaken: (() => void) | null = null;
	#onChange: (() => void) | null = null;

	readonly writable = new WritableStream<Uint8Array>({
		write: (piece) => {
			if (this.#ended) return;
			this.#waiting = piece;
			this.#onChange?.();
			return new Promise<void>((resolve) => {
				this.#onTaken = resolve;
			});
		},
	});

	end(failure: Failure | null): void {
		this.#ended = true;
		this.#failure ??= failure;
		this.#onTaken?.();
		this.#onChange?.();
	}

	/** @returns null at the end @throws Failure */
	async next(): Promise<Uint8Array | null> {
		while (this.#waiting === null) {
			if (this.#failure) throw this.#failure;
			if (this.#ended) return null;
			await new Promise<void>((resolve) => {
				this.#onChange = resolve;
			});
		}
		const piece = this.#waiting;
		this.#waiting = null;
		this.#onTaken?.();
		return piece;
	}
}

function failureOf(error: unknown, path: string): Failure {
	if (error instanceof Failure) return error;
	const reason = error instanceof Error ? error.message.slice(0, 120) : "";
	return new Failure("input-format", `${path} is damaged or not a .zip archive (${reason}).`, { cause: error });
}
