/** Opens a bundle to read its weights: files checked by their hashes, graphs decoded, stored tensors by name. */
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import type { GraphEntry, GraphRole, Manifest } from "../../../src/bundle/manifest.ts";
import { Failure } from "../../../src/core/failure.ts";
import { readManifest } from "../../../workers/bundle/load.ts";
import { checkFiles, problemWith } from "../../node/bundle/check-files.ts";
import { folderReader } from "../../node/bundle/folder-reader.ts";
import { DTYPES, type DType } from "../onnx/dtype.ts";
import { MAX_GRAPH_BYTES, type ReadGraph, readModel } from "../onnx/read-model.ts";

/** Where a tensor, or a part of it, lies. */
interface Place {
	readonly path: string;
	/** Bytes from the start of the file. */
	readonly offset: number;
	readonly length: number;
}

/** A tensor of the weight files; one that was split over files is whole again. */
export interface StoredTensor {
	readonly name: string;
	readonly dtype: DType;
	readonly shape: readonly number[];
	readonly places: readonly Place[];
}

export interface OpenBundle {
	readonly manifest: Manifest;
	/** Those shaped for WASM; the ones for WebGPU read the same tensors. */
	readonly graphs: ReadonlyMap<GraphRole, ReadGraph>;
	readonly tensors: ReadonlyMap<string, StoredTensor>;
	/** Bytes `begin` to `end` of a tensor, in a buffer of their own. */
	read(tensor: StoredTensor, begin: number, end: number): Uint8Array<ArrayBuffer>;
	close(): void;
}

/**
 * The caller must close it.
 * @throws Failure `bundle-format` for a bundle that our exporter does not write, `bundle-missing-file` and
 * `bundle-wrong-hash` naming files
 */
export async function openBundle(folder: string): Promise<OpenBundle> {
	const manifest = await readManifest(folderReader(folder));
	const problem = problemWith(await checkFiles(folder, manifest));
	if (problem !== null) throw problem;
	const graphs = new Map<GraphRole, ReadGraph>();
	const parts = new Map<string, StoredTensor>();
	for (const [role, entry] of Object.entries(manifest.graphs) as [GraphRole, GraphEntry][]) {
		const graph = readModel(readGraphFile(folder, manifest, entry.file), entry.file);
		graphs.set(role, graph);
		addTensors(parts, graph, entry, manifest);
	}
	refuseOverlaps([...parts.values()]);
	const files = new Map<string, number>();
	const descriptor = (path: string) => {
		const fd = files.get(path) ?? openSync(join(folder, path), "r");
		files.set(path, fd);
		return fd;
	};
	return {
		manifest,
		graphs,
		tensors: joinParts(parts),
		read: (tensor, begin, end) => readPlaces(tensor, begin, end, descriptor),
		close: () => {
			for (const fd of files.values()) closeSync(fd);
			files.clear();
		},
	};
}

function readGraphFile(folder: string, manifest: Manifest, path: string): Uint8Array {
	const { bytes } = listed(manifest, path);
	if (bytes > MAX_GRAPH_BYTES)
		throw new Failure("bundle-format", `${path} has ${bytes} bytes; graphs have at most ${MAX_GRAPH_BYTES}.`);
	return readFileSync(join(folder, path));
}

function listed({ files }: Manifest, path: string): Manifest["files"][string] {
	if (Object.hasOwn(files, path)) return files[path]!;
	throw new Failure("bundle-format", `umie.json needs ${path}, but does not list it under files.`);
}

/** Adds the tensors of a graph that lie outside of it. Graphs share tensors: one name is one place. */
function addTensors(
	out: Map<string, StoredTensor>,
	graph: ReadGraph,
	{ file, weights }: GraphEntry,
	manifest: Manifest,
): void {
	for (const initializer of graph.initializers) {
		if (!("external" in initializer)) continue;
		const { name, dtype, shape, external } = initializer;
		const bad = (what: string) => new Failure("bundle-format", `${file}: the weight "${name.slice(0, 200)}" ${what}.`);
		if (!weights.includes(external.path)) throw bad("lies in a file that umie.json does not name for this graph");
		if (external.offset + external.length > listed(manifest, external.path).bytes)
			throw bad(`lies outside of ${external.path}`);
		const tensor = { name, dtype, shape, places: [external] };
		const known = out.get(name);
		if (known !== undefined && JSON.stringify(known) !== JSON.stringify(tensor))
			throw bad("lies elsewhere in another graph");
		out.set(name, tensor);
	}
}

/** Tensors on the same bytes would make a small file into a large checkpoint. */
function refuseOverlaps(tensors: readonly StoredTensor[]): void {
	const all = tensors
		.flatMap(({ name, places }) => places.map((place) => ({ name, ...place })))
		.filter(({ length }) => length > 0);
	all.sort((a, b) => (a.path === b.path ? a.offset - b.offset : a.path < b.path ? -1 : 1));
	for (const [index, { name, path, offset }] of all.entries()) {
		const before = all[index - 1];
		if (before !== undefined && before.path === path && before.offset + before.length > offset)
			throw new Failure(
				"bundle-format",
				`${path}: the weights "${before.name.slice(0, 200)}" and "${name.slice(0, 200)}" overlap.`,
			);
	}
}

/** "x.part0", "x.part1" … were one tensor "x", cut along its first axis. */
function joinParts(parts: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
	const out = new Map<string, StoredTensor>();
	for (const [name, part] of parts) {
		const [, whole, number] = /^(.+)\.part(\d{1,6})$/.exec(name) ?? [];
		if (whole === undefined) out.set(name, part);
		else if (number === "0") out.set(whole, joined(whole, parts));
	}
	return out;
}

function joined(name: string, parts: ReadonlyMap<string, StoredTensor>): StoredTensor {
	const first = parts.get(`${name}.part0`)!;
	const rest = first.shape.slice(1);
	const places: Place[] = [];
	let rows = 0;
	for (let at = 0; ; at++) {
		const part = parts.get(`${name}.part${at}`);
		if (part === undefined) break;
		if (part.dtype !== first.dtype || part.shape.slice(1).join() !== rest.join())
			throw new Failure("bundle-format", `The parts of the weight "${name.slice(0, 200)}" do not fit each other.`);
		places.push(...part.places);
		rows += part.shape[0] ?? 1;
	}
	return { name, dtype: first.dtype, shape: [rows, ...rest], places };
}

/** Length of a tensor in bytes. */
export function bytesOf({ dtype, shape }: Pick<StoredTensor, "dtype" | "shape">): number {
	return shape.reduce((product, dim) => product * dim, DTYPES[dtype].bytes);
}

function readPlaces(
	tensor: StoredTensor,
	begin: number,
	end: number,
	descriptor: (path: string) => number,
): Uint8Array<ArrayBuffer> {
	const out = new Uint8Array(end - begin);
	let start = 0;
	for (const { path, offset, length } of tensor.places) {
		const [from, to] = [Math.max(begin, start), Math.min(end, start + length)];
		for (let at = from; at < to; ) {
			const got = readSync(descriptor(path), out, at - begin, to - at, offset + at - start);
			if (got === 0) throw new Failure("bundle-truncated", `${path} became shorter while it was being read.`);
			at += got;
		}
		start += length;
	}
	return out;
}
