/** Goes in: float weights. Comes out: them as a graph reads them, in the precision of the export: plain, 16 bits, int8 with a scale per output, or 4 bits in blocks. */
import type { GraphBuilder, Value } from "../onnx/graph-builder.ts";
import type { WeightStore } from "../onnx/weights.ts";
import type { Decisions } from "./decisions.ts";
import { halfExponent, peakOf, toBfloat16, toHalf } from "./precision-half.ts";
import { type Blocks, chooseBlocks, type FourBits, type Matrix, quantize4Bit } from "./precision-int4.ts";
import { quantize } from "./precision-int8.ts";

export type { Matrix } from "./precision-int4.ts";

export const EXPORT_DTYPES = ["fp32", "fp16", "bf16", "int8", "int4"] as const;
export type ExportDType = (typeof EXPORT_DTYPES)[number];

/** Matrices that read the same input, one below the other, made one at a time: no sum of them is ever in memory beside its parts. */
export type Stack = () => Iterable<Matrix>;

/**
 * Which backend a graph is shaped for; both read the same weight files. int8 on WASM quantises activations on the fly (nano, one thread: encoder 7.4 ms
 * instead of 15.1 for 64 tokens, a step of 4 beams 0.69 instead of 0.86, of 16 rows 1.9 instead of 2.9, sessions open in half the time), which WebGPU
 * would leave to the CPU: there the weights are widened once, when the session is created. 4-bit weights stay 4 bits on WebGPU; on WASM, where their product
 * costs five times an int8 one, they become int8 when the session is created.
 */
export const TARGETS = ["wasm", "webgpu"] as const;
export type Target = (typeof TARGETS)[number];

export interface Stored {
	readonly graph: GraphBuilder;
	readonly store: WeightStore;
	readonly group: string;
	readonly dtype: ExportDType;
	readonly target: Target;
	readonly decisions: Decisions;
}

/** A product's shape, and whether its input has outliers: values that one scale for the whole tensor would flatten the others for. */
export interface LinearShape {
	readonly out: number;
	readonly in: number;
	readonly outliers: boolean;
}

/** y = x Wᵀ, W [out, in]. @param x [..., in] @returns [..., out] */
export function linear(at: Stored, name: string, shape: LinearShape, load: Stack, x: Value): Value {
	if (at.dtype === "int4") return linear4Bit(at, name, shape, load, x);
	const loadTransposed = () => transpose(load(), shape);
	if (at.dtype === "int8" && at.target === "wasm" && !shape.outliers) {
		const { values, scales } = int8Parts(at, name, [shape.in, shape.out], 1, loadTransposed);
		return at.graph.dynamicQuantizeMatMul(x, values, at.graph.reshape(scales, [shape.out], [shape.out]));
	}
	return at.graph.matmul(x, matrix(at, name, [shape.in, shape.out], 1, loadTransposed));
}

/** Rows of a table [V, D] by id. On WASM small rows are widened after the look-up, so that the table stays small in memory. */
export function lookUp(at: Stored, name: string, shape: readonly [number, number], load: () => Float32Array, ids: Value): Value {
	const { graph, dtype, target } = at;
	if (target === "wasm" && (dtype === "int8" || dtype === "int4")) {
		const { values, scales } = int8Parts(at, name, shape, 0, load);
		return graph.mul(graph.cast(graph.gather(values, ids), "float32"), graph.gather(scales, ids));
	}
	if (target === "wasm" && (dtype === "fp16" || dtype === "bf16")) {
		const { values, factor } = STORED_16[dtype](at, name, shape, load);
		return scaled(graph, graph.cast(graph.gather(values, ids), "float32"), factor);
	}
	return graph.gather(matrix(at, name, shape, 0, load), ids);
}

/**
 * A matrix used as it is: an embedding, a projection, a convolution's kernel.
 * @param axis the axis that has a scale of its own per index when the weight is stored as int8
 */
export function matrix(at: Stored, name: string, shape: readonly number[], axis: number, load: () => Float32Array): Value {
	const { graph, store, group, dtype } = at;
	if (dtype === "fp32") return graph.stored(store.put(group, name, "float32", shape, () => bytesOf(load())));
	if (dtype === "int8" || dtype === "int4") return int8Matrix(at, name, shape, axis, load);
	// 16-bit weights are widened by a Cast that onnxruntime folds when it loads: half the download, float32 arithmetic.
	const { values, factor } = STORED_16[dtype](at, name, shape, load);
	return scaled(graph, graph.cast(values, "float32"), factor);
}

/** A weight in 16 bits, and what it must be multiplied by. */
interface Stored16 {
	readonly values: Value;
	readonly factor: number;
}

const STORED_16 = { fp16: halves, bf16: bfloats } as const satisfies Record<string, typeof halves>;

/** Weights past 65,504 are divided by a power of two that makes them fit. */
function halves({ graph, store, group, decisions }: Stored, name: string, shape: readonly number[], load: () => Float32Array): Stored16 {
	let loaded: Float32Array | undefined;
	const once = () => {
		loaded ??= load();
		return loaded;
	};
	const exponent = decisions.exponents.of(name, () => {
		const peak = peakOf(once());
		const needed = halfExponent(peak);
		if (needed > 0) decisions.notes.push(`${name} holds ${peak}, too large for fp16: stored divided by ${2 ** needed}`);
		return needed;
	});
	const values = graph.stored(store.put(group, `${name}.f16`, "float16", shape, () => bytesOf(toHalf(once(), name, exponent))));
	return { values, factor: 2 ** exponent };
}

function bfloats({ graph, store, group }: Stored, name: string, shape: readonly number[], load: () => Float32Array): Stored16 {
	return { values: graph.stored(store.put(group, `${name}.bf16`, "bfloat16", shape, () => bytesOf(toBfloat16(load())))), factor: 1 };
}

function scaled(graph: GraphBuilder, value: Value, factor: number): Value {
	return factor === 1 ? value : graph.mul(value, graph.float(factor));
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

/** Products whose weights lose too much in 4 bits are stored as int8. */
function linear4Bit(at: Stored, name: string, shape: LinearShape, load: Stack, x: Value): Value {
	const { graph, decisions } = at;
	const blocks = decisions.blocks.of(name, () => {
		const chosen = chooseBlocks(load(), shape);
		if (chosen.blocks === null) decisions.notes.push(`${name}: ${chosen.why}: stored as int8`);
		return chosen.blocks;
	});
	if (blocks === null) return linear({ ...at, dtype: "int8" }, name, shape, load, x);
	const parts = fourBitParts(at, name, shape, load, blocks);
	if (at.target === "webgpu") {
		const scales = graph.reshape(parts.scales, [-1], [(shape.out * shape.in) / blocks.block]);
		const zeros = parts.zeros === null ? null : graph.reshape(parts.zeros, [-1], [shape.out * Math.ceil(shape.in / blocks.block / 2)]);
		return graph.matmulNBits(x, { ...parts, scales, zeros }, { n: shape.out, k: shape.in, bits: 4, block: blocks.block });
	}
	const weights = widened(graph, parts, shape, blocks);
	if (shape.outliers) return graph.matmul(x, weights);
	const peak = graph.largest(graph.abs(weights), 0);
	// A column of zeros has no scale; any will do.
	const scale = graph.max(graph.mul(peak, graph.float(1 / 127)), graph.float(1e-30));
	const values = graph.cast(graph.round(graph.div(weights, scale)), "int8");
	return graph.dynamicQuantizeMatMul(x, values, graph.reshape(scale, [shape.out], [shape.out]));
}

interface FourBitParts {
	/** [out, blocks, block / 2] */
	readonly packed: Value;
	/** float32 [out, blocks, 1] */
	readonly scales: Value;
	/** [out, ⌈blocks / 2⌉, 1] */
	readonly zeros: Value | null;
}

function fourBitParts({ graph, store, group }: Stored, name: string, { out, in: width }: LinearShape, load: Stack, cut: Blocks): FourBitParts {
	const blocks = width / cut.block;
	let made: FourBits | undefined;
	const once = () => {
		made ??= stack4Bit(load(), { out, in: width }, cut);
		return made;
	};
	const put = (part: string, dtype: "uint8" | "float16", shape: readonly number[], of: () => Uint8Array) =>
		graph.stored(store.put(group, `${name}.${part}`, dtype, shape, of));
	const packed = put("i4", "uint8", [out, blocks, cut.block / 2], () => once().packed);
	const scales = graph.cast(
		put("i4.scale", "float16", [out, blocks, 1], () => bytesOf(once().scales)),
		"float32",
	);
	const zeros = cut.asymmetric ? put("i4.zero", "uint8", [out, Math.ceil(blocks / 2), 1], () => once().zeros!) : null;
	return { packed, scales, zeros };
}

/** The quantised matrices one below the other. */
function stack4Bit(matrices: Iterable<Matrix>, { out, in: width }: { readonly out: number; readonly in: number }, cut: Blocks): FourBits {
	const blocks = width / cut.block;
	const zeroBytes = Math.ceil(blocks / 2);
	const all = {
		packed: new Uint8Array((out * width) / 2),
		scales: new Uint16Array(out * blocks),
		zeros: cut.asymmetric ? new Uint8Array(out * zeroBytes) : null,
	};
	let rows = 0;
	for (const matrix of matrices) {
		const { packed, scales, zeros } = quantize4Bit(matrix, cut);
		all.packed.set(packed, (rows * width) / 2);
		all.scales.set(scales, rows * blocks);
		if (zeros !== null) all.zeros?.set(zeros, rows * zeroBytes);
		rows += matrix.out;
	}
	return all;
}

/** 4-bit weights as float32 [in, out], by nodes that onnxruntime folds when it loads. */
function widened(graph: GraphBuilder, { packed, scales, zeros }: FourBitParts, { out, in: width }: LinearShape, { block }: Blocks): Value {
	const blocks = width / block;
	const values = graph.reshape(nibbles(graph, packed), [out, blocks, block], [out, blocks, block]);
	const paired = zeros === null ? null : graph.reshape(nibbles(graph, zeros), [out, -1, 1], [out, 2 * Math.ceil(blocks / 2), 1]);
	const zero = paired === null ? graph.float(8) : graph.slice(paired, graph.ints([0]), graph.ints([blocks]), 1, blocks);
	const weights = graph.mul(graph.sub(values, zero), scales);
	return graph.transpose(graph.reshape(weights, [out, width], [out, width]), [1, 0]);
}

/** The two halves of every byte as float32, low half first. @param bytes [..., n] @returns [..., n, 2] */
function nibbles(graph: GraphBuilder, bytes: Value): Value {
	const whole = graph.cast(bytes, "float32");
	const high = graph.floor(graph.mul(whole, graph.float(1 / 16)));
	const low = graph.sub(whole, graph.mul(high, graph.float(16)));
	const last = [bytes.shape.length];
	return graph.concat([graph.unsqueeze(low, last), graph.unsqueeze(high, last)], bytes.shape.length);
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

export function bytesOf(data: Float32Array | Int8Array | Uint16Array): Uint8Array {
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
