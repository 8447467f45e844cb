/** Shows that an operation that does not fit fails while it is added, and names both shapes. */
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "./graph-builder.ts";
import { broadcast, elements, matmulShape, windowSize } from "./shapes.ts";

const builder = () => new GraphBuilder("test");

describe("shapes", () => {
	test("a name broadcasts with itself and with 1, missing axes with all", () => {
		expect(broadcast(["B", 1, 3], ["L", 1], "Add")).toEqual(["B", "L", 3]);
		expect(broadcast([], [2], "Add")).toEqual([2]);
	});

	test.each([
		[[2], [3]],
		[["B"], ["L"]],
		[["B"], [2]],
	])("%j and %j do not broadcast", (a, b) => {
		expect(() => broadcast(a, b, "Add")).toThrow(`Add: [${a}] and [${b}] do not broadcast`);
	});

	test("a product keeps rows and columns and broadcasts what is before them", () => {
		expect(matmulShape(["B", "L", 4], [4, 6], "MatMul")).toEqual(["B", "L", 6]);
		expect(matmulShape([1, 2, 3, 4], ["B", 1, 4, 5], "MatMul")).toEqual(["B", 2, 3, 5]);
	});

	test("a window of 7 by 2 with 3 of padding takes 224 to 112, one of 3 by 2 takes 112 to 56", () => {
		expect([windowSize(224, 7, 2, 3), windowSize(112, 3, 2, 1), windowSize(5, 1, 2, 0)]).toEqual([112, 56, 3]);
		expect(() => windowSize("S", 3, 1, 1)).toThrow('"S"');
	});

	test("[B, 3, L, 4] has B·L·12 elements", () => {
		expect(elements(["B", 3, "L", 4])).toEqual({ known: 12, names: "B·L" });
	});
});

describe("an operation that does not fit is refused with its shapes", () => {
	const x = builder().input("x", "float32", ["B", "L", 8]);
	const ids = builder().input("ids", "int32", ["B", "L"]);
	const vector = (length: number) => builder().input("v", "float32", [length]);
	const matrix = (rows: number, columns: number) => builder().input("m", "float32", [rows, columns]);
	const picture = builder().input("p", "float32", ["R", 3, 8, 8]);
	const kernel = builder().input("k", "float32", [2, 4, 3, 3]);

	test.each<[string, (g: GraphBuilder) => unknown, string]>([
		["matmul", (g) => g.matmul(x, matrix(9, 4)), "MatMul: [B, L, 8] × [9, 4]: inner dimensions differ"],
		["matmul of a vector", (g) => g.matmul(vector(8), matrix(8, 4)), "MatMul: [8] × [8, 4]"],
		["matmul of types", (g) => g.matmul(x, g.cast(matrix(8, 4), "float16")), "MatMul: float32 and float16"],
		["gemm", (g) => g.gemmTransposed(matrix(2, 8), matrix(4, 9)), "Gemm: [2, 8] × [4, 9]ᵀ"],
		[
			"the bias of a gemm",
			(g) => g.gemmTransposed(matrix(2, 8), matrix(4, 8), vector(8)),
			"Gemm: bias: expected [4], got [8]",
		],
		[
			"4-bit matmul",
			(g) =>
				g.matmulNBits(x, { packed: vector(1), scales: vector(1), zeros: null }, { n: 4, k: 32, bits: 4, block: 32 }),
			"MatMulNBits: [B, L, 8] × [32, 4]",
		],
		["split", (g) => g.split(x, [4, 5], 2), "Split: [B, L, 8] into [4,5]"],
		["concat", (g) => g.concat([matrix(2, 3), matrix(2, 4)], 0), "Concat: expected [3], got [4]"],
		["concat of types", (g) => g.concat([vector(1), g.ints([1])], 0), "Concat: float32 and int64"],
		["addition", (g) => g.add(x, vector(7)), "Add: [B, L, 8] and [7] do not broadcast"],
		["addition of types", (g) => g.add(x, ids), "Add: float32 and int32"],
		["where", (g) => g.where(g.isNumber(vector(3)), vector(3), vector(4)), "Where: [3] and [4] do not broadcast"],
		["reshape", (g) => g.reshape(x, [0, 0, 3, 3], ["B", "L", 3, 3]), "Reshape: [B, L, 8] to [B, L, 3, 3]"],
		["transpose", (g) => g.transpose(x, [1, 0]), "Transpose: [B, L, 8] by [1,0]"],
		["squeeze", (g) => g.squeeze(x, [2]), "Squeeze: axis 2 of [B, L, 8]"],
		["gather", (g) => g.gather(matrix(5, 8), x), "Gather: indices are float32"],
		["norm", (g) => g.rmsNorm(x, vector(7), 1e-6), "RMS norm: [B, L, 8] and [7]"],
		["residual", (g) => g.skipRmsNorm(x, matrix(2, 8), vector(8), 1e-6), "residual: expected [2, 8], got [B, L, 8]"],
		[
			"attention",
			(g) => g.attention(x, x, g.input("short", "float32", ["B", "L", 4]), null, 2),
			"attention: key and value: expected [B, L, 4], got [B, L, 8]",
		],
		["heads", (g) => g.attention(x, x, x, null, 3), "attention: [B, L, 8] into 3 heads"],
		["convolution", (g) => g.conv(picture, kernel, vector(2), 1), "Conv: [R, 3, 8, 8] with [2, 4, 3, 3]"],
		[
			"the bias of a convolution",
			(g) => g.conv(picture, g.input("k", "float32", [2, 3, 3, 3]), vector(3), 1),
			"Conv: bias: expected [2], got [3]",
		],
		[
			"a picture of unknown size made larger",
			(g) => g.upsample(g.input("q", "float32", [1, 3, "H", 8]), 2),
			"Resize: [1, 3, H, 8] is not known while building",
		],
		[
			"a constant",
			(g) => g.constant({ dtype: "int32", shape: [2], values: [1] }),
			"constant [2]: expected 2 values, got 1",
		],
		[
			"the contract of an output",
			(g) => g.output("logits", x, ["B", "L", 9]),
			"output logits: expected [B, L, 9], got [B, L, 8]",
		],
	])("%s", (_, build, message) => {
		expect(() => build(builder())).toThrow(message);
	});

	test("two outputs of one name", () => {
		const g = builder();
		g.output("y", g.relu(x), x.shape);
		expect(() => g.output("y", g.relu(x), x.shape)).toThrow("output y is given twice");
	});
});

describe("a built graph", () => {
	test("names an output at the node that makes it, and later readers follow", () => {
		const g = builder();
		const x = g.input("x", "float32", ["B"]);
		const y = g.relu(x);
		g.output("y", y, ["B"]);
		g.output("z", g.relu(y), ["B"]);
		expect(g.build().graph.nodes.map(({ type, inputs, outputs }) => [type, inputs, outputs])).toEqual([
			["Relu", ["x"], ["y"]],
			["Relu", ["y"], ["z"]],
		]);
	});

	test("keeps an Identity where an input, or a value that has a name already, is an output", () => {
		const g = builder();
		const x = g.input("x", "float32", ["B"]);
		const y = g.relu(x);
		g.output("same", x, ["B"]);
		g.output("y", y, ["B"]);
		g.output("y2", y, ["B"]);
		expect(g.build().graph.nodes.map(({ type, inputs, outputs }) => [type, inputs, outputs])).toEqual([
			["Relu", ["x"], ["y"]],
			["Identity", ["x"], ["same"]],
			["Identity", ["y"], ["y2"]],
		]);
	});

	test("holds an equal constant once, and tells int32 from float32", () => {
		const g = builder();
		expect(g.float(1)).toBe(g.float(1));
		expect(g.constant({ dtype: "int32", shape: [], values: [1] })).not.toBe(g.float(1));
		expect(g.build().graph.initializers).toHaveLength(2);
	});

	test("joins a weight that was split, and lists its files in order", () => {
		const g = builder();
		const part = (name: string, rows: number, path: string) => ({
			name,
			dtype: "float32" as const,
			shape: [rows, 2],
			path,
			offset: 0,
			length: rows * 8,
		});
		const parts = [part("w.part0", 3, "b.weights"), part("w.part1", 1, "a.weights")];
		expect(g.stored(parts).shape).toEqual([4, 2]);
		g.stored(parts);
		const { graph, weights } = g.build();
		expect(weights).toEqual(["a.weights", "b.weights"]);
		expect(graph.nodes.map(({ type, inputs }) => [type, inputs])).toEqual([["Concat", ["w.part0", "w.part1"]]]);
	});
});
