/** Walks the chunks of a PNG file: for its orientation, and to leave out those that pixels do not need. */
import { exifOrientation } from "./exif.ts";

/** Signature. */
const FIRST_CHUNK = 8;
/** Length and name before a chunk's data, checksum behind. */
const CHUNK_BYTES = 12;
/** What decides about pixels (PNG 3, section 5.6). Colour profiles and gamma are left aside, as in browsers here. */
const PIXEL_CHUNKS = new Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);

interface Chunk {
	readonly name: string;
	/** Of the whole chunk, and of its data. */
	readonly start: number;
	readonly data: number;
	readonly end: number;
}

/** Up to IEND, or to a chunk that does not fit into the file. */
function* chunksOf(bytes: Uint8Array): Generator<Chunk> {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	for (let start = FIRST_CHUNK; start + CHUNK_BYTES <= bytes.length; ) {
		const end = start + CHUNK_BYTES + view.getUint32(start);
		const name = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
		if (end > bytes.length) return;
		yield { name, start, data: start + 8, end };
		if (name === "IEND") return;
		start = end;
	}
}

/** What the eXIf chunk in front of the pixels says, 1 without one. Browsers, too, pass over one behind them. */
export function pngOrientation(bytes: Uint8Array): number {
	for (const { name, data, end } of chunksOf(bytes)) {
		if (name === "eXIf") return exifOrientation(bytes.subarray(data, end - 4));
		if (name === "IDAT") break;
	}
	return 1;
}

/**
 * The same pixels without text, profiles and other chunks beside them, whose faults a decoder may refuse. A file that
 * is cut off stays cut off.
 */
export function pixelChunks(bytes: Uint8Array): Uint8Array {
	const kept = [{ start: 0, end: FIRST_CHUNK }, ...[...chunksOf(bytes)].filter(({ name }) => PIXEL_CHUNKS.has(name))];
	const out = new Uint8Array(kept.reduce((length, { start, end }) => length + end - start, 0));
	let at = 0;
	for (const { start, end } of kept) {
		out.set(bytes.subarray(start, end), at);
		at += end - start;
	}
	return out;
}
