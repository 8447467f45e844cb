/** Goes in: an image of the page. Comes out: its bytes as a JPEG, without a request to anyone but the site that already showed it. */

/** Longer side in pixels: the model looks at regions of some 200 pixels, and this crosses a message. */
const LONGEST_SIDE = 1600;
const QUALITY = 0.9;
/** An image smaller than this is a sign, not a picture. */
const SMALLEST_SIDE = 48;
/** Longer than this no one waits for a picture that is still coming. */
const LOADING_MS = 10_000;

/** Base64, and whether it could be had. */
export type ReadPicture =
	| { readonly ok: true; readonly base64: string }
	| { readonly ok: false; readonly why: "broken" | "protected" };

/** The first image that is a picture; images that have not arrived yet count. */
export function mainPicture(images: readonly HTMLImageElement[]): HTMLImageElement | null {
	const large = (image: HTMLImageElement) =>
		!image.complete || (image.naturalWidth >= SMALLEST_SIDE && image.naturalHeight >= SMALLEST_SIDE);
	return images.find(large) ?? null;
}

export async function readPicture(image: HTMLImageElement, signal: AbortSignal): Promise<ReadPicture> {
	if (!(await loaded(image, signal))) return { ok: false, why: "broken" };
	const size = { width: image.naturalWidth, height: image.naturalHeight };
	const drawn = await drawnBase64(image, size);
	if (drawn) return { ok: true, base64: drawn };
	// The site's pictures come from another host, and the browser does not let a page read them without that host's word.
	const readable = askedAgain(image.currentSrc);
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

/** Null when the browser does not let it be read (a tainted canvas). */
async function drawnBase64(
	source: CanvasImageSource,
	{ width, height }: { readonly width: number; readonly height: number },
): Promise<string | null> {
	const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
	const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
	const context = canvas.getContext("2d");
	if (!context) return null;
	try {
		context.fillStyle = "white";
		context.fillRect(0, 0, canvas.width, canvas.height);
		context.drawImage(source, 0, 0, canvas.width, canvas.height);
		return await base64Of(await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY }));
	} catch {
		return null;
	}
}

/**
 * The browser's own copy, or the same address again, as the page itself may ask for it; no name, no cookie, no referrer.
 * As an image, not by `fetch`: Firefox holds that to the page's policy, which seldom lists the hosts of pictures there.
 * Made in another document and imported, because Firefox asks no other host on behalf of an image that a content script gave its address.
 */
function askedAgain(address: string): HTMLImageElement {
	const image = document.implementation.createHTMLDocument("").createElement("img");
	image.crossOrigin = "anonymous";
	image.referrerPolicy = "no-referrer";
	image.src = address;
	return document.importNode(image);
}

/** By a file reader, because its answer is text: Firefox lets no content script look into an array that the page's side made. */
function base64Of(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
		reader.addEventListener("error", () => reject(reader.error));
		reader.readAsDataURL(blob);
	});
}
