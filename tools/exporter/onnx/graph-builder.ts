/**
 * Builds a graph record from operations on typed, shaped values. Types and shapes are checked as each operation is
 * added; letters are those of the alphabet in CONTRIBUTING.
 */
import { DTYPES, type DType } from "./dtype.ts";
import {
	type Attribute,
	type Dim,
	encodeModel,
	type GraphRecord,
	type InitializerRecord,
	type NodeRecord,
	type Shape,
	type ValueRecord,
} from "./model.ts";
import { broadcast, elements, matmulShape, sameShape, show, windowSize } from "./shapes.ts";
import type { StoredTensor } from "./weights.ts";

/** A tensor in the graph being built. */
export interface Value {
	readonly name: string;
	readonly dtype: DType;
	readonly shape: Shape;
}

type NumericConstant = {
	readonly dtype: "float32" | "int32" | "int64" | "uint8";
	readonly shape: readonly number[];
	readonly values: readonly number[];
};

export class GraphBuilder {
	readonly #name: string;
	readonly #inputs: ValueRecord[] = [];
	readonly #outputs: ValueRecord[] = [];
	readonly #nodes: NodeRecord[] = [];
	readonly #initializers: InitializerRecord[] = [];
	readonly #stored = new Map<string, Value>();
	readonly #constants = new Map<string, Value>();
	readonly #weightFiles = new Set<string>();

	constructor(name: string) {
		this.#name = name;
	}

	input(name: string, dtype: DType, shape: Shape): Value {
		const value = { name, dtype, shape };
		this.#inputs.push(value);
		return value;
	}

	/** Names `value` as an output of the graph and checks its shape against the contract. */
	output(name: string, value: Value, shape: Shape): void {
		sameShape(value.shape, shape, `output ${name}`);
		if (this.#outputs.some((output) => output.name === name)) throw new Error(`output ${name} is given twice`);
		this.#node("Identity", [value], [{ name, dtype: value.dtype, shape }]);
		this.#outputs.push({ name, dtype: value.dtype, shape });
	}

	/** The finished graph. */
	build(): {
		readonly graph: GraphRecord;
		readonly model: Uint8Array;
		readonly inputs: string[];
		readonly outputs: string[];
		readonly weights: string[];
	} {
		const graph = foldIdentities({
			name: this.#name,
			inputs: this.#inputs,
			outputs: this.#outputs,
			initializers: this.#initializers,
			nodes: this.#nodes,
		});
		return {
			graph,
			model: encodeModel(graph),
			inputs: this.#inputs.map(({ name }) => name),
			outputs: this.#outputs.map(({ name }) => name),
			weights: [...this.#weightFiles].sort(),
		};
	}

	#node(
		type: string,
		inputs: readonly (Value | null)[],
		outputs: readonly Value[],
		attributes: Readonly<Record<string, Attribute>> = {},
		domain: NodeRecord["domain"] = "",
	): void {
		const name = `${type}_${this.#nodes.length}`;
		this.#nodes.push({
			type,
			domain,
			name,
			inputs: inputs.map((input) => input?.name ?? ""),
			outputs: outputs.map((output) => output.name),
			attributes,
		});
	}

	/** Adds a node with one output. */
	#one(
		type: string,
		inputs: readonly (Value | null)[],
		dtype: DType,
		shape: Shape,
		attributes: Readonly<Record<string, Attribute>> = {},
		domain: NodeRecord["domain"] = "",
	): Value {
		const value = { name: `${type.toLowerCase()}_${this.#nodes.length}`, dtype, shape };
		this.#node(type, inputs, [value], attributes, domain);
		return value;
	}

	/**
	 * A weight kept in external data. One that was split over files is joined again (onnxruntime folds the Concat when it
	 * loads).
	 */
	stored(parts: readonly StoredTensor[]): Value {
		const key = parts[0]!.name;
		const known = this.#stored.get(key);
		if (known !== undefined) return known;
		const values = parts.map(({ name, dtype, shape, path, offset, length }) => {
			this.#initializers.push({ name, dtype, shape, external: { path, offset, length } });
			this.#weightFiles.add(path);
			return { name, dtype, shape };
		});
		const value = values.length === 1 ? values[0]! : this.concat(values, 0);
		this.#stored.set(key, value);
		return value;
	}

	/** A small constant inside the graph; the same one is stored once. */
	constant({ dtype, shape, values }: NumericConstant): Value {
		const key = `${dtype}[${shape}]${values.join()}`;
		const known = this.#constants.get(key);
		if (known !== undefined) return known;
		const count = shape.reduce((product, dim) => product * dim, 1);
		if (values.length !== count) throw new Error(`constant [${shape}]: expected ${count} values, got ${values.length}`);
		const typed = {
			float32: () => Float32Array.from(values),
			int32: () => Int32Array.from(values),
			int64: () => BigInt64Array.from(values, BigInt),
			uint8: () => Uint8Array.from(values),
		}[dtype]();
		const value = { name: `constant_${this.#constants.size}`, dtype, shape };
		this.#initializers.push({ ...value, data: new Uint8Array(typed.buffer) });
		this.#constants.set(key, value);
		return value;
	}

	float(value: number): Value {
		return this.constant({ dtype: "float32", shape: [], values: [value] });
	}

	ints(values: readonly number[]): Value {
		return this.constant({ dtype: "int64", shape: [values.length], values });
	}

	// Element by element

	#binary(type: string, a: Value, b: Value, dtype: DType = a.dtype): Value {
		sameType([a, b], type);
		return this.#one(type, [a, b], dtype, broadcast(a.shape, b.shape, type));
	}
	add(a: Value, b: Value): Value {
		return this.#binary("Add", a, b);
	}
	sub(a: Value, b: Value): Value {
		return this.#binary("Sub", a, b);
	}
	mul(a: Value, b: Value): Value {
		return this.#binary("Mul", a, b);
	}
	div(a: Value, b: Value): Value {
		return this.#binary("Div", a, b);
	}
	max(a: Value, b: Value): Value {
		return this.#binary("Max", a, b);
	}
	min(a: Value, b: Value): Value {
		return this.#binary("Min", a, b);
	}
	less(a: Value, b: Value): Value {
		return this.#binary("Less", a, b, "bool");
	}
	where(condition: Value, a: Value, b: Value): Value {
		const shape = broadcast(condition.shape, broadcast(a.shape, b.shape, "Where"), "Where");
		sameType([a, b], "Where");
		return this.#one("Where", [condition, a, b], a.dtype, shape);
	}
	/** True where x is a number: false for NaN. (x = x; IsNaN has no WebGPU kernel, Equal has.) */
	isNumber(x: Value): Value {
		return this.#one("Equal", [x, x], "bool", x.shape);
	}
	relu(x: Value): Value {
		return this.#one("Relu", [x], x.dtype, x.shape);
	}
	sigmoid(x: Value): Value {
		return this.#one("Sigmoid", [x], x.dtype, x.shape);
	}
	exp(x: Value): Value {
		return this.#one("Exp", [x], x.dtype, x.shape);
	}
	log(x: Value): Value {
		return this.#one("Log", [x], x.dtype, x.shape);
	}
	sqrt(x: Value): Value {
		return this.#one("Sqrt", [x], x.dtype, x.shape);
	}
	floor(x: Value): Value {
		return this.#one("Floor", [x], x.dtype, x.shape);
	}
	/** To nearest, ties to even. */
	round(x: Value): Value {
		return this.#one("Round", [x], x.dtype, x.shape);
	}
	abs(x: Value): Value {
		return this.#one("Abs", [x], x.dtype, x.shape);
	}
	leakyRelu(x: Value, slope: number): Value {
		return this.#one("LeakyRelu", [x], x.dtype, x.shape, { alpha: { float: slope } });
	}
	/** "gelu_new" of T5 1.1: the tanh approximation. */
	gelu(x: Value): Value {
		return this.#one("Gelu", [x], x.dtype, x.shape, { approximate: "tanh" });
	}
	/** BERT's: x · Φ(x), by the error function. */
	exactGelu(x: Value): Value {
		return this.#one("Gelu", [x], x.dtype, x.shape, { approximate: "none" });
	}
	/** On the CPU only: to be folded when the session opens. */
	bitwiseAnd(a: Value, b: Value): Value {
		return this.#binary("BitwiseAnd", a, b);
	}
	/** On the CPU only: to be folded when the session opens. */
	shiftRight(x: Value, bits: Value): Value {
		sameType([x, bits], "BitShift");
		return this.#one("BitShift", [x, bits], x.dtype, broadcast(x.shape, bits.shape, "BitShift"), {
			direction: "RIGHT",
		});
	}
	cast(x: Value, dtype: DType): Value {
		return x.dtype === dtype ? x : this.#one("Cast", [x], dtype, x.shape, { to: DTYPES[dtype].onnx });
	}

	// Products

	matmul(a: Value, b: Value): Value {
		sameType([a, b], "MatMul");
		return this.#one("MatMul", [a, b], a.dtype, matmulShape(a.shape, b.shape, "MatMul"));
	}
	/** a [M, K] × bᵀ, b [N, K]: a tied output projection without a transposed copy of the embedding. */
	gemmTransposed(a: Value, b: Value, bias: Value | null = null): Value {
		const [n, k] = b.shape;
		if (a.shape.length !== 2 || a.shape[1] !== k) throw new Error(`Gemm: ${show(a.shape)} × ${show(b.shape)}ᵀ`);
		if (bias !== null) sameShape(bias.shape, [n!], "Gemm: bias");
		return this.#one("Gemm", bias === null ? [a, b] : [a, b, bias], a.dtype, [a.shape[0]!, n!], { transB: 1 });
	}
	/**
	 * Activations quantised on the fly against int8 or uint8 weights [K, N] with one scale per column: onnxruntime on
	 * WASM only.
	 * @param zero what a weight of 0 is stored as, a scalar; null: 0 @param bias [N], added to the product
	 */
	dynamicQuantizeMatMul(
		a: Value,
		b: Value,
		scale: Value,
		{ zero = null, bias = null }: { zero?: Value | null; bias?: Value | null } = {},
	): Value {
		const shape = matmulShape(a.shape, b.shape, "DynamicQuantizeMatMul");
		if (bias !== null) sameShape(bias.shape, [shape.at(-1)!], "DynamicQuantizeMatMul: bias");
		const inputs = bias !== null ? [a, b, scale, zero, bias] : zero !== null ? [a, b, scale, zero] : [a, b, scale];
		return this.#one("DynamicQuantizeMatMul", inputs, "float32", shape, {}, "com.microsoft");
	}
	/**
	 * 4- or 8-bit weights in blocks along K. `packed` [N, blocks, block·bits/8], `scales` [N·blocks], `zeros`
	 * [N·⌈blocks·bits/8⌉] or null: the middle.
	 */
	matmulNBits(
		a: Value,
		{ packed, scales, zeros }: { readonly packed: Value; readonly scales: Value; readonly zeros: Value | null },
		{ n, k, bits, block }: { readonly n: number; readonly k: number; readonly bits: number; readonly block: number },
	): Value {
		if (a.shape.at(-1) !== k) throw new Error(`MatMulNBits: ${show(a.shape)} × [${k}, ${n}]`);
		const attributes = { K: k, N: n, bits, block_size: block, accuracy_level: 4 };
		const inputs = zeros === null ? [a, packed, scales] : [a, packed, scales, zeros];
		return this.#one("MatMulNBits", inputs, "float32", [...a.shape.slice(0, -1), n], attributes, "com.microsoft");
	}

	// Shapes

	reshape(x: Value, target: readonly number[], shape: Shape): Value {
		const [before, after] = [elements(x.shape), elements(shape)];
		if (before.names === after.names && before.known !== after.known)
			throw new Error(`Reshape: ${show(x.shape)} to ${show(shape)}`);
		return this.#one("Reshape", [x, this.ints(target)], x.dtype, shape);
	}
	/** Reshape to a shape computed in the graph; `shape` is what the caller knows it to be. */
	reshapeLike(x: Value, target: Value, shape: Shape): Value {
		return this.#one("Reshape", [x, target], x.dtype, shape);
	}
	transpose(x: Value, permutation: readonly number[]): Value {
		if (permutation.length !== x.shape.length) throw new Error(`Transpose: ${show(x.shape)} by [${permutation}]`);
		return this.#one(
			"Transpose",
			[x],
			x.dtype,
			permutation.map((axis) => x.shape[axis]!),
			{ perm: permutation },
		);
	}
	unsqueeze(x: Value, axes: readonly number[]): Value {
		const shape: Dim[] = [...x.shape];
		for (const axis of axes) shape.splice(axis, 0, 1);
		return this.#one("Unsqueeze", [x, this.ints(axes)], x.dtype, shape);
	}
	/** Removes axes of length 1; `reshape` where the length is only known to the caller. */
	squeeze(x: Value, axes: readonly number[]): Value {
		for (const axis of axes) if (x.shape[axis] !== 1) throw new Error(`Squeeze: axis ${axis} of ${show(x.shape)}`);
		return this.#one(
			"Squeeze",
			[x, this.ints(axes)],
			x.dtype,
			x.shape.filter((_, axis) => !axes.includes(axis)),
		);
	}
	/** [dims[axis]] as a one-element int64 tensor. */
	dim(x: Value, axis: number): Value {
		return this.#one("Shape", [x], "int64", [1], { start: axis, end: axis + 1 });
	}
	shapeOf(x: Value): Value {
		return this.#one("Shape", [x], "int64", [x.shape.length]);
	}
	concat(values: readonly Value[], axis: number, length?: Dim): Value {
		const first = values[0]!;
		const sizes = values.map(({ shape }) => shape[axis]!);
		const known = sizes.every((size) => typeof size === "number")
			? sizes.reduce<number>((sum, size) => sum + (size as number), 0)
			: undefined;
		sameType(values, "Concat");
		for (const { shape } of values) sameShape(shape.toSpliced(axis, 1), first.shape.toSpliced(axis, 1), "Concat");
		return this.#one("Concat", values, first.dtype, first.shape.with(axis, length ?? known ?? sizes.join(" + ")), {
			axis,
		});
	}
	split(x: Value, sizes: readonly number[], axis: number): Value[] {
		const total = sizes.reduce((sum, size) => sum + size, 0);
		if (x.shape[axis] !== total) throw new Error(`Split: ${show(x.shape)} into [${sizes}]`);
		const outputs = sizes.map((size, index) => ({
			name: `split_${this.#nodes.length}_${index}`,
			dtype: x.dtype,
			shape: x.shape.with(axis, size),
		}));
		this.#node("Split", [x, this.ints(sizes)], outputs, { axis });
		return outputs;
	}
	/** x[starts:ends] along some axes; bounds are int64 tensors of an element per axis. */
	slice(x: Value, starts: Value, ends: Value, axes: readonly number[], lengths: Shape): Value {
		const shape = x.shape.map((dim, axis) => (axes.includes(axis) ? lengths[axes.indexOf(axis)]! : dim));
		return this.#one("Slice", [x, starts, ends, this.ints(axes)], x.dtype, shape);
	}
	/** Zeros appended to the first axis until it has `length` rows. `missing` is a one-element int64 tensor. */
	padRows(x: Value, missing: Value, length: number): Value {
		const zeros = this.ints(Array.from({ length: x.shape.length }, () => 0));
		const pads = this.concat(
			[zeros, missing, ...(x.shape.length > 1 ? [this.ints(Array.from({ length: x.shape.length - 1 }, () => 0))] : [])],
			0,
		);
		return this.#one("Pad", [x, pads, this.float(0)], x.dtype, x.shape.with(0, length));
	}
	/** `count` indices of zeros in front of an axis. */
	padFront(x: Value, axis: number, count: number, length: Dim): Value {
		const pads = Array.from({ length: 2 * x.shape.length }, (_, at) => (at === axis ? count : 0));
		return this.#one("Pad", [x, this.ints(pads), this.float(0)], x.dtype, x.shape.with(axis, length));
	}
	expand(x: Value, target: Value, shape: Shape): Value {
		return this.#one("Expand", [x, target], x.dtype, shape);
	}
	/** 0, 1, …, limit − 1 as int32; limit is an int32 scalar. */
	range(limit: Value, length: Dim): Value {
		const int = (value: number) => this.constant({ dtype: "int32", shape: [], values: [value] });
		return this.#one("Range", [int(0), limit, int(1)], "int32", [length]);
	}
	gather(data: Value, indices: Value, axis = 0): Value {
		if (indices.dtype !== "int32" && indices.dtype !== "int64") throw new Error(`Gather: indices are ${indices.dtype}`);
		const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
		return this.#one("Gather", [data, indices], data.dtype, shape, { axis });
	}

	// Reductions and normalisation

	softmax(x: Value): Value {
		return this.#one("Softmax", [x], x.dtype, x.shape, { axis: -1 });
	}
	sum(x: Value, axis: number): Value {
		return this.#one("ReduceSum", [x, this.ints([axis])], x.dtype, x.shape.toSpliced(axis, 1), { keepdims: 0 });
	}
	/** log Σ exp x over an axis. */
	logSumExp(x: Value, axis: number): Value {
		return this.#one("ReduceLogSumExp", [x, this.ints([axis])], x.dtype, x.shape.toSpliced(axis, 1), { keepdims: 0 });
	}
	/** The largest of an axis, which stays with length 1. */
	largest(x: Value, axis: number): Value {
		return this.#one("ReduceMax", [x, this.ints([axis])], x.dtype, x.shape.with(axis, 1), { keepdims: 1 });
	}
	/** T5's layer norm: x · weight ÷ √(mean(x²) + ε), no mean subtracted, no bias. */
	rmsNorm(x: Value, weight: Value, epsilon: number): Value {
		if (x.shape.at(-1) !== weight.shape[0]) throw new Error(`RMS norm: ${show(x.shape)} and ${show(weight.shape)}`);
		return this.#one("SimplifiedLayerNormalization", [x, weight], x.dtype, x.shape, {
			axis: -1,
			epsilon: { float: epsilon },
		});
	}
	/** (x − mean) ÷ √(variance + ε) · weight + bias over the last axis. */
	layerNorm(x: Value, weight: Value, bias: Value, epsilon: number): Value {
		for (const part of [weight, bias])
			if (x.shape.at(-1) !== part.shape[0]) throw new Error(`layer norm: ${show(x.shape)} and ${show(part.shape)}`);
		return this.#one("LayerNormalization", [x, weight, bias], x.dtype, x.shape, {
			axis: -1,
			epsilon: { float: epsilon },
		});
	}
	/** The layer norm of x + residual, in one node. */
	skipLayerNorm(x: Value, residual: Value, weight: Value, bias: Value, epsilon: number): Value {
		sameShape(x.shape, residual.shape, "residual");
		return this.#one(
			"SkipLayerNormalization",
			[x, residual, weight, bias],
			x.dtype,
			x.shape,
			{ epsilon: { float: epsilon } },
			"com.microsoft",
		);
	}
	/** Residual and RMS norm in one node. @returns the norm of x + residual, and x + residual itself */
	skipRmsNorm(
		x: Value,
		residual: Value,
		weight: Value,
		epsilon: number,
	): { readonly normed: Value; readonly sum: Value } {
		sameShape(x.shape, residual.shape, "residual");
		const at = this.#nodes.length;
		const normed = { name: `norm_${at}`, dtype: x.dtype, shape: x.shape };
		const sum = { name: `residual_${at}`, dtype: x.dtype, shape: x.shape };
		const unused = { name: "", dtype: x.dtype, shape: [] };
		this.#node(
			"SkipSimplifiedLayerNormalization",
			[x, residual, weight],
			[normed, unused, unused, sum],
			{ epsilon: { float: epsilon } },
			"com.microsoft",
		);
		return { normed, sum };
	}

	// Attention

	/**
	 * Multi-head attention, without scaling unless told otherwise, as T5 has it.
	 * @param query [B, S, N·H] @param key, value [B, L, N·H], or [B, N, L, H] when they were computed before
	 * @param bias added to the scores, [B or 1, N or 1, S, L]
	 * @param past the cache to continue: [B, N, P, H] each
	 * @param scale of the scores, before the bias is added
	 */
	attention(
		query: Value,
		key: Value,
		value: Value,
		bias: Value | null,
		heads: number,
		past?: { readonly key: Value; readonly value: Value; readonly length: Dim },
		scale = 1,
	): { readonly output: Value; readonly presentKey: Value; readonly presentValue: Value } {
		if (key.shape.length === 3) sameShape(key.shape, value.shape, "attention: key and value");
		const [batch, , width] = query.shape;
		const headWidth = Number(width) / heads;
		if (!Number.isInteger(headWidth)) throw new Error(`attention: ${show(query.shape)} into ${heads} heads`);
		const at = this.#nodes.length;
		const output = { name: `attention_${at}`, dtype: query.dtype, shape: query.shape };
		const presentShape = [batch!, heads, past?.length ?? key.shape.at(-2)!, headWidth];
		const presentKey = { name: `present_key_${at}`, dtype: query.dtype, shape: presentShape };
		const presentValue = { name: `present_value_${at}`, dtype: query.dtype, shape: presentShape };
		const inputs = [query, key, value, null, null, bias, ...(past === undefined ? [] : [past.key, past.value])];
		const outputs = past === undefined ? [output] : [output, presentKey, presentValue];
		this.#node("MultiHeadAttention", inputs, outputs, { num_heads: heads, scale: { float: scale } }, "com.microsoft");
		return { output, presentKey, presentValue };
	}

	// Pictures

	/** @param x [R, C, h, w] @param weight [O, C, k, k] @param bias [O] */
	conv(x: Value, weight: Value, bias: Value, stride: number): Value {
		const [r, c, h, w] = x.shape;
		const [o, c2, k] = weight.shape as number[];
		if (c !== c2) throw new Error(`Conv: ${show(x.shape)} with ${show(weight.shape)}`);
		sameShape(bias.shape, [o!], "Conv: bias");
		const pad = Math.floor(k! / 2);
		const shape = [r!, o!, windowSize(h!, k!, stride, pad), windowSize(w!, k!, stride, pad)];
		return this.#one("Conv", [x, weight, bias], x.dtype, shape, {
			kernel_shape: [k!, k!],
			strides: [stride, stride],
			pads: [pad, pad, pad, pad],
		});
	}
	maxPool(x: Value, kernel: number, stride: number, pad: number): Value {
		const [r, c, h, w] = x.shape;
		const shape = [r!, c!, windowSize(h!, kernel, stride, pad), windowSize(w!, kernel, stride, pad)];
		return this.#one("MaxPool", [x], x.dtype, shape, {
			kernel_shape: [kernel, kernel],
			strides: [stride, stride],
			pads: [pad, pad, pad, pad],
		});
	}
	/** Side by side, without overlap. */
	averagePool(x: Value, kernel: number): Value {
		const [r, c, h, w] = x.shape;
		const shape = [r!, c!, windowSize(h!, kernel, kernel, 0), windowSize(w!, kernel, kernel, 0)];
		return this.#one("AveragePool", [x], x.dtype, shape, { kernel_shape: [kernel, kernel], strides: [kernel, kernel] });
	}
	/** Every pixel becomes a square of `factor` × `factor`. */
	upsample(x: Value, factor: number): Value {
		const [r, c, h, w] = x.shape;
		if (typeof h !== "number" || typeof w !== "number")
			throw new Error(`Resize: ${show(x.shape)} is not known while building`);
		const scales = this.constant({ dtype: "float32", shape: [4], values: [1, 1, factor, factor] });
		const attributes = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
		return this.#one("Resize", [x, null, scales], x.dtype, [r!, c!, h * factor, w * factor], attributes);
	}
	globalAveragePool(x: Value): Value {
		return this.#one("GlobalAveragePool", [x], x.dtype, [x.shape[0]!, x.shape[1]!, 1, 1]);
	}
}

function sameType(values: readonly Value[], what: string): void {
	const types = [...new Set(values.map(({ dtype }) => dtype))];
	if (types.length > 1) throw new Error(`${what}: ${types.join(" and ")}`);
}

/**
 * Outputs are named by an Identity; where the value is made by a node and used under that name only, the node gets the
 * output's name and the Identity goes.
 */
function foldIdentities(graph: GraphRecord): GraphRecord {
	const names = new Map<string, string>();
	const fixed = new Set([...graph.inputs, ...graph.initializers].map(({ name }) => name));
	const nodes = graph.nodes.filter(({ type, inputs, outputs }) => {
		const [from, to] = [inputs[0]!, outputs[0]!];
		if (type !== "Identity" || fixed.has(from) || names.has(from)) return true;
		names.set(from, to);
		return false;
	});
	const rename = (name: string) => names.get(name) ?? name;
	return {
		...graph,
		nodes: nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })),
	};
}
