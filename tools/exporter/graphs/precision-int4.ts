/**
 * Stores matrices in 4 bits a weight, in blocks with a scale (and a zero point) each, in the layout of `MatMulNBits`;
 * finds the block size that suits a matrix best.
 */
import { fromHalf, halfOf, toHalf } from "./precision-half.ts";

/** A matrix as it comes from the checkpoint: [out, in] row-major. */
export interface Matrix {
	readonly out: number;
	readonly in: number;
	readonly data: Float32Array;
}

/** How a matrix is cut. */
export interface Blocks {
	/** Weights of one output that share a scale. */
	readonly block: number;
	/** With a zero point per block: 0…15 spans the block's own least and largest value. Without: −8…7 around zero. */
	readonly asymmetric: boolean;
}

export interface FourBits {
	/** Two weights a byte, low half first. [out, blocks, block / 2] */
	readonly packed: Uint8Array;
	/** Halves. [out · blocks] */
	readonly scales: Uint16Array;
	/** Two zero points a byte, low half first. [out, ⌈blocks / 2⌉]; null: 8 everywhere */
	readonly zeros: Uint8Array | null;
}

export const BLOCK_SIZES = [128, 64, 32] as const;
/** A scale that cuts off a block's largest value is often nearer to all the others. */
const SHRINK = [1, 0.93, 0.86, 0.79] as const;
/** The zero point without zero points. */
const MIDDLE = 8;

/** Scale and zero point of one block: those of least squared error, of the candidates. */
interface Fit {
	readonly scale: number;
	readonly zero: number;
	readonly error: number;
}

export function quantize4Bit({ out, in: width, data }: Matrix, { block, asymmetric }: Blocks): FourBits {
	const blocks = width / block;
	const scales = new Float32Array(out * blocks);
	const packed = new Uint8Array((out * width) / 2);
	const stride = Math.ceil(blocks / 2);
	const zeros = asymmetric ? new Uint8Array(out * stride) : null;
	for (let index = 0; index < scales.length; index++) {
		const start = index * block;
		const { scale, zero } = fitBlock(data, start, start + block, asymmetric);
		scales[index] = scale;
		const [row, column] = [Math.floor(index / blocks), index % blocks];
		if (zeros !== null) zeros[row * stride + (column >> 1)]! |= zero << (4 * (column & 1));
		const inverse = 1 / scale;
		for (let i = start; i < start + block; i += 2)
			packed[i >> 1] = nibble(data[i]! * inverse + zero) | (nibble(data[i + 1]! * inverse + zero) << 4);
	}
	return { packed, scales: toHalf(scales, "a scale"), zeros };
}

/** The nearest of 0…15. Not Math.round: this runs some ten times per weight. */
function nibble(value: number): number {
	return value <= 0 ? 0 : value >= 15 ? 15 : (value + 0.5) | 0;
}

function fitBlock(data: Float32Array, start: number, end: number, asymmetric: boolean): Fit {
	let least = 0;
	let most = 0;
	for (let i = start; i < end; i++) {
		const value = data[i]!;
		if (value < least) least = value;
		else if (value > most) most = value;
	}
	// Without a zero point the value of largest size maps to −8, so that its sign costs nothing.
	const whole = asymmetric ? (most - least) / 15 : (-least > most ? least : most) / -MIDDLE;
	let best: Fit = { scale: 1, zero: MIDDLE, error: Number.POSITIVE_INFINITY };
	for (const shrink of SHRINK) {
		// Stored as a half: weights are rounded against what will be multiplied.
		const scale = asHalf(whole * shrink) || 1;
		const zero = asymmetric ? nibble(-least / whole || 0) : MIDDLE;
		const error = squaredError(data, start, end, scale, zero);
		if (error < best.error) best = { scale, zero, error };
	}
	return best;
}

function squaredError(data: Float32Array, start: number, end: number, scale: number, zero: number): number {
	const inverse = 1 / scale;
	let error = 0;
	for (let i = start; i < end; i++) {
		const off = (nibble(data[i]! * inverse + zero) - zero) * scale - data[i]!;
		error += off * off;
	}
	return error;
}

const one = new Float32Array(1);
const oneWord = new Uint32Array(one.buffer);
function asHalf(value: number): number {
	one[0] = value;
	return fromHalf(halfOf(oneWord[0]!));
}

/** √(Σ(w − ŵ)² ÷ Σw²) of rows cut this way; 0 for zeros. */
export function blockError(rows: readonly Float32Array[], { block, asymmetric }: Blocks): number {
	let [lost, all] = [0, 0];
	for (const data of rows) {
		for (let start = 0; start < data.length; start += block)
			lost += fitBlock(data, start, start + block, asymmetric).error;
		for (let i = 0; i < data.length; i++) all += data[i]! * data[i]!;
	}
	return all === 0 ? 0 : Math.sqrt(lost / all);
}

/** Weights that are measured: a rest of a matrix says the same. */
export const SAMPLE = 1 << 15;
/** A larger block saves 2 to 5 % of the bytes; it may add this much to the error. */
const WORTH = 1.02;
/** A zero point per block must take this much off the error. */
const WORTH_ZEROS = 0.98;
/**
 * Past this error 4 bits are too few. Normal weights have 0.079 in blocks of 32 with a zero point, 0.084 without, and
 * 0.096 in blocks of 128.
 */
export const MAX_ERROR = 0.12;

/**
 * @param sample rows of `width` inputs
 * @returns the blocks they are best cut into, by measured error; null and why, if 4 bits do not serve it
 */
export function chooseBlocks(
	sample: readonly Float32Array[],
	width: number,
): { readonly blocks: Blocks; readonly error: number } | { readonly blocks: null; readonly why: string } {
	const sizes = BLOCK_SIZES.filter((block) => width % block === 0);
	if (sizes.length === 0) return { blocks: null, why: `${width} inputs are not a multiple of ${BLOCK_SIZES.at(-1)}` };
	const measured = sizes.map((block) => {
		const [plain, shifted] = [
			blockError(sample, { block, asymmetric: false }),
			blockError(sample, { block, asymmetric: true }),
		];
		const asymmetric = shifted < plain * WORTH_ZEROS;
		return { blocks: { block, asymmetric }, error: asymmetric ? shifted : plain };
	});
	const least = Math.min(...measured.map(({ error }) => error));
	const chosen = measured.find(({ error }) => error <= least * WORTH)!;
	if (chosen.error > MAX_ERROR)
		return { blocks: null, why: `4 bits would change its weights by ${(100 * chosen.error).toFixed(0)} %` };
	return chosen;
}
