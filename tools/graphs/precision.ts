/** Goes in: float weights. Comes out: them as a graph reads them, in the precision of the export: plain, half, int8 with a scale per output, or 4 bits in blocks. */
import { Failure } from "../../src/core/failure.ts";
import type { GraphBuilder, Value } from "../onnx/graph-builder.ts";
import type { WeightStore } from "../onnx/weights.ts";

export const EXPORT_DTYPES = ["fp32", "fp16", "int8", "int4"] as const;
export type ExportDType = (typeof EXPORT_DTYPES)[number];

/** Weights of 4-bit products share one scale in this many inputs. */
const BLOCK = 32;

/** A matrix as it comes from the checkpoint: [out, in] row-major. */
export interface Matrix {
	readonly out: number;
	readonly in: number;
	readonly data: Float32Array;
}

/** Matrices that read the same input, one below the other, made one at a time: no sum of them is ever in memory beside its parts. */
export type Stack = () => Iterable<Matrix>;

/**
 * Which backend a graph is shaped for; both read the same weight files. int8 on WASM quantises activations on the fly (nano, one thread: encoder 7.4 ms
 * instead of 15.1 for 64 tokens, a step of 4 beams 0.69 instead of 0.86, of 16 rows 1.9 instead of 2.9, sessions open in half the time), which WebGPU
 * would leave to the CPU: there the weights are widened once, when the session is created.
 */
export const TARGETS = ["wasm", "webgpu"] as const;
export type Target = (typeof TARGETS)[number];

export interface Stored {
	readonly graph: GraphBuilder;
	readonly store: WeightStore;
	readonly group: string;
	readonly dtype: ExportDType;
	readonly target: Target;
}

/** A product's shape, and whether its input has outliers: values that one scale for the whole tensor would flatten the others for. */
export interface LinearShape {
	readonly out: number;
	readonly in: number;
	readonly outliers: boolean;
}

/** y = x Wᵀ, W [out, in]. @param x [..., in] @returns [..., out] */
export function linear(at: Stored, name: string, shape: LinearShape, load: Stack, x: Value): Value {
	if (at.dtype === "int4" && shape.in % BLOCK === 0) return linear4Bit(at, name, shape, load, x);
	const loadTransposed = () => transpose(load(), shape);
	if (at.dtype === "int8" && at.target === "wasm" && !shape.outliers) {
		const { values, scales } = int8Parts(at, name, [shape.in, shape.out], 1, loadTransposed);
		return at.graph.dynamicQuantizeMatMul(x, values, at.graph.reshape(scales, [shape.out], [shape.out]));
	}
	return at.graph.matmul(x, matrix(at, name, [shape.in, shape.out], 1, loadTransposed));
}

/** Rows of a table [V, D] by id. On WASM int8 rows are widened after the look-up, so that the table stays small in memory. */
export function lookUp(at: Stored, name: string, shape: readonly [number, number], load: () => Float32Array, ids: Value): Value {
	if (at.dtype === "int8" && at.target === "wasm") {
		const { values, scales } = int8Parts(at, name, shape, 0, load);
		return at.graph.mul(at.graph.cast(at.graph.gather(values, ids), "float32"), at.graph.gather(scales, ids));
	}
	return at.graph.gather(matrix(at, name, shape, 0, load), ids);
}

/**
 * A matrix used as it is: an embedding, a projection, a convolution's kernel.
 * @param axis the axis that has a scale of its own per index when the weight is stored as int8
 */
export function matrix(at: Stored, name: string, shape: readonly number[], axis: number, load: () => Float32Array): Value {
	const { graph, store, group, dtype } = at;
	if (dtype === "fp32") return graph.stored(store.put(group, name, "float32", shape, () => bytesOf(load())));
	// Half weights are widened by a Cast that onnxruntime folds when it loads: half the download, float32 arithmetic.
	if (dtype === "fp16")
		return graph.cast(graph.stored(store.put(group, `${name}.f16`, "float16", shape, () => bytesOf(toHalf(load(), name)))), "float32");
	return int8Matrix(at, name, shape, axis, load);
}

/** int8 · scale: onnxruntime folds Cast and Mul when it loads, so the arithmetic is float32. */
function int8Matrix(at: Stored, name: string, shape: readonly number[], axis: number, load: () => Float32Array): Value {
	const { values, scales } = int8Parts(at, name, shape, axis, load);
	return at.graph.mul(at.graph.cast(values, "float32"), scales);
}

/** The weight as int8 and its scales, shaped to multiply it. */
function int8Parts({ graph, store, group }: Stored, name: string, shape: readonly number[], axis: number, load: () => Float32Array) {
	let made: { values: Int8Array; scales: Float32Array } | undefined;
	const once = () => {
		made ??= quantize(load(), shape, axis);
		return made;
	};
	const values = graph.stored(store.put(group, `${name}.i8`, "int8", shape, () => bytesOf(once().values)));
	const scaleShape = shape.map((dim, index) => (index === axis ? dim : 1));
	const scales = graph.stored(store.put(group, `${name}.scale`, "float32", scaleShape, () => bytesOf(once().scales)));
	return { values, scales };
}

/** Symmetric int8: q = round(x ÷ s), s = max|x| ÷ 127 over everything that shares an index of `axis`. */
export function quantize(data: Float32Array, shape: readonly number[], axis: number): { values: Int8Array; scales: Float32Array } {
	const length = shape[axis]!;
	const inner = shape.slice(axis + 1).reduce((product, dim) => product * dim, 1);
	const scales = new Float32Array(length);
	// `data` is [outer, length, inner]: counting up costs a tenth of dividing every position by `inner`.
	for (let at = 0; at < data.length; )
		for (let index = 0; index < length; index++) {
			let peak = scales[index]!;
			for (const end = at + inner; at < end; at++) peak = Math.max(peak, Math.abs(data[at]!));
			scales[index] = peak;
		}
	for (let i = 0; i < length; i++) scales[i] = scales[i]! / 127 || 1;
	const values = new Int8Array(data.length);
	for (let at = 0; at < data.length; )
		for (let index = 0; index < length; index++) {
			const scale = scales[index]!;
			for (const end = at + inner; at < end; at++) values[at] = Math.round(data[at]! / scale);
		}
	return { values, scales };
}

function linear4Bit({ graph, store, group }: Stored, name: string, { out, in: width }: LinearShape, load: Stack, x: Value): Value {
	const blocks = width / BLOCK;
	let made: { packed: Uint8Array; scales: Float32Array } | undefined;
	const once = () => {
		made ??= stack4Bit(load(), out * blocks);
		return made;
	};
	const packed = graph.stored(store.put(group, `${name}.i4`, "uint8", [out, blocks, BLOCK / 2], () => once().packed));
	const scales = graph.stored(store.put(group, `${name}.i4.scale`, "float32", [out * blocks], () => bytesOf(once().scales)));
	return graph.matmulNBits(x, packed, scales, { n: out, k: width, bits: 4, block: BLOCK });
}

/** The quantised matrices one below the other. @param blocks of all of them */
function stack4Bit(matrices: Iterable<Matrix>, blocks: number): { packed: Uint8Array; scales: Float32Array } {
	const all = { packed: new Uint8Array((blocks * BLOCK) / 2), scales: new Float32Array(blocks) };
	let done = 0;
	for (const matrix of matrices) {
		const { packed, scales } = quantize4Bit(matrix);
		all.packed.set(packed, (done * BLOCK) / 2);
		all.scales.set(scales, done);
		done += scales.length;
	}
	return all;
}

/** Two weights a byte, low half first, zero point 8: the layout of `MatMulNBits`. The value of largest size maps to −8, so that its sign costs nothing. */
export function quantize4Bit({ out, in: width, data }: Matrix): { packed: Uint8Array; scales: Float32Array } {
	const blocks = (out * width) / BLOCK;
	const scales = new Float32Array(blocks);
	const packed = new Uint8Array((out * width) / 2);
	for (let block = 0; block < blocks; block++) {
		const [start, end] = [block * BLOCK, (block + 1) * BLOCK];
		let peak = 0;
		for (let i = start; i < end; i++) if (Math.abs(data[i]!) > Math.abs(peak)) peak = data[i]!;
		const scale = peak / -8 || 1;
		scales[block] = scale;
		for (let i = start; i < end; i += 2) packed[i >> 1] = nibble(data[i]!, scale) | (nibble(data[i + 1]!, scale) << 4);
	}
	return { packed, scales };
}

function nibble(value: number, scale: number): number {
	return Math.max(0, Math.min(15, Math.round(value / scale) + 8));
}

/** Side of the squares in which a matrix is turned, in elements: rows and columns of one stay in the cache. */
const TILE = 32;

/** Matrices [outᵢ, in] one below the other → [in, Σ outᵢ] */
export function transpose(matrices: Iterable<Matrix>, { out: total, in: width }: { readonly out: number; readonly in: number }): Float32Array {
	const result = new Float32Array(total * width);
	let offset = 0;
	for (const { out, data } of matrices) {
		for (let top = 0; top < out; top += TILE)
			for (let left = 0; left < width; left += TILE) {
				const [bottom, right] = [Math.min(out, top + TILE), Math.min(width, left + TILE)];
				for (let column = left; column < right; column++)
					for (let row = top; row < bottom; row++) result[column * total + offset + row] = data[row * width + column]!;
			}
		offset += out;
	}
	return result;
}

/** Round to nearest, ties to even. @throws Failure `usage` if a value does not fit a half */
export function toHalf(data: Float32Array, name: string): Uint16Array {
	const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
	const out = new Uint16Array(data.length);
	for (let i = 0; i < out.length; i++) {
		const word = words[i]!;
		if ((word & 0x7fffffff) >= HALF_OVERFLOW) throw new Failure("usage", `"${name}" holds ${data[i]}, which does not fit fp16: choose fp32 or int8.`);
		out[i] = halfOf(word);
	}
	return out;
}

/** Bits of 65,520, the least float32 that rounds to infinity as a half. */
const HALF_OVERFLOW = 0x477ff000;

/** @param word bits of a float32 @returns bits of the nearest half */
function halfOf(word: number): number {
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

export function bytesOf(data: Float32Array | Int8Array | Uint16Array): Uint8Array {
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
