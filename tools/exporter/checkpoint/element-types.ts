/** Turns the bytes of a tensor into float32 values. Element types are named as in the safetensors format. */
import type { Failure } from "../../../src/core/failure.ts";

export interface ElementType {
	/** Bytes of one element. */
	readonly bytes: number;
	/** Little-endian bytes, a buffer of their own → values. */
	readonly toFloats: (bytes: Uint8Array) => Float32Array;
}

/** Plain loops: `from` with a mapper is ten times slower. */
function convert<T>(data: ArrayLike<T>, toNumber: (value: T) => number): Float32Array {
	const out = new Float32Array(data.length);
	for (let i = 0; i < out.length; i++) out[i] = toNumber(data[i]!);
	return out;
}

/** A bfloat16 is the upper half of a float32. */
function widenBrainFloats(halves: Uint16Array): Float32Array {
	const out = new Uint32Array(halves.length);
	for (let i = 0; i < halves.length; i++) out[i] = halves[i]! << 16;
	return new Float32Array(out.buffer);
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

/** FP8 E4M3 as PyTorch's float8_e4m3fn: no infinity, only 0x7f and 0xff are NaN (https://arxiv.org/abs/2209.05433). */
function e4m3ToFloat(byte: number): number {
	const sign = byte & 0x80 ? -1 : 1;
	const [exponent, fraction] = [(byte >> 3) & 15, byte & 7];
	if (exponent === 15 && fraction === 7) return Number.NaN;
	return exponent === 0 ? sign * fraction * 2 ** -9 : sign * (1 + fraction / 8) * 2 ** (exponent - 7);
}

/** The values of all small codes: two look-ups beat arithmetic per weight. */
const HALVES = convert(
	Uint16Array.from({ length: 65_536 }, (_, code) => code),
	halfToFloat,
);
const E4M3 = convert(
	Uint8Array.from({ length: 256 }, (_, code) => code),
	e4m3ToFloat,
);
/** FP8 E5M2 is the upper half of a binary16. */
const E5M2 = convert(
	Uint8Array.from({ length: 256 }, (_, code) => code),
	(byte) => halfToFloat(byte << 8),
);

function lookUp(codes: Uint8Array | Uint16Array, values: Float32Array): Float32Array {
	const out = new Float32Array(codes.length);
	for (let i = 0; i < codes.length; i++) out[i] = values[codes[i]!]!;
	return out;
}

/** A map, not a record: `constructor` is a type name in some file. */
export const ELEMENT_TYPES: ReadonlyMap<string, ElementType> = new Map(
	Object.entries({
		F64: { bytes: 8, toFloats: ({ buffer }) => Float32Array.from(new Float64Array(buffer)) },
		F32: { bytes: 4, toFloats: ({ buffer }) => new Float32Array(buffer) },
		F16: { bytes: 2, toFloats: ({ buffer }) => lookUp(new Uint16Array(buffer), HALVES) },
		BF16: { bytes: 2, toFloats: ({ buffer }) => widenBrainFloats(new Uint16Array(buffer)) },
		F8_E4M3: { bytes: 1, toFloats: (bytes) => lookUp(bytes, E4M3) },
		F8_E5M2: { bytes: 1, toFloats: (bytes) => lookUp(bytes, E5M2) },
		I64: { bytes: 8, toFloats: ({ buffer }) => convert(new BigInt64Array(buffer), Number) },
		I32: { bytes: 4, toFloats: ({ buffer }) => Float32Array.from(new Int32Array(buffer)) },
		I16: { bytes: 2, toFloats: ({ buffer }) => Float32Array.from(new Int16Array(buffer)) },
		I8: { bytes: 1, toFloats: ({ buffer }) => Float32Array.from(new Int8Array(buffer)) },
		U64: { bytes: 8, toFloats: ({ buffer }) => convert(new BigUint64Array(buffer), Number) },
		U32: { bytes: 4, toFloats: ({ buffer }) => Float32Array.from(new Uint32Array(buffer)) },
		U16: { bytes: 2, toFloats: ({ buffer }) => Float32Array.from(new Uint16Array(buffer)) },
		U8: { bytes: 1, toFloats: (bytes) => Float32Array.from(bytes) },
		BOOL: { bytes: 1, toFloats: (bytes) => convert(bytes, (byte) => (byte === 0 ? 0 : 1)) },
	} satisfies Record<string, ElementType>),
);

/** Turns the sign of every element in place. @param bytes little-endian @param dtype a signed type */
export function negate(bytes: Uint8Array<ArrayBuffer>, dtype: string): void {
	const width = ELEMENT_TYPES.get(dtype)!.bytes;
	if (dtype.startsWith("I")) negateIntegers(bytes, width);
	else for (let at = width - 1; at < bytes.length; at += width) bytes[at]! ^= 0x80;
}

/** Two's complement: each bit turned, and one added from the lowest byte on. */
function negateIntegers(bytes: Uint8Array<ArrayBuffer>, width: number): void {
	for (let start = 0; start < bytes.length; start += width) {
		let carry = 1;
		for (let at = start; at < start + width; at++) {
			const sum = (bytes[at]! ^ 0xff) + carry;
			bytes[at] = sum;
			carry = sum >> 8;
		}
	}
}

/**
 * Elements of a tensor that are asked for.
 * @param end of the tensor unless told otherwise
 * @throws RangeError when they leave it: a mistake of ours, not of the file
 */
export function checkRange(
	name: string,
	shape: readonly number[],
	begin: number,
	end?: number,
): readonly [number, number] {
	const count = shape.reduce((product, dim) => product * dim, 1);
	const last = end ?? count;
	if (!(begin >= 0 && begin <= last && last <= count))
		throw new RangeError(`elements ${begin} to ${last} of "${name}", which has ${count}`);
	return [begin, last];
}

/**
 * @param bad makes the failure of the tensor's file
 * @throws Failure when the product is past 2^53, where numbers stop being exact
 */
export function countElements(shape: readonly number[], bad: (what: string) => Failure): number {
	const count = shape.reduce((product, dim) => product * dim, 1);
	if (!(count <= Number.MAX_SAFE_INTEGER))
		throw bad(`has the shape [${shape.slice(0, 8)}]: too many elements to count`);
	return count;
}
