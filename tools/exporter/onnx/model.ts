/**
 * Writes a graph record as the bytes of an ONNX ModelProto; weights stay outside, as external data. Field numbers are
 * those of onnx.proto3.
 */
import { DTYPES, type DType } from "./dtype.ts";
import { Message } from "./wire.ts";

/** A dimension: a number, or a name ("B", "T + 1") for what is known at run time only. */
export type Dim = number | string;
export type Shape = readonly Dim[];

/** A number alone is an INT; a graph is a branch of an `If`. */
export type Attribute =
	| number
	| string
	| readonly number[]
	| { readonly float: number }
	| { readonly graph: GraphRecord };

export interface NodeRecord {
	readonly type: string;
	/** "" is the ONNX domain. */
	readonly domain: "" | "com.microsoft";
	readonly name: string;
	/** "" is an absent optional input. */
	readonly inputs: readonly string[];
	readonly outputs: readonly string[];
	readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface ValueRecord {
	readonly name: string;
	readonly dtype: DType;
	readonly shape: Shape;
}

export type InitializerRecord = { readonly name: string; readonly dtype: DType; readonly shape: readonly number[] } & (
	| { readonly data: Uint8Array }
	| { readonly external: { readonly path: string; readonly offset: number; readonly length: number } }
);

export interface GraphRecord {
	readonly name: string;
	readonly inputs: readonly ValueRecord[];
	readonly outputs: readonly ValueRecord[];
	readonly initializers: readonly InitializerRecord[];
	readonly nodes: readonly NodeRecord[];
}

/** IR 9 and opset 20: what onnxruntime-web 1.30 reads on both backends. */
const IR_VERSION = 9;
const OPSET = 20;

export function encodeModel(graph: GraphRecord): Uint8Array {
	return new Message()
		.int(1, IR_VERSION)
		.string(2, "umie-web")
		.message(7, encodeGraph(graph))
		.message(8, new Message().string(1, "").int(2, OPSET))
		.message(8, new Message().string(1, "com.microsoft").int(2, 1))
		.toBytes();
}

function encodeGraph(graph: GraphRecord): Message {
	const body = new Message();
	for (const node of graph.nodes) body.message(1, encodeNode(node));
	body.string(2, graph.name);
	for (const initializer of graph.initializers) body.message(5, encodeTensor(initializer));
	for (const input of graph.inputs) body.message(11, encodeValue(input));
	for (const output of graph.outputs) body.message(12, encodeValue(output));
	return body;
}

function encodeNode({ type, domain, name, inputs, outputs, attributes }: NodeRecord): Message {
	const message = new Message();
	for (const input of inputs) message.string(1, input);
	for (const output of outputs) message.string(2, output);
	message.string(3, name).string(4, type);
	for (const [key, value] of Object.entries(attributes)) message.message(5, encodeAttribute(key, value));
	return domain === "" ? message : message.string(7, domain);
}

/** Attribute types of onnx.proto3: FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7. */
function encodeAttribute(name: string, value: Attribute): Message {
	const message = new Message().string(1, name);
	if (typeof value === "number") return message.int(3, value).int(20, 2);
	if (typeof value === "string") return message.string(4, value).int(20, 3);
	if ("float" in value) return message.float(2, value.float).int(20, 1);
	if ("graph" in value) return message.message(6, encodeGraph(value.graph)).int(20, 5);
	for (const item of value) message.int(8, item);
	return message.int(20, 7);
}

function encodeTensor(tensor: InitializerRecord): Message {
	const message = new Message();
	for (const dim of tensor.shape) message.int(1, dim);
	message.int(2, DTYPES[tensor.dtype].onnx).string(8, tensor.name);
	if ("data" in tensor) return message.bytes(9, tensor.data);
	const { path, offset, length } = tensor.external;
	for (const [key, value] of Object.entries({ location: path, offset, length }))
		message.message(13, new Message().string(1, key).string(2, String(value)));
	return message.int(14, 1);
}

function encodeValue({ name, dtype, shape }: ValueRecord): Message {
	const dims = new Message();
	for (const dim of shape)
		dims.message(1, typeof dim === "number" ? new Message().int(1, dim) : new Message().string(2, dim));
	const tensor = new Message().int(1, DTYPES[dtype].onnx).message(2, dims);
	return new Message().string(1, name).message(2, new Message().message(1, tensor));
}
