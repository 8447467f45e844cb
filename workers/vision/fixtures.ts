/** Tiny picture files for tests (made with ImageMagick), and files that only claim to be pictures. */

/**
 * 24 × 16 grey, white with a black square of 8 × 8 in the stored top left corner: each EXIF orientation puts it
 * elsewhere.
 */
const CORNER_JPEG =
	"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdB" +
	"RkxOUlNSMj5aYVpQYEpRUk//wAALCAAQABgBAREA/8QAFgABAQEAAAAAAAAAAAAAAAAAAAcI/8QAFBABAAAAAAAAAAAAAAAA" +
	"AAAAAP/aAAgBAQAAPwCYNOgD/9k=";

/** 2 × 1: red with alpha 128, then opaque blue. */
export const HALF_PNG = decode(
	"iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAEUlEQVQI12P4z8DQwMDw/z8ADX4DfvoPBBUAAAAASUVORK5CYII=",
);

/** 4 × 2, two frames: red, then green. */
export const ANIMATED_GIF = decode(
	"R0lGODlhBAACAPAAAP8AAAAAACH5BAAAAAAAIf8LTkVUU0NBUEUyLjADAQAAACwAAAAABAACAAACA4RvBQAh+QQAAAAAACwA" +
		"AAAABAACAIAA/wAAAAACA4RvBQA7",
);
export const ANIMATED_WEBP = decode(
	"UklGRoQAAABXRUJQVlA4WAoAAAACAAAAAwAAAQAAQU5JTQYAAAD/////AABBTk1GKAAAAAAAAAAAAAMAAAEAAGQAAAJWUDhM" +
		"DwAAAC8DQAAABxD9j/4HIqL/AQBBTk1GKAAAAAAAAAAAAAMAAAEAAGQAAABWUDhMDwAAAC8DQAAAB9D/iP4HIqL/AQA=",
);

/** 3 × 2, lossless: red, green, blue; yellow, white, black. */
export const COLOURS_WEBP = decode("UklGRjAAAABXRUJQVlA4TCQAAAAvAkAAAC8gEEjaH3qN+RcQFPk/2vwHskXCBoEAGeLFkYj+Rw4=");

/** 2 × 1 red, and 16 × 8 red. */
export const RED_BMP = decode("Qk0+AAAAAAAAADYAAAAoAAAAAgAAAAEAAAABABgAAAAAAAgAAAAAAAAAAAAAAAAAAAAAAAAAAAD/AAD/AAA=");
export const RED_AVIF = decode(
	"AAAAHGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZgAAAOptZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAA" +
		"AAAAAA5waXRtAAAAAAABAAAAImlsb2MAAAAAREAAAQABAAAAAAEOAAEAAAAAAAAAGwAAACNpaW5mAAAAAAABAAAAFWluZmUC" +
		"AAAAAAEAAGF2MDEAAAAAamlwcnAAAABLaXBjbwAAABNjb2xybmNseAACAAIABoAAAAAMYXYxQ4EADAAAAAAUaXNwZQAAAAAA" +
		"AAAQAAAACAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAAAAABAAEEgYIDhAAAACNtZGF0EgAKBRgMv7AhMhAbABpppoQA" +
		"AMNfPvyTp1CA",
);

export const SVG = text(
	'<?xml version="1.0"?>\n<!-- a drawing -->\n' +
		'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>fetch("/")</script></svg>',
);
export const HTML = text("<!doctype html><html><body><svg width='9' height='9'></svg></body></html>");
export const HEIC = concat(Uint8Array.of(0, 0, 0, 24), text("ftypheic"), Uint8Array.of(0, 0, 0, 0), text("mif1heic"));
export const TIFF = concat(text("II*"), Uint8Array.of(0, 8, 0, 0, 0));

/** The corner picture with or without an EXIF block that holds nothing but an orientation. */
export function cornerJpeg(orientation?: number): Uint8Array {
	const plain = decode(CORNER_JPEG);
	if (orientation === undefined) return plain;
	const tiff = tiffOrientation(orientation);
	const exif = concat(Uint8Array.of(0xff, 0xe1, 0, 8 + tiff.length), text("Exif\0\0"), tiff);
	return concat(plain.subarray(0, 2), exif, plain.subarray(2));
}

/** 16 × 8 pixels in the inks of print (Adobe's inverted CMYK): red on the left, a dark cyan on the right. */
export const INKS_JPEG = decode(
	"/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwADAgIDAgIDAwMDBAMDBAUIBQUEBAUKBwcGCAwKDAwLCgsLDQ4SEA0OEQ4LCxAWEBETFBUVFQwPFxgW" +
		"FBgSFBUU/8AAFAgACAAQBEMRAE0RAFkRAEsRAP/EABYAAQEBAAAAAAAAAAAAAAAAAAkKCP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAOBEMA" +
		"TQBZAEsAAD8AVMVQqippV1VCqhlR/9k=",
);

/** A JPEG whose comment says that it is shorter than it is: decoders skip what is left of it. */
export function misjudgedJpeg(): Uint8Array {
	const plain = cornerJpeg();
	return concat(
		plain.subarray(0, 2),
		Uint8Array.of(0xff, 0xfe, 0, 4),
		text("much longer than four"),
		plain.subarray(2),
	);
}

/** HALF_PNG with another chunk in front of its pixels, or behind them. */
export function pngWithChunk(name: string, data: Uint8Array, behind = false): Uint8Array {
	const body = concat(text(name), data);
	const chunk = concat(bigEndian(data.length), body, bigEndian(crc32(body)));
	const at = behind ? HALF_PNG.length - 12 : 8 + 25;
	return concat(HALF_PNG.subarray(0, at), chunk, HALF_PNG.subarray(at));
}

/** TIFF data whose only entry is the orientation. */
export function tiffOrientation(orientation: number): Uint8Array {
	return Uint8Array.of(
		...[0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0],
	);
}

function bigEndian(value: number): Uint8Array {
	return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

function crc32(bytes: Uint8Array): number {
	let crc = ~0;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

/** The start of a PNG that declares this size; no pixels follow. */
export function pngDeclaring(width: number, height: number): Uint8Array {
	const header = new Uint8Array(17);
	header.set(text("IHDR"));
	new DataView(header.buffer).setUint32(4, width);
	new DataView(header.buffer).setUint32(8, height);
	header.set([8, 2], 12);
	return concat(Uint8Array.of(0x89), text("PNG\r\n\x1a\n"), Uint8Array.of(0, 0, 0, 13), header, new Uint8Array(4));
}

export function text(content: string): Uint8Array {
	return new TextEncoder().encode(content);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
	return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function decode(base64: string): Uint8Array {
	return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
