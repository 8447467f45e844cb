/**
 * Stores float32 weights as 16-bit halves, with a power of two that makes them fit, or as bfloat16, which has float32's
 * range.
 */
import { Failure } from "../../../src/core/failure.ts";

/** Least size that rounds to infinity as a half. */
const MAX_HALF = 65_520;
/** Bits of 65,520. */
const HALF_OVERFLOW = 0x477ff000;

/** A plain loop: one call with a spread would overflow the stack. @returns the largest size of a value, 0 of none */
export function peakOf(data: Float32Array): number {
	let peak = 0;
	for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]!));
	return peak;
}

/**
 * Least k ≥ 0 for which values up to `peak`, divided by 2^k, fit halves. Dividing a bfloat16 or a half by a power of
 * two is exact.
 */
export function halfExponent(peak: number): number {
	let exponent = 0;
	while (peak / 2 ** exponent >= MAX_HALF) exponent++;
	return exponent;
}

/** x ÷ 2^k, rounded to nearest, ties to even. @throws Failure `usage` if a value does not fit a half */
export function toHalf(data: Float32Array, name: string, exponent = 0): Uint16Array {
	const scaled = exponent === 0 ? data : data.map((value) => value / 2 ** exponent);
	const words = new Uint32Array(scaled.buffer, scaled.byteOffset, scaled.length);
	const out = new Uint16Array(scaled.length);
	for (let i = 0; i < out.length; i++) {
		const word = words[i]!;
		if ((word & 0x7fffffff) >= HALF_OVERFLOW)
			throw new Failure("usage", `"${name}" holds ${data[i]}, which does not fit fp16: choose fp32 or int8.`);
		out[i] = halfOf(word);
	}
	return out;
}

/** @param word bits of a float32 @returns bits of the nearest half */
export function halfOf(word: number): number {
	const sign = (word >>> 16) & 0x8000;
	const magnitude = word & 0x7fffffff;
	// Up to 2^-25, half the least half: the tie goes to zero.
	if (magnitude <= 0x33000000) return sign;
	// Below 2^-14 halves are subnormal: the fraction is shifted, its implicit one included.
	const subnormal = magnitude < 0x38800000;
	const bits = subnormal ? (magnitude & 0x7fffff) | 0x800000 : magnitude - 0x38000000;
	const shift = subnormal ? 126 - (magnitude >>> 23) : 13;
	const half = bits >>> shift;
	const rest = bits & ((1 << shift) - 1);
	const middle = 1 << (shift - 1);
	return sign | (half + (rest > middle || (rest === middle && (half & 1) === 1) ? 1 : 0));
}

/** @param half bits of a half that is finite @returns its value */
export function fromHalf(half: number): number {
	const exponent = (half >> 10) & 31;
	const fraction = half & 1023;
	const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
	return half & 0x8000 ? -size : size;
}

/**
 * The upper 16 bits of a float32, rounded to nearest, ties to even; what would round to infinity keeps the largest
 * finite value.
 */
export function toBfloat16(data: Float32Array): Uint16Array {
	const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
	const out = new Uint16Array(data.length);
	for (let i = 0; i < out.length; i++) {
		const word = words[i]!;
		const rounded = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
		out[i] = (rounded & 0x7f80) === 0x7f80 ? word >>> 16 : rounded;
	}
	return out;
}
