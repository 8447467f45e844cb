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
	const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
	const exif = concat(Uint8Array.of(0xff, 0xe1, 0, 8 + tiff.length), text("Exif\0\0"), Uint8Array.from(tiff));
	return concat(plain.subarray(0, 2), exif, plain.subarray(2));
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
