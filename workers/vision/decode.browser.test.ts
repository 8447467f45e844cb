/** Checks that the browser's decoders give the same pixels as those of the command line. Runs in Chromium. */
import { describe, expect, test } from "vitest";
import { browserDecoder } from "./decode.ts";
import {
	ANIMATED_GIF,
	ANIMATED_WEBP,
	COLOURS_WEBP,
	cornerJpeg,
	HALF_PNG,
	HEIC,
	HTML,
	INKS_JPEG,
	misjudgedJpeg,
	pngDeclaring,
	pngWithChunk,
	RED_AVIF,
	RED_BMP,
	SVG,
	tiffOrientation,
} from "./fixtures.ts";

const RED = [255, 0, 0];

describe("pixels", () => {
	// The black square of 8 × 8 lies in the stored top left corner; the offsets say where it must be seen, as parts of
	// the free way.
	test.each([
		[1, 24, 16, 0, 0],
		[2, 24, 16, 1, 0],
		[3, 24, 16, 1, 1],
		[4, 24, 16, 0, 1],
		[5, 16, 24, 0, 0],
		[6, 16, 24, 1, 0],
		[7, 16, 24, 1, 1],
		[8, 16, 24, 0, 1],
	])("a JPEG with orientation %i is %i × %i, dark at %i, %i", async (orientation, width, height, right, down) => {
		const image = await browserDecoder(cornerJpeg(orientation));
		expect(image).toMatchObject({ width, height });
		for (const x of [0, 1])
			for (const y of [0, 1]) {
				const value = image.data[((3 + y * (height - 7)) * width + 3 + x * (width - 7)) * 3]!;
				expect(value < 60, `corner ${x}, ${y}`).toBe(x === right && y === down);
			}
	});

	test("a half transparent PNG is put on white", async () => {
		expect(await browserDecoder(HALF_PNG)).toEqual({
			width: 2,
			height: 1,
			data: Uint8Array.of(255, 127, 127, 0, 0, 255),
		});
	});

	test("a JPEG in the inks of print has its colours", async () => {
		const { width, height, data } = await browserDecoder(INKS_JPEG);
		expect([width, height]).toEqual([16, 8]);
		const pixels = [...data.subarray(6, 9), ...data.subarray(36, 39)];
		for (const [at, value] of [255, 0, 0, 0, 191, 191].entries()) expect(Math.abs(pixels[at]! - value)).toBeLessThan(4);
	});

	test("a JPEG with a segment that says the wrong length is read as without it", async () => {
		expect(await browserDecoder(misjudgedJpeg())).toEqual(await browserDecoder(cornerJpeg()));
	});

	test.each([
		[3, 2, 1, [0, 0, 255, 255, 127, 127]],
		[6, 1, 2, [255, 127, 127, 0, 0, 255]],
		[8, 1, 2, [0, 0, 255, 255, 127, 127]],
		[9, 2, 1, [255, 127, 127, 0, 0, 255]],
	])("a PNG with orientation %i is %i × %i", async (orientation, width, height, pixels) => {
		const image = await browserDecoder(pngWithChunk("eXIf", tiffOrientation(orientation)));
		expect([image.width, image.height, ...image.data]).toEqual([width, height, ...pixels]);
	});

	test("an orientation behind a PNG's pixels does not count", async () => {
		expect(await browserDecoder(pngWithChunk("eXIf", tiffOrientation(6), true))).toMatchObject({ width: 2, height: 1 });
	});

	test.each(["iCCP", "sRGB", "tEXt"])("a broken %s chunk does not matter", async (name) => {
		const image = await browserDecoder(pngWithChunk(name, Uint8Array.of(1, 2, 3)));
		expect([...image.data]).toEqual([255, 127, 127, 0, 0, 255]);
	});

	test("a picture of more than 40 megapixels is shrunk while it is decoded", async () => {
		const canvas = new OffscreenCanvas(8000, 5200);
		const context = canvas.getContext("2d")!;
		context.fillStyle = "red";
		context.fillRect(0, 0, 4000, 5200);
		const blob = await canvas.convertToBlob({ type: "image/jpeg" });
		const image = await browserDecoder(new Uint8Array(await blob.arrayBuffer()));
		expect(image.original).toEqual({ width: 8000, height: 5200 });
		expect(image.width * image.height).toBeLessThanOrEqual(24_000_000);
		expect(image.data[0]).toBeGreaterThan(250);
		expect(image.data[(image.width - 1) * 3]).toBeLessThan(5);
	});

	test("a lossless WebP has its exact colours", async () => {
		expect([...(await browserDecoder(COLOURS_WEBP)).data]).toEqual([
			...RED,
			0,
			255,
			0,
			0,
			0,
			255,
			255,
			255,
			0,
			255,
			255,
			255,
			0,
			0,
			0,
		]);
	});

	test.each([
		["GIF", ANIMATED_GIF],
		["WebP", ANIMATED_WEBP],
	])("an animated %s shows its first frame", async (_, bytes) => {
		expect([...(await browserDecoder(bytes)).data]).toEqual(new Array(8).fill(RED).flat());
	});

	test("BMP and AVIF are read", async () => {
		expect([...(await browserDecoder(RED_BMP)).data]).toEqual([...RED, ...RED]);
		expect(await browserDecoder(RED_AVIF)).toMatchObject({ width: 16, height: 8 });
	});
});

describe("failures", () => {
	test.each([
		["SVG", SVG, "image-unsupported"],
		["HEIC", HEIC, "image-unsupported"],
		["HTML", HTML, "image-unreadable"],
		["a declared 30,000 × 30,000", pngDeclaring(30_000, 30_000), "image-too-large"],
		["a PNG without pixels", pngDeclaring(10, 10), "image-unreadable"],
		["a JPEG that is cut off", cornerJpeg().subarray(0, 160), "image-unreadable"],
		["a GIF that is cut off", ANIMATED_GIF.subarray(0, 50), "image-unreadable"],
	])("%s", async (_, bytes, code) => {
		await expect(browserDecoder(bytes as Uint8Array)).rejects.toMatchObject({ code });
	});
});
