/**
 * Writes tensors, one at a time, whole or in pieces, to weight files (ONNX external data) of at most 64 MiB, every
 * tensor 64-byte aligned, with their hashes. Tensors that several graphs use are written once.
 */

import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { MAX_BUNDLE_FILE_BYTES } from "../../../src/core/limits.ts";
import { DTYPES, type DType } from "./dtype.ts";

const ALIGNMENT = 64;

export interface StoredTensor {
	readonly name: string;
	readonly dtype: DType;
	readonly shape: readonly number[];
	readonly path: string;
	readonly offset: number;
	readonly length: number;
}

/** All bytes of a tensor, or pieces of them in order: what is larger than memory is never there at once. */
export type TensorBytes = Uint8Array | Iterable<Uint8Array>;

interface OpenFile {
	readonly path: string;
	/** null: only counted. */
	readonly out: { readonly fd: number; readonly hash: Hash } | null;
	length: number;
}

/** What is known about a written file. */
export interface WrittenFile {
	readonly bytes: number;
	readonly sha256: string;
}

export interface StoreOptions {
	/** Most bytes of a file. */
	readonly maxFileBytes?: number;
	/** Nothing is read or written; places and sizes are those of a real store, hashes are empty. */
	readonly planned?: boolean;
}

export class WeightStore {
	readonly #folder: string;
	readonly #maxFileBytes: number;
	readonly #planned: boolean;
	readonly #tensors = new Map<string, readonly StoredTensor[]>();
	readonly #open = new Map<string, OpenFile>();
	readonly #parts = new Map<string, number>();
	readonly #written = new Map<string, WrittenFile>();

	/** @param folder where the `*.weights` files go; it exists */
	constructor(folder: string, { maxFileBytes = MAX_BUNDLE_FILE_BYTES, planned = false }: StoreOptions = {}) {
		this.#folder = folder;
		this.#maxFileBytes = maxFileBytes;
		this.#planned = planned;
	}

	/**
	 * Stores a tensor under a name that is its key: the second `put` of a name writes nothing. A tensor over the file
	 * limit is split along its first axis.
	 * @param group names the file: `group.weights`, then `group.1.weights` …
	 * @param produce called only if the tensor is not stored yet, so that nothing is read twice
	 */
	put(
		group: string,
		name: string,
		dtype: DType,
		shape: readonly number[],
		produce: () => TensorBytes,
	): readonly StoredTensor[] {
		const known = this.#tensors.get(name);
		if (known !== undefined) return checkSame(known, name, dtype, shape);
		const parts = split(name, dtype, shape, this.#maxFileBytes);
		const stored = this.#planned
			? parts.map((part) => this.#place(group, part).stored)
			: this.#write(group, parts, produce());
		this.#tensors.set(name, stored);
		return stored;
	}

	#write(group: string, parts: readonly Part[], bytes: TensorBytes): StoredTensor[] {
		const reader = new PieceReader(parts, bytes);
		const stored = parts.map((part) => {
			const { file, stored } = this.#place(group, part);
			for (let left = part.length; left > 0; ) {
				const piece = reader.take(left);
				this.#extend(file, piece);
				left -= piece.length;
			}
			return stored;
		});
		reader.end();
		return stored;
	}

	/** Where the part begins: in the group's file, or in a new one if this one has too little room. */
	#place(group: string, part: Part): { readonly file: OpenFile; readonly stored: StoredTensor } {
		let file = this.#open.get(group);
		if (file !== undefined && align(file.length) + part.length > this.#maxFileBytes) {
			this.#close(group, file);
			file = undefined;
		}
		file ??= this.#create(group);
		const padding = align(file.length) - file.length;
		if (padding > 0) this.#extend(file, new Uint8Array(padding));
		const stored = { ...part, path: file.path, offset: file.length };
		if (file.out === null) file.length += part.length;
		return { file, stored };
	}

	#create(group: string): OpenFile {
		const part = this.#parts.get(group) ?? 0;
		this.#parts.set(group, part + 1);
		const path = part === 0 ? `${group}.weights` : `${group}.${part}.weights`;
		const out = this.#planned ? null : { fd: openSync(join(this.#folder, path), "w"), hash: createHash("sha256") };
		const file = { path, out, length: 0 };
		this.#open.set(group, file);
		return file;
	}

	#extend(file: OpenFile, data: Uint8Array): void {
		if (file.out !== null) {
			for (let at = 0; at < data.length; ) at += writeSync(file.out.fd, data, at);
			file.out.hash.update(data);
		}
		file.length += data.length;
	}

	#close(group: string, { path, out, length }: OpenFile): void {
		if (out !== null) closeSync(out.fd);
		this.#open.delete(group);
		this.#written.set(path, { bytes: length, sha256: out?.hash.digest("hex") ?? "" });
	}

	/** Closes every file; a second call closes nothing. @returns path → size and hash */
	finish(): ReadonlyMap<string, WrittenFile> {
		for (const [group, file] of [...this.#open]) this.#close(group, file);
		return this.#written;
	}
}

type Part = Omit<StoredTensor, "path" | "offset">;

/** The tensor, or pieces of its first axis that fit a file. */
function split(name: string, dtype: DType, shape: readonly number[], limit: number): Part[] {
	const bytes = shape.reduce((product, dim) => product * dim, DTYPES[dtype].bytes);
	if (bytes <= limit) return [{ name, dtype, shape, length: bytes }];
	const [rows = 1, ...rest] = shape;
	const rowBytes = bytes / rows;
	const most = Math.floor(limit / rowBytes);
	if (most === 0) throw new Error(`${name}: one row takes more than ${limit} bytes`);
	return Array.from({ length: Math.ceil(rows / most) }, (_, part) => {
		const count = Math.min(most, rows - part * most);
		return { name: `${name}.part${part}`, dtype, shape: [count, ...rest], length: count * rowBytes };
	});
}

/** Cuts pieces of any length where the parts of a tensor end. */
class PieceReader {
	readonly #pieces: Iterator<Uint8Array>;
	readonly #expected: number;
	readonly #what: string;
	#rest = new Uint8Array(0);
	#taken = 0;

	constructor(parts: readonly Part[], bytes: TensorBytes) {
		const [{ name, dtype, shape }] = parts as [Part];
		this.#expected = parts.reduce((sum, { length }) => sum + length, 0);
		const more = parts.length > 1 ? " and the parts after it" : "";
		this.#what = `${name}: expected ${this.#expected} bytes for ${dtype} [${shape}]${more}`;
		if (bytes instanceof Uint8Array && bytes.length !== this.#expected)
			throw new Error(`${this.#what}, got ${bytes.length}`);
		this.#pieces = (bytes instanceof Uint8Array ? [bytes] : bytes)[Symbol.iterator]();
	}

	/** The next bytes, at most so many. */
	take(most: number): Uint8Array {
		while (this.#rest.length === 0) this.#rest = this.#next() ?? this.#fail(this.#taken);
		const piece = this.#rest.subarray(0, most);
		this.#rest = this.#rest.subarray(most);
		this.#taken += piece.length;
		return piece;
	}

	/** @throws Error if there are bytes left */
	end(): void {
		let left = this.#rest.length;
		for (let piece = this.#next(); piece !== null; piece = this.#next()) left += piece.length;
		if (left > 0) this.#fail(this.#taken + left);
	}

	#next(): Uint8Array<ArrayBuffer> | null {
		const { done, value } = this.#pieces.next();
		return done === true ? null : (value as Uint8Array<ArrayBuffer>);
	}

	#fail(got: number): never {
		throw new Error(`${this.#what}, got ${got}`);
	}
}

/** One name for two weights would give one of them the other's numbers. */
function checkSame(
	parts: readonly StoredTensor[],
	name: string,
	dtype: DType,
	shape: readonly number[],
): readonly StoredTensor[] {
	const [first, rows] = [parts[0]!, parts.reduce((sum, part) => sum + (part.shape[0] ?? 1), 0)];
	const stored = parts.length === 1 ? first.shape : [rows, ...first.shape.slice(1)];
	if (first.dtype === dtype && stored.join() === shape.join()) return parts;
	throw new Error(`${name}: stored as ${first.dtype} [${stored}], requested as ${dtype} [${shape}]`);
}

function align(offset: number): number {
	return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
