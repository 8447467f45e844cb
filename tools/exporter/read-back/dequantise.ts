/** Turns int8 and 4-bit weights into the floats that the exporter would quantise to the very same numbers again. */
import { halfToFloat } from "../checkpoint/element-types.ts";

/**
 * Symmetric int8 with a scale a row: x = q · s. The exporter's scale is the float32 nearest to a row's largest weight
 * ÷ 127. So 127 · s, rounded, has the scale s again (if any float has it, the nearest one does), and with it the whole
 * row has the same bytes.
 * @param values [rows, columns] @param scales [rows] @returns [rows, columns]
 */
export function unquantize(values: Int8Array, scales: Float32Array): Float32Array {
	const columns = scales.length === 0 ? 0 : values.length / scales.length;
	const out = new Float32Array(values.length);
	for (let row = 0, at = 0; row < scales.length; row++) {
		const scale = scales[row]!;
		for (const end = at + columns; at < end; at++) out[at] = values[at]! * scale;
	}
	return out;
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
