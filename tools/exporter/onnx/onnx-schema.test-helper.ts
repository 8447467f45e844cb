/**
 * Decodes an ONNX model with @bufbuild/protobuf and a schema copied from onnx.proto3: an oracle that shares nothing
 * with our writer. For tests.
 */
import { create, createFileRegistry, fromBinary, type Message, toBinary, toJson } from "@bufbuild/protobuf";
import {
	FileDescriptorProtoSchema,
	FieldDescriptorProto_Label as Label,
	FieldDescriptorProto_Type as Type,
} from "@bufbuild/protobuf/wkt";

/** Message → field → [number, type]; `*` repeats, a capital letter is a message. */
const ONNX = {
	ModelProto: {
		ir_version: [1, "int64"],
		producer_name: [2, "string"],
		graph: [7, "GraphProto"],
		opset_import: [8, "*OperatorSetIdProto"],
	},
	OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
	GraphProto: {
		node: [1, "*NodeProto"],
		name: [2, "string"],
		initializer: [5, "*TensorProto"],
		input: [11, "*ValueInfoProto"],
		output: [12, "*ValueInfoProto"],
	},
	NodeProto: {
		input: [1, "*string"],
		output: [2, "*string"],
		name: [3, "string"],
		op_type: [4, "string"],
		attribute: [5, "*AttributeProto"],
		domain: [7, "string"],
	},
	AttributeProto: {
		name: [1, "string"],
		f: [2, "float"],
		i: [3, "int64"],
		s: [4, "bytes"],
		ints: [8, "*int64"],
		type: [20, "int32"],
	},
	TensorProto: {
		dims: [1, "*int64"],
		data_type: [2, "int32"],
		name: [8, "string"],
		raw_data: [9, "bytes"],
		external_data: [13, "*StringStringEntryProto"],
		data_location: [14, "int32"],
	},
	StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
	ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
	TypeProto: { tensor_type: [1, "TensorTypeProto"] },
	TensorTypeProto: { elem_type: [1, "int32"], shape: [2, "TensorShapeProto"] },
	TensorShapeProto: { dim: [1, "*DimensionProto"] },
	DimensionProto: { dim_value: [1, "int64"], dim_param: [2, "string"] },
} as const satisfies Record<string, Record<string, readonly [number, string]>>;

const SCALARS: Readonly<Record<string, Type>> = {
	int64: Type.INT64,
	int32: Type.INT32,
	string: Type.STRING,
	bytes: Type.BYTES,
	float: Type.FLOAT,
};

const registry = createFileRegistry(
	create(FileDescriptorProtoSchema, {
		name: "onnx.proto",
		syntax: "proto3",
		messageType: Object.entries(ONNX).map(([name, fields]) => ({
			name,
			field: Object.entries(fields as Record<string, readonly [number, string]>).map(([field, [number, spelled]]) => {
				const type = spelled.replace("*", "");
				const label = spelled.startsWith("*") ? Label.REPEATED : Label.OPTIONAL;
				const scalar = SCALARS[type];
				return {
					name: field,
					number,
					label,
					...(scalar === undefined ? { type: Type.MESSAGE, typeName: `.${type}` } : { type: scalar }),
				};
			}),
		})),
	}),
	() => undefined,
);

/**
 * The message as protobuf's JSON: int64 as strings, bytes as base64, absent and zero fields left out.
 * @throws Error for a field the schema does not have
 */
export function decodeOnnx(bytes: Uint8Array, message: keyof typeof ONNX = "ModelProto"): unknown {
	const schema = registry.getMessage(message)!;
	const decoded = fromBinary(schema, bytes);
	refuseUnknown(decoded, message);
	return toJson(schema, decoded, { useProtoFieldName: true });
}

/** The same model without one of its outputs: what computes it stays, and is not used. */
export function withoutOutput(bytes: Uint8Array, name: string): Uint8Array {
	const schema = registry.getMessage("ModelProto")!;
	const model = fromBinary(schema, bytes) as Message & { graph: { output: { name: string }[] } };
	model.graph.output = model.graph.output.filter((output) => output.name !== name);
	return toBinary(schema, model);
}

function refuseUnknown(message: Message, at: string): void {
	if ((message.$unknown ?? []).length > 0)
		throw new Error(`${at} holds the unknown field ${message.$unknown?.[0]?.no}`);
	for (const [key, value] of Object.entries(message))
		for (const item of Array.isArray(value) ? value : [value])
			if (typeof item === "object" && item !== null && "$typeName" in item)
				refuseUnknown(item as Message, `${at}.${key}`);
}
