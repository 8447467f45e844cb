/** Decodes a picture file into RGB pixels with WebAssembly codecs: what the command line has instead of a browser. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import decodeJpeg, { init as initJpeg } from "@jsquash/jpeg/decode.js";
import decodePng, { init as initPng } from "@jsquash/png/decode.js";
import decodeWebp, { init as initWebp } from "@jsquash/webp/decode.js";
import { Failure } from "../../../src/core/failure.ts";
import {
	fitPixels,
	flatten,
	MAX_DECODED_PIXELS,
	orient,
	type RgbaImage,
	shrink,
} from "../../../workers/vision/pixels.ts";
import { checkSize, type DecodableFormat, type ImageHeader, readHeader } from "../../../workers/vision/sniff.ts";
import type { ImageDecoder } from "../../../workers/vision/types.ts";
import { firstFrame, place } from "./webp-frame.ts";

interface Codec {
	/**
	 * The packages fetch their WebAssembly, and Node fetches no files: it is read from the package folder and handed
	 * over.
	 */
	readonly file: string;
	readonly init: (wasm: Uint8Array) => Promise<unknown>;
	readonly decode: (bytes: Uint8Array) => Promise<RgbaImage>;
}

/** The codecs take views of a buffer too, whatever their types say. */
const buffer = (bytes: Uint8Array) => bytes as unknown as ArrayBuffer;
/** Broken pictures are reported as failures, not as lines of the codec's own on the terminal. */
const QUIET = { print: () => {}, printErr: () => {} };

const CODECS: Partial<Record<DecodableFormat, Codec>> = {
	jpeg: {
		file: "@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm",
		init: (wasmBinary) => initJpeg({ ...QUIET, wasmBinary }),
		decode: (bytes) => decodeJpeg(buffer(bytes)),
	},
	png: {
		file: "@jsquash/png/codec/pkg/squoosh_png_bg.wasm",
		init: (wasm) => initPng(wasm),
		decode: (bytes) => decodePng(buffer(bytes)),
	},
	webp: {
		file: "@jsquash/webp/codec/dec/webp_dec.wasm",
		init: (wasmBinary) => initWebp({ ...QUIET, wasmBinary }),
		decode: async (bytes) => {
			const frame = firstFrame(bytes);
			return frame === null ? await decodeWebp(buffer(bytes)) : place(await decodeWebp(buffer(frame.bytes)), frame);
		},
	},
};

/** Codecs that are ready. One that failed leaves, because an aborted WebAssembly module cannot be used again. */
const ready = new Map<Codec, Promise<unknown>>();

/**
 * JPEG, PNG and WebP, upright and opaque; of animated files the first frame.
 * @throws Failure image-unreadable | image-unsupported | image-too-large
 */
export const nodeDecoder: ImageDecoder = async (bytes) => {
	const header = readHeader(bytes);
	const codec = CODECS[header.format];
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

async function decode(codec: Codec, bytes: Uint8Array, { name }: ImageHeader): Promise<RgbaImage> {
	if (!ready.has(codec)) ready.set(codec, load(codec));
	await ready.get(codec);
	try {
		return await codec.decode(bytes);
	} catch (cause) {
		ready.delete(codec);
		if (cause instanceof Failure) throw cause;
		throw new Failure("image-unreadable", `The picture is ${name}, but it could not be decoded.`, { cause });
	}
}

async function load({ file, init }: Codec): Promise<void> {
	await init(await readFile(createRequire(import.meta.url).resolve(file)));
}
