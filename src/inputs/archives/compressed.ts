/** Files compressed alone: .gz by the platform's own stream, .zst as the large dumps come. */
import { Failure } from "../../core/failure.ts";
import { fileOfStream, stemOf } from "../files.ts";
import type { InputFile } from "../types.ts";

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
	start.every((byte, at) => bytes[at] === byte);

/** The file inside of a compressed one; null: it is not compressed. */
export function decompressed(file: InputFile, head: Uint8Array): InputFile | null {
	const inside = (stream: () => AsyncIterable<Uint8Array>) => fileOfStream(stemOf(file.path), file.size, stream);
	if (startsWith(head, [0x1f, 0x8b])) return inside(() => gunzip(file));
	// A frame of Zstandard, or one that is skipped.
	if (
		startsWith(head, [0x28, 0xb5, 0x2f, 0xfd]) ||
		(head[0]! >> 4 === 5 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18]))
	)
		return inside(() => unzstd(file));
	return null;
}

async function* gunzip(file: InputFile): AsyncGenerator<Uint8Array, void> {
	const source = file.stream()[Symbol.asyncIterator]();
	const readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
		async pull(controller) {
			const next = await source.next();
			if (next.done) controller.close();
			else controller.enqueue(next.value as Uint8Array<ArrayBuffer>);
		},
		async cancel() {
			await source.return?.(undefined);
		},
	});
	const pieces = readable.pipeThrough(new DecompressionStream("gzip")).getReader();
	try {
		for (let next = await pieces.read(); !next.done; next = await pieces.read()) yield next.value;
	} catch (cause) {
		throw damaged(file, ".gz", cause);
	} finally {
		pieces.cancel().catch(() => undefined);
	}
}

async function* unzstd(file: InputFile): AsyncGenerator<Uint8Array, void> {
	const { Decompress } = await import("fzstd");
	let ready: Uint8Array[] = [];
	const stream = new Decompress((piece) => ready.push(piece));
	const push = (piece: Uint8Array, last: boolean) => {
		try {
			stream.push(piece, last);
		} catch (cause) {
			throw damaged(file, ".zst", cause);
		}
	};
	for await (const piece of file.stream()) {
		push(piece, false);
		yield* ready;
		ready = [];
	}
	push(new Uint8Array(0), true);
	yield* ready;
}

function damaged(file: InputFile, kind: string, cause: unknown): Failure {
	if (cause instanceof Failure) return cause;
	return new Failure("input-format", `${file.path} is damaged or breaks off: it is not a whole ${kind} file.`, {
		cause,
	});
}
