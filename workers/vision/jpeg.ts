/** Reads from a JPEG the size in its frame header and where its pixels begin. Refuses files that were cut off. */
import { Failure } from "../../src/core/failure.ts";
import type { Size } from "../../src/core/geometry.ts";
import { exifOrientation } from "./exif.ts";

export interface JpegHeader extends Size {
	/** 1: grey, 3: colours, 4: the inks of print (CMYK or YCCK). */
	readonly components: number;
	/** EXIF tag 274. */
	readonly orientation: number;
}

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const EXIF = "Exif\0\0";

/**
 * Walks the markers up to the first scan.
 * @throws Failure image-unreadable for broken headers, and for a file that stops before its end marker: decoders fill
 *   the rest with grey.
 */
export function readJpeg(bytes: Uint8Array): JpegHeader {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	let frame: (Size & { readonly components: number }) | null = null;
	let orientation: number | null = null;
	for (let at = 2; at + 4 <= bytes.length; ) {
		// A segment whose length is too small leaves bytes before the next marker. Decoders skip them, and so do we.
		if (bytes[at] !== 0xff || bytes[at + 1] === 0) {
			at++;
			continue;
		}
		const marker = bytes[at + 1]!;
		if (isAlone(marker)) {
			at += marker === 0xff ? 1 : 2;
			continue;
		}
		const next = at + 2 + view.getUint16(at + 2);
		if (isFrame(marker) && at + 9 <= bytes.length)
			frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: bytes[at + 9] ?? 0 };
		if (marker === APP1 && orientation === null && isExif(bytes, at + 4))
			orientation = exifOrientation(bytes.subarray(at + 4 + EXIF.length, Math.min(next, bytes.length)));
		if (marker === START_OF_SCAN && frame !== null) {
			if (!endsAfter(bytes, next)) throw new Failure("image-unreadable", "The JPEG file is cut off before its end.");
			return { ...frame, orientation: orientation ?? 1 };
		}
		at = next;
	}
	throw new Failure("image-unreadable", "The picture starts like JPEG, but its header is broken.");
}

/** Fill bytes, and markers without a length: TEM, RST0…RST7, SOI. */
function isAlone(marker: number): boolean {
	return marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}

function isExif(bytes: Uint8Array, at: number): boolean {
	return String.fromCharCode(...bytes.subarray(at, at + EXIF.length)) === EXIF;
}

/** SOF0…SOF15; the three left out are DHT, JPG and DAC. */
function isFrame(marker: number): boolean {
	return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Inside entropy-coded data 0xff is always followed by 0x00 or RST, so the pair can only be the end marker. */
function endsAfter(bytes: Uint8Array, start: number): boolean {
	for (let at = bytes.length - 2; at >= start; at--)
		if (bytes[at] === 0xff && bytes[at + 1] === END_OF_IMAGE) return true;
	return false;
}
