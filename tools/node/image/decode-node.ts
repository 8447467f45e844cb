/** Decodes a picture file into RGB pixels with WebAssembly codecs: what the command line has instead of a browser. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import decodeJpeg, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodePng, { init as initPng } from "@jsquash/png/decode.js";
import decodeWebp, { init as initWebp } from "@jsquash/webp/decode.js";
import { decode as decodeInks } from "jpeg-js";
import { Failure } from "../../../src/core/failure.ts";
import { MAX_WHOLE_PIXELS } from "../../../src/core/limits.ts";
import {
	fitPixels,
	flatten,
	MAX_DECODED_PIXELS,
	orient,
	type RgbaImage,
	shrink,
} from "../../../workers/vision/pixels.ts";
import { pixelChunks } from "../../../workers/vision/png.ts";
import { checkSize, type DecodableFormat, type ImageHeader, readHeader } from "../../../workers/vision/sniff.ts";
import type { ImageDecoder } from "../../../workers/vision/types.ts";
import { firstFrame, place } from "./webp-frame.ts";

interface Codec {
	/**
	 * The packages fetch their WebAssembly, and Node fetches no files: it is read from the package folder and handed
	 * over. A codec in JavaScript has none.
	 */
	readonly wasm?: { readonly file: string; readonly init: (wasm: Uint8Array) => Promise<unknown> };
	readonly decode: (bytes: Uint8Array) => Promise<RgbaImage>;
}

/** The codecs take views of a buffer too, whatever their types say. */
const buffer = (bytes: Uint8Array) => bytes as unknown as ArrayBuffer;
/** Broken pictures are reported as failures, not as lines of the codec's own on the terminal. */
const QUIET = { print: () => {}, printErr: () => {} };

const CODECS: Partial<Record<DecodableFormat, Codec>> = {
	jpeg: {
		wasm: {
			file: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
			init: (wasmBinary) => initJpeg({ ...QUIET, wasmBinary }),
		},
		decode: (bytes) => decodeJpeg(buffer(bytes)),
	},
	png: {
		wasm: {
			file: "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
			init: (wasm) => initPng(wasm),
		},
		decode: (bytes) => decodePng(buffer(pixelChunks(bytes))),
	},
	webp: {
		wasm: {
			file: "@jsquash/webp/codec/dec/webp_dec.wasm",
			init: (wasmBinary) => initWebp({ ...QUIET, wasmBinary }),
		},
		decode: async (bytes) => {
			const frame = firstFrame(bytes);
			return frame === null ? await decodeWebp(buffer(bytes)) : place(await decodeWebp(buffer(frame.bytes)), frame);
		},
	},
};

/**
 * JPEG in the four inks of print, which the codec above does not read. Pure JavaScript: it needs ten times the memory
 * of the pixels, so it gets a limit of its own.
 */
const INKS: Codec = {
	decode: async (bytes) => decodeInks(bytes, { useTArray: true, ...INKS_LIMITS }),
};
const INKS_LIMITS = { maxResolutionInMP: MAX_WHOLE_PIXELS / 1e6, maxMemoryUsageInMB: 400 };

/** Codecs that are ready. One that failed leaves, because an aborted WebAssembly module cannot be used again. */
const ready = new Map<Codec, Promise<unknown>>();

/**
 * JPEG, PNG and WebP, upright and opaque; of animated files the first frame.
 * @throws Failure image-unreadable | image-unsupported | image-too-large
 */
export const nodeDecoder: ImageDecoder = async (bytes) => {
	const header = readHeader(bytes);
	checkWhole(header);
	const codec = header.inks ? INKS : CODECS[header.format];
	if (codec === undefined)
		throw new Failure(
			"image-unsupported",
			`The picture is ${header.name}, which browsers can read but the command line cannot.`,
		);
	const decoded = await decode(codec, bytes, header);
	checkSize(decoded);
	const image = orient(flatten(decoded), header.orientation);
	const size = fitPixels(image, MAX_DECODED_PIXELS);
	return size.width === image.width
		? image
		: { ...shrink(image, size), original: { width: image.width, height: image.height } };
};

/** None of the codecs shrinks while it decodes: all pixels are in memory at once. @throws Failure image-too-large */
function checkWhole({ width, height }: ImageHeader): void {
	if (width * height <= MAX_WHOLE_PIXELS) return;
	const found = Math.round((width * height) / 1e6);
	const limit = `the command line reads up to ${MAX_WHOLE_PIXELS / 1e6}`;
	throw new Failure("image-too-large", `The picture has ${found} megapixels; ${limit}.`);
}

async function decode(codec: Codec, bytes: Uint8Array, { name }: ImageHeader): Promise<RgbaImage> {
	if (!ready.has(codec)) ready.set(codec, load(codec));
	await ready.get(codec);
	try {
		return await codec.decode(bytes);
	} catch (cause) {
		ready.delete(codec);
		if (cause instanceof Failure) throw cause;
		if (codec === INKS && /^max\w+ limit exceeded/.test(String((cause as Error).message)))
			throw new Failure("image-too-large", "The picture is a JPEG in print colours (CMYK) and too large to decode.");
		throw new Failure("image-unreadable", `The picture is ${name}, but it could not be decoded.`, { cause });
	}
}

async function load({ wasm }: Codec): Promise<void> {
	if (wasm !== undefined) await wasm.init(await readFile(createRequire(import.meta.url).resolve(wasm.file)));
}
