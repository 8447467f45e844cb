/** Goes in: a safetensors file, trusted in nothing. Comes out: its tensors' names, types and shapes, and each tensor's values when asked, one at a time. Format: https://huggingface.co/docs/safetensors */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { Failure } from "../../src/core/failure.ts";

/** The format's own limit. */
const HEADER_LIMIT = 100_000_000;
/** A map: `constructor` is a type name in some file. */
const ELEMENT_BYTES: ReadonlyMap<unknown, number> = new Map(Object.entries({ F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 }));

export interface TensorInfo {
	readonly dtype: string;
	readonly shape: readonly number[];
	/** Bytes from the start of the file. */
	readonly begin: number;
	readonly end: number;
}

export interface SafetensorsFile {
	readonly name: string;
	readonly tensors: ReadonlyMap<string, TensorInfo>;
	readonly metadata: Readonly<Record<string, string>>;
	/** The raw bytes of one tensor, a fresh buffer. */
	readBytes(name: string): Uint8Array;
	/** One tensor as float32, whatever it is stored as. @throws Failure checkpoint-format for a dtype that holds no numbers we know */
	readFloats(name: string): Float32Array;
	close(): void;
}

/** @throws Failure `checkpoint-format` naming what is wrong in the header; `input-unreadable` if the file cannot be opened */
export function openSafetensors(path: string): SafetensorsFile {
	const name = basename(path);
	let fd: number;
	try {
		fd = openSync(path, "r");
	} catch (cause) {
		throw new Failure("input-unreadable", `${name} cannot be opened.`, { cause });
	}
	try {
		return read(fd, name);
	} catch (error) {
		closeSync(fd);
		throw error;
	}
}

function read(fd: number, name: string): SafetensorsFile {
	const stat = fstatSync(fd);
	if (!stat.isFile()) throw new Failure("input-unreadable", `${name} is no file.`);
	const { size } = stat;
	if (size < 8) throw new Failure("checkpoint-format", `${name} has ${size} bytes: too short for a safetensors file.`);
	const headerLength = Number(new DataView(readAt(fd, 0, 8).buffer).getBigUint64(0, true));
	if (headerLength > HEADER_LIMIT || headerLength > size - 8) {
		throw new Failure("checkpoint-format", `${name} declares a header of ${headerLength} bytes in a file of ${size}: not a safetensors file, or a broken one.`);
	}
	const { tensors, metadata } = parseHeader(readAt(fd, 8, headerLength), 8 + headerLength, size, name);
	const info = (tensor: string): TensorInfo => {
		const found = tensors.get(tensor);
		if (found === undefined) throw new Failure("checkpoint-tensors", `${name} holds no tensor "${tensor}".`);
		return found;
	};
	const readBytes = (tensor: string): Uint8Array => {
		const { begin, end } = info(tensor);
		return readAt(fd, begin, end - begin);
	};
	return { name, tensors, metadata, readBytes, readFloats: (tensor) => toFloats(readBytes(tensor), info(tensor).dtype, tensor), close: () => closeSync(fd) };
}

function readAt(fd: number, position: number, length: number): Uint8Array {
	const out = new Uint8Array(length);
	for (let at = 0; at < length; ) {
		const got = readSync(fd, out, at, length - at, position + at);
		if (got === 0) throw new Failure("checkpoint-format", `The file ends ${length - at} bytes early.`);
		at += got;
	}
	return out;
}

function parseHeader(bytes: Uint8Array, dataStart: number, size: number, name: string) {
	const bad = (what: string) => new Failure("checkpoint-format", `${name}: ${what}.`);
	let header: unknown;
	try {
		header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		throw bad("the header is no JSON");
	}
	if (!isObject(header)) throw bad("the header is no JSON object");
	const { __metadata__: metadata = {}, ...entries } = header;
	if (!isObject(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) throw bad("__metadata__ holds more than strings");
	const tensors = new Map<string, TensorInfo>();
	for (const [key, value] of Object.entries(entries)) tensors.set(key, parseTensor(value, dataStart, size, (what) => bad(`tensor "${key}" ${what}`)));
	const byOffset = [...tensors].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
	for (const [index, [key, tensor]] of byOffset.entries()) {
		const before = byOffset[index - 1];
		if (before !== undefined && tensor.begin < before[1].end) throw bad(`tensors "${before[0]}" and "${key}" overlap`);
	}
	return { tensors, metadata: metadata as Record<string, string> };
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseTensor(value: unknown, dataStart: number, size: number, bad: (what: string) => Failure): TensorInfo {
	const { dtype, shape, data_offsets: offsets } = (value ?? {}) as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
	const natural = (n: unknown): n is number => Number.isSafeInteger(n) && (n as number) >= 0;
	const elementBytes = ELEMENT_BYTES.get(dtype);
	if (elementBytes === undefined) throw bad(`has the unknown type ${JSON.stringify(dtype)}`);
	if (!Array.isArray(shape) || !shape.every(natural)) throw bad(`has the shape ${JSON.stringify(shape)}`);
	if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(natural)) throw bad(`has the offsets ${JSON.stringify(offsets)}`);
	const [begin, end] = offsets as [number, number];
	if (end < begin || dataStart + end > size) throw bad(`lies outside the file (bytes ${begin} to ${end} of ${size - dataStart})`);
	const expected = shape.reduce((product: number, dim: number) => product * dim, 1) * elementBytes;
	if (expected !== end - begin) throw bad(`is ${dtype} [${shape}] = ${expected} bytes, but its offsets span ${end - begin}`);
	return { dtype: dtype as string, shape: shape as number[], begin: dataStart + begin, end: dataStart + end };
}

/** Little-endian bytes as float32, by type. Plain loops: `from` with a mapper is ten times slower. */
const READERS: ReadonlyMap<string, (bytes: Uint8Array) => Float32Array> = new Map(
	Object.entries({
		F32: ({ buffer }) => new Float32Array(buffer),
		F64: ({ buffer }) => Float32Array.from(new Float64Array(buffer)),
		F16: ({ buffer }) => convert(new Uint16Array(buffer), halfToFloat),
		BF16: ({ buffer }) => {
			// A bfloat16 is the upper half of a float32.
			const halves = new Uint16Array(buffer);
			const out = new Uint32Array(halves.length);
			for (let i = 0; i < halves.length; i++) out[i] = halves[i]! << 16;
			return new Float32Array(out.buffer);
		},
		I32: ({ buffer }) => Float32Array.from(new Int32Array(buffer)),
		I64: ({ buffer }) => convert(new BigInt64Array(buffer), Number),
	} satisfies Record<string, (bytes: Uint8Array) => Float32Array>),
);

function toFloats(bytes: Uint8Array, dtype: string, tensor: string): Float32Array {
	const reader = READERS.get(dtype);
	if (reader === undefined) throw new Failure("checkpoint-format", `Tensor "${tensor}" is ${dtype}: not a type weights come in.`);
	return reader(bytes);
}

function convert<T>(data: ArrayLike<T>, toNumber: (value: T) => number): Float32Array {
	const out = new Float32Array(data.length);
	for (let i = 0; i < out.length; i++) out[i] = toNumber(data[i]!);
	return out;
}

/** IEEE 754 binary16 → number. */
export function halfToFloat(half: number): number {
	const sign = half & 0x8000 ? -1 : 1;
	const exponent = (half >> 10) & 31;
	const fraction = half & 1023;
	if (exponent === 0) return sign * fraction * 2 ** -24;
	if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
	return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
