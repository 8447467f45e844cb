/**
 * Reads a safetensors file and trusts none of it: names, types and shapes of its tensors, and their values, one at a
 * time. Format: https://huggingface.co/docs/safetensors
 */

import { Failure } from "../../../src/core/failure.ts";
import { byteCount } from "./byte-count.ts";
import { type ByteSource, openBytes } from "./byte-source.ts";
import { checkRange, countElements, ELEMENT_TYPES } from "./element-types.ts";
import { measureJson, parseStrictJson, quote } from "./strict-json.ts";
import type { TensorFile } from "./tensor-file.ts";

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
/** Tensors of the largest models are some ten thousand. Their header is 150 bytes each. */
const MAX_TENSORS = 100_000;
const MAX_READ_HEADER_BYTES = 32 * 1024 * 1024;

interface TensorInfo {
	readonly dtype: string;
	readonly shape: readonly number[];
	/** Bytes from the start of the file. */
	readonly begin: number;
	readonly end: number;
}

export interface SafetensorsFile extends TensorFile {
	readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/**
 * @throws Failure `checkpoint-format` naming what is wrong in the header; `input-unreadable` if the file cannot be
 * opened
 */
export function openSafetensors(path: string): SafetensorsFile {
	const source = openBytes(path);
	try {
		return read(source);
	} catch (error) {
		source.close();
		throw error;
	}
}

function read(source: ByteSource): SafetensorsFile {
	const { name, size } = source;
	if (size < 8) throw new Failure("checkpoint-format", `${name} has ${size} bytes: too short for a safetensors file.`);
	const headerLength = Number(new DataView(source.read(0, 8).buffer).getBigUint64(0, true));
	if (headerLength > MAX_HEADER_BYTES || headerLength > size - 8) {
		throw new Failure(
			"checkpoint-format",
			`${name} declares a header of ${byteCount(headerLength)} in a file of ${byteCount(size)}: ` +
				"not a safetensors file, or a broken one.",
		);
	}
	if (headerLength > MAX_READ_HEADER_BYTES)
		throw new Failure(
			"checkpoint-format",
			`${name} has a header of ${byteCount(headerLength)}; at most ${byteCount(MAX_READ_HEADER_BYTES)} are read, ` +
				`enough for ${MAX_TENSORS.toLocaleString("en")} tensors.`,
		);
	measureJson(`${name}: the header`, headerLength, (from, length) => source.read(8 + from, length));
	const { tensors, metadata } = parseHeader(source.read(8, headerLength), 8 + headerLength, size, name);
	const info = (tensor: string): TensorInfo => {
		const found = tensors.get(tensor);
		if (found === undefined) throw new Failure("checkpoint-tensors", `${name} holds no tensor "${tensor}".`);
		return found;
	};
	const readBytes = (tensor: string): Uint8Array => {
		const { begin, end } = info(tensor);
		return source.read(begin, end - begin);
	};
	const readFloats = (tensor: string, begin = 0, end?: number): Float32Array => {
		const { dtype, shape, begin: start } = info(tensor);
		const { bytes, toFloats } = ELEMENT_TYPES.get(dtype)!;
		const [from, to] = checkRange(tensor, shape, begin, end);
		return toFloats(source.read(start + from * bytes, (to - from) * bytes));
	};
	return { name, tensors, metadata, notes: [], readBytes, readFloats, close: () => source.close() };
}

function parseHeader(bytes: Uint8Array, dataStart: number, size: number, name: string) {
	const bad = (what: string) => new Failure("checkpoint-format", `${name}: ${what}.`);
	const header = parseStrictJson(bytes, `${name}: the header`);
	if (!isObject(header)) throw bad("the header is not a JSON object");
	const { __metadata__: metadata = {}, ...entries } = header;
	if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string"))
		throw bad("__metadata__ holds more than strings");
	const count = Object.keys(entries).length;
	if (count > MAX_TENSORS)
		throw bad(`it holds ${count.toLocaleString("en")} tensors; ${MAX_TENSORS.toLocaleString("en")} are the limit`);
	const tensors = new Map<string, TensorInfo>();
	for (const [key, value] of Object.entries(entries))
		tensors.set(
			key,
			parseTensor(value, dataStart, size, (what) => bad(`tensor ${quote(key)} ${what}`)),
		);
	refuseGaps(tensors, dataStart, size, bad);
	return { tensors, metadata: metadata as Record<string, string> };
}

/** As the format's reference implementation: every byte behind the header belongs to exactly one tensor. */
function refuseGaps(
	tensors: ReadonlyMap<string, TensorInfo>,
	dataStart: number,
	size: number,
	bad: (what: string) => Failure,
): void {
	let [before, end] = ["", dataStart];
	for (const [name, tensor] of [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end)) {
		if (tensor.begin < end) throw bad(`tensors ${quote(before)} and ${quote(name)} overlap`);
		if (tensor.begin > end) throw bad(`${tensor.begin - end} bytes before tensor ${quote(name)} belong to no tensor`);
		[before, end] = [name, tensor.end];
	}
	if (end !== size) throw bad(`${size - end} bytes at its end belong to no tensor`);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseTensor(value: unknown, dataStart: number, size: number, bad: (what: string) => Failure): TensorInfo {
	const {
		dtype,
		shape,
		data_offsets: offsets,
	} = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
	const natural = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
	const elementBytes = ELEMENT_TYPES.get(dtype as string)?.bytes;
	if (elementBytes === undefined) throw bad(`has the unknown type ${JSON.stringify(dtype)}`);
	if (!Array.isArray(shape) || !shape.every(natural)) throw bad(`has the shape ${JSON.stringify(shape)}`);
	if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(natural))
		throw bad(`has the offsets ${JSON.stringify(offsets)}`);
	const [begin, end] = offsets as [number, number];
	if (end < begin || dataStart + end > size)
		throw bad(`lies outside the file (bytes ${begin} to ${end} of ${size - dataStart})`);
	const expected = countElements(shape, bad) * elementBytes;
	if (expected !== end - begin)
		throw bad(`is ${dtype} [${shape}] = ${expected} bytes, but its offsets span ${end - begin}`);
	return { dtype: dtype as string, shape: shape as number[], begin: dataStart + begin, end: dataStart + end };
}
