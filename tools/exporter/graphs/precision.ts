/**
 * Adds weights to a graph in the precision of the export: plain, 16 bits, int8 with a scale per output, or 4 bits in
 * blocks.
 */
import { GRAPH_TARGETS, type GraphTarget } from "../../../src/bundle/manifest.ts";
import { DTYPES, type DType } from "../onnx/dtype.ts";
import type { GraphBuilder, Value } from "../onnx/graph-builder.ts";
import type { TensorBytes, WeightStore } from "../onnx/weights.ts";
import { bandsOf, type Encode, inOrder, type RowSource, sampleRows, transposed } from "./bands.ts";
import type { Decisions } from "./decisions.ts";
import { halfExponent, peakOf, toBfloat16, toHalf } from "./precision-half.ts";
import { type Blocks, chooseBlocks, quantize4Bit, SAMPLE } from "./precision-int4.ts";
import { quantize } from "./precision-int8.ts";

export const EXPORT_DTYPES = ["fp32", "fp16", "bf16", "int8", "int4"] as const;
export type ExportDType = (typeof EXPORT_DTYPES)[number];

/**
 * Which backend a graph is shaped for; both read the same weight files. int8 on WASM quantises activations on the fly
 * (nano, one thread: encoder 7.4 ms instead of 15.1 for 64 tokens, a step of 4 beams 0.69 instead of 0.86, of 16 rows
 * 1.9 instead of 2.9, sessions open in half the time), which WebGPU would leave to the CPU: there the weights are
 * widened once, when the session is created. 4-bit weights stay 4 bits on WebGPU; on WASM, where their product costs
 * five times an int8 one, they become int8 when the session is created, but for models whose widening would not fit
 * (FLAN-T5 base and up).
 */
export const TARGETS = GRAPH_TARGETS;
export type Target = GraphTarget;

export interface Stored {
	readonly graph: GraphBuilder;
	readonly store: WeightStore;
	readonly group: string;
	readonly dtype: ExportDType;
	readonly target: Target;
	readonly decisions: Decisions;
	/** The model is too large for 4-bit weights to be widened on WASM. */
	readonly large: boolean;
}

/** A product's shape, and what quantising its input on the fly must mind. */
export interface LinearShape {
	readonly out: number;
	readonly in: number;
	/** Some values would, by one scale for the whole tensor, flatten all others: the input stays float. */
	readonly outliers: boolean;
	/** Some rows would flatten the others: each row has a scale of its own. */
	readonly unequalRows: boolean;
}

/** y = x Wᵀ + b. @param rows W [out, in] @param x [..., in] @param bias [out]; null: none @returns [..., out] */
export function linear(
	at: Stored,
	name: string,
	shape: LinearShape,
	rows: RowSource,
	x: Value,
	bias: Value | null = null,
): Value {
	if (at.dtype === "int4") return linear4Bit(at, name, shape, rows, x, bias);
	const weight = { name, rows, shape: [shape.in, shape.out], transposed: true };
	if (at.dtype === "int8" && at.target === "wasm" && !shape.outliers) {
		const { values, scales } = int8Parts(at, weight);
		return quantisedProduct(at.graph, shape, x, values, at.graph.reshape(scales, [shape.out], [shape.out]), bias);
	}
	return shifted(at.graph, at.graph.matmul(x, widenedWeight(at, weight)), bias);
}

/** x quantised on the fly. @param values int8 [in, out] @param scale [out] */
function quantisedProduct(
	graph: GraphBuilder,
	shape: LinearShape,
	x: Value,
	values: Value,
	scale: Value,
	bias: Value | null,
): Value {
	if (!shape.unequalRows) return graph.dynamicQuantizeMatMul(x, values, scale, { bias });
	// A row of zeros has no scale; any will do.
	const size = graph.max(graph.largest(graph.abs(x), x.shape.length - 1), graph.float(1e-30));
	return shifted(graph, graph.mul(graph.dynamicQuantizeMatMul(graph.div(x, size), values, scale), size), bias);
}

function shifted(graph: GraphBuilder, x: Value, bias: Value | null): Value {
	return bias === null ? x : graph.add(x, bias);
}

/**
 * Rows of a table [V, D] by id. On WASM small rows are widened after the look-up, so that the table stays small in
 * memory.
 */
export function lookUp(at: Stored, name: string, rows: RowSource, ids: Value): Value {
	const { graph, dtype, target } = at;
	const weight = { name, rows, shape: [rows.rows, rows.columns], transposed: false };
	if (target === "wasm" && (dtype === "int8" || dtype === "int4")) {
		const { values, scales } = int8Parts(at, weight);
		return graph.mul(graph.cast(graph.gather(values, ids), "float32"), graph.gather(scales, ids));
	}
	if (target === "wasm" && (dtype === "fp16" || dtype === "bf16")) {
		const { values, factor } = STORED_16[dtype](at, weight);
		return scaled(graph, graph.cast(graph.gather(values, ids), "float32"), factor);
	}
	return graph.gather(widenedWeight(at, weight), ids);
}

/**
 * A weight used as it is: an embedding, a projection, a convolution's kernel. Stored as int8, its first axis has a
 * scale per index.
 */
export function matrix(at: Stored, name: string, shape: readonly number[], rows: RowSource): Value {
	return widenedWeight(at, { name, rows, shape, transposed: false });
}

/** A weight as it is read, and as it is stored. */
interface Weight {
	readonly name: string;
	readonly rows: RowSource;
	/** Stored: that of the rows, or [in, out] where they are transposed. */
	readonly shape: readonly number[];
	readonly transposed: boolean;
}

/** The weight as float32, by nodes that onnxruntime folds when it loads. */
function widenedWeight(at: Stored, weight: Weight): Value {
	const { graph, dtype } = at;
	if (dtype === "fp32") return put(at, weight, "", "float32", ({ data }) => data);
	if (dtype === "int8" || dtype === "int4") {
		const { values, scales } = int8Parts(at, weight);
		return graph.mul(graph.cast(values, "float32"), scales);
	}
	// 16-bit weights are half the download; arithmetic is float32.
	const { values, factor } = STORED_16[dtype](at, weight);
	return scaled(graph, graph.cast(values, "float32"), factor);
}

/** Stores what `encode` makes of the rows, band after band. */
function put(
	{ graph, store, group }: Stored,
	{ name, rows, shape, transposed: turn }: Weight,
	suffix: string,
	dtype: DType,
	encode: Encode,
): Value {
	const pieces = () => (turn ? transposed(rows, encode, DTYPES[dtype].bytes) : inOrder(rows, encode));
	return graph.stored(store.put(group, `${name}${suffix}`, dtype, shape, pieces));
}

/** A weight in 16 bits, and what it must be multiplied by. */
interface Stored16 {
	readonly values: Value;
	readonly factor: number;
}

const STORED_16 = { fp16: halves, bf16: bfloats } as const satisfies Record<string, typeof halves>;

/** Weights past 65,504 are divided by a power of two that makes them fit. */
function halves(at: Stored, weight: Weight): Stored16 {
	const { name, rows } = weight;
	const exponent = at.decisions.exponents.of(name, () => {
		let peak = 0;
		for (const { data } of bandsOf(rows)) peak = Math.max(peak, peakOf(data));
		const needed = halfExponent(peak);
		if (needed > 0)
			at.decisions.notes.push(`${name} holds ${peak}, too large for fp16: stored divided by ${2 ** needed}`);
		return needed;
	});
	return {
		values: put(at, weight, ".f16", "float16", ({ data }) => toHalf(data, name, exponent)),
		factor: 2 ** exponent,
	};
}

function bfloats(at: Stored, weight: Weight): Stored16 {
	return { values: put(at, weight, ".bf16", "bfloat16", ({ data }) => toBfloat16(data)), factor: 1 };
}

function scaled(graph: GraphBuilder, value: Value, factor: number): Value {
	return factor === 1 ? value : graph.mul(value, graph.float(factor));
}

/** The weight as int8 and its scales, one per row, shaped to multiply it. */
function int8Parts(at: Stored, weight: Weight): { readonly values: Value; readonly scales: Value } {
	const { name, rows, shape, transposed: turn } = weight;
	// Known once the values are written; a second graph finds both written.
	const made = new Float32Array(rows.rows);
	const values = put(at, weight, ".i8", "int8", (band) => {
		const { values, scales } = quantize(band.data, [band.rows, rows.columns], 0);
		made.set(scales, band.first);
		return values;
	});
	const own = turn ? shape.length - 1 : 0;
	const scaleShape = shape.map((dim, axis) => (axis === own ? dim : 1));
	const scales = at.graph.stored(at.store.put(at.group, `${name}.scale`, "float32", scaleShape, () => bytesOf(made)));
	return { values, scales };
}

/** Products whose weights lose too much in 4 bits are stored as int8. */
function linear4Bit(
	at: Stored,
	name: string,
	shape: LinearShape,
	rows: RowSource,
	x: Value,
	bias: Value | null,
): Value {
	const { graph, decisions } = at;
	const blocks = decisions.blocks.of(name, () => {
		const chosen = chooseBlocks(sampleRows(rows, SAMPLE), shape.in);
		if (chosen.blocks === null) decisions.notes.push(`${name}: ${chosen.why}: stored as int8`);
		return chosen.blocks;
	});
	if (blocks === null) return linear({ ...at, dtype: "int8" }, name, shape, rows, x, bias);
	const parts = fourBitParts(at, name, rows, blocks);
	if (at.target === "webgpu" || at.large) {
		const scales = graph.reshape(parts.scales, [-1], [(shape.out * shape.in) / blocks.block]);
		const zeros =
			parts.zeros === null
				? null
				: graph.reshape(parts.zeros, [-1], [shape.out * Math.ceil(shape.in / blocks.block / 2)]);
		const product = graph.matmulNBits(
			x,
			{ ...parts, scales, zeros },
			{ n: shape.out, k: shape.in, bits: 4, block: blocks.block },
		);
		return shifted(graph, product, bias);
	}
	const weights = widened(graph, parts, shape, blocks);
	if (shape.outliers) return shifted(graph, graph.matmul(x, weights), bias);
	const peak = graph.largest(graph.abs(weights), 0);
	// A column of zeros has no scale; any will do.
	const scale = graph.max(graph.mul(peak, graph.float(1 / 127)), graph.float(1e-30));
	const values = graph.cast(graph.round(graph.div(weights, scale)), "int8");
	return quantisedProduct(graph, shape, x, values, graph.reshape(scale, [shape.out], [shape.out]), bias);
}

export interface FourBitParts {
	/** [out, blocks, block / 2] */
	readonly packed: Value;
	/** float32 [out, blocks, 1] */
	readonly scales: Value;
	/** [out, ⌈blocks / 2⌉, 1] */
	readonly zeros: Value | null;
}

export function fourBitParts(
	{ graph, store, group }: Stored,
	name: string,
	rows: RowSource,
	cut: Blocks,
): FourBitParts {
	const [out, blocks] = [rows.rows, rows.columns / cut.block];
	const zeroBytes = Math.ceil(blocks / 2);
	// Known once the weights are written; a second graph finds all written.
	const made = {
		scales: new Uint16Array(out * blocks),
		zeros: cut.asymmetric ? new Uint8Array(out * zeroBytes) : null,
	};
	const quantised = function* (): Iterable<Uint8Array> {
		for (const { first, rows: count, data } of bandsOf(rows)) {
			const { packed, scales, zeros } = quantize4Bit({ out: count, in: rows.columns, data }, cut);
			made.scales.set(scales, first * blocks);
			if (zeros !== null) made.zeros?.set(zeros, first * zeroBytes);
			yield packed;
		}
	};
	const put = (part: string, dtype: "uint8" | "float16", shape: readonly number[], of: () => TensorBytes) =>
		graph.stored(store.put(group, `${name}.${part}`, dtype, shape, of));
	const packed = put("i4", "uint8", [out, blocks, cut.block / 2], quantised);
	const scales = graph.cast(
		put("i4.scale", "float16", [out, blocks, 1], () => bytesOf(made.scales)),
		"float32",
	);
	const zeros = made.zeros === null ? null : put("i4.zero", "uint8", [out, zeroBytes, 1], () => made.zeros!);
	return { packed, scales, zeros };
}

/** 4-bit weights as float32 [in, out], by nodes that onnxruntime folds when it loads. */
function widened(
	graph: GraphBuilder,
	{ packed, scales, zeros }: FourBitParts,
	{ out, in: width }: LinearShape,
	{ block }: Blocks,
): Value {
	const blocks = width / block;
	const values = graph.reshape(nibbles(graph, packed), [out, blocks, block], [out, blocks, block]);
	const paired =
		zeros === null ? null : graph.reshape(nibbles(graph, zeros), [out, -1, 1], [out, 2 * Math.ceil(blocks / 2), 1]);
	const zero =
		paired === null ? graph.float(8) : graph.slice(paired, graph.ints([0]), graph.ints([blocks]), [1], [blocks]);
	const weights = graph.mul(graph.sub(values, zero), scales);
	return graph.transpose(graph.reshape(weights, [out, width], [out, width]), [1, 0]);
}

/** The two halves of every byte as float32, low half first. @param bytes [..., n] @returns [..., n, 2] */
export function nibbles(graph: GraphBuilder, bytes: Value): Value {
	const whole = graph.cast(bytes, "float32");
	const high = graph.floor(graph.mul(whole, graph.float(1 / 16)));
	const low = graph.sub(whole, graph.mul(high, graph.float(16)));
	const last = [bytes.shape.length];
	return graph.concat([graph.unsqueeze(low, last), graph.unsqueeze(high, last)], bytes.shape.length);
}

export function bytesOf(data: Float32Array | Int32Array | Int8Array | Uint16Array): Uint8Array {
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
