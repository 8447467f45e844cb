/** Goes in: named tensors, at hand or made one at a time. Comes out: a safetensors file. */
import { closeSync, openSync, writeSync } from "node:fs";
import { DTYPES, type DType } from "../onnx/dtype.ts";

export interface TensorHead {
	readonly name: string;
	readonly dtype: Extract<DType, "float32" | "int32" | "int64" | "int8" | "float16">;
	readonly shape: readonly number[];
}

export interface NamedTensor extends TensorHead {
	readonly data: ArrayBufferView;
}

export type Metadata = Readonly<Record<string, string>>;

/** The bytes of a safetensors file; the header is padded with spaces to 8 bytes, as the format asks. */
export function encodeSafetensors(tensors: readonly NamedTensor[], metadata: Metadata = {}): Uint8Array[] {
	return [encodeHeader(tensors, metadata), ...tensors.map((tensor) => content(tensor, tensor.data))];
}

export function writeSafetensors(path: string, tensors: readonly NamedTensor[], metadata: Metadata = {}): void {
	const data = new Map(tensors.map((tensor) => [tensor.name, tensor.data]));
	streamSafetensors(path, tensors, (name) => data.get(name)!, metadata);
}

/** Writes a file larger than memory: `make` is called for one tensor after the other. */
export function streamSafetensors(
	path: string,
	heads: readonly TensorHead[],
	make: (name: string) => ArrayBufferView,
	metadata: Metadata = {},
): void {
	const fd = openSync(path, "w");
	const write = (chunk: Uint8Array) => {
		for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
	};
	try {
		write(encodeHeader(heads, metadata));
		for (const head of heads) write(content(head, make(head.name)));
	} finally {
		closeSync(fd);
	}
}

function encodeHeader(heads: readonly TensorHead[], metadata: Metadata): Uint8Array {
	let offset = 0;
	const entries = heads.map((head): [string, unknown] => {
		const begin = offset;
		offset += sizeOf(head);
		return [head.name, { dtype: DTYPES[head.dtype].safetensors, shape: head.shape, data_offsets: [begin, offset] }];
	});
	const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([["__metadata__", metadata], ...entries])));
	const padded = Math.ceil(json.length / 8) * 8;
	const header = new Uint8Array(8 + padded).fill(32);
	new DataView(header.buffer).setBigUint64(0, BigInt(padded), true);
	header.set(json, 8);
	return header;
}

function content(head: TensorHead, { buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
	if (byteLength !== sizeOf(head))
		throw new Error(`${head.name}: expected ${sizeOf(head)} bytes for ${head.dtype} [${head.shape}], got ${byteLength}`);
	return new Uint8Array(buffer, byteOffset, byteLength);
}

function sizeOf({ dtype, shape }: TensorHead): number {
	return shape.reduce((product, dim) => product * dim, 1) * DTYPES[dtype].bytes;
}
