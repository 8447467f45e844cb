/** Reads ONNX files as our writer makes them: nodes, attributes, initializers. The file is trusted in nothing. */
import { Failure } from "../../../src/core/failure.ts";
import { DTYPES, type DType } from "./dtype.ts";
import type { Attribute, GraphRecord, InitializerRecord, NodeRecord } from "./model.ts";

/** The graphs of FLAN-T5 XXL have some 100 KB each: weights lie outside. */
export const MAX_GRAPH_BYTES = 16 * 1024 * 1024;
/** Nodes and initializers of a graph; FLAN-T5 XXL's decoder has some 2,000. */
const MAX_PARTS = 100_000;
/** Lengths of a tensor's axes, values of a list. */
const MAX_LIST = 4096;

/** A graph as far as it is read back. */
export type ReadGraph = Pick<GraphRecord, "name" | "initializers"> & {
	readonly nodes: readonly Omit<NodeRecord, "name" | "domain">[];
};

/** One field of a message: a number (wire type 0), four bytes (5), eight (1), or any bytes (2). */
interface Field {
	readonly number: number;
	readonly wire: number;
	readonly int: bigint;
	readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const text = new TextDecoder("utf-8", { fatal: true });
const dtypeOf = new Map<number, DType>((Object.keys(DTYPES) as DType[]).map((dtype) => [DTYPES[dtype].onnx, dtype]));

/**
 * @param file names the file in a failure
 * @throws Failure `bundle-format` when the bytes are not a model that our exporter could have written
 */
export function readModel(bytes: Uint8Array, file: string): ReadGraph {
	const bad = (what: string) => new Failure("bundle-format", `${file} cannot be read as an ONNX graph: ${what}.`);
	if (bytes.length > MAX_GRAPH_BYTES) throw bad(`it has ${bytes.length} bytes, graphs have at most ${MAX_GRAPH_BYTES}`);
	try {
		const graph = [...fieldsOf(bytes)].find(({ number, wire }) => number === 7 && wire === 2);
		if (graph === undefined) throw new RangeError("it has no graph");
		return readGraph(graph.bytes);
	} catch (error) {
		if (error instanceof Failure) throw error;
		throw bad(error instanceof Error ? error.message : String(error));
	}
}

function readGraph(bytes: Uint8Array): ReadGraph {
	const nodes: ReadGraph["nodes"][number][] = [];
	const initializers: InitializerRecord[] = [];
	let name = "";
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) nodes.push(readNode(field.bytes));
		else if (field.number === 2) name = text.decode(field.bytes);
		else if (field.number === 5) initializers.push(readTensor(field.bytes));
		if (nodes.length + initializers.length > MAX_PARTS)
			throw new RangeError(`it has more than ${MAX_PARTS} nodes and initializers`);
	}
	return { name, nodes, initializers };
}

function readNode(bytes: Uint8Array): ReadGraph["nodes"][number] {
	const inputs: string[] = [];
	const outputs: string[] = [];
	const attributes = new Map<string, Attribute>();
	let type = "";
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) inputs.push(text.decode(field.bytes));
		else if (field.number === 2) outputs.push(text.decode(field.bytes));
		else if (field.number === 4) type = text.decode(field.bytes);
		else if (field.number === 5) {
			const [name, value] = readAttribute(field.bytes);
			if (value !== undefined) attributes.set(name, value);
		}
	}
	return { type, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

/** Numbers, texts and lists of whole numbers; what else there may be is not told. */
function readAttribute(bytes: Uint8Array): readonly [name: string, value: Attribute | undefined] {
	let name = "";
	let value: Attribute | undefined;
	const ints: number[] = [];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) name = text.decode(field.bytes);
		else if (field.number === 2) value = { float: floatOf(field.bytes) };
		else if (field.number === 3) value = signed(field.int);
		else if (field.number === 4) value = text.decode(field.bytes);
		else if (field.number === 8) ints.push(...intsOf(field, ints.length));
	}
	return [name, value ?? (ints.length > 0 ? ints : undefined)];
}

function readTensor(bytes: Uint8Array): InitializerRecord {
	const shape: number[] = [];
	const external = new Map<string, string>();
	let [name, type, data]: [string, number, Uint8Array] = ["", 0, NO_BYTES];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) shape.push(...intsOf(field, shape.length));
		else if (field.number === 2) type = signed(field.int);
		else if (field.number === 8) name = text.decode(field.bytes);
		else if (field.number === 9) data = field.bytes;
		else if (field.number === 13) external.set(...readEntry(field.bytes));
	}
	const dtype = dtypeOf.get(type);
	if (dtype === undefined) throw new RangeError(`"${name.slice(0, 200)}" has the unknown element type ${type}`);
	const elements = shape.reduce((product, dim) => product * dim, 1);
	const length = elements * DTYPES[dtype].bytes;
	const wrong = (got: unknown) =>
		new RangeError(`"${name.slice(0, 200)}" is ${dtype} [${shape}], which is not ${got} bytes`);
	if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(length)) throw wrong("any number of");
	if (external.size === 0) {
		if (data.length !== length) throw wrong(data.length);
		return { name, dtype, shape, data };
	}
	const number = (key: string) => Number(/^\d{1,15}$/.exec(external.get(key) ?? "")?.[0] ?? Number.NaN);
	const [path, offset] = [external.get("location") ?? "", number("offset")];
	if (number("length") !== length || Number.isNaN(offset)) throw wrong(external.get("length"));
	return { name, dtype, shape, external: { path, offset, length } };
}

/** A StringStringEntryProto. */
function readEntry(bytes: Uint8Array): [key: string, value: string] {
	let [key, value] = ["", ""];
	for (const field of fieldsOf(bytes)) {
		if (field.number === 1) key = text.decode(field.bytes);
		else if (field.number === 2) value = text.decode(field.bytes);
	}
	return [key, value];
}

/** A whole number, or several in one field, as some writers pack them. @param before how many the list has already */
function intsOf({ wire, int, bytes }: Field, before: number): number[] {
	const out = wire === 0 ? [signed(int)] : [];
	if (wire === 2)
		for (let at = 0; at < bytes.length; ) {
			const [value, next] = varint(bytes, at);
			out.push(signed(value));
			at = next;
			if (out.length > MAX_LIST) break;
		}
	if (before + out.length > MAX_LIST) throw new RangeError(`a list has more than ${MAX_LIST} numbers`);
	return out;
}

function floatOf(bytes: Uint8Array): number {
	if (bytes.length !== 4) throw new RangeError("a float has other than 4 bytes");
	return new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
}

function signed(value: bigint): number {
	const number = Number(BigInt.asIntN(64, value));
	if (!Number.isSafeInteger(number)) throw new RangeError("a number is past 2^53");
	return number;
}

/** @returns the fields of a message in order @throws RangeError where they leave it */
function* fieldsOf(bytes: Uint8Array): Iterable<Field> {
	for (let at = 0; at < bytes.length; ) {
		const [key, start] = varint(bytes, at);
		const [number, wire] = [Number(key >> 3n), Number(key & 7n)];
		const [int, begin] = wire === 0 || wire === 2 ? varint(bytes, start) : [0n, start];
		const length = wire === 0 ? 0n : wire === 2 ? int : wire === 5 ? 4n : wire === 1 ? 8n : null;
		if (length === null) throw new RangeError(`a field has the unknown wire type ${wire}`);
		if (length > BigInt(bytes.length - begin)) throw new RangeError("a field leaves its message");
		at = begin + Number(length);
		yield { number, wire, int, bytes: bytes.subarray(begin, at) };
	}
}

function varint(bytes: Uint8Array, start: number): readonly [value: bigint, next: number] {
	let value = 0n;
	for (let at = start; at < bytes.length && at < start + 10; at++) {
		const byte = bytes[at]!;
		value |= BigInt(byte & 127) << BigInt(7 * (at - start));
		if (byte < 128) return [BigInt.asUintN(64, value), at + 1];
	}
	throw new RangeError("a number does not end");
}
