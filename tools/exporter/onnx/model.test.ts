/** Shows that another protobuf implementation reads the bytes of small graphs as they were meant. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, test } from "vitest";
import { encodeModel } from "./model.ts";
import { decodeOnnx } from "./onnx-schema.test-helper.ts";
import { Message } from "./wire.ts";

describe("the wire format, read by @bufbuild/protobuf", () => {
	test.each([0, 1, 127, 128, 300, 2 ** 31, -1, Number.MAX_SAFE_INTEGER])("the integer %d", (value) => {
		const reader = new BinaryReader(new Message().int(3, value).toBytes());
		expect(reader.tag()).toEqual([3, WireType.Varint]);
		expect(Number(reader.int64())).toBe(value);
		expect(reader.pos).toBe(reader.len);
	});

	test("−1 takes ten bytes after its tag, 127 one, 128 two", () => {
		expect([-1, 127, 128].map((value) => new Message().int(1, value).length)).toEqual([11, 2, 3]);
	});

	test("an integer of 64 bits", () => {
		const reader = new BinaryReader(new Message().int(20, -(2n ** 63n)).toBytes());
		expect(reader.tag()).toEqual([20, WireType.Varint]);
		expect(reader.int64()).toBe(-(2n ** 63n));
	});

	test("a fraction is not an integer", () => {
		expect(() => new Message().int(1, 0.5)).toThrow(RangeError);
	});

	test.each([0, -1.5, 3e38, Number.NaN, Number.POSITIVE_INFINITY])("the float %d", (value) => {
		const reader = new BinaryReader(new Message().float(2, value).toBytes());
		expect(reader.tag()).toEqual([2, WireType.Bit32]);
		expect(reader.float()).toBe(Math.fround(value));
	});

	test("text, bytes longer than 127, and a message inside a message", () => {
		const inner = new Message().string(1, "B·K").bytes(2, new Uint8Array(300).fill(7));
		const reader = new BinaryReader(new Message().message(1000, inner).int(1, 5).toBytes());
		expect(reader.tag()).toEqual([1000, WireType.LengthDelimited]);
		const within = new BinaryReader(reader.bytes());
		expect([within.tag(), within.string()]).toEqual([[1, WireType.LengthDelimited], "B·K"]);
		expect([within.tag(), within.bytes()]).toEqual([[2, WireType.LengthDelimited], new Uint8Array(300).fill(7)]);
		expect([reader.tag(), reader.int32()]).toEqual([[1, WireType.Varint], 5]);
		expect(reader.pos).toBe(reader.len);
	});
});

describe("a model, read by @bufbuild/protobuf with the field numbers of onnx.proto3", () => {
	const model = decodeOnnx(
		encodeModel({
			name: "g",
			inputs: [{ name: "x", dtype: "float32", shape: ["B", 2] }],
			outputs: [{ name: "y", dtype: "int64", shape: [] }],
			initializers: [
				{ name: "c", dtype: "int32", shape: [2], data: Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0) },
				{ name: "w", dtype: "float16", shape: [3, 0], external: { path: "a.weights", offset: 64, length: 12 } },
			],
			nodes: [
				{ type: "Plain", domain: "", name: "n0", inputs: ["x", "", "c"], outputs: ["t"], attributes: {} },
				{
					type: "Own",
					domain: "com.microsoft",
					name: "n1",
					inputs: ["t"],
					outputs: ["", "y"],
					attributes: { axis: -1, zero: 0, alpha: { float: 0.5 }, mode: "tanh", pads: [1, -2] },
				},
			],
		}),
	) as { graph: Record<string, unknown> };

	test("IR 9, opset 20 of ONNX and 1 of com.microsoft", () => {
		const { graph: _, ...rest } = model;
		// The ONNX domain is the empty string, which protobuf's JSON leaves out.
		expect(rest).toEqual({
			ir_version: "9",
			producer_name: "umie-web",
			opset_import: [{ version: "20" }, { domain: "com.microsoft", version: "1" }],
		});
	});

	test("inputs and outputs with known and named dimensions", () => {
		const shape = { dim: [{ dim_param: "B" }, { dim_value: "2" }] };
		expect(model.graph.name).toBe("g");
		expect(model.graph.input).toEqual([{ name: "x", type: { tensor_type: { elem_type: 1, shape } } }]);
		expect(model.graph.output).toEqual([{ name: "y", type: { tensor_type: { elem_type: 7, shape: {} } } }]);
	});

	test("a constant inside, a weight outside (data_location 1 is EXTERNAL)", () => {
		const external_data = [
			{ key: "location", value: "a.weights" },
			{ key: "offset", value: "64" },
			{ key: "length", value: "12" },
		];
		expect(model.graph.initializer).toEqual([
			{ dims: ["2"], data_type: 6, name: "c", raw_data: Buffer.of(1, 0, 0, 0, 2, 0, 0, 0).toString("base64") },
			{ dims: ["3", "0"], data_type: 10, name: "w", external_data, data_location: 1 },
		]);
	});

	test("nodes with absent inputs and outputs, and attributes FLOAT 1, INT 2, STRING 3, INTS 7", () => {
		const attribute = [
			{ name: "axis", i: "-1", type: 2 },
			{ name: "zero", type: 2 },
			{ name: "alpha", f: 0.5, type: 1 },
			{ name: "mode", s: Buffer.from("tanh").toString("base64"), type: 3 },
			{ name: "pads", ints: ["1", "-2"], type: 7 },
		];
		expect(model.graph.node).toEqual([
			{ input: ["x", "", "c"], output: ["t"], name: "n0", op_type: "Plain" },
			{ input: ["t"], output: ["", "y"], name: "n1", op_type: "Own", attribute, domain: "com.microsoft" },
		]);
	});
});
