/** The element types of tensors, with their ONNX and safetensors names and sizes. */

export interface DTypeInfo {
	/** TensorProto.DataType of the ONNX specification. */
	readonly onnx: number;
	/** Bytes of one element. */
	readonly bytes: number;
	readonly safetensors: string;
}

export const DTYPES = {
	float32: { onnx: 1, bytes: 4, safetensors: "F32" },
	uint8: { onnx: 2, bytes: 1, safetensors: "U8" },
	int8: { onnx: 3, bytes: 1, safetensors: "I8" },
	int32: { onnx: 6, bytes: 4, safetensors: "I32" },
	int64: { onnx: 7, bytes: 8, safetensors: "I64" },
	bool: { onnx: 9, bytes: 1, safetensors: "BOOL" },
	float16: { onnx: 10, bytes: 2, safetensors: "F16" },
	bfloat16: { onnx: 16, bytes: 2, safetensors: "BF16" },
} as const satisfies Record<string, DTypeInfo>;

export type DType = keyof typeof DTYPES;
