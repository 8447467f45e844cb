/** Writes named tensors, complete or made piece by piece, as one safetensors file, or as several with an index. */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DTYPES, type DType } from "../onnx/dtype.ts";

export interface TensorHead {
	readonly name: string;
	readonly dtype: Extract<DType, "float32" | "int32" | "int64" | "int8" | "float16" | "bfloat16">;
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

/** A tensor's values, whole or in pieces. */
export type Make = (name: string) => ArrayBufferView | Iterable<ArrayBufferView>;

/** Writes a file larger than memory: `make` is called for one tensor after the other. */
export function streamSafetensors(
	path: string,
	heads: readonly TensorHead[],
	make: Make,
	metadata: Metadata = {},
): void {
	const fd = openSync(path, "w");
	const write = (chunk: Uint8Array) => {
		for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
	};
	try {
		write(encodeHeader(heads, metadata));
		for (const head of heads) for (const piece of pieces(head, make(head.name))) write(piece);
	} finally {
		closeSync(fd);
	}
}

/**
 * Writes `model-00001-of-00003.safetensors` … and their index, as Hugging Face does; one `model.safetensors` where all
 * fits.
 * @param limit most bytes of tensors in a file
 */
export function streamShards(folder: string, heads: readonly TensorHead[], make: Make, limit: number): void {
	const shards = shardsOf(heads, limit);
	if (shards.length === 1) {
		streamSafetensors(join(folder, "model.safetensors"), heads, make, { format: "pt" });
		return;
	}
	const number = (n: number) => String(n).padStart(5, "0");
	const nameOf = (index: number) => `model-${number(index + 1)}-of-${number(shards.length)}.safetensors`;
	for (const [index, shard] of shards.entries())
		streamSafetensors(join(folder, nameOf(index)), shard, make, { format: "pt" });
	const weight_map = Object.fromEntries(
		shards.flatMap((shard, index) => shard.map(({ name }) => [name, nameOf(index)])),
	);
	const total_size = heads.reduce((sum, head) => sum + sizeOf(head), 0);
	writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify({ metadata: { total_size }, weight_map }));
}

/** In order; a tensor over the limit has a file of its own. */
function shardsOf(heads: readonly TensorHead[], limit: number): TensorHead[][] {
	const shards: TensorHead[][] = [];
	let room = 0;
	for (const head of heads) {
		const size = sizeOf(head);
		if (shards.length === 0 || size > room) {
			shards.push([]);
			room = limit;
		}
		shards.at(-1)!.push(head);
		room -= size;
	}
	return shards;
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

function content(head: TensorHead, data: ArrayBufferView): Uint8Array {
	if (data.byteLength !== sizeOf(head)) throw wrongSize(head, data.byteLength);
	return bytesOf(data);
}

function* pieces(head: TensorHead, data: ArrayBufferView | Iterable<ArrayBufferView>): Iterable<Uint8Array> {
	if (ArrayBuffer.isView(data)) {
		yield content(head, data);
		return;
	}
	let got = 0;
	for (const piece of data) {
		got += piece.byteLength;
		yield bytesOf(piece);
	}
	if (got !== sizeOf(head)) throw wrongSize(head, got);
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
	return new Uint8Array(buffer, byteOffset, byteLength);
}

function wrongSize(head: TensorHead, got: number): Error {
	return new Error(`${head.name}: expected ${sizeOf(head)} bytes for ${head.dtype} [${head.shape}], got ${got}`);
}

function sizeOf({ dtype, shape }: TensorHead): number {
	return shape.reduce((product, dim) => product * dim, 1) * DTYPES[dtype].bytes;
}
