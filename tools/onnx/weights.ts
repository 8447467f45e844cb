/** Goes in: tensors, one at a time. Comes out: weight files (ONNX external data), each at most 64 MiB, every tensor 64-byte aligned, with their hashes. Tensors that several graphs use are written once. */
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DTYPES, type DType } from "./dtype.ts";

/** A broken download costs at most this much. */
export const FILE_LIMIT = 64 * 1024 * 1024;
const ALIGNMENT = 64;

export interface StoredTensor {
	readonly name: string;
	readonly dtype: DType;
	readonly shape: readonly number[];
	readonly path: string;
	readonly offset: number;
	readonly length: number;
}

interface OpenFile {
	readonly path: string;
	readonly fd: number;
	readonly hash: Hash;
	length: number;
}

/** What is known about a written file. */
export interface WrittenFile {
	readonly bytes: number;
	readonly sha256: string;
}

export class WeightStore {
	readonly #folder: string;
	readonly #fileLimit: number;
	readonly #tensors = new Map<string, readonly StoredTensor[]>();
	readonly #open = new Map<string, OpenFile>();
	readonly #parts = new Map<string, number>();
	readonly #written = new Map<string, WrittenFile>();

	/** @param folder where the `*.weights` files go; it exists @param options.fileLimit most bytes of a file */
	constructor(folder: string, { fileLimit = FILE_LIMIT }: { readonly fileLimit?: number } = {}) {
		this.#folder = folder;
		this.#fileLimit = fileLimit;
	}

	/**
	 * Stores a tensor under a name that is its key: the second `put` of a name writes nothing. A tensor over the file limit is split along its first axis.
	 * @param group names the file: `group.weights`, then `group.1.weights` …
	 * @param produce called only if the tensor is not stored yet, so that nothing is read twice
	 */
	put(group: string, name: string, dtype: DType, shape: readonly number[], produce: () => Uint8Array): readonly StoredTensor[] {
		const known = this.#tensors.get(name);
		if (known !== undefined) return checkSame(known, name, dtype, shape);
		const data = produce();
		const expected = shape.reduce((product, dim) => product * dim, 1) * DTYPES[dtype].bytes;
		if (data.length !== expected) throw new Error(`${name}: expected ${expected} bytes for ${dtype} [${shape}], got ${data.length}`);
		const stored = this.#write(group, name, dtype, shape, data);
		this.#tensors.set(name, stored);
		return stored;
	}

	#write(group: string, name: string, dtype: DType, shape: readonly number[], data: Uint8Array): readonly StoredTensor[] {
		if (data.length <= this.#fileLimit) return [{ name, dtype, shape, ...this.#append(group, data) }];
		const [rows = 1, ...rest] = shape;
		const rowBytes = data.length / rows;
		const rowsPerPart = Math.floor(this.#fileLimit / rowBytes);
		if (rowsPerPart === 0) throw new Error(`${name}: one row takes more than ${this.#fileLimit} bytes`);
		const parts: StoredTensor[] = [];
		for (let row = 0; row < rows; row += rowsPerPart) {
			const end = Math.min(rows, row + rowsPerPart);
			const slice = data.subarray(row * rowBytes, end * rowBytes);
			parts.push({ name: `${name}.part${parts.length}`, dtype, shape: [end - row, ...rest], ...this.#append(group, slice) });
		}
		return parts;
	}

	#append(group: string, data: Uint8Array): { path: string; offset: number; length: number } {
		let file = this.#open.get(group);
		if (file !== undefined && align(file.length) + data.length > this.#fileLimit) {
			this.#close(group, file);
			file = undefined;
		}
		file ??= this.#create(group);
		const padding = align(file.length) - file.length;
		if (padding > 0) this.#extend(file, new Uint8Array(padding));
		const offset = file.length;
		this.#extend(file, data);
		return { path: file.path, offset, length: data.length };
	}

	#create(group: string): OpenFile {
		const part = this.#parts.get(group) ?? 0;
		this.#parts.set(group, part + 1);
		const path = part === 0 ? `${group}.weights` : `${group}.${part}.weights`;
		const file = { path, fd: openSync(join(this.#folder, path), "w"), hash: createHash("sha256"), length: 0 };
		this.#open.set(group, file);
		return file;
	}

	#extend(file: OpenFile, data: Uint8Array): void {
		for (let at = 0; at < data.length; ) at += writeSync(file.fd, data, at);
		file.hash.update(data);
		file.length += data.length;
	}

	#close(group: string, file: OpenFile): void {
		closeSync(file.fd);
		this.#open.delete(group);
		this.#written.set(file.path, { bytes: file.length, sha256: file.hash.digest("hex") });
	}

	/** Closes every file; a second call closes nothing. @returns path → size and hash */
	finish(): ReadonlyMap<string, WrittenFile> {
		for (const [group, file] of [...this.#open]) this.#close(group, file);
		return this.#written;
	}
}

/** One name for two weights would give one of them the other's numbers. */
function checkSame(parts: readonly StoredTensor[], name: string, dtype: DType, shape: readonly number[]): readonly StoredTensor[] {
	const [first, rows] = [parts[0]!, parts.reduce((sum, part) => sum + (part.shape[0] ?? 1), 0)];
	const stored = parts.length === 1 ? first.shape : [rows, ...first.shape.slice(1)];
	if (first.dtype === dtype && stored.join() === shape.join()) return parts;
	throw new Error(`${name}: stored as ${first.dtype} [${stored}], asked for as ${dtype} [${shape}]`);
}

function align(offset: number): number {
	return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
