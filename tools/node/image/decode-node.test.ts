/** Checks that the command line's decoder gives upright, opaque pixels, or the right failure. */
import { describe, expect, test } from "vitest";
import {
	ANIMATED_GIF,
	ANIMATED_WEBP,
	COLOURS_WEBP,
	concat,
	cornerJpeg,
	HALF_PNG,
	HEIC,
	INKS_JPEG,
	misjudgedJpeg,
	pngDeclaring,
	pngWithChunk,
	RED_AVIF,
	RED_BMP,
	SVG,
	text,
	tiffOrientation,
} from "../../../workers/vision/fixtures.ts";
import { nodeDecoder } from "./decode-node.ts";

const RED = [255, 0, 0];

describe("pixels", () => {
	// The black square of 8 × 8 lies in the stored top left corner; where it must be seen:
	test.each([
		[1, 24, 16, "top left"],
		[2, 24, 16, "top right"],
		[3, 24, 16, "bottom right"],
		[4, 24, 16, "bottom left"],
		[5, 16, 24, "top left"],
		[6, 16, 24, "top right"],
		[7, 16, 24, "bottom right"],
		[8, 16, 24, "bottom left"],
	])("a JPEG with orientation %i is %i × %i, its dark corner %s", async (orientation, width, height, corner) => {
		const image = await nodeDecoder(cornerJpeg(orientation));
		expect(image).toMatchObject({ width, height });
		const at = (x: number, y: number) => image.data[(y * width + x) * 3]!;
		const dark = {
			"top left": at(3, 3),
			"top right": at(width - 4, 3),
			"bottom left": at(3, height - 4),
			"bottom right": at(width - 4, height - 4),
		};
		for (const [place, value] of Object.entries(dark)) expect(value < 60, place).toBe(place === corner);
	});

	test("a half transparent PNG is put on white", async () => {
		expect(await nodeDecoder(HALF_PNG)).toEqual({ width: 2, height: 1, data: Uint8Array.of(255, 127, 127, 0, 0, 255) });
	});

	test("a JPEG in the inks of print has its colours", async () => {
		const { width, height, data } = await nodeDecoder(INKS_JPEG);
		expect([width, height]).toEqual([16, 8]);
		expect([...data.subarray(6, 9), ...data.subarray(36, 39)]).toEqual([255, 0, 0, 0, 191, 191]);
	});

	test("a JPEG with a segment that says the wrong length is read as without it", async () => {
		expect(await nodeDecoder(misjudgedJpeg())).toEqual(await nodeDecoder(cornerJpeg()));
	});

	test.each([
		[3, 2, 1, [0, 0, 255, 255, 127, 127]],
		[6, 1, 2, [255, 127, 127, 0, 0, 255]],
		[8, 1, 2, [0, 0, 255, 255, 127, 127]],
		[9, 2, 1, [255, 127, 127, 0, 0, 255]],
	])("a PNG with orientation %i is %i × %i", async (orientation, width, height, pixels) => {
		const image = await nodeDecoder(pngWithChunk("eXIf", tiffOrientation(orientation)));
		expect([image.width, image.height, ...image.data]).toEqual([width, height, ...pixels]);
	});

	test("an orientation behind a PNG's pixels does not count", async () => {
		expect(await nodeDecoder(pngWithChunk("eXIf", tiffOrientation(6), true))).toMatchObject({ width: 2, height: 1 });
	});

	test.each(["iCCP", "sRGB", "tEXt"])("a broken %s chunk does not matter", async (name) => {
		const image = await nodeDecoder(pngWithChunk(name, Uint8Array.of(1, 2, 3)));
		expect([...image.data]).toEqual([255, 127, 127, 0, 0, 255]);
	});

	test("a lossless WebP has its exact colours", async () => {
		const { data } = await nodeDecoder(COLOURS_WEBP);
		expect([...data]).toEqual([...RED, 0, 255, 0, 0, 0, 255, 255, 255, 0, 255, 255, 255, 0, 0, 0]);
	});

	test("an animated WebP shows its first frame", async () => {
		const { width, height, data } = await nodeDecoder(ANIMATED_WEBP);
		expect([width, height, ...data]).toEqual([4, 2, ...new Array(8).fill(RED).flat()]);
	});

	test("a first frame smaller than its canvas lies at its place, on white", async () => {
		// Offsets are stored halved: 1, 0 puts the 3 × 2 frame at x = 2 on a canvas of 5 × 2.
		const frame = concat(Uint8Array.of(1, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0, 0), COLOURS_WEBP.subarray(12));
		const header = concat(text("VP8X"), Uint8Array.of(10, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 1, 0, 0));
		const body = concat(text("WEBP"), header, text("ANMF"), Uint8Array.of(frame.length, 0, 0, 0), frame);
		const { width, data } = await nodeDecoder(concat(text("RIFF"), Uint8Array.of(body.length, 0, 0, 0), body));
		expect(width).toBe(5);
		expect([...data.subarray(0, 15)]).toEqual([255, 255, 255, 255, 255, 255, ...RED, 0, 255, 0, 0, 0, 255]);
	});
});

describe("failures", () => {
	test.each([
		["GIF", ANIMATED_GIF],
		["BMP", RED_BMP],
		["AVIF", RED_AVIF],
	])("%s is left to browsers", async (name, bytes) => {
		const what = `The picture is ${name}, which browsers can read but the command line cannot.`;
		await expect(nodeDecoder(bytes)).rejects.toMatchObject({ code: "image-unsupported", what });
	});

	test.each([
		["SVG", SVG, "image-unsupported"],
		["HEIC", HEIC, "image-unsupported"],
		["a declared 30,000 × 30,000", pngDeclaring(30_000, 30_000), "image-too-large"],
		["more pixels than fit into memory at once", pngDeclaring(10_000, 9_000), "image-too-large"],
		["a JPEG that is cut off", cornerJpeg().subarray(0, 160), "image-unreadable"],
		["a PNG without pixels", pngDeclaring(10, 10), "image-unreadable"],
		["an animation without frames", ANIMATED_WEBP.subarray(0, 30), "image-unreadable"],
	])("%s: %s", async (_, bytes, code) => {
		await expect(nodeDecoder(bytes as Uint8Array)).rejects.toMatchObject({ code });
	});

	test.each([
		["JPEG", broken(cornerJpeg(), 100, 164 - 2), cornerJpeg()],
		["PNG", HALF_PNG.subarray(0, 50), HALF_PNG],
		["WebP", COLOURS_WEBP.subarray(0, 30), COLOURS_WEBP],
	])("after a broken %s a good one is still read", async (_, bad, good) => {
		await expect(nodeDecoder(bad)).rejects.toMatchObject({ code: "image-unreadable" });
		expect((await nodeDecoder(good)).width).toBeGreaterThan(1);
	});
});

function broken(bytes: Uint8Array, from: number, to: number): Uint8Array {
	return bytes.slice().fill(0, from, to);
}
