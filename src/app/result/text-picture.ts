/** Makes a PNG of an SVG picture, with the browser's own renderer. */
import { Failure } from "../../core/failure.ts";

/** Sharp on screens of twice the density; the sides and areas of canvases that every browser has. */
const SCALE = 2;
const MAX_SIDE = 16_384;
const MAX_AREA = 64_000_000;

/** @throws Failure image-too-large for a text that makes a longer picture than a canvas can be */
export async function pngOf(svg: string): Promise<Blob> {
	const image = new Image();
	image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
	await image.decode();
	const { width, height } = image;
	const scale = Math.min(SCALE, MAX_SIDE / height, Math.sqrt(MAX_AREA / (width * height)));
	// Below its own size letters can no longer be read.
	if (scale < 1) throw new Failure("image-too-large", "The text is too long for one PNG. Save it as SVG instead.");
	const canvas = document.createElement("canvas");
	[canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
	canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
	return await new Promise((resolve, reject) =>
		canvas.toBlob(
			(blob) =>
				blob
					? resolve(blob)
					: reject(new Failure("out-of-memory", "The browser could not draw the picture of the text.")),
			"image/png",
		),
	);
}
