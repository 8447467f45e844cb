/** Goes in: named tensors. Comes out: a safetensors file. */
import { closeSync, openSync, writeSync } from "node:fs";
import { DTYPES, type DType } from "../onnx/dtype.ts";

export interface NamedTensor {
	readonly name: string;
	readonly dtype: Extract<DType, "float32" | "int32" | "int64" | "int8" | "float16">;
	readonly shape: readonly number[];
	readonly data: ArrayBufferView;
}

/** The bytes of a safetensors file; the header is padded with spaces to 8 bytes, as the format asks. */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
	let offset = 0;
	const header: Record<string, unknown> = { __metadata__: metadata };
	for (const { name, dtype, shape, data } of tensors) {
		header[name] = { dtype: DTYPES[dtype].safetensors, shape, data_offsets: [offset, offset + data.byteLength] };
		offset += data.byteLength;
	}
	const json = new TextEncoder().encode(JSON.stringify(header));
	const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(32);
	padded.set(json);
	const length = new Uint8Array(8);
	new DataView(length.buffer).setBigUint64(0, BigInt(padded.length), true);
	return [length, padded, ...tensors.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

export function writeSafetensors(path: string, tensors: readonly NamedTensor[], metadata: Readonly<Record<string, string>> = {}): void {
	const fd = openSync(path, "w");
	try {
		for (const chunk of encodeSafetensors(tensors, metadata)) for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
	} finally {
		closeSync(fd);
	}
}
