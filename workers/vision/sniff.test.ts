/**
 * Checks, on tiny files that are whole, broken or lying, that format, size and orientation are read right and limits
 * hold.
 */

import { describe, expect, test } from "vitest";
import { Failure } from "../../src/core/failure.ts";
import { MAX_IMAGE_BYTES } from "../../src/core/limits.ts";
import {
	ANIMATED_GIF,
	ANIMATED_WEBP,
	COLOURS_WEBP,
	concat,
	cornerJpeg,
	HALF_PNG,
	HEIC,
	HTML,
	pngDeclaring,
	RED_AVIF,
	RED_BMP,
	SVG,
	TIFF,
	text,
} from "./fixtures.ts";
import { readHeader, sniffFormat } from "./sniff.ts";

function failure(bytes: Uint8Array): Failure {
	try {
		readHeader(bytes);
	} catch (error) {
		if (error instanceof Failure) return error;
		throw error;
	}
	throw new Error("expected a failure");
}

describe("formats", () => {
	test.each([
		["jpeg", cornerJpeg(), 24, 16],
		["png", HALF_PNG, 2, 1],
		["gif", ANIMATED_GIF, 4, 2],
		["webp", ANIMATED_WEBP, 4, 2],
		["webp", COLOURS_WEBP, 3, 2],
		["bmp", RED_BMP, 2, 1],
		["avif", RED_AVIF, 16, 8],
	] as const)("%s is known by its bytes, and its declared size is read", (format, bytes, width, height) => {
		expect(readHeader(bytes)).toMatchObject({ format, width, height, orientation: 1 });
	});

	test("a view into a larger buffer reads the same", () => {
		const padded = concat(new Uint8Array(5), RED_AVIF, new Uint8Array(7));
		expect(readHeader(padded.subarray(5, 5 + RED_AVIF.length))).toMatchObject({ format: "avif", width: 16, height: 8 });
	});

	test.each([
		["SVG", SVG],
		["HEIC", HEIC],
		["TIFF", TIFF],
	])("%s is refused by its name", (name, bytes) => {
		expect(failure(bytes)).toMatchObject({
			code: "image-unsupported",
			what: `${name} pictures are not supported.`,
		});
	});

	test("an AVIF file whose main brand is the general mif1 is AVIF", () => {
		const bytes = concat(Uint8Array.of(0, 0, 0, 24), text("ftypmif1"), Uint8Array.of(0, 0, 0, 0), text("mif1avif"));
		expect(sniffFormat(bytes)).toBe("avif");
	});

	test.each([
		["nothing", new Uint8Array(0)],
		["HTML with a drawing inside", HTML],
		["text", text("BMW is a maker of cars")],
		["zeros", new Uint8Array(100)],
		["a PNG signature alone", HALF_PNG.subarray(0, 8)],
		["a PNG without its header chunk", concat(HALF_PNG.subarray(0, 8), new Uint8Array(30))],
		["half a GIF header", ANIMATED_GIF.subarray(0, 7)],
		["a WebP without chunks", COLOURS_WEBP.subarray(0, 12)],
		["an AVIF without boxes", RED_AVIF.subarray(0, 40)],
		["a JPEG that is cut off", cornerJpeg().subarray(0, 160)],
		["a JPEG that ends in its header", cornerJpeg().subarray(0, 60)],
		["a JPEG of junk", concat(cornerJpeg().subarray(0, 4), new Uint8Array(500))],
		["a PNG without width", pngDeclaring(0, 10)],
	])("%s is unreadable", (_, bytes) => {
		expect(failure(bytes).code).toBe("image-unreadable");
	});
});

describe("orientation", () => {
	test.each([1, 2, 3, 4, 5, 6, 7, 8])("EXIF orientation %i is read", (orientation) => {
		expect(readHeader(cornerJpeg(orientation))).toMatchObject({ orientation, width: 24, height: 16 });
	});

	test.each([0, 9, 200])("the undefined orientation %i means upright", (orientation) => {
		expect(readHeader(cornerJpeg(orientation)).orientation).toBe(1);
	});

	test("a broken EXIF block does not refuse the picture", () => {
		const bytes = cornerJpeg(6);
		bytes.fill(0xff, 20, 24);
		expect(readHeader(bytes)).toMatchObject({ orientation: 1, width: 24 });
	});

	test("fill bytes before a marker are skipped", () => {
		const plain = cornerJpeg();
		expect(readHeader(concat(plain.subarray(0, 2), Uint8Array.of(0xff, 0xff), plain.subarray(2)))).toMatchObject({
			width: 24,
			height: 16,
		});
	});
});

describe("limits", () => {
	test("a header that declares 30,000 × 30,000 is refused with its size", () => {
		expect(failure(pngDeclaring(30_000, 30_000))).toMatchObject({
			code: "image-too-large",
			what: "The picture has 30,000 × 30,000 pixels; the limits are 16,384 pixels per side and 100 megapixels.",
		});
	});

	test("one side over the limit is refused, the limit itself is read", () => {
		expect(failure(pngDeclaring(16_385, 1)).code).toBe("image-too-large");
		expect(readHeader(pngDeclaring(16_384, 1)).width).toBe(16_384);
	});

	test("100 megapixels are read, one row more is not", () => {
		expect(readHeader(pngDeclaring(10_000, 10_000)).height).toBe(10_000);
		expect(failure(pngDeclaring(10_000, 10_001)).code).toBe("image-too-large");
	});

	test("a file over 64 MiB is refused whatever it holds", () => {
		expect(failure(new Uint8Array(MAX_IMAGE_BYTES + 1))).toMatchObject({
			code: "image-too-large",
			what: "The picture is 64.0 MiB; the limit is 64 MiB.",
		});
	});
});
