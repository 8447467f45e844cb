/**
 * Takes the first frame out of an animated WebP as a still one, with its place on the canvas: the codec reads still
 * pictures only.
 */
import { Failure } from "../../../src/core/failure.ts";
import type { Size } from "../../../src/core/geometry.ts";
import type { RgbaImage } from "../../../workers/vision/pixels.ts";

export interface WebpFrame {
	/** A still WebP file. */
	readonly bytes: Uint8Array;
	readonly canvas: Size;
	/** Top left corner of the frame on the canvas, in pixels. */
	readonly x: number;
	readonly y: number;
}

const HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FRAME_HEADER_BYTES = 16;
const ALPHA_FLAG = 0x10;
const ANIMATION_FLAG = 0x02;

/** @returns null when the picture is not animated. @throws Failure image-unreadable when it says so but has no frame */
export function firstFrame(bytes: Uint8Array): WebpFrame | null {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const header = chunks(view, HEADER_BYTES).next().value;
	if (header?.name !== "VP8X" || header.end - header.start < 10 || (view.getUint8(header.start) & ANIMATION_FLAG) === 0)
		return null;
	for (const { name, start, end } of chunks(view, HEADER_BYTES)) {
		if (name !== "ANMF" || end - start < FRAME_HEADER_BYTES) continue;
		const size = readSize(view, start + 6);
		const pixels = [...chunks(view, start + FRAME_HEADER_BYTES, end)].filter((chunk) =>
			["ALPH", "VP8 ", "VP8L"].includes(chunk.name),
		);
		const parts = pixels.map((chunk) => bytes.subarray(chunk.start - CHUNK_HEADER_BYTES, chunk.padded));
		// Offsets are stored halved.
		return {
			bytes: still(size, parts),
			canvas: readSize(view, header.start + 4),
			x: uint24(view, start) * 2,
			y: uint24(view, start + 3) * 2,
		};
	}
	throw new Failure("image-unreadable", "The animated WebP has no frame.");
}

/** Puts a decoded frame on its canvas, which is transparent elsewhere. */
export function place(frame: RgbaImage, { canvas, x, y }: WebpFrame): RgbaImage {
	const data = new Uint8Array(canvas.width * canvas.height * 4);
	const columns = Math.min(frame.width, canvas.width - x) * 4;
	for (let row = 0; row < Math.min(frame.height, canvas.height - y) && columns > 0; row++) {
		const from = row * frame.width * 4;
		data.set(frame.data.subarray(from, from + columns), ((y + row) * canvas.width + x) * 4);
	}
	return { ...canvas, data };
}

/** Chunks of a RIFF file that lie wholly inside it; `padded` is the even end. */
function* chunks(
	view: DataView,
	from: number,
	to = view.byteLength,
): Generator<{ name: string; start: number; end: number; padded: number }> {
	for (let at = from; at + CHUNK_HEADER_BYTES <= to; ) {
		const name = String.fromCharCode(
			view.getUint8(at),
			view.getUint8(at + 1),
			view.getUint8(at + 2),
			view.getUint8(at + 3),
		);
		const start = at + CHUNK_HEADER_BYTES;
		const end = start + view.getUint32(at + 4, true);
		if (end > to) return;
		at = Math.min(to, end + (end & 1));
		yield { name, start, end, padded: at };
	}
}

/** A file of one picture: RIFF header, VP8X with the alpha flag set, then the frame's own chunks. */
function still(size: Size, parts: readonly Uint8Array[]): Uint8Array {
	const total = parts.reduce((sum, part) => sum + part.length, 30);
	const bytes = new Uint8Array(total);
	const view = new DataView(bytes.buffer);
	const ascii = (text: string, at: number) => bytes.set(new TextEncoder().encode(text), at);
	ascii("RIFF", 0);
	view.setUint32(4, total - 8, true);
	ascii("WEBPVP8X", 8);
	view.setUint32(16, 10, true);
	view.setUint8(20, ALPHA_FLAG);
	for (let i = 0; i < 3; i++) {
		view.setUint8(24 + i, ((size.width - 1) >> (8 * i)) & 255);
		view.setUint8(27 + i, ((size.height - 1) >> (8 * i)) & 255);
	}
	let at = 30;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

/** Width and height, stored less one in 24 bits each. */
function readSize(view: DataView, at: number): Size {
	return { width: uint24(view, at) + 1, height: uint24(view, at + 3) + 1 };
}

function uint24(view: DataView, at: number): number {
	return view.getUint16(at, true) + view.getUint8(at + 2) * 65_536;
}
