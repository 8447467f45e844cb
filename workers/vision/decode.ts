/** Decodes a picture file into RGB pixels with the browser's own decoders. Runs in a worker. */
import { Failure } from "../../src/core/failure.ts";
import type { Size } from "../../src/core/geometry.ts";
import { MAX_WHOLE_PIXELS } from "../../src/core/limits.ts";
import { fitPixels, flattenInto, MAX_DECODED_PIXELS } from "./pixels.ts";
import { checkSize, type ImageHeader, readHeader } from "./sniff.ts";
import type { ImageDecoder, RgbImage } from "./types.ts";

/** Rows read back from the canvas at a time: RGBA beside RGB for the whole picture would double the memory. */
const BAND_ROWS = 256;

/**
 * JPEG, PNG, GIF, WebP, AVIF and BMP; of animated files the first frame. SVG never gets here.
 * @throws Failure image-unreadable | image-unsupported | image-too-large | out-of-memory
 */
export const browserDecoder: ImageDecoder = async (bytes) => {
	const header = readHeader(bytes);
	const shrunk =
		header.width * header.height > MAX_WHOLE_PIXELS ? fitPixels(upright(header), MAX_DECODED_PIXELS) : null;
	const bitmap = await openBitmap(bytes, header, shrunk);
	try {
		checkSize(bitmap);
		const original = shrunk === null ? { width: bitmap.width, height: bitmap.height } : upright(header);
		const size = fitPixels(original, MAX_DECODED_PIXELS);
		const image = draw(bitmap, size);
		return size.width === original.width ? image : { ...image, original };
	} finally {
		bitmap.close();
	}
};

/** The size after the orientation is applied: 5 to 8 lie on their side. */
function upright({ width, height, orientation }: ImageHeader): Size {
	return orientation >= 5 ? { width: height, height: width } : { width, height };
}

/** @param shrunk size of the bitmap; null: the picture's own */
async function openBitmap(bytes: Uint8Array, { name, mime }: ImageHeader, shrunk: Size | null): Promise<ImageBitmap> {
	try {
		return await createImageBitmap(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mime }), {
			imageOrientation: "from-image",
			...(shrunk !== null && {
				resizeWidth: shrunk.width,
				resizeHeight: shrunk.height,
				resizeQuality: "high" as const,
			}),
			// The canvas mixes with white, which needs premultiplied colours: asking for them saves a second pass and a
			// second rounding.
			premultiplyAlpha: "premultiply",
			// Values as stored, colour profile left aside: what the training pipeline and our decoder for Node see.
			colorSpaceConversion: "none",
		});
	} catch (cause) {
		throw new Failure("image-unreadable", `The picture is ${name}, but it could not be decoded.`, { cause });
	}
}

/**
 * Draws on white and reads back. `willReadFrequently` keeps the canvas off the graphics card, whose rounding varies.
 */
function draw(bitmap: ImageBitmap, { width, height }: Size): RgbImage {
	const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
	if (context === null)
		throw new Failure(
			"out-of-memory",
			`The browser could not create a canvas for a picture of ${width} × ${height} pixels.`,
		);
	context.fillStyle = "white";
	context.fillRect(0, 0, width, height);
	context.imageSmoothingQuality = "high";
	context.drawImage(bitmap, 0, 0, width, height);
	const data = new Uint8Array(width * height * 3);
	for (let y = 0; y < height; y += BAND_ROWS) {
		const rows = Math.min(BAND_ROWS, height - y);
		flattenInto(context.getImageData(0, y, width, rows).data, data, y * width);
	}
	return { width, height, data };
}
