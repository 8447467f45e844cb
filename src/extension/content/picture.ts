/** Reads an image of the page as a JPEG. Requests go only to the server that already showed it. */

/** Longer side in pixels. The model looks at regions of some 200 pixels, and the picture travels in a message. */
const MAX_SIDE = 1600;
const QUALITY = 0.9;
/** Shorter side in pixels: a smaller image is an icon or an avatar, not a picture. */
const MIN_SIDE = 48;
/** A picture that takes longer to load is left out. */
const LOADING_MS = 10_000;

/** The picture as base64, or why it could not be read. */
type ReadPicture =
	| { readonly ok: true; readonly base64: string }
	| { readonly ok: false; readonly why: "broken" | "protected" };

/** The first image that is large enough to be a picture, or has not loaded yet. */
export function mainPicture(images: readonly HTMLImageElement[]): HTMLImageElement | null {
	const large = (image: HTMLImageElement) =>
		!image.complete || (image.naturalWidth >= MIN_SIDE && image.naturalHeight >= MIN_SIDE);
	return images.find(large) ?? null;
}

export async function readPicture(image: HTMLImageElement, signal: AbortSignal): Promise<ReadPicture> {
	if (!(await loaded(image, signal))) return { ok: false, why: "broken" };
	const size = { width: image.naturalWidth, height: image.naturalHeight };
	const drawn = await drawnBase64(image, size);
	if (drawn) return { ok: true, base64: drawn };
	// The site's pictures come from another host; the browser lets a page read them only if that host allows it (CORS).
	const readable = requestReadable(image.currentSrc);
	const base64 = (await loaded(readable, signal)) && (await drawnBase64(readable, size));
	return base64 ? { ok: true, base64 } : { ok: false, why: "protected" };
}

async function loaded(image: HTMLImageElement, signal: AbortSignal): Promise<boolean> {
	if (!image.complete) {
		await new Promise<void>((resolve) => {
			const ended = AbortSignal.any([signal, AbortSignal.timeout(LOADING_MS)]);
			if (ended.aborted) return resolve();
			for (const type of ["load", "error"])
				image.addEventListener(type, () => resolve(), { once: true, signal: ended });
			ended.addEventListener("abort", () => resolve(), { once: true });
		});
	}
	return image.complete && image.naturalWidth > 0 && image.naturalHeight > 0;
}

/** Null when the browser does not allow reading the pixels (a tainted canvas). */
async function drawnBase64(
	source: CanvasImageSource,
	{ width, height }: { readonly width: number; readonly height: number },
): Promise<string | null> {
	const scale = Math.min(1, MAX_SIDE / Math.max(width, height));
	const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
	const context = canvas.getContext("2d");
	if (!context) return null;
	try {
		context.fillStyle = "white";
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.drawImage(source, 0, 0, canvas.width, canvas.height);
		return await toBase64(await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }));
	} catch {
		return null;
	}
}

/**
 * The same address again, from the browser's cache or the server, without cookies and referrer.
 * As an image, not by `fetch`: Firefox applies the page's policy to `fetch`, and that seldom allows the picture's host.
 * Made in another document and imported, because Firefox does not load an image from another host when a content script
 * set its address.
 */
function requestReadable(address: string): HTMLImageElement {
	const image = document.implementation.createHTMLDocument("").createElement("img");
	image.crossOrigin = "anonymous";
	image.referrerPolicy = "no-referrer";
	image.src = address;
	return document.importNode(image);
}

/** A file reader gives text: Firefox does not let content scripts read an array that the page's side made. */
function toBase64(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
		reader.addEventListener("error", () => reject(reader.error));
		reader.readAsDataURL(blob);
	});
}
