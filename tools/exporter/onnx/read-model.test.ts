/** Reads back what our writer wrote, and refuses what it could not have written. */
import { describe, expect, test } from "vitest";
import { encodeModel, type GraphRecord } from "./model.ts";
import { readModel } from "./read-model.ts";
import { Message } from "./wire.ts";

const GRAPH: GraphRecord = {
	name: "g",
	inputs: [{ name: "x", dtype: "float32", shape: ["B", 3] }],
	outputs: [{ name: "y", dtype: "float32", shape: ["B", 2] }],
	initializers: [
		{ name: "w.i8", dtype: "int8", shape: [3, 2], external: { path: "a.weights", offset: 64, length: 6 } },
		{ name: "c", dtype: "float32", shape: [], data: new Uint8Array(Float32Array.of(-2).buffer) },
	],
	nodes: [
		{
			type: "Conv",
			domain: "",
			name: "n0",
			inputs: ["x", "", "w.i8"],
			outputs: ["h"],
			attributes: { strides: [2, -1], auto_pad: "SAME" },
		},
		{
			type: "Norm",
			domain: "com.microsoft",
			name: "n1",
			inputs: ["h"],
			outputs: ["y"],
			attributes: { epsilon: { float: 0.5 }, axis: -1 },
		},
	],
};

test("a graph comes back as it was written", () => {
	const { name, nodes, initializers } = readModel(encodeModel(GRAPH), "g.onnx");
	expect(name).toBe("g");
	expect(initializers).toEqual(GRAPH.initializers);
	expect(nodes).toEqual(
		GRAPH.nodes.map(({ type, inputs, outputs, attributes }) => ({ type, inputs, outputs, attributes })),
	);
});

test("lists that another writer packed are the same lists", () => {
	const packed = new Message().bytes(1, Uint8Array.of(3, 2)).int(2, 3).string(8, "w").bytes(9, new Uint8Array(6));
	const model = new Message().message(7, new Message().message(5, packed)).toBytes();
	expect(readModel(model, "g.onnx").initializers).toEqual([
		{ name: "w", dtype: "int8", shape: [3, 2], data: new Uint8Array(6) },
	]);
});

describe("is refused", () => {
	const tensor = (of: Message) => new Message().message(7, new Message().message(5, of)).toBytes();
	const outside = (offset: string, length: string) => {
		const entry = (key: string, value: string) => new Message().string(1, key).string(2, value);
		const head = new Message().int(1, 2).int(2, 1).string(8, "w");
		return tensor(
			head
				.message(13, entry("location", "a"))
				.message(13, entry("offset", offset))
				.message(13, entry("length", length)),
		);
	};
	test.each<[string, Uint8Array, RegExp]>([
		["nothing", new Uint8Array(0), /has no graph/],
		["a message cut short", encodeModel(GRAPH).subarray(0, -3), /leaves its message/],
		["a group", Uint8Array.of(0x0b), /wire type 3/],
		["a number past 64 bits", new Uint8Array(16).fill(0x80), /does not end/],
		[
			"an element type that nobody has",
			tensor(new Message().int(2, 99).string(8, "w")),
			/"w" has the unknown element type 99/,
		],
		["a negative axis", tensor(new Message().int(1, -2).int(2, 1).string(8, "w")), /\[-2\]/],
		[
			"an axis past 2^53",
			tensor(
				new Message()
					.int(1, 2n ** 60n)
					.int(2, 1)
					.string(8, "w"),
			),
			/past 2\^53/,
		],
		[
			"fewer bytes than the shape",
			tensor(new Message().int(1, 2).int(2, 1).string(8, "w").bytes(9, new Uint8Array(4))),
			/not 4 bytes/,
		],
		["weights at no place", outside("-1", "8"), /"w" is float32 \[2\]/],
		["weights of another length", outside("0", "9"), /not 9 bytes/],
		[
			"names that are not UTF-8",
			tensor(new Message().bytes(8, Uint8Array.of(0xff)).int(2, 1)),
			/g\.onnx cannot be read/,
		],
	])("%s", (_, bytes, what) => {
		expect(() => readModel(bytes, "g.onnx")).toThrow(
			expect.objectContaining({ code: "bundle-format", what: expect.stringMatching(what) }),
		);
	});
});
