/** Turns int8 and 4-bit weights into the floats that the exporter would quantise to the very same numbers again. */
import { halfToFloat } from "../checkpoint/element-types.ts";

const LARGEST = 127;

/**
 * Symmetric int8 with a scale a row: x = q · s.
 * @param values [rows, columns] @param scales [rows] @returns [rows, columns]
 */
export function unquantize(values: Int8Array, scales: Float32Array): Float32Array {
	const columns = scales.length === 0 ? 0 : values.length / scales.length;
	const out = new Float32Array(values.length);
	for (let row = 0, at = 0; row < scales.length; row++) {
		const scale = scales[row]!;
		const peak = peakOf(scale);
		for (const end = at + columns; at < end; at++) {
			const value = values[at]!;
			out[at] = value === LARGEST ? peak : value === -LARGEST ? -peak : value * scale;
		}
	}
	return out;
}

/**
 * What 127 stands for: 127 · s is rounded to a float32 that, divided by 127, is often not s again but the float beside it. Of the floats around it, one has s as
 * its scale; with it the whole row is quantised to the same bytes.
 */
export function peakOf(scale: number): number {
	const nearest = Math.fround(LARGEST * scale);
	const found = [0, 1, -1, 2, -2].map((steps) => beside(nearest, steps)).find((value) => Math.fround(value / LARGEST) === scale);
	return found ?? nearest;
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** The float32 so many steps further from zero. */
export function beside(value: number, steps: number): number {
	float[0] = value;
	word[0]! += steps;
	return float[0]!;
}

export interface Packed4Bit {
	/** Two weights a byte, low half first. [rows, blocks, block / 2] */
	readonly packed: Uint8Array;
	/** Halves. [rows · blocks] */
	readonly scales: Uint16Array;
	/** Two zero points a byte, low half first. [rows, ⌈blocks / 2⌉]; null: 8 everywhere */
	readonly zeros: Uint8Array | null;
	readonly blocks: number;
	/** Weights that share a scale. */
	readonly block: number;
}

/** x = (q − zero) · scale. @returns [rows, blocks · block] */
export function unpack4Bit({ packed, scales, zeros, blocks, block }: Packed4Bit): Float32Array {
	const out = new Float32Array(packed.length * 2);
	const stride = Math.ceil(blocks / 2);
	for (let index = 0; index < scales.length; index++) {
		const scale = halfToFloat(scales[index]!);
		const [row, column] = [Math.floor(index / blocks), index % blocks];
		const zero = zeros === null ? 8 : (zeros[row * stride + (column >> 1)]! >> (4 * (column & 1))) & 15;
		for (let at = (index * block) / 2, end = at + block / 2; at < end; at++) {
			out[2 * at] = ((packed[at]! & 15) - zero) * scale;
			out[2 * at + 1] = ((packed[at]! >> 4) - zero) * scale;
		}
	}
	return out;
}
