/** Finds out the format, size and orientation that a picture file declares. Nothing is decoded here. */

import { BMP } from "image-size/types/bmp";
import { GIF } from "image-size/types/gif";
import { HEIF } from "image-size/types/heif";
import { PNG } from "image-size/types/png";
import { WEBP } from "image-size/types/webp";
import { Failure } from "../../src/core/failure.ts";
import type { Size } from "../../src/core/geometry.ts";
import { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE, MIB } from "../../src/core/limits.ts";
import { readJpeg } from "./jpeg.ts";
import { pngOrientation } from "./png.ts";

export type DecodableFormat = "jpeg" | "png" | "gif" | "webp" | "avif" | "bmp";
export type ImageFormat = DecodableFormat | "heic" | "svg" | "tiff" | "unknown";

/** EXIF tag 274: 1 is upright, 2…8 are the other turns and mirrors. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a file declares. Width and height are those of the stored picture, before its orientation is applied. */
export interface ImageHeader extends Size {
	readonly format: DecodableFormat;
	readonly name: string;
	readonly mime: string;
	/** JPEG and PNG have it; 1 for the others. */
	readonly orientation: Orientation;
	/** Whether its colours are the four inks of print. */
	readonly inks: boolean;
}

interface FormatEntry {
	/** What a person calls it. */
	readonly name: string;
	readonly matches: (bytes: Uint8Array) => boolean;
}

interface DecodableEntry extends FormatEntry {
	readonly mime: string;
	/** May throw anything on broken bytes. */
	readonly read: (bytes: Uint8Array) => Size & { readonly orientation?: number; readonly components?: number };
}

/** Only these ever reach a decoder. */
const DECODABLE = {
	jpeg: { name: "JPEG", mime: "image/jpeg", matches: (b) => startsWith(b, 0, "\xff\xd8\xff"), read: readJpeg },
	png: { name: "PNG", mime: "image/png", matches: (b) => startsWith(b, 0, "\x89PNG\r\n\x1a\n"), read: pngHeader },
	gif: {
		name: "GIF",
		mime: "image/gif",
		matches: (b) => startsWith(b, 0, "GIF87a") || startsWith(b, 0, "GIF89a"),
		read: ofHead(GIF.calculate),
	},
	webp: {
		name: "WebP",
		mime: "image/webp",
		matches: (b) => startsWith(b, 0, "RIFF") && startsWith(b, 8, "WEBP"),
		read: ofHead(WEBP.calculate),
	},
	avif: {
		name: "AVIF",
		mime: "image/avif",
		matches: (b) => brands(b).some((brand) => AVIF_BRANDS.has(brand)),
		read: ofHead(avifSize),
	},
	bmp: { name: "BMP", mime: "image/bmp", matches: isBmp, read: ofHead(bmpSize) },
} as const satisfies Record<DecodableFormat, DecodableEntry>;

/** Recognised so that the message can name them. */
const REFUSED = {
	heic: { name: "HEIC", matches: (b) => brands(b).some((brand) => HEIC_BRANDS.has(brand)) },
	tiff: { name: "TIFF", matches: (b) => ["II*\0", "MM\0*", "II+\0", "MM\0+"].some((magic) => startsWith(b, 0, magic)) },
	svg: { name: "SVG", matches: isSvg },
} as const satisfies Record<Exclude<ImageFormat, DecodableFormat | "unknown">, FormatEntry>;

const AVIF_BRANDS = new Set(["avif", "avis"]);
const HEIC_BRANDS = new Set(["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1"]);
/** Sizes of the second header of a BMP file: what tells one from a text that starts with "BM". */
const BMP_HEADER_SIZES = new Set([12, 16, 40, 52, 56, 64, 108, 124]);

/**
 * Where AVIF keeps its boxes, and more than the others need. Readers get a copy, for two reasons: the library reads
 * past the end of a view into whatever its buffer holds there, and its time on AVIF grows with the square of the number
 * of boxes.
 */
const HEAD_BYTES = 2 ** 16;

function ofHead(read: DecodableEntry["read"]): DecodableEntry["read"] {
	return (bytes) => read(bytes.slice(0, HEAD_BYTES));
}

/** Decides by content alone: a file's name and declared type play no part. */
export function sniffFormat(bytes: Uint8Array): ImageFormat {
	for (const [format, entry] of Object.entries({ ...DECODABLE, ...REFUSED }))
		if (entry.matches(bytes)) return format as ImageFormat;
	return "unknown";
}

/**
 * Reads what a picture declares about itself, within the limits of `core/limits.ts`.
 * @throws Failure image-unreadable | image-unsupported | image-too-large
 */
export function readHeader(bytes: Uint8Array): ImageHeader {
	if (bytes.length === 0) throw new Failure("image-unreadable", "The picture file is empty.");
	if (bytes.length > MAX_IMAGE_BYTES) {
		const found = (bytes.length / MIB).toFixed(1);
		throw new Failure("image-too-large", `The picture is ${found} MiB; the limit is ${MAX_IMAGE_BYTES / MIB} MiB.`);
	}
	const format = sniffFormat(bytes);
	if (format === "unknown") throw new Failure("image-unreadable", "The file is not a picture of a known format.");
	if (format === "heic" || format === "svg" || format === "tiff")
		throw new Failure("image-unsupported", `${REFUSED[format].name} pictures are not supported.`);

	const { name, mime, read } = DECODABLE[format] as DecodableEntry;
	const declared = guard(name, () => read(bytes));
	checkSize(declared);
	const { width, height, orientation = 1, components } = declared;
	return {
		format,
		name,
		mime,
		width,
		height,
		orientation: orientation as Orientation,
		inks: components === 4,
	};
}

/** Refuses what is too large or has no pixels. @throws Failure image-too-large | image-unreadable */
export function checkSize({ width, height }: Size): void {
	if (!(width >= 1 && height >= 1))
		throw new Failure("image-unreadable", `The picture has ${width} × ${height} pixels.`);
	if (width <= MAX_IMAGE_SIDE && height <= MAX_IMAGE_SIDE && width * height <= MAX_IMAGE_PIXELS) return;
	const [w, h, side] = [width, height, MAX_IMAGE_SIDE].map((value) => value.toLocaleString("en-US"));
	const limit = `the limits are ${side} pixels per side and ${MAX_IMAGE_PIXELS / 1e6} megapixels`;
	throw new Failure("image-too-large", `The picture has ${w} × ${h} pixels; ${limit}.`);
}

/** A header reader that met broken bytes threw something of its own. */
function guard<T>(name: string, read: () => T): T {
	try {
		return read();
	} catch (cause) {
		if (cause instanceof Failure) throw cause;
		throw new Failure("image-unreadable", `The picture starts like ${name}, but its header is broken.`, { cause });
	}
}

function pngHeader(bytes: Uint8Array): Size & { orientation: number } {
	const head = bytes.slice(0, HEAD_BYTES);
	PNG.validate(head);
	return { ...PNG.calculate(head), orientation: pngOrientation(bytes) };
}

/** The largest picture inside counts: the others are thumbnails, tiles and alpha. */
function avifSize(bytes: Uint8Array): Size {
	const { images, ...first } = HEIF.calculate(bytes);
	return (images ?? [first]).reduce((largest, next) =>
		next.width * next.height > largest.width * largest.height ? next : largest,
	);
}

/** OS/2 headers of 12 bytes hold 16-bit sizes, which the library does not know. */
function bmpSize(bytes: Uint8Array): Size {
	const view = viewOf(bytes);
	if (view.getUint32(14, true) === 12) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
	return BMP.calculate(bytes);
}

function isBmp(bytes: Uint8Array): boolean {
	return bytes.length >= 26 && startsWith(bytes, 0, "BM") && BMP_HEADER_SIZES.has(viewOf(bytes).getUint32(14, true));
}

/** XML whose root is svg, with or without a prologue; an HTML page with a drawing inside is not one. */
function isSvg(bytes: Uint8Array): boolean {
	const head = new TextDecoder().decode(bytes.subarray(0, 4096)).trimStart().toLowerCase();
	return head.startsWith("<") && head.includes("<svg") && !head.includes("<html") && !head.startsWith("<!doctype html");
}

/** Major and compatible brands of an ISO media file, such as "avif", "mif1". */
function brands(bytes: Uint8Array): string[] {
	if (!startsWith(bytes, 4, "ftyp")) return [];
	const end = Math.min(viewOf(bytes).getUint32(0), bytes.length, 128);
	const found: string[] = [];
	for (let at = 8; at + 4 <= end; at += 4)
		if (at !== 12) found.push(String.fromCharCode(...bytes.subarray(at, at + 4)));
	return found;
}

function startsWith(bytes: Uint8Array, at: number, magic: string): boolean {
	for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
	return true;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
